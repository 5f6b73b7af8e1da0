using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class SmtpClientWalkTests : SandboxTest
{
    public static TheoryData<string> Poorer => new(
        "", "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN", "AUTH LOGIN",
        "PIPELINING SIZE 8BITMIME SMTPUTF8 ENHANCEDSTATUSCODES");

    [Theory]
    [MemberData(nameof(Poorer))]
    public async Task Client_sends_twice_without(string extensions)
    {
        await StartAsync(smtp: new SmtpServerOptions().Without(Split(extensions)));
        await using var client = await LoggedInAsync(WireSecurity.StartTls);

        await SendAsync(client, "first\r\n.dot\r\nbare\nlf", "tom@sandbox.test");
        var second = await SendAsync(client, "second", "tom@sandbox.test", "nobody@sandbox.test", "far@away.example");
        await client.QuitAsync(CancellationToken.None);

        second.Refused.Single().Address.ShouldBe("nobody@sandbox.test");
        Servers.Accepted.Select(m => string.Join(' ', m.Recipients)).ShouldBe(["tom@sandbox.test", "tom@sandbox.test far@away.example"]);
        Encoding.ASCII.GetString(Servers.Accepted[0].Raw.Span).ShouldBe("Subject: walk\r\n\r\nfirst\r\n.dot\r\nbare\r\nlf\r\n");
        Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("MAIL", "451 4.3.0 Try again later", SmtpFault.Deferred)]
    [InlineData("RCPT", "550 5.1.1 No such user", SmtpFault.RecipientsRefused)]
    [InlineData("DATA", "554 5.7.1 Not from you", SmtpFault.Rejected)]
    [InlineData("END", "452 4.3.1 No space", SmtpFault.Deferred)]
    [InlineData("END", "552 5.3.4 Too large", SmtpFault.TooLarge)]
    public async Task Reply_of_a_step_becomes_a_fault(string step, string reply, SmtpFault expected)
    {
        await StartAsync();
        await using var client = await LoggedInAsync();
        Servers.SmtpFaults.Refuse.Arm(step, reply, times: 1);

        (await Should.ThrowAsync<SmtpException>(SendAsync(client, "x", "tom@sandbox.test"))).Fault.ShouldBe(expected);
        Servers.Accepted.ShouldBeEmpty();
        await SendAsync(client, "again", "tom@sandbox.test");
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Lost_reply_to_the_final_dot_is_uncertain(bool accepted, int count)
    {
        await StartAsync();
        await using var client = await LoggedInAsync();
        if (accepted)
        {
            Servers.SmtpFaults.CutBeforeReply.Arm("END", value: true, times: 1);
        }
        else
        {
            Servers.SmtpFaults.LoseMessage.Arm(value: true, times: 1);
        }

        (await Should.ThrowAsync<SmtpException>(SendAsync(client, "x", "tom@sandbox.test"))).Fault.ShouldBe(SmtpFault.Uncertain);
        Servers.Accepted.Count.ShouldBe(count);
    }

    [Fact]
    public async Task Authorization_code_is_asked_for_in_the_words_of_the_server()
    {
        await StartAsync();
        Servers.SmtpFaults.RefuseLogin.Arm(MailDaemon.Sandbox.Net.LoginRefusal.AuthorizationCodeNeeded);

        var refusal = await Should.ThrowAsync<SmtpException>(LoggedInAsync());

        refusal.Fault.ShouldBe(SmtpFault.AuthenticationFailed);
        refusal.ServerText.ShouldContain("authorization code");
    }

    private static string[] Split(string names) => names.Replace("AUTH ", "AUTH_").Split(' ').Select(n => n.Replace('_', ' ')).ToArray();

    private static Task<SmtpReceipt> SendAsync(SmtpClient client, string text, params string[] recipients) => client.SendAsync(
        new SmtpEnvelope { Sender = "lina@sandbox.test", Recipients = recipients, AllowPartial = true },
        async (stream, ct) => await stream.WriteAsync(Encoding.ASCII.GetBytes("Subject: walk\r\n\r\n" + text), ct),
        CancellationToken.None);

    private async Task<SmtpClient> LoggedInAsync(WireSecurity security = WireSecurity.Tls)
    {
        var options = new WireOptions { TrustedCertificates = [X509Certificate2.CreateFromPem(Servers.CaPem)], IdleTimeout = TimeSpan.FromSeconds(30) };
        var port = security == WireSecurity.Tls ? Servers.SmtpPort : Servers.SmtpStartTlsPort;
        var client = await SmtpClient.ConnectAsync(new WireEndpoint("localhost", port, security), options, CancellationToken.None);
        await client.AuthenticateAsync(SaslCredential.ForPassword("lina@sandbox.test", "sandbox"), CancellationToken.None);
        return client;
    }
}
