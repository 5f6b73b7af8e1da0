using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers;

/// <summary>Gives an outgoing mail its MIME form.</summary>
internal static class MailWriter
{
    /// <summary>Writes a mail as its sender keeps it, Bcc included; 7-bit but for header fields that cannot be.</summary>
    /// <exception cref="MailException">InvalidInput <c>invalid_mail</c>: an address, a name or a file that cannot be written so.</exception>
    public static async Task WriteAsync(OutgoingMail mail, Stream destination, CancellationToken ct)
    {
        try
        {
            await MimeWriter.WriteAsync(Draft(mail), destination, new MimeWriteOptions { IncludeBcc = true, Allow8Bit = false, AllowUtf8Headers = NeedsUtf8(mail) }, ct);
        }
        catch (ArgumentException e)
        {
            throw Invalid(e);
        }
    }

    /// <summary>The fields of the header that the whole mail would have.</summary>
    /// <exception cref="MailException">InvalidInput <c>invalid_mail</c>.</exception>
    public static string Header(OutgoingMail mail)
    {
        try
        {
            return MimeWriter.Header(Draft(mail), new MimeWriteOptions { IncludeBcc = true, AllowUtf8Headers = NeedsUtf8(mail) });
        }
        catch (ArgumentException e)
        {
            throw Invalid(e);
        }
    }

    /// <summary>Writes what follows the header: the fields that describe the body, and the body.</summary>
    /// <exception cref="MailException">InvalidInput <c>invalid_mail</c>.</exception>
    public static async Task WriteContentAsync(MimeDraft draft, Stream destination, CancellationToken ct)
    {
        try
        {
            await MimeWriter.WriteContentAsync(draft, destination, new MimeWriteOptions { IncludeBcc = true }, ct);
        }
        catch (ArgumentException e)
        {
            throw Invalid(e);
        }
    }

    public static MailEnvelope Envelope(OutgoingMail mail, bool allowPartial) => new()
    {
        Sender = mail.From.Address,
        Recipients = [.. mail.Recipients.Select(r => r.Address).Distinct(StringComparer.OrdinalIgnoreCase)],
        MessageId = mail.MessageId,
        Subject = mail.Subject,
        Date = mail.Date,
        ThreadId = mail.ThreadId,
        AllowPartial = allowPartial,
        NeedsUtf8 = NeedsUtf8(mail),
    };

    /// <summary>.NET adds the name of the parameter, which says nothing to the caller.</summary>
    public static MailException Invalid(ArgumentException e) =>
        new(MailFault.InvalidInput, "invalid_mail", $"The mail cannot be sent as it is: {e.Message.Split(" (Parameter")[0]}", e);

    internal static MimeDraft Draft(OutgoingMail mail) => new()
    {
        From = Mailbox(mail.From),
        To = [.. mail.To.Select(Mailbox)],
        Cc = [.. mail.Cc.Select(Mailbox)],
        Bcc = [.. mail.Bcc.Select(Mailbox)],
        Subject = OneLine.Of(mail.Subject),
        Date = mail.Date,
        MessageId = mail.MessageId,
        InReplyTo = mail.InReplyTo,
        References = mail.References,
        HtmlBody = mail.IsHtml ? mail.Body : null,
        TextBody = mail.IsHtml ? HtmlText.Render(mail.Body) : mail.Body,
        Attachments = [.. mail.Attachments.Select(Attachment)],
        ExtraHeaders = [.. mail.Header.Select(line => KeyValuePair.Create(line.Name, line.Value))],
    };

    /// <summary>An address with a non-ASCII local part needs SMTPUTF8 (RFC 6531); a domain can be written in ASCII.</summary>
    private static bool NeedsUtf8(OutgoingMail mail) => NeedsUtf8(mail.Recipients.Append(mail.From));

    internal static bool NeedsUtf8(IEnumerable<EmailAddress> addresses) =>
        addresses.Any(a => a.Address.AsSpan(0, Math.Max(0, a.Address.LastIndexOf('@'))).ContainsAnyExceptInRange('\0', '\x7f'));

    private static Mailbox Mailbox(EmailAddress address) => new(OneLine.Of(address.Name), address.Address);

    private static MimeAttachment Attachment(OutgoingAttachment attachment) => new()
    {
        Filename = OneLine.Of(attachment.Filename),
        MediaType = attachment.ContentType,
        Parameters = attachment.Parameters,
        DispositionParameters = attachment.DispositionParameters,
        Fields = [.. attachment.Fields.Select(field => KeyValuePair.Create(field.Name, field.Value))],
        ContentId = attachment.ContentId,
        IsInline = attachment.IsInline,
        Open = attachment.Open,
    };
}
