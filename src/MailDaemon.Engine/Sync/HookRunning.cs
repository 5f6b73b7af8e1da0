using System.Collections.Concurrent;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Sends webhooks that are due and pushes tasks to agents, those of one endpoint one after the other, of several side by side; and forgets what is long over.</summary>
internal sealed partial class HookRunning(
    HookStore hooks, HookSender sender, HookSecret secret, AgentTaskStore tasks, AgentPush push, AgentWork work, RuleActions rules, RuleLedger ledger, TimeProvider time, ILogger<HookRunning> logger)
    : BackgroundService
{
    private const int AtOnce = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, Task> working = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim woken = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        rules.Woken = Wake;
        try
        {
            await RecoverAsync(stoppingToken);
            while (true)
            {
                var news = tasks.News();
                foreach (var host in hooks.Due(AtOnce).GroupBy(hook => new Uri(hook.Url).Authority))
                    Begin("hook " + host.Key, () => SendAsync([.. host], stoppingToken));
                foreach (var agent in tasks.WaitingAgents().Where(agent => push.UrlOf(agent) is not null))
                    Begin("agent " + agent, () => push.PushAsync(agent, stoppingToken));
                await WaitAsync(news, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Each row says how far it came.
        }

        await Task.WhenAll(working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RecoverAsync(CancellationToken ct)
    {
        try
        {
            var before = time.GetUtcNow() - Kept;
            await hooks.SweepAsync(before, ct);
            await tasks.SweepAsync(before, ct);
            await ledger.SweepAsync(time.GetUtcNow() - (3 * Kept), ct);
            await work.RecoverAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault("recovery", e);
        }
    }

    private void Begin(string name, Func<Task> what)
    {
        if (!working.TryGetValue(name, out var running) || running.IsCompleted)
            working[name] = Task.Run(() => RunAsync(name, what));
    }

    private async Task RunAsync(string name, Func<Task> what)
    {
        try
        {
            await what();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(name, e);
        }
        finally
        {
            Wake();
        }
    }

    private async Task SendAsync(IReadOnlyList<Hook> due, CancellationToken ct)
    {
        foreach (var hook in due)
        {
            try
            {
                await sender.SendAsync(new HookRequest(hook.Url, hook.Id, hook.Body, secret.Value), ct);
                await hooks.MarkSentAsync(hook.Id);
            }
            catch (MailException e)
            {
                LogNotSent(hook.Id, hook.Account, e.Code);
                var isGivenUp = hook.Attempts + 1 >= Outbox.MostAttempts;
                await hooks.MarkTriedAsync(hook.Id, e, isGivenUp ? null : time.GetUtcNow() + Outbox.Delay(e.Fault, hook.Attempts, Random.Shared.NextDouble()));
            }
        }
    }

    private async Task WaitAsync(Task news, CancellationToken ct)
    {
        DateTimeOffset?[] due = [hooks.NextDue(), tasks.NextDue()];
        var next = due.Min() is { } first ? first - time.GetUtcNow() : Longest;
        var wait = next < Shortest ? Shortest : next > Longest ? Longest : next;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(news, woken.WaitAsync(over.Token), Task.Delay(wait, time, over.Token));
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private void Wake()
    {
        try
        {
            woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Id} of {Account} was not sent: {Code}")]
    private partial void LogNotSent(string id, AccountKey account, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivering ({What}) met a fault; it is tried again")]
    private partial void LogFault(string what, Exception e);
}
