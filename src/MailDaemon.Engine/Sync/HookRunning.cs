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
    HookStore hooks,
    HookSender sender,
    HookSecret secret,
    EndpointRests rests,
    AgentTaskStore tasks,
    AgentPush push,
    AgentWork work,
    RuleActions rules,
    RuleLedger ledger,
    TimeProvider time,
    ILogger<HookRunning> logger)
    : BackgroundService
{
    private const int AtOnce = 100;
    private const int EndpointsAtOnce = 32;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    /// <summary>For so long it is tried to reach an endpoint that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<string, Task> working = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim places = new(EndpointsAtOnce, EndpointsAtOnce);
    private readonly Wakeup wakeup = new(time);
    private DateTimeOffset nextSweep = DateTimeOffset.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        rules.Woken = wakeup.Wake;
        hooks.Woken = wakeup.Wake;
        try
        {
            while (true)
            {
                var news = tasks.News();
                await WaitAsync(news, BeginDue(stoppingToken) - time.GetUtcNow(), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Each row says how far it came.
        }

        await Task.WhenAll(working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <returns>When to look again, unless woken before.</returns>
    private DateTimeOffset BeginDue(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        List<DateTimeOffset> next = [now + Longest];
        try
        {
            if (nextSweep <= now)
            {
                nextSweep = now + BetweenSweeps;
                Begin("sweep", null, () => SweepAsync(ct));
            }

            foreach (var (url, due) in hooks.Waiting())
                next.AddRange(Consider("hook " + url, url, due, () => SendAsync(url, ct)));
            foreach (var (agent, due) in tasks.Waiting())
            {
                if (push.UrlOf(agent) is { } url)
                    next.AddRange(Consider("agent " + agent, url, due, () => push.PushAsync(agent, ct)));
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault("looking", e);
        }

        return next.Min();
    }

    /// <summary>Begins with what is due, unless its endpoint rests or is at work: its end wakes us.</summary>
    /// <returns>When to look at it again.</returns>
    private IEnumerable<DateTimeOffset> Consider(string name, string url, DateTimeOffset due, Func<Task> what)
    {
        if (working.ContainsKey(name))
            return [];
        var rested = rests.Until(url);
        var at = due > rested ? due : rested;
        if (at > time.GetUtcNow())
            return [at];
        Begin(name, url, what);
        return [];
    }

    private void Begin(string name, string? url, Func<Task> what)
    {
        var begun = new TaskCompletionSource();
        working[name] = RunAsync(name, url, what, begun.Task);
        begun.SetResult();
    }

    private async Task RunAsync(string name, string? url, Func<Task> what, Task begun)
    {
        // Not before it stands among those that work, from where it takes itself.
        await begun.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await places.WaitAsync();
        try
        {
            await what();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A full disk: it stays due, and is not asked for at once again.
            LogFault(name, e);
            if (url is not null)
                rests.Begin(url);
        }
        finally
        {
            places.Release();
            working.TryRemove(name, out _);
            wakeup.Wake();
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - Kept;
        await hooks.SweepAsync(before, ct);
        await tasks.SweepAsync(before, ct);
        await ledger.SweepAsync(time.GetUtcNow() - (3 * Kept), ct);
        await work.RecoverAsync(ct);
    }

    private async Task SendAsync(string url, CancellationToken ct)
    {
        foreach (var hook in hooks.Due(url, AtOnce))
        {
            // Its rule may have gone since, or the endpoint said that it wants no more.
            if (hooks.Find(hook.Id) is not { State: "pending" })
                continue;
            try
            {
                await sender.SendAsync(new HookRequest(hook.Url, hook.Id, hook.Body, secret.For(hook.Url)), ct);
                await hooks.MarkSentAsync(hook.Id);
                rests.End(url);
            }
            catch (MailException e) when (e.Code == HookSender.Gone)
            {
                LogNotSent(hook.Id, hook.Account, e.Code);
                rests.End(url);
                await hooks.MarkGoneAsync(hook, e);
            }
            catch (MailException e)
            {
                LogNotSent(hook.Id, hook.Account, e.Code);
                var now = time.GetUtcNow();
                var isGivenUp = e.IsOffline ? hook.CreatedAt < now - Patience : hook.Attempts + 1 >= Outbox.MostAttempts || e.Code == HookSender.NotAllowed;
                var delay = Outbox.Delay(e.Fault, hook.Attempts, Random.Shared.NextDouble());
                await hooks.MarkTriedAsync(hook.Id, e, isGivenUp ? null : now + (delay < LongestDelay ? delay : LongestDelay));
                if (e.IsOffline)
                {
                    rests.Begin(url);
                    return;
                }
            }
        }
    }

    private async Task WaitAsync(Task news, TimeSpan wait, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(news, wakeup.WaitAsync(wait > Shortest ? wait : Shortest, over.Token));
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Id} of {Account} was not sent: {Code}")]
    private partial void LogNotSent(string id, AccountKey account, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivering ({What}) met a fault; it is tried again")]
    private partial void LogFault(string what, Exception e);
}
