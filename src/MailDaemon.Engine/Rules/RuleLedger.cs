using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Rules;

/// <summary>
/// What rules did and are to do, so that nothing is done twice. What is to be done with a message is written down before any of it is
/// done; an effect outside is committed together with the word that it was. What is written here is on the disk when it returns. Thread-safe.
/// </summary>
public sealed class RuleLedger(SqliteFile store, TimeProvider time)
{
    private const string Columns = "key, rule_id, version, step, provider, email, action, state, effect, error_code, error, at";

    /// <summary>Which of an account's new messages have their runs written down already.</summary>
    internal IReadOnlySet<string> Planned(AccountKey account) => store.Read(reader => reader.Query(
        "select key from rule_plans where provider = ?1 and email = ?2", row => row.GetString(0), account.Provider.Name(), account.Email)).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Writes down what rules do with messages. What was written down before, for the same version of a rule, stays as it is; but what failed
    /// or was left out, of which nothing was done, is to be done again when people ask for it.
    /// </summary>
    /// <param name="areNew">These are all rules for new messages, which must not be judged again; else people asked.</param>
    internal Task PlanAsync(AccountKey account, IReadOnlyCollection<(string Key, IReadOnlyList<Rule> Rules)> plans, bool areNew, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            foreach (var (key, rules) in plans)
            {
                if (areNew)
                    writer.Execute("insert or ignore into rule_plans (key, provider, email) values (?1, ?2, ?3)", key, account.Provider.Name(), account.Email);
                foreach (var rule in rules)
                    Plan(writer, key, account, rule, areNew);
            }
        },
        ct);

    private void Plan(SqliteWriter writer, string key, AccountKey account, Rule rule, bool isNew)
    {
        var again = isNew ? "nothing" : "update set state = 'planned', error_code = null, error = null, at = excluded.at where state in ('failed', 'skipped')";
        for (var step = 0; step < rule.Actions.Count; step++)
        {
            writer.Execute(
                $"insert into rule_runs ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'planned', null, null, null, ?8) on conflict (key, rule_id, version, step) do {again}",
                key,
                rule.Id,
                rule.Version,
                step,
                account.Provider.Name(),
                account.Email,
                JsonSerializer.Serialize(rule.Actions[step], RuleJson.Default.RuleAction),
                Now);
        }
    }

    /// <summary>Messages of an account with which something is still to be done, in their order.</summary>
    internal IReadOnlyList<string> OpenKeys(AccountKey account) => store.Read(reader => reader.Query(
        "select key from rule_runs indexed by rule_runs_open where provider = ?1 and email = ?2 and state = 'planned' group by key order by min(number)",
        row => row.GetString(0),
        account.Provider.Name(),
        account.Email));

    /// <summary>The caches of these do not say any more that they await rules.</summary>
    internal Task CloseAsync(IReadOnlyCollection<string> keys, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            foreach (var key in keys)
                writer.Execute("delete from rule_plans where key = ?1", key);
        },
        ct);

    /// <summary>What is to be done with a message, in its order.</summary>
    internal IReadOnlyList<RuleRun> Open(string key) => store.Read(reader => reader.Query(
        $"select {Columns} from rule_runs where key = ?1 and state = 'planned' order by number", Map, key));

    /// <summary>All that was done with a message, in its order.</summary>
    public IReadOnlyList<RuleRun> Of(string key) => store.Read(reader => reader.Query($"select {Columns} from rule_runs where key = ?1 order by number", Map, key));

    /// <summary>What a rule did, the newest first, and how much there is.</summary>
    public (IReadOnlyList<RuleRun> Runs, int Total) OfRule(string ruleId, int offset, int limit) => store.Read(reader => (
        (IReadOnlyList<RuleRun>)reader.Query($"select {Columns} from rule_runs where rule_id = ?1 order by number desc limit ?2 offset ?3", Map, ruleId, limit, offset),
        (int)reader.Number("select count(*) from rule_runs where rule_id = ?1", ruleId)!.Value));

    /// <summary>The newest of all rules.</summary>
    public IReadOnlyList<RuleRun> Newest(int limit) => store.Read(reader => reader.Query($"select {Columns} from rule_runs order by number desc limit ?1", Map, limit));

    internal Task FinishAsync(RuleRun run, RunOutcome outcome, CancellationToken ct) => store.WriteAsync(writer => Finish(writer, run, outcome), ct);

    /// <summary>Says that an action is done, within a transaction that does it.</summary>
    /// <exception cref="InvalidOperationException">Somebody did it already: the transaction is to be taken back.</exception>
    internal void Finish(SqliteWriter writer, RuleRun run, RunOutcome outcome)
    {
        var changed = writer.Execute(
            "update rule_runs set state = ?5, effect = ?6, error_code = ?7, error = ?8, at = ?9 where key = ?1 and rule_id = ?2 and version = ?3 and step = ?4 and state = 'planned'",
            run.Key,
            run.RuleId,
            run.Version,
            run.Step,
            outcome.State,
            outcome.Effect,
            outcome.ErrorCode,
            outcome.Error?.Replace('\0', ' '),
            Now);
        if (changed == 0)
            throw new InvalidOperationException("This action of a rule was done already.");
    }

    /// <summary>When a rule last answered a sender; null when never.</summary>
    internal DateTimeOffset? LastReply(string ruleId, string sender) => store.Read(reader => reader.Number(
        "select at from auto_replies where rule_id = ?1 and sender = ?2", ruleId, sender)) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at)
        : null;

    /// <summary>Notes that a sender is answered.</summary>
    /// <returns>False: that was done since <paramref name="notSince"/>, perhaps at the same moment for another account.</returns>
    internal bool TryAddReply(SqliteWriter writer, RuleRun run, string sender, DateTimeOffset notSince) => writer.Execute(
        """
        insert into auto_replies (rule_id, sender, provider, email, at) values (?1, ?2, ?3, ?4, ?5)
        on conflict (rule_id, sender) do update set provider = excluded.provider, email = excluded.email, at = excluded.at where at <= ?6
        """,
        run.RuleId,
        sender,
        run.Account.Provider.Name(),
        run.Account.Email,
        Now,
        notSince.ToUnixTimeMilliseconds()) > 0;

    /// <summary>Actions that are still to be done.</summary>
    internal int Planned() => (int)store.Read(reader => reader.Number("select count(*) from rule_runs indexed by rule_runs_open where state = 'planned'"))!.Value;

    /// <summary>Forgets what rules did that have been gone since before an instant.</summary>
    public Task SweepAsync(DateTimeOffset before, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            writer.Execute("delete from rule_runs where at < ?1 and rule_id not in (select id from rules)", before.ToUnixTimeMilliseconds());
            writer.Execute("delete from auto_replies where at < ?1 and rule_id not in (select id from rules)", before.ToUnixTimeMilliseconds());
        },
        ct);

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => store.WriteAsync(
        writer =>
        {
            foreach (var table in (ReadOnlySpan<string>)["rule_plans", "rule_runs", "auto_replies"])
                writer.Execute($"delete from {table} where provider = ?1 and email = ?2", account.Provider.Name(), account.Email);
        },
        ct);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static RuleRun Map(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt32(2),
        row.GetInt32(3),
        AccountKey.Read(row.GetString(4), row.GetString(5)),
        JsonSerializer.Deserialize(row.GetString(6), RuleJson.Default.RuleAction)!)
    {
        State = row.GetString(7),
        Effect = row.IsDBNull(8) ? null : row.GetString(8),
        ErrorCode = row.IsDBNull(9) ? null : row.GetString(9),
        Error = row.IsDBNull(10) ? null : row.GetString(10),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(11)),
    };
}
