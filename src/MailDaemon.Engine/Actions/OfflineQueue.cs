using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>What waits for a server, a change or a mail: one of the two is there.</summary>
public sealed record OfflineOperation(ChangeItem? Change, OutboxItem? Mail)
{
    public DateTimeOffset CreatedAt => Change?.CreatedAt ?? Mail!.CreatedAt;
}

/// <summary>What came of trying all that waits.</summary>
/// <param name="Processed">Operations that were done or refused.</param>
/// <param name="Errors">Why an account's operations wait on.</param>
public sealed record OfflineRun(int Processed, IReadOnlyDictionary<AccountKey, MailException> Errors);

/// <summary>All that could not reach its server: changes of messages, and mails that were tried.</summary>
public sealed class OfflineQueue(ChangeQueue changes, ChangeStore changeStore, Outbox outbox, OutboxStore outboxStore, AccountStore accounts)
{
    /// <summary>Operations that are listed.</summary>
    public const int MostListed = 1_000;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<OfflineOperation> List(AccountKey? account, bool isFailed) =>
    [
        .. changeStore.List(account, isFailed, MostListed).Select(change => new OfflineOperation(change, null))
            .Concat(outboxStore.Held(account, isFailed, MostListed).Select(mail => new OfflineOperation(null, mail)))
            .OrderBy(operation => operation.CreatedAt)
            .Take(MostListed),
    ];

    public int Count(AccountKey? account, bool isFailed) => changeStore.Count(account, isFailed) + outboxStore.CountHeld(account, isFailed);

    /// <summary>Takes an operation out: a change is taken back, a mail is not sent any more.</summary>
    /// <exception cref="MailException">NotFound <c>operation_not_found</c>; Conflict <c>outbox_state</c>: it is being sent.</exception>
    public async Task<OfflineOperation> RemoveAsync(string id, CancellationToken ct)
    {
        if (changeStore.Find(id) is not null)
            return new OfflineOperation(await changes.RemoveAsync(id, ct), null);
        return outboxStore.Find(id) is { State: not OutboxState.Sent }
            ? new OfflineOperation(null, await outbox.RemoveAsync(id, ct))
            : throw ChangeQueue.NotThere(id);
    }

    /// <summary>Takes out all that wait, the newest first, or all that failed.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAsync(AccountKey? account, bool isFailed, CancellationToken ct)
    {
        var removed = 0;
        while (List(account, isFailed) is { Count: > 0 } operations)
        {
            var before = removed;
            foreach (var operation in operations.Reverse())
                removed += await IsRemovedAsync(operation, ct) ? 1 : 0;
            if (removed == before)
                break;
        }

        return removed;
    }

    /// <summary>Tries now whatever waits.</summary>
    public async Task<OfflineRun> ProcessAsync(AccountKey? account, CancellationToken ct)
    {
        var errors = new Dictionary<AccountKey, MailException>();
        var runs = accounts.All().Where(a => account is null || a.Key == account).Select(async a =>
        {
            var mails = outboxStore.Held(a.Key, isFailed: false, MostListed);
            var done = 0;
            try
            {
                done = await changes.FlushAsync(a, ct);
                foreach (var mail in mails)
                    done += (await outbox.RetryAsync(mail.Id, ct)).State == OutboxState.Pending ? 0 : 1;
            }
            catch (MailException e)
            {
                lock (errors)
                {
                    errors[a.Key] = e;
                }
            }

            return done;
        });
        return new OfflineRun((await Task.WhenAll(runs)).Sum(), errors);
    }

    private async Task<bool> IsRemovedAsync(OfflineOperation operation, CancellationToken ct)
    {
        try
        {
            await RemoveAsync(operation.Change?.Id ?? operation.Mail!.Id, ct);
            return true;
        }
        catch (MailException e) when (e.Fault is MailFault.NotFound or MailFault.Conflict)
        {
            // It was done, or is being sent, this moment.
            return false;
        }
    }
}
