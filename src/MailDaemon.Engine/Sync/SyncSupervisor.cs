using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace MailDaemon.Engine.Sync;

/// <summary>Keeps timer and listener of every account: starts them with the daemon, and as accounts come, change and go.</summary>
public sealed class SyncSupervisor(
    ISchedulerFactory schedulers,
    AccountStore accounts,
    MailProviders providers,
    MailCaches caches,
    SyncPasses passes,
    SyncTimers timers) : IHostedService
{
    private readonly ConcurrentDictionary<AccountKey, (CancellationTokenSource Stop, Task Watcher)> watchers = new();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await (await schedulers.GetScheduler(cancellationToken)).Start(cancellationToken);
        foreach (var account in accounts.All())
        {
            await StartAsync(account, cancellationToken);
        }
    }

    /// <summary>The settings of an account that is new.</summary>
    public AccountSettings NewSettings => timers.NewSettings;

    /// <summary>Begins to poll and to listen, and runs a first pass at once.</summary>
    public async Task StartAsync(Account account, CancellationToken ct)
    {
        if (!timers.IsPolled(account))
        {
            return;
        }

        var scheduler = await schedulers.GetScheduler(ct);
        await scheduler.ScheduleJob(timers.Job(account), timers.Trigger(account), cancellationToken: ct);
        passes.StartUnlessBackingOff(account.Key, out _);
        if (timers.Listens)
        {
            var stop = new CancellationTokenSource();
            var watcher = Task.Run(() => timers.Watcher(account, caches, providers, passes).RunAsync(stop.Token), CancellationToken.None);
            watchers[account.Key] = (stop, watcher);
        }
    }

    /// <summary>Begins anew after the account's settings changed.</summary>
    public async Task RestartAsync(Account account, CancellationToken ct)
    {
        await StopAsync(account.Key, ct);
        await StartAsync(account, ct);
    }

    /// <summary>Ends everything that works on the account and removes its cache.</summary>
    public async Task RemoveAsync(AccountKey key, bool keepCache, CancellationToken ct)
    {
        await StopAsync(key, ct);
        await caches.RemoveAsync(key, keepCache, ct);
    }

    /// <summary>When the timer starts the account's next pass; null when polling is off.</summary>
    public async Task<DateTimeOffset?> NextPollAsync(AccountKey key, CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        var trigger = await scheduler.GetTrigger(SyncTimers.TriggerKey(key), ct);
        return trigger?.NextFireTimeUtc;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await (await schedulers.GetScheduler(cancellationToken)).Shutdown(cancellationToken: cancellationToken);
        await Task.WhenAll(accounts.All().Select(account => StopWorkAsync(account.Key)));
    }

    private async Task StopAsync(AccountKey key, CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        await scheduler.DeleteJob(SyncTimers.JobKey(key), ct);
        await StopWorkAsync(key);
    }

    private async Task StopWorkAsync(AccountKey key)
    {
        if (watchers.TryRemove(key, out var watcher))
        {
            await watcher.Stop.CancelAsync();
            await watcher.Watcher;
            watcher.Stop.Dispose();
        }

        await passes.StopAsync(key);
        await providers.ForgetAsync(key);
    }
}

/// <summary>When and how accounts are polled and listened to.</summary>
public sealed class SyncTimers(IOptions<SyncOptions> options, TimeProvider time, ILogger<SyncTimers> logger)
{
    /// <summary>Whether a push is waited for between polls.</summary>
    public bool Listens => options.Value.Idle;

    /// <summary>The settings of an account that is new.</summary>
    public AccountSettings NewSettings => new() { SyncInterval = options.Value.IntervalSeconds, SyncDays = options.Value.Days };

    /// <summary>An interval of 0 stops polling and push alike.</summary>
    public bool IsPolled(Account account) => account.Settings.SyncInterval > 0;

    internal static JobKey JobKey(AccountKey key) => new(key.Email, key.Provider.Name());

    internal static TriggerKey TriggerKey(AccountKey key) => new(key.Email, key.Provider.Name());

    internal IJobDetail Job(Account account) =>
        JobBuilder.Create<PollJob>().WithIdentity(JobKey(account.Key)).UsingJobData(PollJob.Describe(account.Key)).Build();

    /// <summary>Every interval, the first time after a part of it by chance, so that accounts do not all poll at once.</summary>
    internal ITrigger Trigger(Account account)
    {
        var interval = TimeSpan.FromSeconds(account.Settings.SyncInterval);
        return TriggerBuilder.Create()
            .WithIdentity(TriggerKey(account.Key))
            .StartAt(time.GetUtcNow() + (interval * (0.5 + (Random.Shared.NextDouble() / 2))))
            .WithSimpleSchedule(schedule => schedule.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount))
            .Build();
    }

    internal PushWatcher Watcher(Account account, MailCaches caches, MailProviders providers, SyncPasses passes) =>
        new(account, caches, providers, passes, time, logger);
}
