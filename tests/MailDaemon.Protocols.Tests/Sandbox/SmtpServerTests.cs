using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class SmtpServerTests : SandboxTest
{
    [Fact]
    public async Task Ehlo_offers_login_only_after_starttls()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpStartTlsPort, WireSecurity.None);

        client.Greeting.ShouldBe("220 localhost ESMTP MailDaemon sandbox");
        (await client.SmtpCommandAsync("EHLO me")).ShouldBe("250-localhost\n250-8BITMIME\n250-ENHANCEDSTATUSCODES\n250-PIPELINING\n250-SIZE 52428800\n250-SMTPUTF8\n250 STARTTLS");
        (await client.SmtpCommandAsync("AUTH PLAIN AGEAYg==")).ShouldBe("538 5.7.11 Encryption is required");
        (await client.SmtpCommandAsync("STARTTLS")).ShouldBe("220 2.0.0 Go ahead");
        await client.UpgradeToTlsAsync();
        (await client.SmtpCommandAsync("MAIL FROM:<a@b.test>")).ShouldBe("503 Not now");
        (await client.SmtpCommandAsync("EHLO me")).ShouldEndWith("250-SMTPUTF8\n250 AUTH LOGIN PLAIN");
    }

    [Fact]
    public async Task Mail_to_a_user_is_delivered_and_recorded()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);

        (await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test> SIZE=40 BODY=8BITMIME")).ShouldBe("250 2.1.0 Ok");
        (await client.SmtpCommandAsync("RCPT TO:<Tom@sandbox.test>")).ShouldBe("250 2.1.5 Ok");
        (await client.SmtpCommandAsync("RCPT TO:<someone@far.example>")).ShouldBe("250 2.1.5 Ok");
        (await client.SmtpCommandAsync("DATA")).ShouldBe("354 End with a dot on a line of its own");
        (await client.SmtpCommandAsync("Subject: 你好\r\n\r\n..dot\r\n.")).ShouldBe("250 2.0.0 Ok: queued as 1");
        (await client.SmtpCommandAsync("QUIT")).ShouldBe("221 2.0.0 Good bye");

        var mail = Servers.Accepted.Single();
        mail.Sender.ShouldBe("lina@sandbox.test");
        mail.Recipients.ShouldBe(["Tom@sandbox.test", "someone@far.example"]);
        mail.AuthenticatedAs.ShouldBe("lina@sandbox.test");
        mail.Parameters.ShouldBe(["SIZE=40", "BODY=8BITMIME"]);
        Encoding.UTF8.GetString(mail.Raw.Span).ShouldBe("Subject: 你好\r\n\r\n.dot\r\n");
        Encoding.UTF8.GetString(Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Single().Raw.Span).ShouldBe(
            "Return-Path: <lina@sandbox.test>\r\nReceived: from [127.0.0.1] by localhost (MailDaemon sandbox) with ESMTPSA id 1\r\n"
            + "\tfor <tom@sandbox.test>; Sat, 14 Mar 2026 09:26:00 +0000\r\nSubject: 你好\r\n\r\n.dot\r\n");
        Lina.Inbox.Messages.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("MAIL FROM:<lina@sandbox.test> SIZE=99999999", "552 5.3.4 The message is too large")]
    [InlineData("MAIL FROM:<lina@sandbox.test> RET=FULL", "555 5.5.4 RET=FULL is not known")]
    [InlineData("MAIL FROM: <lina@sandbox.test>", "501 5.1.7 The address is not well formed")]
    [InlineData("MAIL FROM:<李@例子.test>", "553 5.6.7 The address needs SMTPUTF8")]
    [InlineData("MAIL FROM:<李@例子.test> SMTPUTF8", "250 2.1.0 Ok")]
    [InlineData("MAIL FROM:<>", "250 2.1.0 Ok")]
    [InlineData("RCPT TO:<tom@sandbox.test>", "503 5.5.1 MAIL first")]
    [InlineData("DATA", "503 5.5.1 MAIL first")]
    [InlineData("EHLO", "501 5.5.4 Tell your name")]
    [InlineData("AUTH PLAIN AGEAYg==", "503 5.5.1 Not now")]
    [InlineData("BDAT 5", "500 5.5.1 Unknown command")]
    [InlineData("VRFY tom", "252 2.5.0 Send some mail to find out")]
    public async Task Command_gets_its_reply(string command, string expected)
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);

        (await client.SmtpCommandAsync(command)).ShouldBe(expected);
    }

    [Fact]
    public async Task Mail_without_login_is_refused()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);
        await client.SmtpCommandAsync("EHLO me");

        (await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>")).ShouldBe("530 5.7.0 Authentication is required");
    }

    [Fact]
    public async Task Login_by_challenges_works_and_can_be_cancelled()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);
        await client.SmtpCommandAsync("EHLO me");

        (await client.SmtpCommandAsync("AUTH LOGIN")).ShouldBe("334 VXNlcm5hbWU6");
        (await client.SmtpCommandAsync("*")).ShouldBe("501 5.0.0 Authentication was cancelled");
        (await client.SmtpCommandAsync("AUTH PLAIN")).ShouldBe("334 ");
        (await client.SmtpCommandAsync(Convert.ToBase64String("\0lina@sandbox.test\0guess"u8))).ShouldBe("535 5.7.8 Invalid user or password");
        (await client.SmtpCommandAsync("AUTH CRAM-MD5")).ShouldBe("504 5.5.4 The mechanism is not offered");
        (await client.SmtpCommandAsync("AUTH LOGIN " + Convert.ToBase64String("lina@sandbox.test"u8))).ShouldBe("334 UGFzc3dvcmQ6");
        (await client.SmtpCommandAsync(Convert.ToBase64String("sandbox"u8))).ShouldBe("235 2.7.0 Logged in");
    }

    [Fact]
    public async Task Unknown_local_recipient_is_refused_or_only_recorded()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);
        await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>");

        (await client.SmtpCommandAsync("RCPT TO:<nobody@sandbox.test>")).ShouldBe("550 5.1.1 There is no such user");
        (await client.SmtpCommandAsync("DATA")).ShouldBe("554 5.5.1 There are no valid recipients");
    }

    [Fact]
    public async Task Unknown_local_recipient_is_accepted_when_the_options_say_so()
    {
        await StartAsync(smtp: new SmtpServerOptions { RefuseUnknownRecipients = false, MaxRecipients = 1 });
        await using var client = await RawClient.SmtpAsync(Servers);
        await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>");

        (await client.SmtpCommandAsync("RCPT TO:<nobody@sandbox.test>")).ShouldBe("250 2.1.5 Ok");
        (await client.SmtpCommandAsync("RCPT TO:<tom@sandbox.test>")).ShouldBe("452 4.5.3 Too many recipients");
    }

    [Theory]
    [InlineData("a\nb\r\n.", "550 5.6.0 The message has a bare CR or LF")]
    [InlineData("a\n.\nMAIL FROM:<x@y.test>\r\n.", "550 5.6.0 The message has a bare CR or LF")]
    [InlineData("a\r\n.\rb\r\n.", "550 5.6.0 The message has a bare CR or LF")]
    [InlineData("grün\r\n.", "554 5.6.3 The message has 8-bit data that was not declared")]
    [InlineData("LONG\r\n.", "554 5.6.0 The message has a line that is too long")]
    [InlineData("HUGE\r\n.", "552 5.3.4 The message is too large")]
    [InlineData("fine\r\n.", "250 2.0.0 Ok: queued as 1")]
    public async Task Text_is_judged_after_its_end(string text, string expected)
    {
        await StartAsync(smtp: new SmtpServerOptions { MaxMessageBytes = 5000 });
        await using var client = await RawClient.SmtpAsync(Servers);
        await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test>");
        await client.SmtpCommandAsync("RCPT TO:<tom@sandbox.test>");
        await client.SmtpCommandAsync("DATA");

        var whole = text.Replace("LONG", new string('x', 999)).Replace("HUGE", string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 60)));
        (await client.SmtpCommandAsync(whole)).ShouldBe(expected);
        (await client.SmtpCommandAsync("NOOP")).ShouldBe("250 2.0.0 Ok");
    }

    [Fact]
    public async Task Pipelined_group_gets_its_replies_in_order()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);

        await client.SendAsync("MAIL FROM:<lina@sandbox.test>\r\nRCPT TO:<nobody@sandbox.test>\r\nRCPT TO:<tom@sandbox.test>\r\nDATA\r\n");

        (await client.ReadSmtpReplyAsync()).ShouldBe("250 2.1.0 Ok");
        (await client.ReadSmtpReplyAsync()).ShouldBe("550 5.1.1 There is no such user");
        (await client.ReadSmtpReplyAsync()).ShouldBe("250 2.1.5 Ok");
        (await client.ReadSmtpReplyAsync()).ShouldStartWith("354 ");
    }

    [Fact]
    public async Task Left_out_extensions_are_neither_offered_nor_obeyed()
    {
        await StartAsync(smtp: new SmtpServerOptions().Without("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH LOGIN"));
        await using var client = await RawClient.ConnectAsync(Servers, Servers.SmtpPort);

        (await client.SmtpCommandAsync("EHLO me")).ShouldBe("250-localhost\n250 AUTH PLAIN");
        (await client.SmtpCommandAsync("AUTH PLAIN " + Convert.ToBase64String("\0lina@sandbox.test\0sandbox"u8))).ShouldBe("235 Logged in");
        (await client.SmtpCommandAsync("MAIL FROM:<lina@sandbox.test> SIZE=5")).ShouldBe("555 SIZE=5 is not known");
        await client.SendAsync("RSET\r\nNOOP\r\n");
        (await client.ReadToEndAsync()).ShouldBe("554 PIPELINING was not offered\r\n");
    }

    [Fact]
    public async Task Command_with_bare_lf_is_refused()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);

        await client.SendAsync("NOOP\n");

        (await client.ReadSmtpReplyAsync()).ShouldBe("500 5.5.2 The line must end with CR LF");
    }

    [Fact]
    public async Task Endless_command_ends_the_connection()
    {
        await StartAsync();
        await using var client = await RawClient.SmtpAsync(Servers);

        await client.SendAsync(new string('a', 3000));

        (await client.ReadToEndAsync()).ShouldBe("500 5.5.2 The line is too long\r\n");
    }
}
