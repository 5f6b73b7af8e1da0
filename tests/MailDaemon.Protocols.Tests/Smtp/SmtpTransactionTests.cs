using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpTransactionTests
{
    private static readonly SmtpEnvelope Mail = new() { Sender = "a@example.com", Recipients = ["b@example.com"] };

    [Fact]
    public async Task Parameters_are_sent_only_to_a_server_that_knows_them()
    {
        var mail = Mail with { SizeBytes = 1234, Is8Bit = true };

        SmtpTransaction.Plan(mail, await EhloAsync()).Mail.ShouldBe("MAIL FROM:<a@example.com>");
        SmtpTransaction.Plan(mail, await EhloAsync("SIZE")).Mail.ShouldBe("MAIL FROM:<a@example.com> SIZE=1234");
        SmtpTransaction.Plan(mail, await EhloAsync("SIZE 0", "8BITMIME", "SMTPUTF8")).Mail
            .ShouldBe("MAIL FROM:<a@example.com> SIZE=1234 BODY=8BITMIME");
        SmtpTransaction.Plan(Mail, await EhloAsync("SIZE 0", "8BITMIME", "SMTPUTF8")).Mail.ShouldBe("MAIL FROM:<a@example.com>");
        SmtpTransaction.Plan(mail with { NeedsUtf8 = true }, await EhloAsync("8BITMIME", "SMTPUTF8")).Mail
            .ShouldBe("MAIL FROM:<a@example.com> BODY=8BITMIME SMTPUTF8");
    }

    [Fact]
    public async Task Message_over_the_servers_limit_is_refused_beforehand()
    {
        var server = await EhloAsync("SIZE 1000");

        SmtpTransaction.Plan(Mail with { SizeBytes = 1000 }, server).Mail.ShouldBe("MAIL FROM:<a@example.com> SIZE=1000");
        Should.Throw<SmtpException>(() => SmtpTransaction.Plan(Mail with { SizeBytes = 1001 }, server)).Fault.ShouldBe(SmtpFault.TooLarge);
    }

    [Fact]
    public async Task Utf8_is_used_for_who_needs_it_and_refused_clearly_without_it()
    {
        var with = await EhloAsync("SMTPUTF8", "8BITMIME");
        var without = await EhloAsync("8BITMIME");

        SmtpTransaction.Plan(Mail with { Recipients = ["张三@example.com"] }, with).Mail.ShouldBe("MAIL FROM:<a@example.com> BODY=8BITMIME SMTPUTF8");
        foreach (var mail in new[] { Mail with { NeedsUtf8 = true }, Mail with { Sender = "张三@example.com" }, Mail with { Recipients = ["张三@example.com"] } })
        {
            Should.Throw<SmtpException>(() => SmtpTransaction.Plan(mail, without)).Fault.ShouldBe(SmtpFault.Utf8Unsupported);
        }
    }

    [Fact]
    public async Task Internationalised_domain_goes_in_ascii_to_every_server()
    {
        var plan = SmtpTransaction.Plan(Mail with { Recipients = ["joe@例子.测试"] }, await EhloAsync());

        plan.Recipients.ShouldBe([("joe@例子.测试", "RCPT TO:<joe@xn--fsqu00a.xn--0zwm56d>")]);
        plan.Mail.ShouldBe("MAIL FROM:<a@example.com>");
    }

    [Fact]
    public async Task Empty_sender_is_the_null_path_and_equal_recipients_are_one()
    {
        var plan = SmtpTransaction.Plan(new SmtpEnvelope { Sender = "", Recipients = ["b@x", "c@x", "b@x"] }, await EhloAsync());

        plan.Mail.ShouldBe("MAIL FROM:<>");
        plan.Recipients.Select(r => r.Command).ShouldBe(["RCPT TO:<b@x>", "RCPT TO:<c@x>"]);
    }

    [Fact]
    public async Task No_recipient_is_refused()
    {
        var server = await EhloAsync();

        Should.Throw<ArgumentException>(() => SmtpTransaction.Plan(Mail with { Recipients = [] }, server));
    }

    [Theory]
    [InlineData("")]
    [InlineData("joe")]
    [InlineData("@x")]
    [InlineData("joe@")]
    [InlineData("joe@x\r\nRSET")]
    [InlineData("joe@x\rDATA")]
    [InlineData("joe@x\nDATA")]
    [InlineData("joe\0@x")]
    [InlineData("joe\u0085@x")]
    [InlineData("joe\u2028@x")]
    [InlineData("joe@x> SIZE=1")]
    [InlineData("joe@x>")]
    [InlineData("<joe@x")]
    [InlineData("joe doe@x")]
    [InlineData("joe\t@x")]
    [InlineData("joe@x y")]
    [InlineData("joe@x,b@y")]
    [InlineData("joe@x,y")]
    [InlineData("joe@\u00adx..")]
    public async Task Address_that_could_end_its_line_or_path_is_refused(string address)
    {
        var server = await EhloAsync("SMTPUTF8");

        Should.Throw<ArgumentException>(() => SmtpTransaction.Plan(Mail with { Recipients = ["ok@example.com", address] }, server));
        if (address.Length > 0)
        {
            Should.Throw<ArgumentException>(() => SmtpTransaction.Plan(Mail with { Sender = address }, server));
        }
    }

    [Theory]
    [InlineData("joe@[192.0.2.1]")]
    [InlineData("joe@[IPv6:2001:db8::1]")]
    [InlineData("a..b.@docomo.example")]
    [InlineData("\"odd@local\"@example.com")]
    [InlineData("user+tag=x/y@sub_domain.example")]
    public async Task Unusual_address_is_sent_as_it_is(string address)
    {
        SmtpTransaction.Plan(Mail with { Recipients = [address] }, await EhloAsync()).Recipients[0].Command.ShouldBe($"RCPT TO:<{address}>");
    }

    [Fact]
    public async Task Address_longer_than_a_path_is_refused()
    {
        var server = await EhloAsync();
        var longest = new string('a', 254 - "@example.com".Length) + "@example.com";

        SmtpTransaction.Plan(Mail with { Recipients = [longest] }, server).Recipients.Count.ShouldBe(1);
        Should.Throw<ArgumentException>(() => SmtpTransaction.Plan(Mail with { Recipients = ["a" + longest] }, server));
    }

    [Fact]
    public async Task Capabilities_are_read_in_all_their_spellings()
    {
        var server = await EhloAsync("size 35882577", "AUTH=LOGIN PLAIN", "auth PLAIN xoauth2", "pipelining", "STARTTLS", "X-EXPS NTLM", "", "DSN", "ENHANCEDSTATUSCODES");

        server.AuthMechanisms.ShouldBe(["LOGIN", "PLAIN", "XOAUTH2"]);
        server.MaxSizeBytes.ShouldBe(35_882_577);
        (server.Size, server.Pipelining, server.StartTls, server.Dsn, server.EnhancedStatusCodes).ShouldBe((true, true, true, true, true));
        (server.EightBitMime, server.SmtpUtf8).ShouldBe((false, false));
        (server.ServerName, server.IsExtended).ShouldBe(("mail.example", true));
    }

    [Theory]
    [InlineData("SIZE", true, null)]
    [InlineData("SIZE 0", true, null)]
    [InlineData("SIZE many", true, null)]
    [InlineData("SIZE -1", true, null)]
    [InlineData("SIZE 99999999999999999999", true, null)]
    [InlineData("SIZE 1000", true, 1000L)]
    [InlineData("HELP", false, null)]
    public async Task Size_is_offered_with_or_without_a_limit(string line, bool offered, long? limit)
    {
        var server = await EhloAsync(line);

        server.Size.ShouldBe(offered);
        server.MaxSizeBytes.ShouldBe(limit);
    }

    private static async Task<SmtpCapabilities> EhloAsync(params string[] lines)
    {
        var text = string.Concat(new[] { "mail.example greets you" }.Concat(lines).Select(l => $"250-{l}\r\n")) + "250 HELP\r\n";
        await using var wire = new WireStream(
            new BufferStream(Encoding.UTF8.GetBytes(text)), new WireEndpoint("mail.example", 25, WireSecurity.None), new WireOptions());
        return SmtpCapabilities.OfEhlo(await SmtpReply.ReadAsync(wire, default));
    }
}
