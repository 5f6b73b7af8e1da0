using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>A mail that only needs to be written: who it is for, and what writes its bytes, Bcc included.</summary>
public sealed record ReadyMail(MailEnvelope Envelope, Func<Stream, CancellationToken, Task> WriteAsync)
{
    /// <summary>The record that it becomes in the CRM; null when it becomes none.</summary>
    public TrailSource? Record { get; init; }

    internal static ReadyMail Of(OutgoingMail mail, bool allowPartial = false) =>
        new(MailWriter.Envelope(mail, allowPartial), (stream, ct) => MailWriter.WriteAsync(mail, stream, ct));
}
