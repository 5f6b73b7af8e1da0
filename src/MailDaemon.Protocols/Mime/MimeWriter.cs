using MailDaemon.Protocols.Mime.Fields;
using MailDaemon.Protocols.Mime.Writing;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Writes a draft as a message (RFC 5322, RFC 2045 to 2049, RFC 2231): CRLF, lines of at most 998 bytes, 78 for folded fields.
/// The same draft gives the same bytes each time. Attachments are read as they are written: memory does not grow with them.
/// </summary>
public static class MimeWriter
{
    /// <summary>
    /// Writes the whole message. Text ends in a line break, which is added when it has none and stands alone in the message.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The draft cannot be written: control characters in a field, an address, identifier, name or type that is none, an international
    /// local part without <see cref="MimeWriteOptions.AllowUtf8Headers"/>. Thrown before a byte is written.
    /// </exception>
    public static async Task WriteAsync(MimeDraft draft, Stream destination, MimeWriteOptions options, CancellationToken ct)
    {
        var header = Header(draft, options);
        var root = await MessagePlan.CreateAsync(draft, options, ct).ConfigureAwait(false);
        await WriteAsync(header, root, destination, ct).ConfigureAwait(false);
    }

    /// <summary>Writes what follows a header that somebody else wrote: the fields that describe the body, the blank line and the body.</summary>
    /// <exception cref="ArgumentException">As for the whole message.</exception>
    public static async Task WriteContentAsync(MimeDraft draft, Stream destination, MimeWriteOptions options, CancellationToken ct) =>
        await WriteAsync("", await MessagePlan.CreateAsync(draft, options, ct).ConfigureAwait(false), destination, ct).ConfigureAwait(false);

    /// <summary>The fields of the message itself, in the order RFC 5322 §3.6 lists them; those of its body are the root's.</summary>
    /// <exception cref="ArgumentException">A field cannot be written.</exception>
    public static string Header(MimeDraft draft, MimeWriteOptions options)
    {
        var header = new HeaderText(options.AllowUtf8Headers);
        header.Add("Date", DateText.Format(draft.Date));
        header.AddMailboxes("From", [draft.From]);
        header.AddMailboxes("Reply-To", draft.ReplyTo);
        header.AddMailboxes("To", draft.To);
        header.AddMailboxes("Cc", draft.Cc);
        if (options.IncludeBcc)
        {
            header.AddMailboxes("Bcc", draft.Bcc);
        }

        if (draft.To.Count + draft.Cc.Count == 0)
        {
            header.Add("To", "undisclosed-recipients:;");
        }

        header.AddMessageId("Message-ID", draft.MessageId);
        header.AddForeignMessageIds("In-Reply-To", draft.InReplyTo is null ? [] : [draft.InReplyTo]);
        header.AddForeignMessageIds("References", draft.References);
        header.AddUnstructured("Subject", draft.Subject);
        foreach (var (name, value) in draft.ExtraHeaders)
        {
            header.AddExtra(name, value);
        }

        header.Add("MIME-Version", "1.0");
        return header.ToString();
    }

    private static async Task WriteAsync(string header, MimeNode root, Stream destination, CancellationToken ct)
    {
        var output = new MimeOutput(destination);
        output.Write(header);
        await root.WriteAsync(output, ct).ConfigureAwait(false);
        output.Write("\r\n");
        await output.FlushAsync(ct).ConfigureAwait(false);
    }
}
