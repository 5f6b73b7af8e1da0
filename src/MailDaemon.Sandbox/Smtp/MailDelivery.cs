using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>Keeps what was accepted and puts it into the INBOX of those recipients who are users here. Nothing ever leaves.</summary>
internal sealed class MailDelivery(MailWorld world, TimeProvider time, bool filesSentMail = false)
{
    private const int MaxKept = 10_000;

    private readonly Lock gate = new();
    private readonly Queue<AcceptedMail> accepted = new();
    private long lastNumber;

    /// <summary>What was accepted, oldest first; the last 10,000.</summary>
    public IReadOnlyList<AcceptedMail> Accepted
    {
        get
        {
            lock (gate)
            {
                return [.. accepted];
            }
        }
    }

    /// <param name="isFiled">Whether the sender's copy is in place already.</param>
    public AcceptedMail Accept(
        string sender, IReadOnlyList<string> recipients, ReadOnlyMemory<byte> raw, string user, IReadOnlyList<string> parameters, bool isFiled = false)
    {
        AcceptedMail mail;
        lock (gate)
        {
            mail = new AcceptedMail
            {
                Number = ++lastNumber,
                Sender = sender,
                Recipients = recipients,
                Raw = raw,
                AuthenticatedAs = user,
                Parameters = parameters,
                AcceptedAt = time.GetUtcNow(),
            };
            accepted.Enqueue(mail);
            if (accepted.Count > MaxKept)
            {
                accepted.Dequeue();
            }
        }

        foreach (var recipient in recipients.Select(world.FindUser).OfType<MailUser>().Distinct())
        {
            recipient.Inbox.Append(WithTrace(mail, recipient));
        }

        if (filesSentMail && !isFiled && world.FindUser(user)?.Folders.FirstOrDefault(f => f.Use == SpecialUse.Sent) is { } sent)
        {
            sent.Append(raw, [MessageFlags.Seen]);
        }

        return mail;
    }

    /// <summary>Final delivery adds Return-Path and Received (RFC 5321 §4.4).</summary>
    private static byte[] WithTrace(AcceptedMail mail, MailUser recipient)
    {
        var date = mail.AcceptedAt.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        var trace = $"Return-Path: <{mail.Sender}>\r\nReceived: from [127.0.0.1] by localhost (MailDaemon sandbox) with ESMTPSA id {mail.Number}\r\n"
            + $"\tfor <{recipient.Address}>; {date}\r\n";
        return [.. Encoding.UTF8.GetBytes(trace), .. mail.Raw.Span];
    }
}
