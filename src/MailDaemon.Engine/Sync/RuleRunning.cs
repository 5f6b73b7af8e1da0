using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Runs rules as soon as a cache tells of a message, and again when something is to be tried again. Each account by itself: a slow server holds up its own rules only.</summary>
internal sealed partial class RuleRunning(RuleRunner runner, AccountStore accounts, EventHub events, TimeProvider time, ILogger<RuleRunning> logger) : BackgroundService
{
    private const int AtOnce = 1_000;
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<AccountKey, Work> working = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var read = events.Last;
            WakeAll(stoppingToken);
            while (true)
            {
                await events.WaitAsync(read, stoppingToken);
                var page = events.Read(read, AtOnce);
                if (page.IsGap)
                    WakeAll(stoppingToken);
                foreach (var account in page.Events.Where(e => e.Type.StartsWith("message.", StringComparison.Ordinal)).Select(e => e.Account).Distinct())
                    Wake(account, stoppingToken);
                read = page.Events.Count > 0 ? page.Events[^1].Number : events.Last;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not done is written down.
        }

        await Task.WhenAll(working.Values.Select(work => work.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void WakeAll(CancellationToken ct)
    {
        foreach (var account in accounts.All())
            Wake(account.Key, ct);
    }

    private void Wake(AccountKey key, CancellationToken ct)
    {
        var work = working.GetOrAdd(key, _ => new Work());
        if (work.TryBegin())
            work.Task = Task.Run(() => RunAsync(key, work, ct), ct);
    }

    private async Task RunAsync(AccountKey key, Work work, CancellationToken ct)
    {
        DateTimeOffset? next = null;
        try
        {
            do
            {
                next = await runner.RunAsync(key, ct);
            }
            while (work.IsAskedAgain());
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            // The account was removed meanwhile.
            work.End();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A full disk: what was to be done stays to be done.
            LogFault(key, e);
            work.End();
            next = time.GetUtcNow() + AfterFault;
        }

        if (next is { } at && work.TrySetAlarm(at))
            _ = WakeAtAsync(key, work, at, ct);
    }

    private async Task WakeAtAsync(AccountKey key, Work work, DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            var wait = at - time.GetUtcNow();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, ct);
            work.EndAlarm(at);
            Wake(key, ct);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Running rules of {Account} met a fault; it is tried again")]
    private partial void LogFault(AccountKey account, Exception e);

    /// <summary>One run at a time, and one more for all that came while it ran.</summary>
    private sealed class Work
    {
        private readonly Lock gate = new();
        private bool isRunning;
        private bool isAskedAgain;
        private DateTimeOffset? alarm;

        public Task Task { get; set; } = Task.CompletedTask;

        public bool TryBegin()
        {
            lock (gate)
            {
                (isAskedAgain, var wasRunning, isRunning) = (isRunning, isRunning, true);
                return !wasRunning;
            }
        }

        /// <summary>Whether to run once more; else the run is over.</summary>
        public bool IsAskedAgain()
        {
            lock (gate)
            {
                (isRunning, isAskedAgain) = (isAskedAgain, false);
                return isRunning;
            }
        }

        /// <summary>False: one is set that comes no later. Each run asks for one, and one is enough.</summary>
        public bool TrySetAlarm(DateTimeOffset at)
        {
            lock (gate)
            {
                if (alarm <= at)
                    return false;
                alarm = at;
                return true;
            }
        }

        public void EndAlarm(DateTimeOffset at)
        {
            lock (gate)
            {
                alarm = alarm == at ? null : alarm;
            }
        }

        public void End()
        {
            lock (gate)
            {
                (isRunning, isAskedAgain) = (false, false);
            }
        }
    }
}
