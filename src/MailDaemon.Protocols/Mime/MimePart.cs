using System.Runtime.InteropServices;

namespace MailDaemon.Protocols.Mime;

/// <summary>One entity of a message: its header, its body and its place (RFC 2045 §2.4). All memory is a slice of the message.</summary>
public sealed class MimePart
{
    private readonly ReadOnlyMemory<byte> message;
    private readonly int start;
    private readonly int bodyStart;
    private readonly MimeLimits limits;
    private readonly List<MimePart> children = [];
    private MimeMessage? embedded;
    private int end;

    internal MimePart(ReadOnlyMemory<byte> message, int start, HeaderScanner.Result header, MimePart? parent, int depth, MimeLimits limits)
    {
        this.message = message;
        this.start = start;
        this.limits = limits;
        bodyStart = header.BodyStart;
        end = message.Length;
        Headers = header.Block;
        Parent = parent;
        Depth = depth;
        if (parent is not null)
        {
            IndexInParent = parent.children.Count;
            parent.children.Add(this);
        }
    }

    public HeaderBlock Headers { get; }

    public ContentType ContentType => Headers.ContentType;

    /// <summary>The IMAP section number (RFC 9051 §6.4.5): <c>1.2</c>; empty for a multipart at the top of a message.</summary>
    public string Section { get; internal set; } = "";

    /// <summary>The parts of a multipart; empty for a leaf.</summary>
    public IReadOnlyList<MimePart> Children => children;

    /// <summary><see cref="RawHeader"/> followed by <see cref="RawBody"/>.</summary>
    public ReadOnlyMemory<byte> Raw => message[start..end];

    /// <summary>The header block with the blank line that ends it.</summary>
    public ReadOnlyMemory<byte> RawHeader => message[start..bodyStart];

    /// <summary>The body as sent, still encoded, without the line break that belongs to the boundary after it (RFC 2046 §5.1.1).</summary>
    public ReadOnlyMemory<byte> RawBody => message[bodyStart..end];

    /// <summary>Where <see cref="RawBody"/> begins, in bytes of what was parsed: the message, or for the parts of an embedded one that was encoded, its decoded bytes.</summary>
    public int BodyOffset => bodyStart;

    /// <summary>Line breaks in <see cref="RawBody"/>.</summary>
    public int BodyLines => RawBody.Span.Count((byte)'\n');

    /// <summary>From Content-Disposition, else the name of Content-Type; null when neither has one. Never a path to write to.</summary>
    public string? Filename => Headers.Disposition?.Filename ?? ContentType.Name;

    /// <summary>Without angle brackets; null when there is none.</summary>
    public string? ContentId => Headers.ContentId;

    /// <summary>Whether this is a leaf of the message that is not a shown body.</summary>
    public bool IsAttachment { get; internal set; }

    /// <summary>The message in a message/rfc822 part, its sections numbered below this one; null for other types and beyond the depth limit.</summary>
    public MimeMessage? Embedded => embedded ??= MimeParser.ParseEmbedded(this, limits);

    internal MimePart? Parent { get; }

    internal int IndexInParent { get; }

    /// <summary>Multiparts and messages around this part, those of the outer messages included.</summary>
    internal int Depth { get; }

    /// <summary>Whether this is a multipart in which no part was found; its body is shown as text when it is all there is. One left whole by a limit is not.</summary>
    internal bool LacksParts { get; set; }

    internal LeafDescription Description => new()
    {
        MediaType = LacksParts && Parent is null && !RawBody.Span.Trim(" \t\r\n"u8).IsEmpty ? "text/plain" : ContentType.MediaType,
        Disposition = Headers.Disposition?.Kind,
        Filename = Filename,
        ContentId = ContentId,
        Location = Headers.Get("Content-Location"),
        ParentKind = Parent?.ContentType.Subtype ?? "",
        IndexInParent = IndexInParent,
        InAlternative = IsInAlternative(),
        IsEmptyMultipart = LacksParts,
    };

    /// <summary>The body with its transfer encoding undone.</summary>
    public byte[] DecodeBody() => TransferDecoder.Decode(RawBody.Span, Headers.TransferEncoding);

    /// <summary>The decoded body as text, by its charset or the best guess, without NULs; line breaks as sent.</summary>
    public string DecodeText() => ShownBody.Decode(ContentType, DecodeBody()).Text;

    /// <summary>The decoded body as a stream that decodes while it is read; the caller disposes it.</summary>
    public Stream OpenBody() => TransferDecoder.OpenDecoding(AsStream(RawBody), Headers.TransferEncoding);

    internal void EndAt(int position) => end = Math.Max(position, bodyStart);

    private static Stream AsStream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryReader(bytes);

    private bool IsInAlternative()
    {
        for (var part = Parent; part is not null; part = part.Parent)
        {
            if (part.ContentType.MediaType == "multipart/alternative")
            {
                return true;
            }
        }

        return false;
    }
}
