using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Smtp;

/// <summary>What the dialogue tests share: the beginning of a dialogue, an envelope, a message.</summary>
internal static class SmtpDialogue
{
    public const string Hello = "S: 220 mail.example ESMTP\nC: EHLO [127.0.0.1]\nS: 250-mail.example\n";
    public const string Plain = Hello + "S: 250 HELP\n";
    public const string Pipelined = Hello + "S: 250 PIPELINING\n";

    public static readonly SmtpEnvelope Mail = new() { Sender = "a@x.example", Recipients = ["b@x.example"] };
    public static readonly SmtpEnvelope ToThree = new() { Sender = "a@x.example", Recipients = ["b@x.example", "c@x.example", "d@x.example"] };
    public static readonly SaslCredential Password = SaslCredential.ForPassword("joe", "hunter2secret");
    public static readonly SaslCredential Token = SaslCredential.ForAccessToken("joe@x.example", "ya29.token");

    public static Task<SmtpClient> ConnectAsync(ScriptedServer server, WireOptions? options = null, WireSecurity security = WireSecurity.None) =>
        SmtpClient.ConnectAsync(server.Endpoint(security, security == WireSecurity.None ? "127.0.0.1" : "localhost"), options ?? new WireOptions(), default);

    public static Func<Stream, CancellationToken, Task> Text(string text) =>
        async (stream, ct) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), ct);

    public static Func<Stream, CancellationToken, Task> NeverWritten() => (_, _) => throw new InvalidOperationException("must not be called");

    public static Task<SmtpException> RefusalAsync(Func<Task> act) => Should.ThrowAsync<SmtpException>(act);
}
