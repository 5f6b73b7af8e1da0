namespace MailDaemon.Protocols.Imap;

/// <summary>One FETCH reply. A server may answer for one message in several: the caller puts them together by UID.</summary>
public sealed record FetchedMessage
{
    /// <summary>Null when the server left it out or it cannot be read.</summary>
    public uint? Uid { get; init; }

    public uint SequenceNumber { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public DateTimeOffset? InternalDate { get; init; }

    /// <summary>Bytes of the whole message.</summary>
    public long? Size { get; init; }

    public Envelope? Envelope { get; init; }

    public BodyPart? BodyStructure { get; init; }

    /// <summary>Null when not sent, zero or negative.</summary>
    public ulong? ModSeq { get; init; }

    /// <summary>RFC 8474.</summary>
    public string? EmailId { get; init; }

    /// <summary>RFC 8474; null also when the server has none.</summary>
    public string? ThreadId { get; init; }

    public ulong? GmailMessageId { get; init; }

    public ulong? GmailThreadId { get; init; }

    public IReadOnlyList<string>? GmailLabels { get; init; }

    /// <summary>By section in capitals, as asked for (<c>HEADER</c>, <c>1.2</c>); empty name: the whole message. A section that
    /// the server says it has not (NIL) is empty. The bytes belong to the caller.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Sections { get; init; } = NoSections;

    /// <summary>What of this reply could not be read; null when all could. The other fields hold.</summary>
    public string? Defect { get; init; }

    /// <summary>Whether it holds more than what servers also send unasked.</summary>
    internal bool HasContent { get; init; }

    internal static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> NoSections { get; } =
        System.Collections.Immutable.ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;
}
