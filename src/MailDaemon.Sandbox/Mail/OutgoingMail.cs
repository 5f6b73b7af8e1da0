using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Sandbox.Mail;

/// <summary>What a provider makes of a message that is sent: complete in its header for the sender, without Bcc for everybody else.</summary>
internal sealed record OutgoingMail(byte[] Copy, byte[] Delivered, IReadOnlyList<string> Recipients)
{
    /// <param name="sender">Whose mailbox it is sent from; another From than one of <paramref name="ownAddresses"/> is replaced by it.</param>
    /// <exception cref="InvalidRecipientsException">It has no recipient, or one that is none.</exception>
    public static OutgoingMail Of(ReadOnlyMemory<byte> raw, Mailbox sender, IEnumerable<string> ownAddresses, bool rewritesMessageId, DateTimeOffset now)
    {
        var header = MimeParser.ParseHeaders(raw);
        string[] recipients = [.. header.To.Concat(header.Cc).Concat(header.GetMailboxes("Bcc")).Select(one => one.Address).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (recipients.Length == 0)
        {
            throw new InvalidRecipientsException("Recipient address required");
        }

        if (recipients.FirstOrDefault(address => !Mailbox.IsAddress(address)) is not null)
        {
            throw new InvalidRecipientsException("Invalid To header");
        }

        var isOwn = header.From is [var from, ..] && ownAddresses.Contains(from.Address, StringComparer.OrdinalIgnoreCase);
        var dropped = new List<string>();
        var added = new StringBuilder();
        if (!isOwn)
        {
            dropped.Add("From");
            var name = sender.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') ? sender.Name : EncodedWord.Encode(sender.Name);
            added.Append("From: ").Append(name).Append(" <").Append(sender.Address).Append(">\r\n");
        }

        if (header.MessageId is null || rewritesMessageId)
        {
            dropped.Add("Message-ID");
            added.Append("Message-ID: <CA").Append(Guid.NewGuid().ToString("N")).Append('@').Append(sender.Address[(sender.Address.IndexOf('@', StringComparison.Ordinal) + 1)..]).Append(">\r\n");
        }

        if (header.Date is null)
        {
            dropped.Add("Date");
            added.Append("Date: ").Append(now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", System.Globalization.CultureInfo.InvariantCulture)).Append("\r\n");
        }

        var copy = Without(raw, dropped, added.ToString());
        return new OutgoingMail(copy, Without(copy, ["Bcc"], ""), recipients);
    }

    private static byte[] Without(ReadOnlyMemory<byte> message, IReadOnlyList<string> names, string added)
    {
        var raw = message.Span;
        var end = HeaderText.EndOf(raw);
        return [.. Encoding.UTF8.GetBytes(added), .. HeaderText.Select(raw[..end], names, isKept: false).Span, .. raw[end..]];
    }
}

/// <summary>A message cannot be sent to whom it says.</summary>
internal sealed class InvalidRecipientsException(string message) : Exception(message);
