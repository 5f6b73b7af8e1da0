using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Actions;

/// <summary>How a mail is to be sent. <see cref="Along"/> is told the mail's id in the outbox.</summary>
/// <param name="Kind"><c>send, reply, forward</c> or <c>draft</c>.</param>
public sealed record OutboxRequest(string Kind)
{
    /// <summary>Not before this; null for now.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Who repeats a request under the same key gets what became of the first.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Tells another request under the same key from the same one.</summary>
    public byte[]? RequestHash { get; init; }

    public OutboxTodo Todo { get; init; } = new();

    /// <summary>What is to be committed together with the mail, or not at all; null for nothing.</summary>
    public Action<SqliteWriter, string>? Along { get; init; }
}

/// <summary>
/// Sends mail at most once. A row is on the disk before a server hears of it, and says before the last word that this may have been said; a
/// crash or a lost answer in between is settled by looking into Sent, and stays uncertain where that does not tell. Thread-safe.
/// </summary>
public sealed partial class Outbox(
    OutboxStore store, AccountStore accounts, MailProviders providers, MessageLookup lookup, OutboxFollowUp followUp, SentCopy copies, TimeProvider time, ILogger<Outbox> logger)
    : IAsyncDisposable
{
    /// <summary>Tries until a mail is given up, over some 45 minutes.</summary>
    public const int MostAttempts = 10;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);

    /// <summary>Providers lock accounts after a series of wrong passwords.</summary>
    private static readonly TimeSpan DelayAfterRefusedPassword = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Lazy<Task>> running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Called when there may be something due earlier than was thought.</summary>
    public Action Woken { get; set; } = () => { };

    /// <summary>5 s · 2ⁿ, 20 % more or less by chance.</summary>
    /// <param name="failures">Failures before this one.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Delay(MailFault fault, int failures, double chance)
    {
        var exponential = FirstDelay * Math.Pow(2, Math.Clamp(failures, 0, MostAttempts));
        var delay = fault == MailFault.NotAuthorized && exponential < DelayAfterRefusedPassword ? DelayAfterRefusedPassword : exponential;
        return delay * (0.8 + (0.4 * chance));
    }

    /// <summary>Puts a mail into the outbox and, unless it is for later, tries to send it once. The try goes on when the caller leaves.</summary>
    /// <returns>As it is then: sent, pending after a failure that may pass, failed, or uncertain.</returns>
    /// <exception cref="MailException">
    /// The mail cannot be written; Conflict <c>idempotency_conflict</c>; or the server wants another password, other recipients or less, and
    /// the mail is not kept.
    /// </exception>
    public async Task<OutboxItem> SendAsync(Account account, ReadyMail mail, OutboxRequest request, CancellationToken ct)
    {
        if (Earlier(account.Key, request) is { } earlier)
        {
            return await FinishAsync(earlier, ct);
        }

        var item = NewItem(account, mail, request);
        return await AddAsync(item, mail, request, ct)
            ? await FinishAsync(item, ct)
            : await FinishAsync(Earlier(account.Key, request)!, ct);
    }

    /// <summary>Puts a mail into the outbox and leaves sending it to the runner.</summary>
    /// <exception cref="MailException">The mail cannot be written.</exception>
    public async Task<OutboxItem> PostAsync(Account account, ReadyMail mail, OutboxRequest request, CancellationToken ct)
    {
        var item = NewItem(account, mail, request);
        await AddAsync(item, mail, request, ct);
        Woken();
        return item;
    }

    /// <summary>What became of an earlier request under this key; null when there was none.</summary>
    /// <exception cref="MailException">Conflict <c>idempotency_conflict</c>: it asked for something else.</exception>
    public OutboxItem? Earlier(AccountKey account, OutboxRequest request)
    {
        if (request.IdempotencyKey is not { } key || store.Find(account, key) is not { } earlier)
        {
            return null;
        }

        return IsOf(earlier, request.RequestHash)
            ? earlier
            : throw MailException.Conflict("idempotency_conflict", "This Idempotency-Key was used for another request. Use a new key for a new mail.");
    }

    /// <summary>As <see cref="Earlier"/>, before the account need be known, with what became of it.</summary>
    /// <param name="email">Null for any account of the provider.</param>
    internal async Task<OutboxItem?> EarlierAsync(ProviderKind provider, string? email, SendOptions options, CancellationToken ct)
    {
        if (options.IdempotencyKey is not { } key)
        {
            return null;
        }

        var earlier = email is null
            ? store.FindAll(provider, key).FirstOrDefault(item => IsOf(item, options.RequestHash))
            : Earlier(new AccountKey(provider, email), new OutboxRequest("") { IdempotencyKey = key, RequestHash = options.RequestHash });
        return earlier is null ? null : await FinishAsync(earlier, ct);
    }

    /// <summary>Tries one row now, unless somebody does; returns when that try is over, whatever came of it.</summary>
    public async Task TryAsync(string id)
    {
        try
        {
            await RunAsync(id);
        }
        catch (MailException)
        {
            // It stands in the row, or the row is gone.
        }
    }

    /// <summary>After a crash: looks for what may have been sent, and forgets what is long done.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        foreach (var item in store.Unsettled())
        {
            await SettleAsync(item, ct);
        }

        await store.SweepAsync(time.GetUtcNow() - TimeSpan.FromDays(30), ct);
    }

    /// <summary>Sends one again that failed, is uncertain or waits. An uncertain one that is found in Sent is not sent again.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>outbox_state</c>.</exception>
    public async Task<OutboxItem> RetryAsync(string id, CancellationToken ct)
    {
        var item = Get(id);
        if (item.State == OutboxState.Uncertain && await FindInSentAsync(item, ct) is { } found)
        {
            await SaveFoundAsync(item, found);
            return Get(id);
        }

        if (!await store.RetryAsync(id, ct))
        {
            throw State(item);
        }

        await TryAsync(id).WaitAsync(ct);
        return Get(id);
    }

    /// <summary>Takes a row out: one that waits is not sent any more.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>outbox_state</c>: it is being sent.</exception>
    public async Task<OutboxItem> RemoveAsync(string id, CancellationToken ct)
    {
        var item = Get(id);
        return await store.RemoveAsync(id, ct) ? item : throw State(Get(id));
    }

    /// <exception cref="MailException">NotFound <c>outbox_item_not_found</c>.</exception>
    public OutboxItem Get(string id) => store.Find(id) is { } item ? copies.Noted(item) : throw MailException.NotFound("outbox_item_not_found", $"There is no {id} in the outbox. GET /api/outbox lists what there is.");

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var task in running.Values.Select(lazy => lazy.Value).ToList())
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        stopping.Dispose();
    }

    private static bool IsOf(OutboxItem item, byte[]? requestHash) => item.RequestHash.AsSpan().SequenceEqual(requestHash);

    private OutboxItem NewItem(Account account, ReadyMail mail, OutboxRequest request)
    {
        var now = time.GetUtcNow();
        return new OutboxItem
        {
            Id = OutboxStore.NewId(),
            Kind = request.Kind,
            Account = account.Key,
            State = OutboxState.Pending,
            Envelope = mail.Envelope,
            NextAttemptAt = request.SendAt is { } at && at > now ? at : now,
            Todo = request.Todo with { FileCopy = copies.IsOurs(account), Record = mail.Record },
            IdempotencyKey = request.IdempotencyKey,
            RequestHash = request.RequestHash,
            CreatedAt = now,
        };
    }

    private async Task<bool> AddAsync(OutboxItem item, ReadyMail mail, OutboxRequest request, CancellationToken ct)
    {
        await store.WriteMailAsync(item.Id, stream => mail.WriteAsync(stream, ct));
        return await store.TryAddAsync(item, request.Along, CancellationToken.None);
    }

    private static MailException State(OutboxItem item) => item.State == OutboxState.Sending
        ? MailException.Conflict("outbox_state", "The mail is being sent at this moment. Look again in a minute.")
        : MailException.Conflict("outbox_state", $"The mail is {item.State.ToString().ToLowerInvariant()}; only one that failed, is uncertain or waits can be sent again.");

    /// <summary>Waits for the try that is due, joining one that runs.</summary>
    private async Task<OutboxItem> FinishAsync(OutboxItem item, CancellationToken ct)
    {
        if (running.ContainsKey(item.Id) || (item.State == OutboxState.Pending && item.Error is null && item.NextAttemptAt <= time.GetUtcNow()))
        {
            await RunAsync(item.Id).WaitAsync(ct);
        }

        Woken();
        return copies.Noted(store.Find(item.Id) ?? item);
    }

    private Task RunAsync(string id) => running.GetOrAdd(id, key => new Lazy<Task>(() => Task.Run(() => RunOneAsync(key)))).Value;

    private async Task RunOneAsync(string id)
    {
        try
        {
            if (store.Find(id) is { State: OutboxState.Pending } item && item.NextAttemptAt <= time.GetUtcNow())
            {
                await AttemptAsync(item);
                if (store.Find(id) is { State: OutboxState.Sent, Todo: not null } sent)
                {
                    await followUp.RunAsync(sent, isFresh: true, stopping.Token);
                }
            }
            else if (store.Find(id) is { State: OutboxState.Sent, Todo: not null } left)
            {
                await followUp.RunAsync(left, isFresh: false, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The row says how far it came.
        }
        finally
        {
            running.TryRemove(id, out _);
            Woken();
        }
    }

    private async Task AttemptAsync(OutboxItem item)
    {
        try
        {
            var account = accounts.Find(item.Account) ?? throw MailException.NotFound("account_not_found", $"The account {item.Account} was removed.");
            var (refused, sentId) = await SendPartsAsync(account, item);
            await store.MarkSentAsync(item.Id, refused, item.Todo is { } todo ? todo with { IsCopyBegun = true } : null, sentId);
            LogSent(item.Id, item.Account);
            if (item.Todo is null or { IsNothing: true })
            {
                Storage.PrivateFiles.DeleteQuietly(store.PathOf(item.Id));
            }
        }
        catch (MailException e)
        {
            await RecordAsync(store.Find(item.Id) ?? item, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await store.MarkTriedAsync(item.Id, OutboxState.Failed, new MailException(MailFault.Conflict, "mail_file_lost", "The mail's file in the outbox cannot be read any more.", e), time.GetUtcNow());
            LogLost(item.Id, e);
        }
    }

    /// <summary>Sends it to as many as the server takes at once until all have it. Who has it is on the disk before the next are sent to.</summary>
    /// <returns>Those that were refused, and the id of the copy that the server filed.</returns>
    private async Task<(IReadOnlyDictionary<string, string> Refused, string? SentId)> SendPartsAsync(Account account, OutboxItem item)
    {
        while (true)
        {
            var mail = Mail(item);
            SendReceipt receipt;
            try
            {
                receipt = await providers.For(account).SendAsync(mail, ct => HandOverAsync(item, ct), stopping.Token);
            }
            catch (MailException e) when (e.Code == "recipient_refused" && item.Envelope.Delivered.Count > 0)
            {
                // The others have it: nothing of that can be taken back.
                return (Merge(item.Refused, mail.Envelope.Recipients.ToDictionary(address => address, address => e.Details?.GetValueOrDefault(address) ?? e.Message, StringComparer.OrdinalIgnoreCase)), null);
            }

            var refused = Merge(item.Refused, receipt.Refused);
            if (receipt.Excess.Count == 0)
            {
                return (refused, receipt.SentId);
            }

            var taken = mail.Envelope.Recipients.Except(receipt.Excess, StringComparer.OrdinalIgnoreCase).Except(refused.Keys, StringComparer.OrdinalIgnoreCase);
            item = item with { Envelope = item.Envelope with { Delivered = [.. item.Envelope.Delivered, .. taken] }, Refused = refused };
            await store.MarkPartlySentAsync(item.Id, item.Envelope, refused);
        }
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        var all = new Dictionary<string, string>(before, StringComparer.OrdinalIgnoreCase);
        foreach (var (address, why) in now)
        {
            all[address] = why;
        }

        return all;
    }

    /// <summary>On the disk before the last word. A row that was taken out meanwhile is not sent.</summary>
    private async Task HandOverAsync(OutboxItem item, CancellationToken ct)
    {
        if (!await store.MarkSendingAsync(item.Id, ct))
        {
            throw MailException.NotFound("outbox_item_not_found", "The mail was taken out of the outbox and was not sent.");
        }
    }

    private async Task RecordAsync(OutboxItem item, MailException e)
    {
        LogFailed(item.Id, item.Account, e.Code);
        if (e.Code == "send_uncertain")
        {
            await SettleAsync(item, stopping.Token);
            return;
        }

        var isFirst = item.Attempts == 0 && item.Error is null && item.Envelope.Delivered.Count == 0;
        if (isFirst && e.Fault is MailFault.NotAuthorized or MailFault.InvalidInput or MailFault.TooLarge)
        {
            // Nobody has the mail, and whoever sends it can mend it.
            await store.MarkTriedAsync(item.Id, OutboxState.Failed, e, time.GetUtcNow());
            await store.RemoveAsync(item.Id, CancellationToken.None);
            throw e;
        }

        var isGivenUp = !e.MayPass || item.Attempts + 1 >= MostAttempts;
        var next = time.GetUtcNow() + Delay(e.Fault, item.Attempts, Random.Shared.NextDouble());
        await store.MarkTriedAsync(item.Id, isGivenUp ? OutboxState.Failed : OutboxState.Pending, e, next);
    }

    private async Task SettleAsync(OutboxItem item, CancellationToken ct)
    {
        if (await FindInSentAsync(item, ct) is { } found)
        {
            await SaveFoundAsync(item, found);
            return;
        }

        await store.MarkTriedAsync(
            item.Id,
            OutboxState.Uncertain,
            new MailException(MailFault.Refused, "send_uncertain", "The server's answer did not come: the mail may or may not have been sent. Look in Sent before you send it again with POST /api/outbox/{id}/retry."),
            time.GetUtcNow());
    }

    private async Task SaveFoundAsync(OutboxItem item, string remoteId)
    {
        await store.MarkSentAsync(item.Id, item.Refused, item.Todo is { } todo ? todo with { FileCopy = false } : null);
        await store.SaveTodoAsync(item.Id, item.Todo is { } left ? left with { FileCopy = false } : null, MessageIds.Show(item.Account.Provider, remoteId), time.GetUtcNow());
    }

    /// <summary>The id in Sent; null when it is not there or nobody can say.</summary>
    private async Task<string?> FindInSentAsync(OutboxItem item, CancellationToken ct)
    {
        try
        {
            // A copy there, where the server puts it itself, does not say that all have it.
            return item.Envelope.Delivered.Count == 0 && accounts.Find(item.Account) is { } account && lookup.Cache(account).FolderOf(FolderRole.Sent) is { } sent
                ? await providers.For(account).FindAsync(sent.Path, item.Envelope.MessageId, ct)
                : null;
        }
        catch (MailException)
        {
            return null;
        }
    }

    /// <summary>The mail for those who do not have it. Once some have it, one who is refused keeps it from nobody else.</summary>
    private WrittenMail Mail(OutboxItem item) => new()
    {
        Path = store.PathOf(item.Id),
        Envelope = item.Envelope with
        {
            Recipients = [.. item.Envelope.Recipients.Except(item.Envelope.Delivered, StringComparer.OrdinalIgnoreCase).Except(item.Refused.Keys, StringComparer.OrdinalIgnoreCase)],
            AllowPartial = item.Envelope.AllowPartial || item.Envelope.Delivered.Count > 0,
        },
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Outbox {Id} of {Account} was sent")]
    private partial void LogSent(string id, AccountKey account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox {Id} of {Account} was not sent: {Code}")]
    private partial void LogFailed(string id, AccountKey account, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "The file of outbox {Id} cannot be read")]
    private partial void LogLost(string id, Exception e);
}
