using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>Creates, renames and deletes folders, on the server first; the cache follows at once, and messages keep their keys.</summary>
public sealed class FolderActions(MailProviders providers, MailCaches caches)
{
    private const int LongestName = 200;

    /// <param name="parent">Role or path; null for the top.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_folder_name</c>; Conflict <c>folder_exists</c>; NotFound: no such parent.</exception>
    public async Task<CachedFolder> CreateAsync(Account account, string name, string? parent, CancellationToken ct)
    {
        RequireName(name);
        var cache = caches.Open(account.Key);
        using var turn = await cache.EnterAsync(ct);
        var above = parent is null ? null : cache.FolderNamed(parent).Path;
        var path = await providers.For(account).CreateFolderAsync(above, name, ct);
        await RefreshAsync(account, cache, ct);
        return Cached(cache, path);
    }

    /// <summary>Gives a folder another name in the same place; what is below it goes along.</summary>
    /// <param name="path">Role or path.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_folder_name</c>; Conflict <c>folder_exists</c> or <c>folder_protected</c>; NotFound.</exception>
    public async Task<CachedFolder> RenameAsync(Account account, string path, string name, CancellationToken ct)
    {
        RequireName(name);
        var cache = caches.Open(account.Key);
        using var turn = await cache.EnterAsync(ct);
        var folder = Changeable(cache.FolderNamed(path));
        var renamed = await providers.For(account).RenameFolderAsync(folder.Path, name, ct);
        await cache.RenameFoldersAsync(renamed, ct);
        await RefreshAsync(account, cache, ct);
        return Cached(cache, renamed[folder.Path]);
    }

    /// <param name="path">Role or path.</param>
    /// <param name="force">Also when messages or folders are in it; they are deleted for good.</param>
    /// <exception cref="MailException">Conflict <c>folder_not_empty</c> or <c>folder_protected</c>; NotFound.</exception>
    public async Task<Folder> DeleteAsync(Account account, string path, bool force, CancellationToken ct)
    {
        var cache = caches.Open(account.Key);
        using var turn = await cache.EnterAsync(ct);
        var folder = Changeable(cache.FolderNamed(path));
        await providers.For(account).DeleteFolderAsync(folder.Path, force, ct);
        await RefreshAsync(account, cache, ct);
        return folder;
    }

    private static void RequireName(string name)
    {
        if (name.Length > LongestName || name.Trim().Length == 0 || name.Trim().Length < name.Length || name.AsSpan().ContainsAny('*', '%'))
        {
            throw MailException.InvalidInput(
                "invalid_folder_name", $"A folder's name has 1 to {LongestName} characters, none of them * or %, and no space at its ends. For a folder in another give parent.");
        }
    }

    /// <summary>What mail programs and this daemon find by its role stays what it is.</summary>
    private static Folder Changeable(Folder folder) => folder.Role == FolderRole.Other
        ? folder
        : throw MailException.Conflict("folder_protected", $"{folder.Path} is the account's {folder.Role.Name()} folder and cannot be renamed or deleted.");

    private static CachedFolder Cached(MailCache cache, string path) =>
        cache.Folders().FirstOrDefault(f => f.Folder.Path == path)
        ?? throw new MailException(MailFault.Refused, "folder_not_listed", $"The server made the folder {path} and does not list it. POST /api/sync, then look again.");

    /// <summary>Takes over the server's list; an incomplete one is left to the next pass.</summary>
    private async Task RefreshAsync(Account account, MailCache cache, CancellationToken ct)
    {
        var state = await providers.For(account).ReadStateAsync(ct);
        if (state.IsComplete)
        {
            await cache.SaveFoldersAsync(state.Folders, account.Settings.Wants, ct);
        }
    }
}
