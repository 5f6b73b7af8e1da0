using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Finds out what a server's folders are for: by SPECIAL-USE (RFC 6154), and by their names where it is missing. Pure.</summary>
internal static class ImapFolders
{
    /// <summary>Attribute to role, in the order in which a folder with several is judged.</summary>
    private static readonly (string Flag, FolderRole Role)[] SpecialUses =
    [
        ("\\Inbox", FolderRole.Inbox), // XLIST
        ("\\Sent", FolderRole.Sent),
        ("\\Drafts", FolderRole.Drafts),
        ("\\Trash", FolderRole.Trash),
        ("\\Junk", FolderRole.Spam),
        ("\\Spam", FolderRole.Spam), // XLIST
        ("\\Archive", FolderRole.Archive),
        ("\\All", FolderRole.Archive),
        ("\\AllMail", FolderRole.Archive), // XLIST
    ];

    /// <summary>In any case of its letters (RFC 9051 §5.1).</summary>
    public static bool IsInbox(string path) => path.Equals("INBOX", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folders of a listing with their roles.</summary>
    public static IReadOnlyList<Folder> Resolve(IReadOnlyList<MailboxListing> listings, FolderRolePaths? chosen = null) => Assign(
        [.. listings.Select(l => new Folder(l.Name, LastPart(l), FolderRole.Other, SpecialUse(l.Attributes)?.Flag, l.Attributes, IsSelectable(l)))],
        chosen ?? FolderRolePaths.None);

    /// <summary>
    /// Gives the folders their roles, whatever they had before: what the owner says, then the server's marks, then the names. Of each role but
    /// <c>other</c> there is at most one.
    /// </summary>
    public static IReadOnlyList<Folder> Assign(IReadOnlyList<Folder> folders, FolderRolePaths chosen)
    {
        var taken = new Dictionary<FolderRole, Folder>();
        Take(taken, folders, f => IsInbox(f.Path) ? FolderRole.Inbox : null);
        Take(taken, folders, f => chosen.Set().Where(c => c.Path == f.Path).Select(c => (FolderRole?)c.Role).FirstOrDefault());
        Take(taken, folders, f => SpecialUse(f.Flags)?.Role);
        Take(taken, folders.Where(f => StandsWhereRolesDo(f, folders)), f => FolderNames.RoleOf(f.Name));

        var roles = taken.ToDictionary(t => t.Value, t => t.Key);
        return [.. folders.Select(f => f with { Role = roles.GetValueOrDefault(f, FolderRole.Other) })];
    }

    private static void Take(Dictionary<FolderRole, Folder> taken, IEnumerable<Folder> folders, Func<Folder, FolderRole?> roleOf)
    {
        // Shallow folders first: "Trash" is the trash, "INBOX/Trash" may be somebody's own.
        foreach (var folder in folders.Where(f => f.IsSelectable).OrderBy(Depth))
        {
            if (roleOf(folder) is { } role && !taken.ContainsValue(folder))
            {
                taken.TryAdd(role, folder);
            }
        }
    }

    /// <summary>
    /// A name tells a role at the top, in the inbox, and in what is only a level there such as <c>[Gmail]</c>: the "Trash" of a project is
    /// somebody's own, and what is deleted in the trash is deleted for good.
    /// </summary>
    private static bool StandsWhereRolesDo(Folder folder, IReadOnlyList<Folder> folders) => ParentOf(folder) switch
    {
        null => true,
        var parent when IsInbox(parent) || parent.StartsWith('[') => Depth(folder) <= 1,
        var parent => Depth(folder) <= 1 && !folders.Any(f => f.Path == parent && f.IsSelectable),
    };

    private static (string Flag, FolderRole Role)? SpecialUse(IReadOnlyList<string> attributes)
    {
        foreach (var use in SpecialUses)
        {
            if (attributes.Contains(use.Flag, StringComparer.OrdinalIgnoreCase))
            {
                return use;
            }
        }

        return null;
    }

    private static bool IsSelectable(MailboxListing listing) =>
        !listing.Attributes.Contains("\\Noselect", StringComparer.OrdinalIgnoreCase)
        && !listing.Attributes.Contains("\\NonExistent", StringComparer.OrdinalIgnoreCase);

    /// <summary>The path above; null at the top. What stands between is one character.</summary>
    private static string? ParentOf(Folder folder) =>
        folder.Path.Length > folder.Name.Length + 1 && folder.Path.EndsWith(folder.Name, StringComparison.Ordinal) ? folder.Path[..^(folder.Name.Length + 1)] : null;

    private static int Depth(Folder folder) => ParentOf(folder) is { } parent ? parent.Count(c => c == folder.Path[parent.Length]) + 1 : 0;

    private static string LastPart(MailboxListing listing)
    {
        if (listing.Delimiter is not { } delimiter)
        {
            return listing.Name;
        }

        // QUIRK: UW IMAP ends the names of mere levels with the delimiter.
        var name = listing.Name.TrimEnd(delimiter);
        return name[(name.LastIndexOf(delimiter) + 1)..];
    }
}
