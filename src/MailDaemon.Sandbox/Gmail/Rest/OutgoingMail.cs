using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What Gmail makes of a message that is sent: complete in its header for the sender, without Bcc for everybody else.</summary>
internal sealed record OutgoingMail(byte[] Copy, byte[] Delivered, IReadOnlyList<string> Recipients)
{
    /// <exception cref="GmailException">It has no recipient.</exception>
    public static OutgoingMail Of(byte[] raw, GmailMailbox mailbox, IEnumerable<string> ownAddresses, bool rewritesMessageId, DateTimeOffset now)
    {
        var header = MimeParser.ParseHeaders(raw);
        string[] recipients = [.. header.To.Concat(header.Cc).Concat(header.GetMailboxes("Bcc")).Select(one => one.Address).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (recipients.Length == 0)
        {
            throw GmailException.InvalidArgument("Recipient address required");
        }

        if (recipients.FirstOrDefault(address => !Mailbox.IsAddress(address)) is not null)
        {
            throw GmailException.InvalidArgument("Invalid To header");
        }

        var isOwn = header.From is [var sender, ..] && ownAddresses.Contains(sender.Address, StringComparer.OrdinalIgnoreCase);
        var dropped = new List<string>();
        var added = new StringBuilder();
        if (!isOwn)
        {
            dropped.Add("From");
            var name = mailbox.DisplayName.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? mailbox.DisplayName : EncodedWord.Encode(mailbox.DisplayName);
            added.Append("From: ").Append(name).Append(" <").Append(mailbox.Address).Append(">\r\n");
        }

        if (header.MessageId is null || rewritesMessageId)
        {
            dropped.Add("Message-ID");
            added.Append("Message-ID: <CA").Append(Guid.NewGuid().ToString("N")).Append('@').Append(mailbox.Address[(mailbox.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]).Append(">\r\n");
        }

        if (header.Date is null)
        {
            dropped.Add("Date");
            added.Append("Date: ").Append(now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", System.Globalization.CultureInfo.InvariantCulture)).Append("\r\n");
        }

        var copy = Without(raw, dropped, added.ToString());
        return new OutgoingMail(copy, Without(copy, ["Bcc"], ""), recipients);
    }

    private static byte[] Without(byte[] raw, IReadOnlyList<string> names, string added)
    {
        var end = HeaderText.EndOf(raw);
        return [.. Encoding.UTF8.GetBytes(added), .. HeaderText.Select(raw.AsSpan(0, end), names, isKept: false).Span, .. raw.AsSpan(end)];
    }
}
