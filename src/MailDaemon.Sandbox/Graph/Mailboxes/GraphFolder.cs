namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>A folder of an Outlook mailbox as it is at one moment.</summary>
public sealed record GraphFolder
{
    /// <summary>Stays when the folder is renamed or moved; immutable ids do not exist for folders.</summary>
    public required string Id { get; init; }

    /// <summary><c>inbox</c>, <c>sentitems</c>, …; null for a folder of the user's.</summary>
    public string? WellKnownName { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>Null for the root only.</summary>
    public string? ParentId { get; init; }

    public bool IsHidden { get; init; }

    internal long Key { get; init; }

    internal long? ParentKey { get; init; }

    /// <summary>The mailbox's change that made it as it is.</summary>
    internal long Change { get; init; }

    /// <summary>The change that created it.</summary>
    internal long CreatedBy { get; init; }
}
