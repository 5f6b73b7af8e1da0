using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// Sees to it that an account has at most one pass at a time: poll, push, manual sync and fetch all come here, and who comes while a
/// pass runs joins it. Knows each account's state. Safe for several callers at once.
/// </summary>
public sealed partial class SyncPasses(AccountSync sync, AccountStore accounts, MailCaches caches, TokenSources tokens, EventHub events, TimeProvider time, ILogger<SyncPasses> logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan TellingInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<AccountKey, Running> running = new();
    private readonly ConcurrentDictionary<AccountKey, SyncStatus> statuses = new();
    private readonly CancellationTokenSource stopping = new();

    /// <summary>An account whose sign-in has ended says so at once, whoever found out.</summary>
    public SyncStatus Status(AccountKey key)
    {
        var status = StatusOfPasses(key);
        return tokens.Problem(key) is { } problem ? status with { State = SyncState.AuthRequired, LastError = problem } : status;
    }

    /// <summary>Starts a pass, or joins the one that runs. The token ends the waiting, not the pass.</summary>
    /// <exception cref="MailException">The pass failed or was ended from elsewhere (<c>sync_stopped</c>), or the account is not there.</exception>
    public Task<PassResult> RunAsync(AccountKey key, CancellationToken ct) => WaitAsync(Start(key, PassScope.Poll).Task, ct);

    /// <summary>
    /// Sees to it that all there is by now has been looked at. A pass that runs already may have been where the news is before it came:
    /// its end is waited for, and then one more is run, which all who waited share.
    /// </summary>
    /// <returns>What was changed by the passes that were waited for.</returns>
    /// <exception cref="MailException">As <see cref="RunAsync"/>.</exception>
    public async Task<PassResult> RunAfreshAsync(AccountKey key, PassScope scope, CancellationToken ct)
    {
        running.TryGetValue(key, out var stale);
        PassResult? before = null;
        while (true)
        {
            var pass = Start(key, scope);
            if (pass != stale && pass.Scope.Covers(scope))
            {
                return Sum(before, await WaitAsync(pass.Task, ct));
            }

            before = await EndOfAsync(pass.Task, ct) is { } ended ? Sum(before, ended) : before;
        }
    }

    /// <summary>
    /// Starts a pass, or joins the one that runs, unless the account is being left alone: after failures for a while, after its sign-in has ended
    /// until its owner signs in.
    /// </summary>
    public bool StartUnlessBackingOff(AccountKey key, out Task<PassResult> pass)
    {
        var status = StatusOfPasses(key);
        var isLeftAlone = (status.NotBefore is { } until && until > time.GetUtcNow()) || (status.State == SyncState.AuthRequired && tokens.Problem(key) is not null);
        pass = isLeftAlone ? Task.FromCanceled<PassResult>(new CancellationToken(canceled: true)) : Start(key, PassScope.Poll).Task;
        return !isLeftAlone;
    }

    /// <summary>Ends the pass of an account, waits until it has ended, and forgets its state.</summary>
    public async Task StopAsync(AccountKey key)
    {
        if (running.TryGetValue(key, out var pass))
        {
            await pass.CancelAsync();
            await pass.Task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        statuses.TryRemove(key, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var key in running.Keys)
        {
            await StopAsync(key);
        }
    }

    private SyncStatus StatusOfPasses(AccountKey key) =>
        statuses.TryGetValue(key, out var status) ? status : new SyncStatus { LastSyncTime = LastSyncTime(key) };

    private static PassResult Sum(PassResult? before, PassResult last) => before is null ? last : last with
    {
        Started = before.Started,
        Added = before.Added + last.Added,
        Updated = before.Updated + last.Updated,
        Removed = before.Removed + last.Removed,
    };

    private async Task<PassResult> WaitAsync(Task<PassResult> pass, CancellationToken ct)
    {
        try
        {
            return await pass.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw MailException.Conflict("sync_stopped", "The pass was ended because the account was changed or removed meanwhile. Try again.");
        }
    }

    /// <summary>Null when the pass failed: whoever waits for its end tries again.</summary>
    private static async Task<PassResult?> EndOfAsync(Task<PassResult> pass, CancellationToken ct)
    {
        try
        {
            return await pass.WaitAsync(ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private Running Start(AccountKey key, PassScope scope)
    {
        while (true)
        {
            if (running.TryGetValue(key, out var present))
            {
                return present;
            }

            var pass = new Running(scope, CancellationTokenSource.CreateLinkedTokenSource(stopping.Token));
            if (running.TryAdd(key, pass))
            {
                pass.Begin(() => RunPassAsync(key, pass));
                return pass;
            }
        }
    }

    private async Task<PassResult> RunPassAsync(AccountKey key, Running pass)
    {
        var before = new SyncStatus();
        try
        {
            before = StatusOfPasses(key);
            statuses[key] = before with { State = SyncState.Syncing, Progress = null };
            var account = accounts.Find(key) ?? throw MailException.NotFound("account_not_found", $"There is no account {key}.");
            var result = await sync.RunAsync(account, pass.Scope, progress => Report(key, pass, progress), pass.Token);
            statuses[key] = new SyncStatus { LastSyncTime = result.Finished };
            if (before.LastError is not null || result.Added + result.Updated + result.Removed > 0)
            {
                events.Publish(EventTypes.SyncDone, key, data: result);
            }

            return result;
        }
        catch (OperationCanceledException)
        {
            statuses[key] = before;
            throw;
        }
        catch (Exception e)
        {
            var failed = Failed(before, e);
            statuses[key] = failed;
            events.Publish(EventTypes.SyncFailed, key, data: failed.LastError);
            LogPassFailed(key, e is MailException mail ? mail.Code : "internal_error", e is MailException ? null : e);
            throw;
        }
        finally
        {
            running.TryRemove(key, out _);
            pass.Dispose();
        }
    }

    private SyncStatus Failed(SyncStatus before, Exception e)
    {
        var fault = e as MailException
            ?? new MailException(MailFault.Refused, "internal_error", "The pass failed by a fault of the daemon; its log says more.", e);
        var failures = before.Failures + 1;
        return before with
        {
            State = fault.Fault == MailFault.NotAuthorized ? SyncState.AuthRequired : SyncState.Error,
            LastError = fault,
            Failures = failures,
            NotBefore = time.GetUtcNow() + Backoff.Delay(fault.Fault, failures, Random.Shared.NextDouble()),
            Progress = null,
        };
    }

    private void Report(AccountKey key, Running pass, SyncProgress progress)
    {
        statuses.AddOrUpdate(key, _ => new SyncStatus { Progress = progress }, (_, status) => status with { Progress = progress });
        if (pass.Told is not { } told || time.GetElapsedTime(told) >= TellingInterval)
        {
            pass.Told = time.GetTimestamp();
            events.Publish(EventTypes.SyncProgress, key, data: progress);
        }
    }

    private DateTimeOffset? LastSyncTime(AccountKey key) => accounts.Find(key) is null ? null : caches.Open(key).Summary().LastPass?.Finished;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pass over {Account} failed: {Code}")]
    private partial void LogPassFailed(AccountKey account, string code, Exception? exception);

    /// <summary>A pass with its own end. The task exists before the work begins, so that nobody can see a pass without one.</summary>
    private sealed class Running(PassScope scope, CancellationTokenSource cancellation) : IDisposable
    {
        private readonly TaskCompletionSource<PassResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PassScope Scope { get; } = scope;

        /// <summary>When its progress was last told; null before the first time.</summary>
        public long? Told { get; set; }

        public CancellationToken Token { get; } = cancellation.Token;

        public Task<PassResult> Task => completion.Task;

        public async Task CancelAsync()
        {
            try
            {
                await cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // The pass ended by itself just now.
            }
        }

        public void Dispose() => cancellation.Dispose();

        public void Begin(Func<Task<PassResult>> work) =>
            _ = System.Threading.Tasks.Task.Run(work, CancellationToken.None).ContinueWith(
                done =>
                {
                    if (done.IsCanceled)
                    {
                        completion.TrySetCanceled(CancellationToken.None);
                    }
                    else if (done.IsFaulted)
                    {
                        completion.TrySetException(done.Exception!.InnerExceptions);

                        // A pass may have nobody waiting: its failure is in the status.
                        _ = completion.Task.Exception;
                    }
                    else
                    {
                        completion.TrySetResult(done.GetAwaiter().GetResult());
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
    }
}
