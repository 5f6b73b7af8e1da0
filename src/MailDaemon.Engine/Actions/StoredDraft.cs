using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Actions;

/// <summary>A draft as it lies on the server: what goes out is what was stored, whoever stored it.</summary>
internal static class StoredDraft
{
    private const int BlockLength = 64 * 1024;

    /// <summary>The bytes of the draft but for Date, and Message-ID where there is none.</summary>
    /// <param name="sender">Who sends it on the wire; its From says what it said.</param>
    /// <exception cref="MailException">InvalidInput <c>missing_recipient</c>, <c>invalid_recipient</c> or <c>invalid_mail</c>.</exception>
    public static ReadyMail ToSend(OriginalMessage draft, string sender, DateTimeOffset now)
    {
        var fields = draft.Message.Headers;
        var recipients = Recipients(fields);
        var stored = Header(draft);
        var header = stored.With("Date", RawField.Of("Date", DateText(now)));
        var messageId = fields.MessageId ?? MailComposer.NewMessageId(sender);
        if (fields.MessageId is null)
            header = header.With("Message-ID", RawField.Of("Message-ID", messageId));
        var envelope = new MailEnvelope
        {
            Sender = sender,
            Recipients = recipients,
            MessageId = messageId,
            Date = now,
            NeedsUtf8 = MailWriter.NeedsUtf8(recipients.Append(sender).Select(address => new EmailAddress("", address))),
            Is8Bit = !Ascii.IsValid(draft.Bytes.Span),
        };
        return new ReadyMail(envelope, (stream, ct) => WriteAsync(header, draft.Bytes[stored.Length..], stream, ct));
    }

    /// <exception cref="MailException">InvalidInput <c>invalid_mail</c>.</exception>
    public static RawHeader Header(OriginalMessage draft)
    {
        try
        {
            return RawHeader.Read(draft.Bytes);
        }
        catch (InvalidDataException e)
        {
            throw new MailException(MailFault.InvalidInput, "invalid_mail", e.Message, e);
        }
    }

    public static async Task WriteAsync(RawHeader header, ReadOnlyMemory<byte> body, Stream destination, CancellationToken ct)
    {
        await destination.WriteAsync(header.ToBytes(), ct);
        for (var at = 0; at < body.Length; at += BlockLength)
            await destination.WriteAsync(body[at..Math.Min(at + BlockLength, body.Length)], ct);
    }

    /// <summary>What the draft is in the words of a mail of ours, for what is told of it.</summary>
    public static OutgoingMail Summary(OriginalMessage draft, ReadyMail mail)
    {
        var fields = draft.Message.Headers;
        return new OutgoingMail
        {
            From = fields.From.Select(Address).FirstOrDefault() ?? new EmailAddress("", mail.Envelope.Sender),
            To = [.. fields.To.Select(Address)],
            Cc = [.. fields.Cc.Select(Address)],
            Bcc = [.. fields.Bcc.Select(Address)],
            Subject = fields.Subject ?? "",
            Body = draft.Message.TextBody ?? draft.Message.HtmlBody ?? "",
            IsHtml = draft.Message.TextBody is null && draft.Message.HtmlBody is not null,
            Attachments = [.. draft.Message.Attachments.Select(part => new OutgoingAttachment(part.Filename ?? "", part.ContentType.MediaType, part.OpenBody, part.ContentId, draft.Message.Inline.Contains(part)))],
            MessageId = mail.Envelope.MessageId,
            Date = mail.Envelope.Date,
            Header = [.. fields.GetAll("Auto-Submitted").Select(value => new HeaderLine("Auto-Submitted", value))],
        };
    }

    private static List<string> Recipients(HeaderBlock fields)
    {
        var all = fields.To.Concat(fields.Cc).Concat(fields.Bcc).Select(mailbox => mailbox.Address).Where(address => address.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (all.Where(address => !Mailbox.IsAddress(address)).ToList() is { Count: > 0 } bad)
            throw MailException.InvalidInput("invalid_recipient", $"The draft is addressed to what is no mail address: {string.Join(", ", bad.Take(10).Select(OneLine.Of))}. Correct its to, cc or bcc, then send it.");
        return all.Count > 0 ? all : throw MailException.InvalidInput("missing_recipient", "Name at least one recipient in the draft's to, cc or bcc.");
    }

    private static EmailAddress Address(Mailbox mailbox) => new(mailbox.Name, mailbox.Address);

    /// <summary>RFC 5322 §3.3.</summary>
    private static string DateText(DateTimeOffset date) => date.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", System.Globalization.CultureInfo.InvariantCulture);
}
