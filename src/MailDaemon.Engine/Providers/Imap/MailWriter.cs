using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Gives an outgoing mail its MIME form.</summary>
internal static class MailWriter
{
    public static MimeDraft Draft(OutgoingMail mail) => new()
    {
        From = Mailbox(mail.From),
        To = [.. mail.To.Select(Mailbox)],
        Cc = [.. mail.Cc.Select(Mailbox)],
        Bcc = [.. mail.Bcc.Select(Mailbox)],
        Subject = mail.Subject,
        Date = mail.Date,
        MessageId = mail.MessageId,
        InReplyTo = mail.InReplyTo,
        References = mail.References,
        HtmlBody = mail.IsHtml ? mail.Body : null,
        TextBody = mail.IsHtml ? HtmlText.Render(mail.Body) : mail.Body,
        Attachments = [.. mail.Attachments.Select(Attachment)],
    };

    /// <summary>An address with a non-ASCII local part needs SMTPUTF8 (RFC 6531); a domain can be written in ASCII.</summary>
    public static bool NeedsUtf8(OutgoingMail mail) => mail.Recipients.Append(mail.From).Any(a => a.Address.AsSpan(0, Math.Max(0, a.Address.LastIndexOf('@'))).ContainsAnyExceptInRange('\0', '\x7f'));

    /// <summary>The written size in bytes, found by writing to nowhere: a literal and SIZE= are announced before they are sent.</summary>
    public static async Task<long> MeasureAsync(MimeDraft draft, MimeWriteOptions options, CancellationToken ct)
    {
        await using var counter = new CountingStream();
        await MimeWriter.WriteAsync(draft, counter, options, ct);
        return counter.Length;
    }

    private static Mailbox Mailbox(EmailAddress address) => new(address.Name, address.Address);

    private static MimeAttachment Attachment(OutgoingAttachment attachment) => new()
    {
        Filename = attachment.Filename,
        MediaType = attachment.ContentType,
        ContentId = attachment.ContentId,
        IsInline = attachment.IsInline,
        Open = () => new MemoryStream(attachment.Content.ToArray(), writable: false),
    };

    private sealed class CountingStream : Stream
    {
        private long length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position
        {
            get => length;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
            // Nothing is kept.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => length += count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            length += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
