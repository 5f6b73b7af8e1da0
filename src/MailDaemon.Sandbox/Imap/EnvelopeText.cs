using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Imap;

/// <summary>ENVELOPE (RFC 3501 §7.4.2): ten fields of the header, encoded words left as they are.</summary>
internal static class EnvelopeText
{
    /// <summary>envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"</summary>
    public static string Of(ReadOnlyMemory<byte> header)
    {
        var fields = MimeParser.ParseHeaders(header);
        var from = Addresses(fields.From);
        string[] values =
        [
            Value(fields, "Date"),
            Value(fields, "Subject"),
            from,
            fields.Sender.Count > 0 ? Addresses(fields.Sender) : from,
            fields.ReplyTo.Count > 0 ? Addresses(fields.ReplyTo) : from,
            Addresses(fields.To),
            Addresses(fields.Cc),
            Addresses(fields.Bcc),
            Value(fields, "In-Reply-To"),
            Value(fields, "Message-ID"),
        ];
        return $"({string.Join(' ', values)})";
    }

    /// <summary>"(" 1*address ")" / nil</summary>
    private static string Addresses(IReadOnlyList<Mailbox> mailboxes) =>
        mailboxes.Count == 0 ? "NIL" : $"({string.Concat(mailboxes.Select(Address))})";

    /// <summary>address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"</summary>
    private static string Address(Mailbox mailbox)
    {
        var at = mailbox.Address.LastIndexOf('@');
        var name = mailbox.Name.Length == 0 ? "NIL" : ImapText.String(Ascii.IsValid(mailbox.Name) ? mailbox.Name : EncodedWord.Encode(mailbox.Name));
        var local = ImapText.String(at < 0 ? mailbox.Address : mailbox.Address[..at]);
        return $"({name} NIL {local} {ImapText.String(at < 0 ? "" : mailbox.Address[(at + 1)..])})";
    }

    private static string Value(HeaderBlock fields, string name) =>
        fields.Find(name) is { } field ? ImapText.String(field.UnfoldedValue) : "NIL";
}
