using System.Diagnostics;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Engine.Sync;

/// <summary>How one account stands.</summary>
/// <param name="Messages">Cached messages.</param>
/// <param name="Indexed">Of these, those that the search index has taken in.</param>
public sealed record AccountHealth(AccountSummary Summary, int Messages, int Indexed);

/// <summary>How the daemon stands.</summary>
/// <param name="Outbox">Mails in the outbox by state.</param>
/// <param name="AgentTasks">Tasks of agents by state.</param>
/// <param name="Webhooks">Webhooks by state.</param>
/// <param name="Trails">Records for the CRM by state.</param>
/// <param name="RuleActions">Actions of rules that are still to be done.</param>
public sealed record HealthState(
    TimeSpan Uptime,
    IReadOnlyList<AccountHealth> Accounts,
    IReadOnlyDictionary<string, int> Outbox,
    IReadOnlyDictionary<string, int> AgentTasks,
    IReadOnlyDictionary<string, int> Webhooks,
    IReadOnlyDictionary<string, int> Trails,
    int RuleActions)
{
    /// <summary>No account fails, and neither a mail nor an agent's task waits for somebody's word.</summary>
    public bool IsWell => Accounts.All(a => a.Summary.Status is "connected" or "syncing") && Outbox["failed"] + Outbox["uncertain"] + AgentTasks["dead"] == 0;
}

/// <summary>
/// When the daemon was put together. The clock of the day may have been set since, and the system reckons a process's start from it.
/// </summary>
/// <param name="Timestamp">Of <see cref="Stopwatch"/>.</param>
public sealed record DaemonStart(long Timestamp);

/// <summary>What those who run the daemon look at.</summary>
public sealed class DaemonHealth(
    AccountStore accounts, AccountOverview overview, MailCaches caches, OutboxStore outbox, AgentTaskStore tasks, HookStore hooks, TrailStore trails, RuleLedger ledger, DaemonStart start)
{
    private static readonly string[] TaskStates = ["queued", "leased", "completing", "done", "dead"];
    private static readonly string[] HookStates = ["pending", "sent", "failed", "cancelled"];
    private static readonly string[] TrailStates = ["pending", "matched", "posting", "synced", "failed", "uncertain", "unmatched", "review", "skipped", "duplicate"];

    public HealthState Read() => new(
        Stopwatch.GetElapsedTime(start.Timestamp),
        [.. accounts.All().Select(account => Of(account))],
        outbox.Counts().ToDictionary(count => count.Key.ToString().ToLowerInvariant(), count => count.Value, StringComparer.Ordinal),
        Counted(TaskStates, tasks.Counts()),
        Counted(HookStates, hooks.Counts()),
        Counted(TrailStates, trails.Counts()),
        ledger.Planned());

    private static Dictionary<string, int> Counted(string[] states, IReadOnlyDictionary<string, int> counts) =>
        states.ToDictionary(state => state, state => counts.GetValueOrDefault(state), StringComparer.Ordinal);

    private AccountHealth Of(Account account)
    {
        var indexed = caches.Open(account.Key).Indexed();
        return new AccountHealth(overview.Of(account), indexed.Total, indexed.Done);
    }
}
