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
}
