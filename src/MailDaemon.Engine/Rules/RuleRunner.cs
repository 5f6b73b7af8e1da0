using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Rules;

/// <summary>
/// Runs rules on new mail. First it is written down what is to be done with each message, then the message no longer awaits rules, then
/// the steps are done one after the other: a crash at any point is gone on from, and nothing is judged or done twice. One account's
/// messages are worked on by one at a time, several accounts side by side. Thread-safe.
/// </summary>
internal sealed partial class RuleRunner(
    RuleStore rules, RuleLedger ledger, RuleActions actions, AccountStore accounts, MailCaches caches, EventHub events, TimeProvider time, ILogger<RuleRunner> logger)
{
    private const int AtOnce = 200;

    /// <summary>When some could not be judged.</summary>
    private static readonly TimeSpan BetweenJudgings = TimeSpan.FromSeconds(20);

    /// <summary>For so long a message that left a folder may turn up in another: where nobody tells of moves, one pass sees it go and the next sees it come.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<AccountKey, SemaphoreSlim> turns = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> missing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Retry> retries = new(StringComparer.Ordinal);

    /// <summary>Does what is to be done for an account by now.</summary>
    /// <returns>When something is to be tried again; null when nothing is left.</returns>
    public async Task<DateTimeOffset?> RunAsync(AccountKey key, CancellationToken ct)
    {
        if (accounts.Find(key) is not { } account)
            return null;
        using var turn = await EnterAsync(key, ct);
        var cache = caches.Open(key);
        var isJudged = await JudgeAllAsync(account, cache, ct);
        foreach (var open in ledger.OpenKeys(key))
        {
            if (!IsResting(open))
                await DoAsync(account, cache, open, ct);
        }

        DateTimeOffset?[] next = [isJudged ? null : time.GetUtcNow() + BetweenJudgings, .. ledger.OpenKeys(key).Select(NextTry)];
        return next.Min();
    }

    /// <summary>Runs all rules that are switched on, or one, on a message that somebody names. What was done for their present version is not done again.</summary>
    /// <returns>The rules that match, in their order.</returns>
    public async Task<IReadOnlyList<Rule>> RunOnAsync(FoundMessage message, RuleMatcher? only, CancellationToken ct)
    {
        var key = message.Account.Key;
        using var turn = await EnterAsync(key, ct);
        var asked = only is null ? rules.For(key).Where(matcher => matcher.Rule.IsEnabled).ToList() : [only];
        var matched = await JudgeAsync(message.Anew(), asked, ct);
        await ledger.PlanAsync(key, [(message.Message.Key, matched)], areNew: false, ct);
        await DoAsync(message.Account, message.Cache, message.Message.Key, ct);
        return matched;
    }

    /// <summary>Which of these rules match a message, up to one that ends the list.</summary>
    /// <exception cref="MailException">The server was asked for its header and failed.</exception>
    public async Task<IReadOnlyList<Rule>> JudgeAsync(FoundMessage message, IReadOnlyList<RuleMatcher> asked, CancellationToken ct)
    {
        var matched = new List<Rule>();
        if (asked.Count == 0)
            return matched;
        var subject = new RuleSubject(RuleActions.Detail(message));
        foreach (var matcher in asked)
        {
            var verdict = matcher.Judge(subject);
            if (verdict == RuleVerdict.NeedsHeaders)
            {
                subject = await SubjectAsync(message, ct);
                verdict = matcher.Judge(subject);
            }

            if (verdict != RuleVerdict.Yes)
                continue;
            matched.Add(matcher.Rule);
            if (matcher.Rule.StopOnMatch)
                break;
        }

        return matched;
    }

    /// <summary>A message with its header.</summary>
    public async Task<RuleSubject> SubjectAsync(FoundMessage message, CancellationToken ct) => new(RuleActions.Detail(message), await actions.HeaderAsync(message, ct), message.Cache.AuthenticationServer);

    /// <summary>Waits until nobody else works on the rules of an account.</summary>
    private async Task<IDisposable> EnterAsync(AccountKey key, CancellationToken ct)
    {
        var turn = turns.GetOrAdd(key, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    /// <returns>False: a server could not be asked for headers, and some are judged later.</returns>
    private async Task<bool> JudgeAllAsync(Account account, MailCache cache, CancellationToken ct)
    {
        while (cache.AwaitingRules(AtOnce) is { Count: > 0 } page)
        {
            var planned = ledger.Planned(account.Key);
            var plans = new List<(string Key, IReadOnlyList<Rule> Rules)>();
            var isWhole = true;
            foreach (var message in page.Where(message => !planned.Contains(message.Item.Key)))
            {
                // One whose header is not to be had holds up no other.
                if (IsResting(message.Item.Key))
                {
                    isWhole = false;
                    continue;
                }

                var (matched, isAway) = await TryJudgeAsync(account, cache, message, ct);
                if (matched is not null)
                    plans.Add((message.Item.Key, matched));
                isWhole &= matched is not null;
                if (isAway)
                    break;
            }

            if (plans.Exists(plan => plan.Rules.Count > 0))
                await ledger.PlanAsync(account.Key, [.. plans.Where(plan => plan.Rules.Count > 0)], areNew: true, ct);
            foreach (var (key, matched) in plans)
                matched.ToList().ForEach(rule => events.Publish(EventTypes.RuleMatched, account.Key, key, new MatchedRule(rule.Id, rule.Name)));
            string[] over = [.. planned, .. plans.Select(plan => plan.Key)];
            foreach (var key in over)
                retries.TryRemove(key, out _);
            await cache.MarkRulesDoneAsync(over, ct);
            if (planned.Count > 0 || plans.Exists(plan => plan.Rules.Count > 0))
                await ledger.CloseAsync(over, ct);
            if (!isWhole)
                return false;
        }

        return true;
    }

    /// <returns>The rules for a new message, null when they cannot be judged yet; and whether its server is away.</returns>
    private async Task<(IReadOnlyList<Rule>? Matched, bool IsAway)> TryJudgeAsync(Account account, MailCache cache, AwaitingMessage awaiting, CancellationToken ct)
    {
        var key = awaiting.Item.Key;
        var asked = rules.For(account.Key)
            .Where(matcher => matcher.Rule.IsEnabled && matcher.Rule.CreatedAt <= awaiting.AddedAt && IsFor(matcher, awaiting.Item.Folder))
            .ToList();
        if (asked.Count == 0 || cache.Locate(key) is not { } stored)
            return ([], false);
        try
        {
            return (await JudgeAsync(new FoundMessage(account, cache, stored), asked, ct), false);
        }
        catch (MailException e)
        {
            LogNotJudged(key, account.Key, e.Code);
            if (Count(key, e) < Outbox.MostAttempts || e.IsOffline)
                return (null, e.IsOffline);

            // Its header is not to be had: the rules that can do without are judged.
            return (await JudgeAsync(new FoundMessage(account, cache, stored), [.. asked.Where(matcher => !matcher.AnyNeedsHeaders)], ct), false);
        }
    }

    /// <summary>What is on its way out, or was thrown away, is no new mail; what is spam only for rules that say so.</summary>
    private static bool IsFor(RuleMatcher matcher, string folder) => folder switch
    {
        "sent" or "drafts" or "trash" => false,
        "spam" => matcher.NamesFolder,
        _ => true,
    };

    private async Task DoAsync(Account account, MailCache cache, string key, CancellationToken ct)
    {
        foreach (var run in ledger.Open(key))
        {
            ct.ThrowIfCancellationRequested();
            if (IsOnItsWay(cache, key) || !await TryAsync(account, cache, run, ct))
                return;
        }

        retries.TryRemove(key, out _);
        missing.TryRemove(key, out _);
        events.Publish(EventTypes.RuleDone, account.Key, key);
    }

    /// <returns>False: it is to be tried again later, and what comes after it waits.</returns>
    private async Task<bool> TryAsync(Account account, MailCache cache, RuleRun run, CancellationToken ct)
    {
        try
        {
            if (await OutcomeAsync(account, cache, run, ct) is { } outcome)
                await ledger.FinishAsync(run, outcome, ct);
            return true;
        }
        catch (MailException e)
        {
            LogFailed(run.Action.Type, run.RuleId, run.Key, e.Code);
            if (e.MayPass && (Count(run.Key, e) < Outbox.MostAttempts || e.IsOffline))
                return false;
            await ledger.FinishAsync(run, RunOutcome.Failed(e), ct);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or NotSupportedException)
        {
            // A fault of ours with this message: the others go on.
            LogFault(run.Action.Type, run.RuleId, run.Key, e);
            await ledger.FinishAsync(run, RunOutcome.Failed(MailException.Conflict("internal_error", "This failed by a fault of the daemon; its log says more.")), ct);
            return true;
        }
    }

    private async Task<RunOutcome?> OutcomeAsync(Account account, MailCache cache, RuleRun run, CancellationToken ct)
    {
        if (rules.Find(run.RuleId) is not { IsEnabled: true } rule)
            return RunOutcome.Skipped("rule_gone", "The rule was deleted or switched off before this was done.");
        if (cache.Locate(run.Key) is not { } stored)
            return RunOutcome.Skipped("message_gone", "The message was deleted before this was done.");
        return await actions.DoAsync(new FoundMessage(account, cache, stored), rule, run, ct);
    }

    /// <summary>It is in no folder at the moment, and may be in one soon.</summary>
    private bool IsOnItsWay(MailCache cache, string key)
    {
        var now = time.GetUtcNow();
        if (cache.Locate(key) is null)
            return missing.GetOrAdd(key, now) > now - LongestWay;
        missing.TryRemove(key, out _);
        return false;
    }

    private DateTimeOffset? NextTry(string key)
    {
        if (retries.GetValueOrDefault(key) is { } retry)
            return retry.Next;
        return missing.TryGetValue(key, out var since) ? since + LongestWay : null;
    }

    private bool IsResting(string key) => retries.TryGetValue(key, out var retry) && retry.Next > time.GetUtcNow();

    /// <summary>Notes a failure, after which the message rests; how many there were.</summary>
    private int Count(string key, MailException e) => retries.AddOrUpdate(
        key,
        _ => new Retry(1, time.GetUtcNow() + Outbox.Delay(e.Fault, 0, Random.Shared.NextDouble())),
        (_, before) => new Retry(before.Attempts + 1, time.GetUtcNow() + Outbox.Delay(e.Fault, before.Attempts, Random.Shared.NextDouble()))).Attempts;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rules for message {Key} of {Account} wait: {Code}")]
    private partial void LogNotJudged(string key, AccountKey account, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Action {Action} of rule {Rule} on message {Key} failed: {Code}")]
    private partial void LogFailed(string action, string rule, string key, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Action {Action} of rule {Rule} on message {Key} met a fault")]
    private partial void LogFault(string action, string rule, string key, Exception exception);

    private sealed record Retry(int Attempts, DateTimeOffset Next);

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
