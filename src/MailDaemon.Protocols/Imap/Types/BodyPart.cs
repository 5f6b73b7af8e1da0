namespace MailDaemon.Protocols.Imap;

/// <summary>A part of a message as the server sees it (RFC 9051 §7.5.2, BODYSTRUCTURE).</summary>
public sealed record BodyPart
{
    /// <summary>The number to fetch it by: <c>1</c>, <c>2.1</c>; empty for a multipart that is the message itself.</summary>
    public required string Section { get; init; }

    /// <summary>Lower-case type and subtype: <c>text/plain</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>Parameters of the content type; names without regard to case, values undecoded.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = NoParameters;

    /// <summary>Content-ID with its angle brackets.</summary>
    public string? Id { get; init; }

    public string? Description { get; init; }

    /// <summary>The transfer encoding in lower case; empty for a multipart.</summary>
    public string Encoding { get; init; } = string.Empty;

    /// <summary>Bytes as transferred (encoded).</summary>
    public long Size { get; init; }

    /// <summary>Lines of a text or an embedded message; null when the server does not say.</summary>
    public long? Lines { get; init; }

    public string? Md5 { get; init; }

    /// <summary><c>inline</c> or <c>attachment</c>, in lower case; null without one.</summary>
    public string? Disposition { get; init; }

    /// <summary>Parameters of the disposition, as <see cref="Parameters"/>.</summary>
    public IReadOnlyDictionary<string, string> DispositionParameters { get; init; } = NoParameters;

    public IReadOnlyList<string> Language { get; init; } = [];

    public string? Location { get; init; }

    /// <summary>Parts of a multipart; the one body of an embedded message.</summary>
    public IReadOnlyList<BodyPart> Children { get; init; } = [];

    /// <summary>The envelope of an embedded message (message/rfc822).</summary>
    public Envelope? Envelope { get; init; }

    public bool IsMultipart => MediaType.StartsWith("multipart/", StringComparison.Ordinal);

    public bool IsEmbeddedMessage => MediaType is "message/rfc822" or "message/global";

    internal static IReadOnlyDictionary<string, string> NoParameters { get; } =
        System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase);
}
