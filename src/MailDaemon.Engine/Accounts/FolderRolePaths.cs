using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Accounts;

/// <summary>Which folder of an account has which role, where its owner says so; null: what the server marks, or what the folder's name tells.</summary>
/// <param name="Trash">Where deleted messages go.</param>
/// <param name="Sent">Where copies of sent mail are kept.</param>
public sealed record FolderRolePaths(string? Sent = null, string? Drafts = null, string? Trash = null, string? Spam = null, string? Archive = null)
{
    private const int MaxPathLength = 1_000;

    public static FolderRolePaths None { get; } = new();

    /// <summary>What is set, by role.</summary>
    internal IEnumerable<(FolderRole Role, string Path)> Set()
    {
        foreach (var (role, path) in new[] { (FolderRole.Sent, Sent), (FolderRole.Drafts, Drafts), (FolderRole.Trash, Trash), (FolderRole.Spam, Spam), (FolderRole.Archive, Archive) })
        {
            if (path is not null)
                yield return (role, path);
        }
    }

    /// <summary>With what a change names: null keeps, an empty text clears.</summary>
    internal FolderRolePaths With(FolderRolePaths change)
    {
        return new FolderRolePaths(
            Of(Sent, change.Sent), Of(Drafts, change.Drafts), Of(Trash, change.Trash), Of(Spam, change.Spam), Of(Archive, change.Archive));

        static string? Of(string? before, string? named) => named is null ? before : named.Length == 0 ? null : named;
    }

    /// <summary>What is wrong, by the name of the setting.</summary>
    /// <param name="folders">The account's folders; empty when they are not known.</param>
    internal IEnumerable<(string Name, string Fault)> Faults(IReadOnlyList<Folder> folders)
    {
        var set = Set().ToList();
        foreach (var (role, path) in set)
        {
            var name = $"folderRoles.{role.Name()}";
            if (path.Length > MaxPathLength || path.Any(char.IsControl))
                yield return (name, $"must be a folder's path of at most {MaxPathLength} characters without control characters");
            else if (path.Equals("INBOX", StringComparison.OrdinalIgnoreCase))
                yield return (name, "cannot be the inbox");
            else if (set.Exists(other => other.Role < role && other.Path == path))
                yield return (name, $"names {path}, which has another role already");
            else if (folders.Count > 0 && !folders.Any(folder => folder.Path == path && folder.IsSelectable))
                yield return (name, $"names {path}, and the account has no such folder; GET the account's folders for their paths");
        }
    }
}
