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

    /// <summary>Last parts of paths as servers and mail programs name them, by language.</summary>
    private static readonly Dictionary<string, FolderRole> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Sent"] = FolderRole.Sent,
        ["Sent Items"] = FolderRole.Sent,
        ["Sent Messages"] = FolderRole.Sent,
        ["Sent Mail"] = FolderRole.Sent,
        ["已发送"] = FolderRole.Sent,
        ["已发送邮件"] = FolderRole.Sent,
        ["已发邮件"] = FolderRole.Sent,
        ["寄件備份"] = FolderRole.Sent,
        ["Gesendet"] = FolderRole.Sent,
        ["Gesendete Objekte"] = FolderRole.Sent,
        ["Envoyés"] = FolderRole.Sent,
        ["Éléments envoyés"] = FolderRole.Sent,
        ["Enviados"] = FolderRole.Sent,
        ["Отправленные"] = FolderRole.Sent,
        ["送信済み"] = FolderRole.Sent,
        ["Drafts"] = FolderRole.Drafts,
        ["Draft"] = FolderRole.Drafts,
        ["草稿箱"] = FolderRole.Drafts,
        ["草稿夹"] = FolderRole.Drafts,
        ["草稿"] = FolderRole.Drafts,
        ["Entwürfe"] = FolderRole.Drafts,
        ["Brouillons"] = FolderRole.Drafts,
        ["Borradores"] = FolderRole.Drafts,
        ["Черновики"] = FolderRole.Drafts,
        ["下書き"] = FolderRole.Drafts,
        ["Trash"] = FolderRole.Trash,
        ["Deleted"] = FolderRole.Trash,
        ["Deleted Items"] = FolderRole.Trash,
        ["Deleted Messages"] = FolderRole.Trash,
        ["已删除"] = FolderRole.Trash,
        ["已删除邮件"] = FolderRole.Trash,
        ["垃圾桶"] = FolderRole.Trash,
        ["Papierkorb"] = FolderRole.Trash,
        ["Gelöscht"] = FolderRole.Trash,
        ["Corbeille"] = FolderRole.Trash,
        ["Papelera"] = FolderRole.Trash,
        ["Корзина"] = FolderRole.Trash,
        ["Удаленные"] = FolderRole.Trash,
        ["ゴミ箱"] = FolderRole.Trash,
        ["Junk"] = FolderRole.Spam,
        ["Junk E-mail"] = FolderRole.Spam,
        ["Junk Email"] = FolderRole.Spam,
        ["Spam"] = FolderRole.Spam,
        ["Bulk Mail"] = FolderRole.Spam,
        ["垃圾邮件"] = FolderRole.Spam,
        ["垃圾箱"] = FolderRole.Spam,
        ["Spamverdacht"] = FolderRole.Spam,
        ["Courrier indésirable"] = FolderRole.Spam,
        ["Спам"] = FolderRole.Spam,
        ["迷惑メール"] = FolderRole.Spam,
        ["Archive"] = FolderRole.Archive,
        ["Archives"] = FolderRole.Archive,
        ["归档"] = FolderRole.Archive,
        ["存档"] = FolderRole.Archive,
        ["Archiv"] = FolderRole.Archive,
        ["Архив"] = FolderRole.Archive,
        ["アーカイブ"] = FolderRole.Archive,
    };

    /// <summary>In any case of its letters (RFC 9051 §5.1).</summary>
    public static bool IsInbox(string path) => path.Equals("INBOX", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folders with their roles; of each role but <c>other</c> there is at most one.</summary>
    public static IReadOnlyList<Folder> Resolve(IReadOnlyList<MailboxListing> listings)
    {
        var taken = new Dictionary<FolderRole, MailboxListing>();
        foreach (var listing in listings.Where(IsSelectable))
        {
            if (IsInbox(listing.Name))
            {
                taken[FolderRole.Inbox] = listing;
            }
        }

        Take(taken, listings, l => SpecialUse(l)?.Role);
        Take(taken, listings, l => Names.TryGetValue(LastPart(l), out var role) ? role : null);

        var roles = taken.ToDictionary(t => t.Value, t => t.Key);
        return [.. listings.Select(l => new Folder(
            l.Name,
            LastPart(l),
            roles.GetValueOrDefault(l, FolderRole.Other),
            SpecialUse(l)?.Flag,
            l.Attributes,
            IsSelectable(l)))];
    }

    private static void Take(Dictionary<FolderRole, MailboxListing> taken, IReadOnlyList<MailboxListing> listings, Func<MailboxListing, FolderRole?> roleOf)
    {
        // Shallow folders first: "Trash" is the trash, "Projects/Old/Trash" is somebody's own.
        foreach (var listing in listings.Where(IsSelectable).OrderBy(Depth))
        {
            if (roleOf(listing) is { } role && !taken.ContainsValue(listing))
            {
                taken.TryAdd(role, listing);
            }
        }
    }

    private static (string Flag, FolderRole Role)? SpecialUse(MailboxListing listing)
    {
        foreach (var use in SpecialUses)
        {
            if (listing.Attributes.Contains(use.Flag, StringComparer.OrdinalIgnoreCase))
            {
                return use;
            }
        }

        return null;
    }

    private static bool IsSelectable(MailboxListing listing) =>
        !listing.Attributes.Contains("\\Noselect", StringComparer.OrdinalIgnoreCase)
        && !listing.Attributes.Contains("\\NonExistent", StringComparer.OrdinalIgnoreCase);

    private static int Depth(MailboxListing listing) => listing.Delimiter is { } delimiter ? listing.Name.Count(c => c == delimiter) : 0;

    private static string LastPart(MailboxListing listing) =>
        listing.Delimiter is { } delimiter ? listing.Name[(listing.Name.LastIndexOf(delimiter) + 1)..] : listing.Name;
}
