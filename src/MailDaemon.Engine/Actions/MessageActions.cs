using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// What can be done to messages, on their servers first and then in the cache, so that the cache never claims what a server refused. The
/// one place for it: routes and rules alike come here. All of a folder go in one command; a folder that fails keeps none of the others.
/// </summary>
public sealed class MessageActions(MailProviders providers, LabelView labels)
{
    public async Task<MessageItem> SetFlagAsync(FoundMessage message, MessageFlags flag, bool on, CancellationToken ct)
    {
        Only(await SetFlagAsync([message], flag, on, ct));
        return labels.Show(message.Item);
    }

    /// <summary>Moves to trash; what is in trash already, or has no trash to go to, is deleted for good.</summary>
    public async Task<Deletion> DeleteAsync(FoundMessage message, CancellationToken ct) =>
        Only(await DeleteAsync([message], ct)) is { Place: var place } outcome
            ? new Deletion(place!.Id, place.Key, place.Folder, outcome.IsPermanent)
            : throw MessageLookup.NotFound(message.Message.Key);

    /// <param name="folder">Role or path.</param>
    public async Task<Relocation> MoveAsync(FoundMessage message, string folder, CancellationToken ct) => Only(await MoveAsync([message], folder, ct)).Place!;

    public async Task<Relocation> ArchiveAsync(FoundMessage message, CancellationToken ct) => Only(await ArchiveAsync([message], ct)).Place!;

    public async Task<Relocation> MarkSpamAsync(FoundMessage message, CancellationToken ct) => Only(await MarkSpamAsync([message], ct)).Place!;

    public async Task<Relocation> MarkNotSpamAsync(FoundMessage message, CancellationToken ct) => Only(await MarkNotSpamAsync([message], ct)).Place!;

    public Task<IReadOnlyList<MessageOutcome>> SetFlagAsync(IReadOnlyList<FoundMessage> messages, MessageFlags flag, bool on, CancellationToken ct)
    {
        var (add, remove) = on ? (flag, MessageFlags.None) : (MessageFlags.None, flag);
        return EachFolderAsync(
            messages,
            async (account, cache, folder) =>
            {
                await providers.For(account).SetFlagsAsync([.. folder.Select(m => m.Remote)], add, remove, ct);
                await cache.ApplyLocalAsync([.. folder.Select(m => new LocalChange(m.Message.Key) { Flags = (m.Message.Flags | add) & ~remove })], ct);
                return [.. folder.Select(m => MessageOutcome.Done(m.Message.Key, Here(m)))];
            },
            ct);
    }

    /// <summary>Deletes for good, wherever it is.</summary>
    public async Task RemoveAsync(FoundMessage message, CancellationToken ct) =>
        Only(await EachFolderAsync([message], (account, cache, folder) => RemoveFolderAsync(account, cache, folder, ct), ct));

    /// <inheritdoc cref="DeleteAsync(FoundMessage, CancellationToken)"/>
    public Task<IReadOnlyList<MessageOutcome>> DeleteAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) => EachFolderAsync(
        messages,
        async (account, cache, folder) =>
        {
            var trash = cache.FolderOf(FolderRole.Trash);
            return trash is not null && trash.Path != folder[0].Message.FolderPath
                ? await MoveFolderAsync(account, cache, folder, trash.Path, ct)
                : await RemoveFolderAsync(account, cache, folder, ct);
        },
        ct);

    /// <summary>Adds and removes labels of the messages' servers: keywords of IMAP, labels of Gmail, categories of Outlook.</summary>
    public Task<IReadOnlyList<MessageOutcome>> SetNativeLabelsAsync(
        IReadOnlyList<FoundMessage> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct) => EachFolderAsync(
        messages,
        async (account, cache, folder) =>
        {
            await providers.For(account).SetLabelsAsync([.. folder.Select(m => m.Remote)], add, remove, ct);
            await cache.ApplyLocalAsync([.. folder.Select(m => new LocalChange(m.Message.Key) { NativeLabels = With(m.Message.NativeLabels, add, remove) })], ct);
            return [.. folder.Select(m => MessageOutcome.Done(m.Message.Key, Here(m)))];
        },
        ct);

    /// <param name="target">Role or path, of each message's own account.</param>
    public Task<IReadOnlyList<MessageOutcome>> MoveAsync(IReadOnlyList<FoundMessage> messages, string target, CancellationToken ct) =>
        MoveToAsync(messages, (_, cache) => cache.FolderNamed(target).Path, ct);

    public Task<IReadOnlyList<MessageOutcome>> ArchiveAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Archive, "archive_folder_not_found", ct);

    public Task<IReadOnlyList<MessageOutcome>> MarkSpamAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Spam, "spam_folder_not_found", ct);

    public Task<IReadOnlyList<MessageOutcome>> MarkNotSpamAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Inbox, "inbox_not_found", ct);

    private Task<IReadOnlyList<MessageOutcome>> MoveToRoleAsync(IReadOnlyList<FoundMessage> messages, FolderRole role, string code, CancellationToken ct) => MoveToAsync(
        messages,
        (account, cache) => cache.FolderOf(role)?.Path ?? throw MailException.Conflict(
            $"{account.Key.Provider.Name()}_{code}",
            $"This account has no {role.Name()} folder. Create one on the server, or move the message to a folder by its path."),
        ct);

    private Task<IReadOnlyList<MessageOutcome>> MoveToAsync(IReadOnlyList<FoundMessage> messages, Func<Account, MailCache, string> target, CancellationToken ct) =>
        EachFolderAsync(messages, (account, cache, folder) => MoveFolderAsync(account, cache, folder, target(account, cache), ct), ct);

    private async Task<IReadOnlyList<MessageOutcome>> MoveFolderAsync(
        Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, string path, CancellationToken ct)
    {
        if (path == folder[0].Message.FolderPath)
        {
            return [.. folder.Select(m => MessageOutcome.Done(m.Message.Key, Here(m)))];
        }

        var moved = await providers.For(account).MoveAsync([.. folder.Select(m => m.Remote)], path, ct);
        await cache.ApplyLocalAsync(
            [.. folder.Zip(moved, (m, to) => to.IsMissing
                ? new LocalChange(m.Message.Key) { IsMissing = true }
                : new LocalChange(m.Message.Key) { Move = new LocalMove(to.NewScope, path, to.NewRemoteId, to.NewUid) })],
            ct);
        var role = cache.FolderNamed(path).Role.Name();
        return [.. folder.Zip(moved, (m, to) => to.IsMissing
            ? MessageOutcome.Failed(m.Message.Key, Gone())
            : MessageOutcome.Done(m.Message.Key, new Relocation(to.NewRemoteId is { } id ? MessageIds.Show(account.Key.Provider, id) : null, KeyNow(cache, m), role, path)))];
    }

    private async Task<IReadOnlyList<MessageOutcome>> RemoveFolderAsync(Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, CancellationToken ct)
    {
        var places = folder.Select(Here).ToList();
        await providers.For(account).DeleteAsync([.. folder.Select(m => m.Remote)], ct);
        await cache.ApplyLocalAsync([.. folder.Select(m => new LocalChange(m.Message.Key) { IsRemoved = true })], ct);
        return [.. places.Select(place => MessageOutcome.Done(place.Key, place) with { IsPermanent = true })];
    }

    /// <summary>Runs a piece of work for the messages of each folder of each account, in turn with whoever else changes that account.</summary>
    /// <returns>One outcome a message, in order.</returns>
    private static async Task<IReadOnlyList<MessageOutcome>> EachFolderAsync(
        IReadOnlyList<FoundMessage> messages, Func<Account, MailCache, IReadOnlyList<FoundMessage>, Task<IReadOnlyList<MessageOutcome>>> work, CancellationToken ct)
    {
        var outcomes = new Dictionary<FoundMessage, MessageOutcome>(ReferenceEqualityComparer.Instance);
        foreach (var account in messages.GroupBy(m => m.Account.Key))
        {
            var cache = account.First().Cache;
            using var turn = await cache.EnterAsync(ct);
            foreach (var folder in Anew(account, outcomes).GroupBy(m => m.Now.Message.FolderPath, StringComparer.Ordinal))
            {
                IReadOnlyList<MessageOutcome> done;
                try
                {
                    done = await work(folder.First().Now.Account, cache, [.. folder.Select(m => m.Now)]);
                }
                catch (MailException e)
                {
                    done = [.. folder.Select(m => MessageOutcome.Failed(m.Now.Message.Key, e))];
                }

                foreach (var (message, outcome) in folder.Zip(done))
                {
                    outcomes[message.Asked] = outcome;
                }
            }
        }

        return [.. messages.Select(m => outcomes[m])];
    }

    /// <summary>As they are by now; those that have gone are failures.</summary>
    private static List<(FoundMessage Asked, FoundMessage Now)> Anew(IEnumerable<FoundMessage> messages, Dictionary<FoundMessage, MessageOutcome> outcomes)
    {
        var there = new List<(FoundMessage, FoundMessage)>();
        foreach (var message in messages)
        {
            try
            {
                there.Add((message, message.Anew()));
            }
            catch (MailException e) when (e.Fault == MailFault.NotFound)
            {
                outcomes[message] = MessageOutcome.Failed(message.Message.Key, e);
            }
        }

        return there;
    }

    /// <summary>Sorted, as passes read them.</summary>
    private static List<string> With(IReadOnlyList<string> labels, IReadOnlyList<string> add, IReadOnlyList<string> remove) =>
        [.. labels.Except(remove, StringComparer.OrdinalIgnoreCase).Union(add, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    internal static Relocation Here(FoundMessage message) => new(
        MessageIds.Show(message.Account.Key.Provider, message.Message.RemoteId), message.Message.Key, message.Message.Role.Name(), message.Message.FolderPath);

    /// <summary>A message may have taken up an older key as it arrived.</summary>
    private static string KeyNow(MailCache cache, FoundMessage message) => cache.Locate(message.Message.Key)?.Key ?? message.Message.Key;

    private static MailException Gone() =>
        MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it.");

    private static MessageOutcome Only(IReadOnlyList<MessageOutcome> outcomes) => outcomes[0].Error is { } error ? throw error : outcomes[0];
}

/// <summary>What became of one message of several.</summary>
/// <param name="Place">Where it is now, or was when deleted for good; null when it failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record MessageOutcome(string Key, Relocation? Place, MailException? Error)
{
    /// <summary>It was deleted for good.</summary>
    public bool IsPermanent { get; init; }

    internal static MessageOutcome Done(string key, Relocation place) => new(key, place, null);

    internal static MessageOutcome Failed(string key, MailException error) => new(key, null, error);
}

/// <summary>Where a message went.</summary>
/// <param name="Id">Its id there; null when the server did not tell and it could not be found (the next pass finds it).</param>
public sealed record Relocation(string? Id, string Key, string Folder, string FolderPath);

/// <summary>What became of a deleted message.</summary>
/// <param name="Id">Its id in trash, or what it was when deleted for good.</param>
public sealed record Deletion(string? Id, string Key, string Folder, bool Permanent);
