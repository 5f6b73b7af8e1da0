namespace MailDaemon.Protocols.Imap;

/// <summary>The flags of a message changed, or were told without being asked for.</summary>
/// <param name="Uid">Null when the server sent only the sequence number.</param>
public sealed record FlagChange(uint? Uid, uint SequenceNumber, IReadOnlyList<string> Flags, ulong? ModSeq);

/// <summary>What the server told of the open mailbox beside the answers to commands, since it was last taken.</summary>
public sealed record ImapUpdates
{
    /// <summary>Messages that went, counted; which ones is known only from <see cref="Vanished"/>.</summary>
    public long Expunged { get; init; }

    /// <summary>UIDs reported as gone (RFC 7162 §3.2.10), those of a quick resync included.</summary>
    public UidSet Vanished { get; init; } = UidSet.Empty;

    /// <summary>Messages whose flags were told.</summary>
    public IReadOnlyList<FlagChange> Flags { get; init; } = [];

    /// <summary>The number of messages rose.</summary>
    public bool HasArrivals { get; init; }

    /// <summary>There was more than <see cref="ImapLimits.MaxUpdates"/>; the rest is lost and the mailbox is to be compared anew.</summary>
    public bool Overflowed { get; init; }

    public bool IsEmpty => Expunged == 0 && Vanished.IsEmpty && Flags.Count == 0 && !HasArrivals && !Overflowed;
}

/// <summary>Why IDLE ended.</summary>
public enum IdleEnd
{
    /// <summary>The server told of a change.</summary>
    Changed,

    /// <summary>The time was up.</summary>
    Expired,

    /// <summary>The caller cancelled; the connection is still good.</summary>
    Cancelled,
}

/// <summary>How IDLE ended, and what arrived meanwhile; <see cref="ImapClient.TakeUpdates"/> has the particulars.</summary>
public sealed record IdleResult(IdleEnd End, bool HasArrivals, bool HasRemovals, bool HasFlagChanges);
