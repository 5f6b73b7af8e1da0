using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <summary>A message a search looks at; its text is parsed when a key first asks for it.</summary>
internal sealed class SearchCandidate(StoredMessage message, uint sequence, OpenFolder folder)
{
    private MimeMessage? parsed;
    private HeaderBlock? headers;

    public StoredMessage Message { get; } = message;

    public uint Sequence { get; } = sequence;

    public bool IsRecent => folder.IsRecent(Message.Uid);

    public uint LargestSequence => (uint)folder.Count;

    public uint LargestUid => folder.LargestUid;

    private MimeMessage Parsed => parsed ??= MimeParser.Parse(Message.Raw);

    private HeaderBlock Headers => headers ??= MimeParser.ParseHeaders(Message.Raw[..HeaderText.EndOf(Message.Raw.Span)]);

    /// <summary>The day of the Date field in its own time zone; null without a date.</summary>
    public DateOnly? SentOn => Headers.Date is { } date ? DateOnly.FromDateTime(date.DateTime) : null;

    /// <summary>The day of arrival in its own time zone (RFC 3501 §6.4.4: disregarding time and timezone).</summary>
    public DateOnly ArrivedOn => DateOnly.FromDateTime(Message.InternalDate.DateTime);

    /// <summary>Whether a field of this name holds the text, decoded; an empty text asks for any field of the name.</summary>
    public bool HeaderHolds(string name, string text) => Headers.GetAll(name).Any(value => Holds(value, text));

    public bool BodyHolds(string text) => Parsed.Leaves.Any(part =>
        part.ContentType.Type.Equals("text", StringComparison.OrdinalIgnoreCase) ? Holds(part.DecodeText(), text) : part.Embedded is not null && RawHolds(part, text));

    public bool TextHolds(string text) => Headers.Fields.Select(f => f.Name).Distinct(StringComparer.OrdinalIgnoreCase).Any(n => HeaderHolds(n, text)) || BodyHolds(text);

    private static bool RawHolds(MimePart part, string text) => Holds(Encoding.UTF8.GetString(part.RawBody.Span), text);

    private static bool Holds(string value, string text) => value.Contains(text, StringComparison.OrdinalIgnoreCase);
}
