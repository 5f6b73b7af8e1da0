using System.Text.Json.Serialization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// What can be done to messages, on their servers first and then in the cache, so that the cache never claims what a server refused. The
/// one place for it: routes and rules alike come here. All of a folder go in one command; a folder that fails keeps none of the others.
/// Changes whose server cannot be reached wait in the <see cref="ChangeQueue"/>; what is deleted for good does not.
/// </summary>
public sealed class MessageActions(MailProviders providers, MessageChanges changes, ChangeQueue queue, LabelView labels)
{
    private bool isPutOff;

    /// <summary>The same, but changes wait in the queue and their servers hear of them later.</summary>
    public MessageActions Later => new(providers, changes, queue, labels) { isPutOff = true };

    public async Task<MessageItem> SetFlagAsync(FoundMessage message, MessageFlags flag, bool on, CancellationToken ct)
    {
        var outcome = Only(await SetFlagAsync([message], flag, on, ct));
        return labels.Show(message.Item) with { Queued = outcome.IsQueued, Reason = outcome.Place?.Reason };
    }

    /// <summary>Moves to trash; what is in trash already is deleted for good.</summary>
    /// <exception cref="MailException">Conflict <c>imap_trash_folder_not_found</c>: nobody knows which folder is the trash.</exception>
    public async Task<Deletion> DeleteAsync(FoundMessage message, CancellationToken ct) =>
        Only(await DeleteAsync([message], ct)) is { Place: var place } outcome
            ? new Deletion(place!.Id, place.Key, place.Folder, outcome.IsPermanent) { Queued = outcome.IsQueued, Reason = place.Reason }
            : throw MessageLookup.NotFound(message.Message.Key);

    /// <param name="folder">Role or path.</param>
    public async Task<Relocation> MoveAsync(FoundMessage message, string folder, CancellationToken ct) => Only(await MoveAsync([message], folder, ct)).Place!;

    public async Task<Relocation> ArchiveAsync(FoundMessage message, CancellationToken ct) => Only(await ArchiveAsync([message], ct)).Place!;

    public async Task<Relocation> MarkSpamAsync(FoundMessage message, CancellationToken ct) => Only(await MarkSpamAsync([message], ct)).Place!;

    public async Task<Relocation> MarkNotSpamAsync(FoundMessage message, CancellationToken ct) => Only(await MarkNotSpamAsync([message], ct)).Place!;

    public Task<IReadOnlyList<MessageOutcome>> SetFlagAsync(IReadOnlyList<FoundMessage> messages, MessageFlags flag, bool on, CancellationToken ct)
    {
        var change = on ? new MessageChange { Add = flag } : new MessageChange { Remove = flag };
        return EachFolderAsync(messages, (account, cache, folder) => ChangeAsync(account, cache, folder, change, ct), ct);
    }

    /// <summary>Deletes for good, wherever it is.</summary>
    public async Task RemoveAsync(FoundMessage message, CancellationToken ct) =>
        Only(await EachFolderAsync([message], (account, cache, folder) => RemoveFolderAsync(account, cache, folder, ct), ct));

    /// <summary>Deletes a message for good on its server; another one of its folder takes its place and its key.</summary>
    /// <param name="heirId">The provider's id of that one, which is in the cache.</param>
    internal async Task ReplaceAsync(FoundMessage message, string heirId, CancellationToken ct) => Only(await EachFolderAsync(
        [message], (account, cache, folder) => RemoveFolderAsync(account, cache, folder, ct, heirId), ct));

    /// <inheritdoc cref="DeleteAsync(FoundMessage, CancellationToken)"/>
    public Task<IReadOnlyList<MessageOutcome>> DeleteAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) => EachFolderAsync(
        messages,
        async (account, cache, folder) =>
        {
            var trash = PathOf(account, cache, FolderRole.Trash, "trash_folder_not_found");
            return trash == folder[0].Message.FolderPath
                ? await RemoveFolderAsync(account, cache, folder, ct)
                : await ChangeAsync(account, cache, folder, new MessageChange { Target = trash }, ct);
        },
        ct);

    /// <summary>Adds and removes labels of the messages' servers: keywords of IMAP, labels of Gmail, categories of Outlook.</summary>
    public Task<IReadOnlyList<MessageOutcome>> SetNativeLabelsAsync(
        IReadOnlyList<FoundMessage> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct) => EachFolderAsync(
        messages, (account, cache, folder) => ChangeAsync(account, cache, folder, new MessageChange { AddLabels = add, RemoveLabels = remove }, ct), ct);

    /// <param name="target">Role or path, of each message's own account.</param>
    public Task<IReadOnlyList<MessageOutcome>> MoveAsync(IReadOnlyList<FoundMessage> messages, string target, CancellationToken ct) =>
        MoveToAsync(messages, (_, cache) => cache.FolderNamed(target).Path, ct);

    public Task<IReadOnlyList<MessageOutcome>> ArchiveAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Archive, "archive_folder_not_found", ct);

    public Task<IReadOnlyList<MessageOutcome>> MarkSpamAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Spam, "spam_folder_not_found", ct);

    public Task<IReadOnlyList<MessageOutcome>> MarkNotSpamAsync(IReadOnlyList<FoundMessage> messages, CancellationToken ct) =>
        MoveToRoleAsync(messages, FolderRole.Inbox, "inbox_not_found", ct);

    private Task<IReadOnlyList<MessageOutcome>> MoveToRoleAsync(IReadOnlyList<FoundMessage> messages, FolderRole role, string code, CancellationToken ct) =>
        MoveToAsync(messages, (account, cache) => PathOf(account, cache, role, code), ct);

    private static string PathOf(Account account, MailCache cache, FolderRole role, string code) => cache.FolderOf(role)?.Path ?? throw MailException.Conflict(
        $"{account.Key.Provider.Name()}_{code}",
        $"It is not known which folder of this account is for {role.Name()}, and nothing was done. Name it with PUT /api/accounts/{account.Key.Provider.Name()}/{account.Email}/settings {{\"folderRoles\":{{\"{role.Name()}\":\"path\"}}}}, create one on the server, or move the message to a folder by its path.");

    private Task<IReadOnlyList<MessageOutcome>> MoveToAsync(IReadOnlyList<FoundMessage> messages, Func<Account, MailCache, string> target, CancellationToken ct) =>
        EachFolderAsync(messages, (account, cache, folder) => ChangeAsync(account, cache, folder, new MessageChange { Target = target(account, cache) }, ct), ct);

    /// <summary>At once, or as soon as the server can be reached; whatever is asked for while changes wait is done after them.</summary>
    private async Task<IReadOnlyList<MessageOutcome>> ChangeAsync(
        Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, MessageChange change, CancellationToken ct)
    {
        if (isPutOff || queue.IsWaiting(account.Key))
        {
            return await queue.AddAsync(cache, folder, change, why: null, ct);
        }

        try
        {
            return await changes.DoAsync(account, cache, folder, change, ct);
        }
        catch (MailException e) when (e.IsOffline)
        {
            return await queue.AddAsync(cache, folder, change, e, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<MessageOutcome>> RemoveFolderAsync(
        Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, CancellationToken ct, string? heirId = null)
    {
        var places = folder.Select(Here).ToList();
        await providers.For(account).DeleteAsync([.. folder.Select(m => m.Remote)], ct);
        await cache.ApplyLocalAsync([.. folder.Select(m => new LocalChange(m.Message.Key) { IsRemoved = heirId is null, ReplacedBy = heirId })], ct);
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
            foreach (var folder in Anew(account, outcomes).GroupBy(m => (m.Now.Message.FolderPath, m.Now.Message.ServerFolder)))
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

    internal static Relocation Here(FoundMessage message) => new(
        MessageIds.Show(message.Account.Key.Provider, message.Message.RemoteId), message.Message.Key, message.Message.Role.Name(), message.Message.FolderPath);

    private static MessageOutcome Only(IReadOnlyList<MessageOutcome> outcomes) => outcomes[0].Error is { } error ? throw error : outcomes[0];
}

/// <summary>What became of one message of several.</summary>
/// <param name="Place">Where it is now, or was when deleted for good; null when it failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record MessageOutcome(string Key, Relocation? Place, MailException? Error)
{
    /// <summary>It was deleted for good.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>Its server has not heard of it yet.</summary>
    public bool IsQueued => Place is { Queued: true };

    internal static MessageOutcome Done(string key, Relocation place) => new(key, place, null);

    /// <returns>Whether the server hears of some of it later.</returns>
    /// <exception cref="MailException">The failure of the first that failed.</exception>
    internal static bool Require(IEnumerable<MessageOutcome> outcomes)
    {
        var all = outcomes.ToList();
        return all.Find(outcome => outcome.Error is not null) is { Error: { } error } ? throw error : all.Exists(outcome => outcome.IsQueued);
    }

    /// <param name="reason">Why its server has not heard of it yet.</param>
    internal static MessageOutcome Queued(string key, Relocation place, string reason) => new(key, place with { Queued = true, Reason = reason }, null);

    internal static MessageOutcome Failed(string key, MailException error) => new(key, null, error);
}

/// <summary>Where a message went.</summary>
/// <param name="Id">Its id there; null when the server did not tell and it could not be found (the next pass finds it).</param>
public sealed record Relocation(string? Id, string Key, string Folder, string FolderPath)
{
    /// <summary>The server could not be reached and hears of it later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Queued { get; init; }

    /// <summary>Why it is queued.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>What became of a deleted message.</summary>
/// <param name="Id">Its id in trash, or what it was when deleted for good.</param>
public sealed record Deletion(string? Id, string Key, string Folder, bool Permanent)
{
    /// <inheritdoc cref="Relocation.Queued"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Queued { get; init; }

    /// <inheritdoc cref="Relocation.Reason"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}
