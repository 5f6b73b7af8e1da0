namespace MailDaemon.Protocols.Imap;

/// <summary>What to list (RFC 3501 §6.3.8, RFC 5258, RFC 5819).</summary>
public sealed record ListRequest
{
    /// <summary>Where to begin; empty (the default) for the root.</summary>
    public string Reference { get; init; } = string.Empty;

    /// <summary><c>*</c> (the default) is everything, <c>%</c> one level. A name that holds these characters cannot be listed alone.</summary>
    public string Pattern { get; init; } = "*";

    /// <summary>Only mailboxes the user has subscribed to.</summary>
    public bool SubscribedOnly { get; init; }

    /// <summary>Ask for the counts of each mailbox in the same round trip; sent only where LIST-STATUS is offered.</summary>
    public bool Status { get; init; }
}

/// <summary>A mailbox of a listing.</summary>
public sealed record MailboxListing
{
    /// <summary>Decoded; the inbox is always <c>INBOX</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Between the levels of a name; null for a flat name.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Attributes as the server spells them, with their backslash.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>RFC 6154, XLIST's names translated; null for an ordinary mailbox.</summary>
    public SpecialUse? SpecialUse { get; init; }

    /// <summary>Null when the server was not asked or does not say.</summary>
    public bool? IsSubscribed { get; init; }

    /// <summary>Null when the server does not say.</summary>
    public bool? HasChildren { get; init; }

    /// <summary>False for a mere level of the hierarchy and for a name that does not exist.</summary>
    public bool IsSelectable { get; init; } = true;

    /// <summary>What it was called before a rename that the server tells of (RFC 5465 §5.4, RFC 9051 §6.3.9.7); null otherwise.</summary>
    public string? OldName { get; init; }

    /// <summary>From LIST-STATUS; null when not asked for or not sent.</summary>
    public MailboxStatus? Status { get; init; }

    /// <summary>The line of the listing could not be read: there is a mailbox whose name is not known, and <see cref="Name"/> is the line
    /// as sent. Null otherwise. With one such entry a listing must not be taken for complete.</summary>
    public string? Defect { get; init; }
}

/// <summary>What a mailbox is for (RFC 6154 §2, RFC 8457 for Important).</summary>
public enum SpecialUse
{
    Inbox,
    All,
    Archive,
    Drafts,
    Flagged,
    Important,
    Junk,
    Sent,
    Trash,
}

/// <summary>Counts and marks of a mailbox (RFC 9051 §6.3.11). What the server did not send is null.</summary>
public sealed record MailboxStatus
{
    public required string Mailbox { get; init; }

    public uint? Messages { get; init; }

    public uint? UidNext { get; init; }

    /// <summary>Null also when the server sends 0, which means that its UIDs do not last.</summary>
    public uint? UidValidity { get; init; }

    public uint? Unseen { get; init; }

    /// <summary>RFC 7162; null when the mailbox keeps none (0).</summary>
    public ulong? HighestModSeq { get; init; }

    /// <summary>RFC 8474.</summary>
    public string? MailboxId { get; init; }

    /// <summary>RFC 8438, bytes.</summary>
    public long? Size { get; init; }

    /// <summary>RFC 7889, bytes.</summary>
    public long? AppendLimit { get; init; }
}

/// <summary>A prefix and delimiter of a namespace (RFC 2342).</summary>
public sealed record NamespaceEntry(string Prefix, char? Delimiter);

/// <summary>Where the user's own, other users' and shared mailboxes are.</summary>
public sealed record NamespaceReply(
    IReadOnlyList<NamespaceEntry> Personal, IReadOnlyList<NamespaceEntry> OtherUsers, IReadOnlyList<NamespaceEntry> Shared);

/// <summary>How to open a mailbox.</summary>
public sealed record SelectOptions
{
    /// <summary>EXAMINE in place of SELECT.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Ask for modification sequences (RFC 7162 §3.1.8); sent only where CONDSTORE is offered.</summary>
    public bool CondStore { get; init; }

    /// <summary>Tell what changed since an earlier state, through <see cref="ImapClient.TakeUpdates"/>; sent only when QRESYNC is enabled.</summary>
    public QuickResync? QuickResync { get; init; }
}

/// <summary>The state a client knew (RFC 7162 §3.2.5).</summary>
/// <param name="KnownUids">Narrows what is reported as gone; null for all.</param>
public sealed record QuickResync(uint UidValidity, ulong ModSeq, UidSet? KnownUids = null);
