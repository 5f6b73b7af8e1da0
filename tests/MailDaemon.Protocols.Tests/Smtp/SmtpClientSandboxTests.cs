using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Sandbox;

namespace MailDaemon.Protocols.Tests.Smtp;

/// <summary>The client against the sandbox: two readings of the same RFCs have to agree.</summary>
public sealed class SmtpClientSandboxTests : IAsyncLifetime
{
    private SandboxServers sandbox = null!;

    public async Task InitializeAsync() => sandbox = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, default);

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    [Theory]
    [InlineData(WireSecurity.Tls)]
    [InlineData(WireSecurity.StartTls)]
    public async Task Messages_arrive_as_they_were_written(WireSecurity security)
    {
        await using var client = await SignInAsync(security);

        await client.SendAsync(Mail(), SmtpDialogue.Text("Subject: 1\r\n\r\n.\r\n..\r\nbare\nline\r\n"), default);
        await client.SendAsync(Mail(), SmtpDialogue.Text("Subject: 2\n\nend without line end\n.\nMAIL FROM:<evil@example.com>"), default);
        await client.QuitAsync(default);

        sandbox.Accepted.Select(m => Encoding.Latin1.GetString(m.Raw.Span)).ShouldBe(
            ["Subject: 1\r\n\r\n.\r\n..\r\nbare\r\nline\r\n", "Subject: 2\r\n\r\nend without line end\r\n.\r\nMAIL FROM:<evil@example.com>\r\n"]);
    }

    [Fact]
    public async Task Wrong_password_is_refused()
    {
        await using var client = await ConnectAsync(WireSecurity.Tls);

        var e = await SmtpDialogue.RefusalAsync(() => client.AuthenticateAsync(SaslCredential.ForPassword(Address, "not the password"), default));

        e.Fault.ShouldBe(SmtpFault.AuthenticationFailed);
    }

    [Fact]
    public async Task Refused_recipient_keeps_the_message_from_all()
    {
        sandbox.SmtpFaults.RefuseRecipient.Arm("b@elsewhere.example", "550 5.1.1 No such user");
        await using var client = await SignInAsync(WireSecurity.Tls);
        var mail = Mail() with { Recipients = [Address, "b@elsewhere.example"] };

        var e = await SmtpDialogue.RefusalAsync(() => client.SendAsync(mail, SmtpDialogue.NeverWritten(), default));
        var receipt = await client.SendAsync(mail with { AllowPartial = true }, SmtpDialogue.Text("Subject: x\r\n\r\nx"), default);

        e.Refusals.ShouldBe([new SmtpRefusal("b@elsewhere.example", 550, "5.1.1", "No such user")]);
        receipt.Refused.Count.ShouldBe(1);
        sandbox.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Reply_lost_after_the_final_dot_is_uncertain()
    {
        sandbox.SmtpFaults.CutBeforeReply.Arm("END", true);
        await using var client = await SignInAsync(WireSecurity.Tls);

        (await SmtpDialogue.RefusalAsync(() => client.SendAsync(Mail(), SmtpDialogue.Text("Subject: x\r\n\r\nx"), default))).Fault.ShouldBe(SmtpFault.Uncertain);

        sandbox.Accepted.Count.ShouldBe(1);
    }

    private string Address => sandbox.Users[0].Address;

    private SmtpEnvelope Mail() => new() { Sender = Address, Recipients = [Address], SizeBytes = 60 };

    private Task<SmtpClient> ConnectAsync(WireSecurity security) => SmtpClient.ConnectAsync(
        new WireEndpoint("127.0.0.1", security == WireSecurity.Tls ? sandbox.SmtpPort : sandbox.SmtpStartTlsPort, security),
        new WireOptions { TrustedCertificates = [X509Certificate2.CreateFromPem(sandbox.CaPem)] },
        default);

    private async Task<SmtpClient> SignInAsync(WireSecurity security)
    {
        var client = await ConnectAsync(security);
        await client.AuthenticateAsync(SaslCredential.ForPassword(Address, sandbox.Users[0].Password), default);
        return client;
    }
}
