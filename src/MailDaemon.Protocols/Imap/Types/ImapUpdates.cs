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

    /// <summary>The latest that NOTIFY told of each mailbox that changed; servers tell only what changed, the rest is null.</summary>
    public IReadOnlyList<MailboxStatus> Mailboxes { get; init; } = [];

    /// <summary>The names of the mailboxes that changed: those of <see cref="Mailboxes"/>, and the open one.</summary>
    public IReadOnlyList<string> ChangedMailboxes { get; init; } = [];

    /// <summary>Mailboxes that were made, renamed (<see cref="MailboxListing.OldName"/>), deleted (<c>\NonExistent</c>), subscribed to or no
    /// longer, as NOTIFY told it, oldest first. A server may not offer to tell of names; a listing shows them all the same.</summary>
    public IReadOnlyList<MailboxListing> Listings { get; init; } = [];

    /// <summary>News of other mailboxes was lost: any may have changed. When it was the server's doing,
    /// <see cref="ImapClient.IsNotifying"/> is false and NOTIFY is to be asked for anew.</summary>
    public bool NotifyOverflowed { get; init; }

    public bool IsEmpty =>
        Expunged == 0 && Vanished.IsEmpty && Flags.Count == 0 && !HasArrivals && !Overflowed
        && Mailboxes.Count == 0 && Listings.Count == 0 && !NotifyOverflowed;
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
/// <param name="HasArrivals">Of the open mailbox, as the next two.</param>
public sealed record IdleResult(IdleEnd End, bool HasArrivals, bool HasRemovals, bool HasFlagChanges)
{
    /// <summary>The names of the mailboxes that changed, the open one among them.</summary>
    public IReadOnlyList<string> Mailboxes { get; init; } = [];

    /// <summary>Mailboxes were made, renamed, deleted, subscribed to or no longer: see <see cref="ImapUpdates.Listings"/>.</summary>
    public bool HasNameChanges { get; init; }

    /// <summary>Any mailbox may have changed: see <see cref="ImapUpdates.NotifyOverflowed"/>.</summary>
    public bool NotifyOverflowed { get; init; }
}
