using System.Collections.Frozen;

namespace MailDaemon.Protocols.Mime;

/// <summary>A mail to be written: what <see cref="MimeWriter"/> needs and nothing it makes itself.</summary>
public sealed record MimeDraft
{
    public required Mailbox From { get; init; }

    public IReadOnlyList<Mailbox> To { get; init; } = [];

    public IReadOnlyList<Mailbox> Cc { get; init; } = [];

    /// <summary>Written only with <see cref="MimeWriteOptions.IncludeBcc"/>.</summary>
    public IReadOnlyList<Mailbox> Bcc { get; init; } = [];

    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    public required string Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>With angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>With angle brackets; null when this is no reply. Left out when it cannot be written: non-ASCII, blanks, over 900 characters.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Oldest first, each with angle brackets; those that cannot be written are left out.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public string? TextBody { get; init; }

    public string? HtmlBody { get; init; }

    /// <summary>In place of the texts: parts as they stand in another message, written byte for byte; null for none.</summary>
    public IReadOnlyList<RawPart>? Content { get; init; }

    public IReadOnlyList<MimeAttachment> Attachments { get; init; } = [];

    /// <summary>Further fields in their order; not those this record has, nor Content-* or MIME-Version.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraHeaders { get; init; } = [];
}

/// <summary>A file of a draft, read when it is written and never held in memory.</summary>
public sealed record MimeAttachment
{
    public required string Filename { get; init; }

    /// <summary>As <c>application/pdf</c>; its parameters stand in <see cref="Parameters"/>.</summary>
    public required string MediaType { get; init; }

    /// <summary>Of Content-Type, decoded; <c>name</c> is the file name unless it stands here.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Of Content-Disposition, decoded; the file name is added.</summary>
    public IReadOnlyDictionary<string, string> DispositionParameters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Further Content-* fields that describe it; not those this record has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>The part as it stands in another message: it is written byte for byte, and all else here but its place is passed over. Null for a file.</summary>
    public RawPart? Raw { get; init; }

    /// <summary>Without angle brackets; what <c>cid:</c> in the HTML names.</summary>
    public string? ContentId { get; init; }

    /// <summary>Whether it belongs inside the HTML; it then stands beside it in a multipart/related when it has a content id.</summary>
    public bool IsInline { get; init; }

    /// <summary>Gives a new stream at the beginning of the decoded bytes; may be called twice, the writer disposes each.</summary>
    public required Func<Stream> Open { get; init; }
}

/// <summary>A part as it was received.</summary>
/// <param name="Header">Its fields with the blank line that ends them.</param>
/// <param name="Body">Its body, still encoded.</param>
public sealed record RawPart(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Body);

/// <summary>What the reader of the written message can take.</summary>
public sealed record MimeWriteOptions
{
    /// <summary>For the copy in Sent; what goes to the server of the recipients must not have it.</summary>
    public bool IncludeBcc { get; init; }

    /// <summary>Raw UTF-8 in header fields (RFC 6532); only with SMTPUTF8 or into a store.</summary>
    public bool AllowUtf8Headers { get; init; }

    /// <summary>8-bit bodies (RFC 6152); otherwise everything is 7-bit.</summary>
    public bool Allow8Bit { get; init; }
}
