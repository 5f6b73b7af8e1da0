namespace MailDaemon.Protocols.Imap;

/// <summary>What to do with the flags of a message.</summary>
public enum FlagAction
{
    Add,
    Remove,

    /// <summary>Replace all flags by those given.</summary>
    Set,
}

/// <summary>The outcome of a STORE.</summary>
/// <param name="Modified">UIDs left alone because they changed since (RFC 7162 §3.1.3).</param>
/// <param name="ModSeqs">New modification sequences by UID, where the server told them.</param>
public sealed record StoreOutcome(UidSet Modified, IReadOnlyDictionary<uint, ulong> ModSeqs);

/// <summary>Where an appended message is (RFC 4315 §3).</summary>
public sealed record AppendUid(uint UidValidity, uint Uid);

/// <summary>Which UIDs copied messages got (RFC 4315 §3).</summary>
public sealed class CopyUid
{
    private readonly IReadOnlyList<UidRange> source;
    private readonly IReadOnlyList<UidRange> destination;

    internal CopyUid(uint uidValidity, IReadOnlyList<UidRange> source, IReadOnlyList<UidRange> destination)
    {
        UidValidity = uidValidity;
        this.source = source;
        this.destination = destination;
    }

    /// <summary>Of the mailbox copied to.</summary>
    public uint UidValidity { get; }

    public UidSet Source => UidSet.OfRanges(source);

    public UidSet Destination => UidSet.OfRanges(destination);

    /// <summary>Old and new UID of each message.</summary>
    public IEnumerable<(uint Source, uint Destination)> Pairs => Each(source).Zip(Each(destination));

    /// <summary>One outcome of two; null when they are of different lives of the mailbox.</summary>
    internal static CopyUid? Join(CopyUid? first, CopyUid? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        return first.UidValidity == second.UidValidity
            ? new CopyUid(first.UidValidity, [.. first.source, .. second.source], [.. first.destination, .. second.destination])
            : null;
    }

    private static IEnumerable<uint> Each(IReadOnlyList<UidRange> ranges)
    {
        foreach (var range in ranges)
        {
            for (long uid = range.First; uid <= range.Last; uid++)
            {
                yield return (uint)uid;
            }
        }
    }
}

/// <summary>A message to append (RFC 9051 §6.3.12).</summary>
public sealed record AppendMessage
{
    /// <summary>Bytes, exactly as many as <see cref="WriteAsync"/> writes. Lines end in CRLF.</summary>
    public required long Size { get; init; }

    /// <summary>Writes the message.</summary>
    public required Func<Stream, CancellationToken, Task> WriteAsync { get; init; }

    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Null: now, by the server's clock.</summary>
    public DateTimeOffset? InternalDate { get; init; }

    /// <summary>The header holds raw UTF-8 (RFC 6855 §4); needs UTF8=ACCEPT enabled.</summary>
    public bool HasUtf8Header { get; init; }

    public static AppendMessage FromBytes(ReadOnlyMemory<byte> message) =>
        new() { Size = message.Length, WriteAsync = async (stream, ct) => await stream.WriteAsync(message, ct).ConfigureAwait(false) };

    /// <summary>The rest of a stream that can seek.</summary>
    public static AppendMessage FromStream(Stream message) =>
        new() { Size = message.Length - message.Position, WriteAsync = (stream, ct) => message.CopyToAsync(stream, ct) };
}
