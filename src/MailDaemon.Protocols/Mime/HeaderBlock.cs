using MailDaemon.Protocols.Mime.Fields;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// The fields of a message or part in their order, with the bytes they came in (RFC 5322 §2.1, RFC 2045 §3).
/// Names are case-insensitive; values are decoded when they are first asked for. Reading never throws.
/// </summary>
public sealed class HeaderBlock
{
    private static readonly ContentType TextPlain = new() { Type = "text", Subtype = "plain" };
    private static readonly ContentType MessageRfc822 = new() { Type = "message", Subtype = "rfc822" };

    private readonly HeaderField[] fields;
    private readonly IReadOnlyList<string> scanDefects;
    private readonly bool inDigest;
    private (DateTimeOffset? Date, string? Defect)? date;

    internal HeaderBlock(ReadOnlyMemory<byte> raw, HeaderField[] fields, IReadOnlyList<string> defects, bool inDigest = false)
    {
        Raw = raw;
        this.fields = fields;
        this.inDigest = inDigest;
        scanDefects = defects;
        foreach (var each in fields)
        {
            each.Block = this;
        }
    }

    /// <summary>The block as received, the blank line that ends it included when there is one.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public IReadOnlyList<HeaderField> Fields => fields;

    /// <summary>What was wrong with this block; empty for a clean one.</summary>
    public IReadOnlyList<string> Defects => field ??= ReadDate().Defect is { } defect ? [.. scanDefects, defect] : scanDefects;

    public string? Subject => Get("Subject");

    public IReadOnlyList<Mailbox> From => field ??= GetMailboxes("From");

    public IReadOnlyList<Mailbox> Sender => field ??= GetMailboxes("Sender");

    public IReadOnlyList<Mailbox> To => field ??= GetMailboxes("To");

    public IReadOnlyList<Mailbox> Cc => field ??= GetMailboxes("Cc");

    public IReadOnlyList<Mailbox> Bcc => field ??= GetMailboxes("Bcc");

    public IReadOnlyList<Mailbox> ReplyTo => field ??= GetMailboxes("Reply-To");

    /// <summary>When it was sent, with the sender's offset; null when missing or unreadable.</summary>
    public DateTimeOffset? Date => ReadDate().Date;

    /// <summary>With angle brackets, also when the sender left them out; null when there is none.</summary>
    public string? MessageId => Find("Message-ID") is { } id ? MessageIdList.First(id.UnfoldedValue) : null;

    /// <summary>The identifier of In-Reply-To, with angle brackets.</summary>
    public string? InReplyTo => Find("In-Reply-To") is { } id ? MessageIdList.Reply(id.UnfoldedValue) : null;

    /// <summary>Oldest first, each with angle brackets.</summary>
    public IReadOnlyList<string> References => field ??= [.. FindAll("References").SelectMany(each => MessageIdList.Parse(each.UnfoldedValue))];

    /// <summary>As declared; <c>text/plain</c> when there is none, <c>message/rfc822</c> in a digest (RFC 2046 §5.1.5).</summary>
    public ContentType ContentType => field ??= Find("Content-Type") is { } type
        ? ContentType.Parse(type.UnfoldDeclaring())
        : inDigest ? MessageRfc822 : TextPlain;

    public ContentDisposition? Disposition => field ??= Find("Content-Disposition") is { } value ? ContentDisposition.Parse(value.UnfoldedValue) : null;

    /// <summary>Lower-case; <c>7bit</c> when there is none (RFC 2045 §6.1).</summary>
    public string TransferEncoding => field ??= Find("Content-Transfer-Encoding") is { } value ? TransferEncodingField.Parse(value.UnfoldedValue) : "7bit";

    /// <summary>Without angle brackets (RFC 2392); null when there is none.</summary>
    public string? ContentId => Find("Content-ID") is { } id && MessageIdList.First(id.UnfoldedValue) is { Length: > 2 } value ? value[1..^1] : null;

    /// <summary>The charset of the body, which senders of raw 8-bit fields mean for them too; null when none or universal.</summary>
    internal string? DeclaredCharset => ContentType.Charset;

    /// <summary>The first field of that name: unfolded, encoded words decoded; null when there is none.</summary>
    public string? Get(string name) => Find(name)?.Value;

    /// <summary>Every field of that name in order, like <see cref="Get"/>.</summary>
    public IEnumerable<string> GetAll(string name) => FindAll(name).Select(each => each.Value);

    /// <summary>The mailboxes of all fields of that name, groups flattened.</summary>
    public IReadOnlyList<Mailbox> GetMailboxes(string name) => [.. FindAll(name).SelectMany(each => AddressList.Parse(each.UnfoldedValue))];

    /// <summary>The first field of that name; null when there is none.</summary>
    public HeaderField? Find(string name) => Array.Find(fields, each => each.Is(name));

    private (DateTimeOffset? Date, string? Defect) ReadDate() => date ??= Find("Date") is { } found ? DateField.Read(found.UnfoldedValue) : (null, null);

    private IEnumerable<HeaderField> FindAll(string name) => fields.Where(each => each.Is(name));
}
