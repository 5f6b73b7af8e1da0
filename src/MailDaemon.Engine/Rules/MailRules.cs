using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>Rules as their owners handle them: made, changed, tried out, run on a message, applied to old mail.</summary>
public sealed class MailRules : IAsyncDisposable
{
    private const int MostSamples = 20;

    private readonly RuleStore rules;
    private readonly RuleLedger ledger;
    private readonly RuleRunner runner;
    private readonly RuleEffects effects;
    private readonly AgentTaskStore tasks;
    private readonly AutomaticMailLimits limits;
    private readonly AccountStore accounts;
    private readonly MailCaches caches;
    private readonly LabelStore labels;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, RuleApplication> applications = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> applying = new(StringComparer.Ordinal);

    internal MailRules(
        RuleStore rules, RuleLedger ledger, RuleRunner runner, RuleEffects effects, AgentTaskStore tasks, AutomaticMailLimits limits, AccountStore accounts, MailCaches caches, LabelStore labels, TimeProvider time)
    {
        (this.rules, this.ledger, this.runner, this.effects, this.tasks, this.limits) = (rules, ledger, runner, effects, tasks, limits);
        (this.accounts, this.caches, this.labels, this.time) = (accounts, caches, labels, time);
    }

    /// <summary>Those of an account with those of all accounts, or every rule; in the order in which they run.</summary>
    public IReadOnlyList<Rule> All(AccountKey? account) => [.. rules.All().Where(rule => account is null || rule.Fits(account))];

    /// <summary>The names of all rules by their ids.</summary>
    public IReadOnlyDictionary<string, string> Names() => rules.All().ToDictionary(rule => rule.Id, rule => rule.Name, StringComparer.Ordinal);

    /// <exception cref="MailException">NotFound <c>rule_not_found</c>.</exception>
    public Rule Get(string id) => rules.Get(id);

    /// <exception cref="MailException">InvalidInput <c>invalid_rule</c>, which names the part; Conflict <c>too_many_rules</c>.</exception>
    public Task<Rule> CreateAsync(Rule rule, CancellationToken ct) => rules.AddAsync(Checked(rule), ct);

    /// <exception cref="MailException">NotFound; InvalidInput <c>invalid_rule</c>.</exception>
    public Task<Rule> UpdateAsync(string id, Func<Rule, Rule> change, CancellationToken ct) => rules.UpdateAsync(id, known => Checked(change(known)), ct);

    /// <exception cref="MailException">NotFound.</exception>
    public Task<Rule> ToggleAsync(string id, bool? on, CancellationToken ct) => rules.UpdateAsync(id, known => known with { IsEnabled = on ?? !known.IsEnabled }, ct);

    /// <summary>What it gave to agents and they did not complete is cancelled.</summary>
    /// <exception cref="MailException">NotFound.</exception>
    public async Task<Rule> DeleteAsync(string id, CancellationToken ct)
    {
        var removed = await rules.RemoveAsync(id, ct);
        await tasks.CancelOrphansAsync(CancellationToken.None);
        return removed;
    }

    /// <summary>Why a rule matches a message or not. Does nothing.</summary>
    /// <exception cref="MailException">NotFound; or the server was asked for the header and failed.</exception>
    public async Task<RuleTest> TestAsync(string id, FoundMessage message, CancellationToken ct)
    {
        var matcher = rules.Matcher(id);
        var subject = matcher.AnyNeedsHeaders ? await runner.SubjectAsync(message, ct) : new RuleSubject(RuleActions.Detail(message));
        var isMatched = matcher.Rule.Fits(message.Account.Key) && matcher.Judge(subject) == RuleVerdict.Yes;
        return new RuleTest(isMatched, matcher.Explain(subject), isMatched ? matcher.Rule.Actions : []);
    }

    /// <summary>Runs all rules that are switched on on a message, now. What they did to it before is not done again.</summary>
    public async Task<IReadOnlyList<RuleExecution>> ExecuteAsync(FoundMessage message, CancellationToken ct)
    {
        var matched = await runner.RunOnAsync(message, only: null, ct);
        var runs = ledger.Of(message.Message.Key);
        return [.. matched.Select(rule => new RuleExecution(rule, [.. runs.Where(run => run.RuleId == rule.Id && run.Version == rule.Version).OrderBy(run => run.Step).Select(effects.Follow)]))];
    }

    /// <summary>What a rule did, the newest first.</summary>
    /// <exception cref="MailException">NotFound.</exception>
    public (IReadOnlyList<RuleRun> Runs, int Total) Runs(string id, int offset, int limit)
    {
        var (runs, total) = ledger.OfRule(rules.Get(id).Id, offset, limit);
        return ([.. runs.Select(effects.Follow)], total);
    }

    /// <summary>What all rules did, the newest first.</summary>
    public IReadOnlyList<RuleRun> Newest(int limit) => [.. ledger.Newest(limit).Select(effects.Follow)];

    /// <summary>Begins to apply a rule to the mail that is there, or joins what runs. Sent mail, drafts, trash and spam only when the folder says so.</summary>
    /// <param name="folder">Role or path; null for all.</param>
    /// <exception cref="MailException">NotFound; Conflict <c>rule_disabled</c>.</exception>
    public RuleApplication Apply(string id, string? folder, DateTimeOffset? since, bool isDryRun)
    {
        var matcher = rules.Matcher(id);
        if (!isDryRun && !matcher.Rule.IsEnabled)
            throw MailException.Conflict("rule_disabled", "This rule is switched off. POST /api/rules/{ruleId}/toggle switches it on; a dry run is possible as it is.");
        lock (applying)
        {
            if (applying.TryGetValue(id, out var running) && !running.IsCompleted)
                return applications[id];
            applications[id] = new RuleApplication { RuleId = id, IsDryRun = isDryRun, StartedAt = time.GetUtcNow() };
            applying[id] = Task.Run(() => ApplyAsync(matcher, folder, since, isDryRun, stopping.Token));
            return applications[id];
        }
    }

    /// <summary>How far the last one is.</summary>
    /// <exception cref="MailException">NotFound <c>rule_not_found</c>, or <c>rule_not_applied</c> since the daemon was started.</exception>
    public RuleApplication Application(string id) => applications.TryGetValue(rules.Get(id).Id, out var application)
        ? application
        : throw MailException.NotFound("rule_not_applied", "This rule was not applied to old mail since the daemon was started. POST /api/rules/{id}/apply begins it.");

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(applying.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private Rule Checked(Rule rule)
    {
        var read = RuleCheck.Read(rule);
        for (var i = 0; i < read.Actions.Count; i++)
        {
            var action = read.Actions[i];
            if (action.Type is "add_label" or "remove_label")
                RequireLabel(read, action.Value, $"actions[{i}].value");
            if (action.Type == "forward_to" && EmailAddress.TryParseList(action.Value) is { } to && to.Count > limits.MaxRecipients)
                throw RuleCheck.Wrong($"actions[{i}].value", $"takes at most {limits.MaxRecipients} addresses (AutomaticMail:MaxRecipients)");
        }

        return read;
    }

    private void RequireLabel(Rule rule, string id, string part)
    {
        var why = labels.Find(id) switch
        {
            null => $"'{id}' is no label of people; GET /api/labels lists them",
            { Account: { } owner } when rule.Account is { } account && owner != account => $"is a label of {owner}",
            { Account: { } owner } when rule.Account is null => $"is a label of {owner} only, and the rule is for all accounts",
            _ => null,
        };
        if (why is not null)
            throw new MailException(MailFault.InvalidInput, "invalid_rule", $"{part} {why}.") { Details = new Dictionary<string, string>(StringComparer.Ordinal) { [part] = why } };
    }

    private async Task ApplyAsync(RuleMatcher matcher, string? folder, DateTimeOffset? since, bool isDryRun, CancellationToken ct)
    {
        var id = matcher.Rule.Id;
        try
        {
            var messages = accounts.All().Where(account => matcher.Rule.Fits(account.Key)).Select(account => (account, Keys: Keys(caches.Open(account.Key), folder, since))).ToList();
            Change(id, application => application with { Total = messages.Sum(part => part.Keys.Count) });
            foreach (var (account, keys) in messages)
            {
                foreach (var key in keys)
                {
                    ct.ThrowIfCancellationRequested();
                    await ApplyAsync(account, key, matcher, isDryRun, ct);
                }
            }

            Change(id, application => application with { State = "done", FinishedAt = time.GetUtcNow() });
        }
        catch (MailException e)
        {
            Change(id, application => application with { State = "failed", Error = e, FinishedAt = time.GetUtcNow() });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Change(id, application => application with
            {
                State = "failed", FinishedAt = time.GetUtcNow(), Error = new MailException(MailFault.Refused, "internal_error", "It was ended by a fault of the daemon.", e),
            });
        }
    }

    private async Task ApplyAsync(Account account, string key, RuleMatcher matcher, bool isDryRun, CancellationToken ct)
    {
        var cache = caches.Open(account.Key);
        var isMatched = false;
        var isFailed = false;
        try
        {
            if (cache.Locate(key) is { } stored)
            {
                var message = new FoundMessage(account, cache, stored);
                isMatched = (isDryRun ? await runner.JudgeAsync(message, [matcher], ct) : await runner.RunOnAsync(message, matcher, ct)).Count > 0;
            }
        }
        catch (MailException e) when (!e.IsOffline)
        {
            // Something about this message: the others go on.
            isFailed = true;
        }

        var sample = isMatched && applications[matcher.Rule.Id].Samples.Count < MostSamples ? cache.Find(key) : null;
        Change(matcher.Rule.Id, application => application with
        {
            Done = application.Done + 1,
            Matched = application.Matched + (isMatched ? 1 : 0),
            Failed = application.Failed + (isFailed ? 1 : 0),
            Samples = sample is null ? application.Samples : [.. application.Samples, sample],
        });
    }

    /// <summary>Of all at once, because messages that rules move would change what follows them.</summary>
    private static List<string> Keys(MailCache cache, string? folder, DateTimeOffset? since)
    {
        if (folder is not null && !cache.HasFolder(folder))
            return [];
        return [.. MailReading.All(cache, new MessageQuery { Folder = folder, Since = since })
            .Where(item => folder is not null || item.Folder is not ("sent" or "drafts" or "trash" or "spam"))
            .Select(item => item.Key)];
    }

    private void Change(string id, Func<RuleApplication, RuleApplication> change) => applications.AddOrUpdate(id, _ => throw new InvalidOperationException("It was not begun."), (_, before) => change(before));
}
