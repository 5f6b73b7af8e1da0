using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Sends what is due in the outbox, and does the changes that wait for their server: of one account one after the other, of several side by side, so that none waits for a slow server of another.</summary>
public sealed partial class OutboxRunner(
    Outbox outbox, OutboxStore store, ChangeQueue changes, ChangeStore waiting, AccountStore accounts, SyncPasses passes, TimeProvider time, ILogger<OutboxRunner> logger)
    : BackgroundService
{
    private const int AtOnce = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<AccountKey, Task> working = new();
    private readonly Wakeup wakeup = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbox.Woken = wakeup.Wake;
        changes.Woken = outbox.Woken;
        try
        {
            await outbox.RecoverAsync(stoppingToken);
            while (true)
            {
                foreach (var account in store.DueAccounts().Union(waiting.DueAccounts()).Where(account => !working.TryGetValue(account, out var work) || work.IsCompleted))
                    working[account] = Task.Run(() => WorkAsync(account, stoppingToken), stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Each row says how far it came.
        }

        await Task.WhenAll(working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WorkAsync(AccountKey account, CancellationToken ct)
    {
        try
        {
            await FlushAsync(account, ct);
            foreach (var item in store.Due(account, AtOnce))
            {
                ct.ThrowIfCancellationRequested();
                await outbox.TryAsync(item.Id);
            }

            // Brings the copies in Sent into the cache.
            passes.StartUnlessBackingOff(account, out _);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(account, e);
        }
        finally
        {
            wakeup.Wake();
        }
    }

    private async Task FlushAsync(AccountKey account, CancellationToken ct)
    {
        try
        {
            if (accounts.Find(account) is { } there)
            {
                await changes.FlushAsync(there, ct);
            }
        }
        catch (MailException)
        {
            // It stands in the row.
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        DateTimeOffset?[] due = [store.NextDue(), waiting.NextDue()];
        var next = due.Min() is { } first ? first - time.GetUtcNow() : Longest;
        var wait = next < Shortest ? Shortest : next > Longest ? Longest : next;
        await wakeup.WaitAsync(wait, ct);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending for {Account} failed; it is tried again")]
    private partial void LogFault(AccountKey account, Exception e);
}
