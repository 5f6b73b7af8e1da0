using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// Changes of messages whose server could not be reached (RFC 4549 §3): the cache shows them at once, the server hears of them in their
/// order as soon as it can, and what it then refuses for good is taken back. Each is durable before the cache shows it, names messages
/// by key, and does no harm when it is done twice. Thread-safe.
/// </summary>
public sealed partial class ChangeQueue(
    ChangeStore store, MessageChanges changes, AccountStore accounts, MailCaches caches, EventHub events, TimeProvider time, ILogger<ChangeQueue> logger)
{
    /// <summary>Changes that may wait for one account.</summary>
    public const int MostWaiting = 10_000;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>Called when there may be something due earlier than was thought.</summary>
    public Action Woken { get; set; } = () => { };

    /// <summary>Whether changes of an account wait: whatever else is to be changed waits behind them.</summary>
    public bool IsWaiting(AccountKey account) => store.Next(account) is not null;

    /// <summary>Shows a change and lets it wait. Whoever calls has the turn.</summary>
    /// <param name="why">Why it could not be done at once; null when it was not tried.</param>
    /// <returns>One outcome a message, in order.</returns>
    /// <exception cref="MailException">TooMany <c>offline_queue_full</c>.</exception>
    internal async Task<IReadOnlyList<MessageOutcome>> AddAsync(
        MailCache cache, IReadOnlyList<FoundMessage> messages, MessageChange change, MailException? why, CancellationToken ct)
    {
        if (store.Waiting(cache.Account) >= MostWaiting)
        {
            throw new MailException(MailFault.TooMany, "offline_queue_full", $"{MostWaiting} changes of this account wait for its server already.", why);
        }

        var now = time.GetUtcNow();
        var item = new ChangeItem
        {
            Id = ChangeStore.NewId(),
            Account = cache.Account,
            Change = change,
            Before = [.. messages.Select(m => new BeforeChange(m.Message.Key, m.Message.Flags, m.Message.NativeLabels, m.Message.FolderPath))],
            IsFailed = false,
            NextAttemptAt = store.Next(cache.Account)?.NextAttemptAt ?? now,
            CreatedAt = now,
        };
        await store.AddAsync(item, ct);
        await cache.ApplyLocalAsync([.. messages.Select(m => change.Show(m.Message))], CancellationToken.None);
        if (why is not null)
        {
            await PutOffAsync(item, why);
        }

        Tell(EventTypes.OfflineQueued, item.Id);
        Woken();
        var reason = why?.Message ?? store.Next(cache.Account)?.Error?.Message ?? "It was asked to be done later.";
        return [.. messages.Select(m => MessageOutcome.Queued(m.Message.Key, Place(m.Anew(), change), reason))];
    }

    /// <summary>Shows what waits for these messages once more, after the server's word on them was stored. Whoever calls has the turn.</summary>
    internal async Task ShowAsync(MailCache cache, IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0 || !IsWaiting(cache.Account))
        {
            return;
        }

        var stored = keys.ToHashSet(StringComparer.Ordinal);
        foreach (var item in store.List(cache.Account, isFailed: false, MostWaiting))
        {
            var shown = item.Before.Select(b => cache.Locate(b.Key)).OfType<StoredMessage>().Where(m => stored.Contains(m.Key)).ToList();
            if (shown.Count > 0)
            {
                await cache.ApplyLocalAsync([.. shown.Select(item.Change.Show)], ct);
            }
        }
    }

    /// <summary>Does what waits for an account, in order, until the server cannot be reached.</summary>
    /// <returns>How many were done or refused.</returns>
    /// <exception cref="MailException">The server cannot be reached or does not let us in.</exception>
    public async Task<int> FlushAsync(Account account, CancellationToken ct)
    {
        var count = 0;
        if (!IsWaiting(account.Key))
        {
            return count;
        }

        var cache = caches.Open(account.Key);

        // Keys of a cache that is being filled are found when it is.
        while (cache.Summary().LastPass is not null)
        {
            using var turn = await cache.EnterAsync(ct);
            if (store.Next(account.Key) is not { } item || !await TryAsync(account, cache, item, ct))
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Takes a change out: the cache shows the messages as they were.</summary>
    /// <exception cref="MailException">NotFound <c>operation_not_found</c>.</exception>
    public async Task<ChangeItem> RemoveAsync(string id, CancellationToken ct)
    {
        var item = store.Find(id) ?? throw NotThere(id);
        if (item.IsFailed || accounts.Find(item.Account) is null)
        {
            await store.RemoveAsync(id, ct);
            return item;
        }

        var cache = caches.Open(item.Account);
        using var turn = await cache.EnterAsync(ct);
        if (!await store.RemoveAsync(id, ct))
        {
            throw NotThere(id);
        }

        await UndoAsync(cache, item);
        events.Publish(EventTypes.OfflineRemoved, item.Account, data: item);
        return item;
    }

    public static MailException NotThere(string id) =>
        MailException.NotFound("operation_not_found", $"There is no {id} in the offline queue. GET /api/offline/queue lists what there is.");

    /// <returns>False: it waits on, and all behind it.</returns>
    private async Task<bool> TryAsync(Account account, MailCache cache, ChangeItem item, CancellationToken ct)
    {
        try
        {
            var there = item.Before.Select(b => cache.Locate(b.Key)).OfType<StoredMessage>().Select(m => new FoundMessage(account, cache, m)).ToList();
            if (there.Count == 0)
            {
                // Deleted for good meanwhile, or gone with a pass: nothing is left to change.
                await store.RemoveAsync(item.Id, CancellationToken.None);
                events.Publish(EventTypes.OfflineRemoved, item.Account, data: item);
                return true;
            }

            var outcomes = new List<MessageOutcome>();
            foreach (var folder in there.GroupBy(m => m.Message.ServerFolder, StringComparer.Ordinal))
            {
                outcomes.AddRange(await changes.DoAsync(account, cache, [.. folder], item.Change, ct));
            }

            if (outcomes.TrueForAll(outcome => outcome.Error is not null))
            {
                throw outcomes[0].Error!;
            }

            await store.RemoveAsync(item.Id, CancellationToken.None);
            events.Publish(EventTypes.OfflineDone, item.Account, data: item);
            return true;
        }
        catch (MailException e) when (e.MayPass)
        {
            await PutOffAsync(item, e);
            throw;
        }
        catch (MailException e) when (e.Code == "folder_renumbered")
        {
            // The pass that comes learns the new numbers.
            await PutOffAsync(item, e);
            return false;
        }
        catch (MailException e)
        {
            await store.MarkFailedAsync(item.Id, e);
            await UndoAsync(cache, item);
            LogRefused(item.Id, item.Account, e.Code);
            Tell(EventTypes.OfflineFailed, item.Id);
            return true;
        }
    }

    private Task PutOffAsync(ChangeItem item, MailException e)
    {
        var delay = Outbox.Delay(e.Fault, item.Attempts, Random.Shared.NextDouble());
        return store.PutOffAsync(item, e, time.GetUtcNow() + (delay < LongestDelay ? delay : LongestDelay));
    }

    private static Task UndoAsync(MailCache cache, ChangeItem item) => cache.ApplyLocalAsync(
        [.. item.Before.Select(before => (Now: cache.Locate(before.Key), Before: before)).Where(pair => pair.Now is not null).Select(pair => item.Change.Undo(pair.Now!, pair.Before))],
        CancellationToken.None);

    private void Tell(string type, string id)
    {
        if (store.Find(id) is { } item)
        {
            events.Publish(type, item.Account, data: item);
        }
    }

    /// <summary>The id in a new folder is the server's to give.</summary>
    private static Relocation Place(FoundMessage message, MessageChange change) =>
        MessageActions.Here(message) with { Id = change.Target is null ? MessageActions.Here(message).Id : null };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Change {Id} of {Account} was refused and taken back: {Code}")]
    private partial void LogRefused(string id, AccountKey account, string code);
}
