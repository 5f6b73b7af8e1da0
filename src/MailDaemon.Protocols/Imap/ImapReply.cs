namespace MailDaemon.Protocols.Imap;

/// <summary>What kind of reply a line begins.</summary>
internal enum ReplyKind
{
    /// <summary><c>+ …</c></summary>
    Continuation,

    /// <summary><c>tag OK …</c></summary>
    Tagged,

    /// <summary><c>* OK …</c>, NO, BAD, BYE, PREAUTH.</summary>
    Status,

    /// <summary>Every other untagged reply.</summary>
    Data,

    /// <summary>No IMAP.</summary>
    Junk,
}

/// <summary>The condition of a status reply.</summary>
internal enum StatusKind
{
    None,
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// <summary>The untagged data replies that mean something to us.</summary>
internal enum DataName
{
    Other,
    Capability,
    Enabled,
    Id,
    Namespace,
    List,
    Status,
    Search,
    ESearch,
    Flags,
    Exists,
    Expunge,
    Fetch,
    Vanished,
}

/// <summary>One reply of the server, with its literals in place. Valid until the next one is read, unless it owns its bytes.</summary>
internal readonly record struct ImapReply
{
    public required ReplyKind Kind { get; init; }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Whether slices of <see cref="Bytes"/> may be kept.</summary>
    public bool OwnsBytes { get; init; }

    /// <summary>Where the tag ends, of a tagged reply.</summary>
    public int TagLength { get; init; }

    public StatusKind Status { get; init; }

    public DataName Name { get; init; }

    /// <summary>The number before the name: <c>* 12 FETCH</c>.</summary>
    public uint Number { get; init; }

    /// <summary>Where what follows the name begins.</summary>
    public int Payload { get; init; }

    public ReadOnlySpan<byte> Tag => Bytes.Span[..TagLength];

    public ImapStatus ReadStatus() => ImapStatus.Read(Status, Bytes.Span[Payload..]);
}
