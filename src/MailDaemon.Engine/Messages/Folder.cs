namespace MailDaemon.Engine.Messages;

/// <summary>What a folder is for, whatever its name on the server.</summary>
public enum FolderRole
{
    Other,
    Inbox,
    Sent,
    Drafts,
    Trash,
    Spam,
    Archive,
}

public static class FolderRoles
{
    /// <summary>The label that messages show for the folder that they are in, such as <c>INBOX</c>; null for a folder without a role.</summary>
    public static string? Label(this FolderRole role) => role == FolderRole.Other ? null : role.Name().ToUpperInvariant();

    /// <summary>The word of the API: <c>inbox, sent, drafts, trash, spam, archive, other</c>.</summary>
    public static string Name(this FolderRole role) => role switch
    {
        FolderRole.Inbox => "inbox",
        FolderRole.Sent => "sent",
        FolderRole.Drafts => "drafts",
        FolderRole.Trash => "trash",
        FolderRole.Spam => "spam",
        FolderRole.Archive => "archive",
        _ => "other",
    };

    public static bool TryParse(string? name, out FolderRole role)
    {
        foreach (var candidate in Enum.GetValues<FolderRole>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.OrdinalIgnoreCase))
            {
                role = candidate;
                return true;
            }
        }

        role = FolderRole.Other;
        return false;
    }
}

/// <summary>A folder as its server shows it.</summary>
/// <param name="Path">The server's own full name, decoded (IMAP mailbox name, Graph or Gmail id); unique in the account.</param>
/// <param name="Name">The last part of the path, for people.</param>
/// <param name="Role">What the folder is for.</param>
/// <param name="SpecialUse">The server's own mark, such as <c>\Sent</c> (RFC 6154); null when it gave none.</param>
/// <param name="Flags">The server's attributes, such as <c>\HasChildren</c> and <c>\Noselect</c>.</param>
/// <param name="IsSelectable">Whether it can hold messages.</param>
public sealed record Folder(
    string Path,
    string Name,
    FolderRole Role,
    string? SpecialUse,
    IReadOnlyList<string> Flags,
    bool IsSelectable)
{
    /// <summary>The server's own id of the folder, which a new name does not change (RFC 8474 §4); null where it has none.</summary>
    public string? ObjectId { get; init; }
}
