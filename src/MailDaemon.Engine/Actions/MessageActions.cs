using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// What can be done to a message, on its server first and then in the cache, so that the cache never claims what the server refused.
/// The one place for it: routes and rules alike come here.
/// </summary>
public sealed class MessageActions(MailProviders providers)
{
    public async Task<MessageItem> SetFlagAsync(FoundMessage message, MessageFlags flag, bool on, CancellationToken ct)
    {
        using var turn = await message.Cache.EnterAsync(ct);
        message = message.Anew();
        var (add, remove) = on ? (flag, MessageFlags.None) : (MessageFlags.None, flag);
        await providers.For(message.Account).SetFlagsAsync([message.Remote], add, remove, ct);
        await ApplyAsync(message, new LocalChange(message.Message.Key) { Flags = (message.Message.Flags | add) & ~remove }, ct);
        return message.Item;
    }

    /// <summary>Moves to trash; what is in trash already, or has no trash to go to, is deleted for good.</summary>
    public async Task<Deletion> DeleteAsync(FoundMessage message, CancellationToken ct)
    {
        using var turn = await message.Cache.EnterAsync(ct);
        message = message.Anew();
        var trash = message.Cache.FolderOf(FolderRole.Trash);
        if (trash is not null && trash.Path != message.Message.FolderPath)
        {
            var moved = await MoveInTurnAsync(message, trash.Path, ct);
            return new Deletion(moved.Id, moved.Key, moved.Folder, Permanent: false);
        }

        var before = message.Item;
        await providers.For(message.Account).DeleteAsync([message.Remote], ct);
        await ApplyAsync(message, new LocalChange(message.Message.Key) { IsRemoved = true }, ct);
        return new Deletion(before.Id, before.Key, before.Folder, Permanent: true);
    }

    /// <param name="folder">Role or path.</param>
    public Task<Relocation> MoveAsync(FoundMessage message, string folder, CancellationToken ct) =>
        MoveToAsync(message, message.Cache.FolderNamed(folder).Path, ct);

    public Task<Relocation> ArchiveAsync(FoundMessage message, CancellationToken ct) =>
        MoveToRoleAsync(message, FolderRole.Archive, "archive_folder_not_found", ct);

    public Task<Relocation> MarkSpamAsync(FoundMessage message, CancellationToken ct) =>
        MoveToRoleAsync(message, FolderRole.Spam, "spam_folder_not_found", ct);

    public Task<Relocation> MarkNotSpamAsync(FoundMessage message, CancellationToken ct) =>
        MoveToRoleAsync(message, FolderRole.Inbox, "inbox_not_found", ct);

    private async Task<Relocation> MoveToRoleAsync(FoundMessage message, FolderRole role, string code, CancellationToken ct)
    {
        var folder = message.Cache.FolderOf(role)
            ?? throw MailException.Conflict(
                $"{message.Account.Key.Provider.Name()}_{code}",
                $"This account has no {role.Name()} folder. Create one on the server, or move the message to a folder by its path.");
        return await MoveToAsync(message, folder.Path, ct);
    }

    private async Task<Relocation> MoveToAsync(FoundMessage message, string path, CancellationToken ct)
    {
        using var turn = await message.Cache.EnterAsync(ct);
        return await MoveInTurnAsync(message.Anew(), path, ct);
    }

    private async Task<Relocation> MoveInTurnAsync(FoundMessage message, string path, CancellationToken ct)
    {
        if (path != message.Message.FolderPath)
        {
            var moved = (await providers.For(message.Account).MoveAsync([message.Remote], path, ct))[0];
            if (moved.IsMissing)
            {
                await ApplyAsync(message, new LocalChange(message.Message.Key) { IsMissing = true }, ct);
                throw MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it.");
            }

            await ApplyAsync(message, new LocalChange(message.Message.Key) { Move = new LocalMove(moved.NewScope, path, moved.NewRemoteId, moved.NewUid) }, ct);
            if (moved.NewRemoteId is null)
            {
                return new Relocation(null, message.Message.Key, message.Cache.FolderNamed(path).Role.Name(), path);
            }
        }

        var item = message.Item;
        return new Relocation(item.Id, item.Key, item.Folder, item.FolderPath);
    }

    private static Task ApplyAsync(FoundMessage message, LocalChange change, CancellationToken ct) => message.Cache.ApplyLocalAsync([change], ct);
}

/// <summary>Where a message went.</summary>
/// <param name="Id">Its id there; null when the server did not tell and it could not be found (the next pass finds it).</param>
public sealed record Relocation(string? Id, string Key, string Folder, string FolderPath);

/// <summary>What became of a deleted message.</summary>
/// <param name="Id">Its id in trash, or what it was when deleted for good.</param>
public sealed record Deletion(string? Id, string Key, string Folder, bool Permanent);
