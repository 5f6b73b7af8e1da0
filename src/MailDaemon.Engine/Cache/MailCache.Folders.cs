using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Finding folders by what callers call them.</summary>
public sealed partial class MailCache
{
    /// <summary>The folder of a role; null when the account has none.</summary>
    public Folder? FolderOf(FolderRole role) => Folders().FirstOrDefault(folder => folder.Folder.Role == role)?.Folder;

    /// <summary>The folder of this path, or else of this role.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    public Folder FolderNamed(string name) => FoldersOf(Memory(), name) is [var first, ..]
        ? first.Folder
        : throw MailException.NotFound("folder_not_found", $"The account has no {name} folder. GET the account's folders for their paths.");

    /// <summary>The folders of a role, or the one of this path; all when it is null, none when there is no such folder.</summary>
    public IReadOnlyList<Folder> FoldersNamed(string? name) => [.. (name is null ? Folders() : FindFolders(Memory(), name) ?? []).Select(folder => folder.Folder)];

    /// <summary>Folders that hold messages: the inbox, then those with the newest mail, drafts, trash and spam at the end.</summary>
    public IReadOnlyList<Folder> FoldersByActivity()
    {
        var newest = Read(reader => reader.Query(
            "select id, (select max(date) from messages where folder_id = folders.id) from folders",
            row => (Id: row.GetInt64(0), Date: row.IsDBNull(1) ? long.MinValue : row.GetInt64(1)))).ToDictionary(folder => folder.Id, folder => folder.Date);
        return [.. Folders()
            .Where(folder => folder.Folder.IsSelectable)
            .OrderBy(folder => folder.Folder.Role switch
            {
                FolderRole.Inbox => 0,
                FolderRole.Drafts or FolderRole.Trash or FolderRole.Spam => 2,
                _ => 1,
            })
            .ThenByDescending(folder => newest.GetValueOrDefault(folder.Id, long.MinValue))
            .Select(folder => folder.Folder)];
    }
}
