using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Labels;

public enum LabelType
{
    /// <summary>What every account has: a folder's role, or the star.</summary>
    System,

    /// <summary>One account's own.</summary>
    Account,

    /// <summary>Of all accounts; known to this daemon alone.</summary>
    Global,
}

/// <summary>A label.</summary>
public sealed record Label
{
    public required string Id { get; init; }

    public required LabelType Type { get; init; }

    public required string Name { get; init; }

    /// <summary>One of ten words, or <c>#rrggbb</c>.</summary>
    public required string Color { get; init; }

    /// <summary>Null for a global one.</summary>
    public required AccountKey? Account { get; init; }

    public bool IsVisible { get; init; } = true;

    public int Order { get; init; }

    /// <summary>What the server calls it: a keyword of IMAP, a label id of Gmail, a category of Outlook; null when only this daemon knows it.</summary>
    public string? Native { get; init; }

    /// <summary>What the server calls it in its own list, where that is another word than in messages (Outlook); else null.</summary>
    public string? NativeId { get; init; }

    /// <summary>The server's own word for the colour (Outlook: <c>none</c>, <c>preset0</c> to <c>preset24</c>); null where it has none.</summary>
    public string? NativeColor { get; init; }

    /// <summary>The name that the server is being told, or was when the daemon ended; null at other times.</summary>
    public string? Renaming { get; init; }

    /// <summary>Whether a message of this account can have it.</summary>
    public bool Fits(AccountKey account) => Account is null || Account == account;
}
