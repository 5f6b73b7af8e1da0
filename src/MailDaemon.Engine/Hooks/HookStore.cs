using System.Security.Cryptography;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Hooks;

/// <summary>Webhooks that are to be sent, and for a while those that were. What is written here is on the disk when it returns. Thread-safe.</summary>
public sealed class HookStore(SqliteFile store, TimeProvider time)
{
    private const string Columns = "id, provider, email, url, body, state, attempts, next_attempt_at, error, created_at, rule_id, error_code";

    public static bool IsId(string id) => id.StartsWith("w_", StringComparison.Ordinal);

    public static string NewId() => "w_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>Adds one within a transaction of whoever sets it off.</summary>
    public static void Add(SqliteWriter writer, Hook hook) => writer.Execute(
        "insert into hooks (id, provider, email, url, body, state, attempts, next_attempt_at, created_at, updated_at, rule_id) values (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?6, ?6, ?6, ?7)",
        hook.Id,
        hook.Account.Provider.Name(),
        hook.Account.Email,
        hook.Url,
        hook.Body,
        hook.CreatedAt.ToUnixTimeMilliseconds(),
        hook.RuleId);

    /// <summary>Cancels what waits of a rule that is deleted or switched off, within a transaction of whoever does that.</summary>
    public static void Cancel(SqliteWriter writer, string ruleId, DateTimeOffset now)
    {
        foreach (var url in writer.Query("select distinct url from hooks where rule_id = ?1 and state = 'pending'", row => row.GetString(0), ruleId))
            Cancel(writer, ruleId, url, "rule_gone", "The rule was deleted or switched off before this was sent.", now.ToUnixTimeMilliseconds());
    }

    /// <summary>Whether an endpoint said, since a rule was last changed, that it wants no more calls of it.</summary>
    public static bool IsGone(SqliteReader reader, string ruleId, string url, DateTimeOffset ruleChangedAt) =>
        reader.Number("select at from hook_ends where rule_id = ?1 and url = ?2", ruleId, url) >= ruleChangedAt.ToUnixTimeMilliseconds();

    /// <summary>Called when something is to be sent at once.</summary>
    public Action Woken { get; set; } = () => { };

    /// <exception cref="MailException">NotFound <c>outbox_item_not_found</c>.</exception>
    public Hook Get(string id) => Find(id) ?? throw MailException.NotFound("outbox_item_not_found", $"There is no {id} in the outbox. GET /api/outbox lists what there is.");

    /// <summary>Sends one that waits, or failed, now.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>outbox_state</c>.</exception>
    public async Task<Hook> RetryAsync(string id, CancellationToken ct)
    {
        var hook = Get(id);
        if (await store.WriteAsync(writer => writer.Execute("update hooks set state = 'pending', attempts = 0, next_attempt_at = ?2, updated_at = ?2 where id = ?1 and state in ('pending', 'failed')", id, Now), ct) == 0)
            throw MailException.Conflict("outbox_state", $"The webhook is {hook.State}; only one that waits or failed can be sent again.");
        Woken();
        return Get(id);
    }

    /// <summary>Takes one out; one that waits is not sent any more.</summary>
    /// <exception cref="MailException">NotFound.</exception>
    public async Task<Hook> RemoveAsync(string id, CancellationToken ct)
    {
        var hook = Get(id);
        await store.WriteAsync(writer => writer.Execute("delete from hooks where id = ?1", id), ct);
        return hook;
    }

    /// <summary>The endpoint wants no more: this one failed, and what else waits for it of the same rule is cancelled.</summary>
    public Task MarkGoneAsync(Hook hook, MailException error) => store.WriteAsync(
        writer =>
        {
            writer.Execute("update hooks set state = 'failed', attempts = attempts + 1, error = ?3, error_code = ?4, updated_at = ?2 where id = ?1", hook.Id, Now, error.Message, error.Code);
            if (hook.RuleId is not { } rule)
                return;
            writer.Execute("insert or replace into hook_ends (rule_id, url, at) values (?1, ?2, ?3)", rule, hook.Url, Now);
            Cancel(writer, rule, hook.Url, error.Code, "The endpoint answered 410 Gone to an earlier call of this rule. PUT or toggle the rule to call it again.", Now);
        },
        CancellationToken.None);

    private static void Cancel(SqliteWriter writer, string ruleId, string url, string code, string why, long now) => writer.Execute(
        "update hooks set state = 'cancelled', error_code = ?3, error = ?4, updated_at = ?5 where rule_id = ?1 and url = ?2 and state = 'pending'", ruleId, url, code, why, now);

    public Hook? Find(string id) => store.Read(reader => reader.First($"select {Columns} from hooks where id = ?1", Map, id));

    /// <summary>What is to be sent to an endpoint by now, the longest due first.</summary>
    public IReadOnlyList<Hook> Due(string url, int limit) => store.Read(reader => reader.Query(
        $"select {Columns} from hooks where state = 'pending' and url = ?1 and next_attempt_at <= ?2 order by next_attempt_at limit ?3", Map, url, Now, limit));

    /// <summary>Endpoints for which something waits, with when the first of it is due.</summary>
    public IReadOnlyList<(string Url, DateTimeOffset Due)> Waiting() => store.Read(reader => reader.Query(
        "select url, min(next_attempt_at) from hooks where state = 'pending' group by url", row => (row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)))));

    /// <summary>How many there are, by state.</summary>
    public IReadOnlyDictionary<string, int> Counts() => store.Read(reader => reader.Query(
        "select state, count(*) from hooks group by state", row => (State: row.GetString(0), Count: row.GetInt32(1)))).ToDictionary(count => count.State, count => count.Count, StringComparer.Ordinal);

    public Task MarkSentAsync(string id) => store.WriteAsync(
        writer => writer.Execute("update hooks set state = 'sent', error = null, error_code = null, updated_at = ?2 where id = ?1", id, Now), CancellationToken.None);

    /// <param name="next">When it is tried again; null when it is given up.</param>
    public Task MarkTriedAsync(string id, MailException error, DateTimeOffset? next) => store.WriteAsync(
        writer => writer.Execute(
            "update hooks set state = ?3, attempts = attempts + 1, next_attempt_at = ?4, error = ?5, error_code = ?6, updated_at = ?2 where id = ?1 and state = 'pending'",
            id,
            Now,
            next is null ? "failed" : "pending",
            (next ?? time.GetUtcNow()).ToUnixTimeMilliseconds(),
            error.Message,
            error.Code),
        CancellationToken.None);

    /// <summary>Forgets what was sent or given up before an instant.</summary>
    public Task SweepAsync(DateTimeOffset before, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from hooks where state <> 'pending' and updated_at < ?1", before.ToUnixTimeMilliseconds()), ct);

    public Task RemoveAccountAsync(AccountKey account, CancellationToken ct) => store.WriteAsync(
        writer => writer.Execute("delete from hooks where provider = ?1 and email = ?2", account.Provider.Name(), account.Email), ct);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Hook Map(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Account = AccountKey.Read(row.GetString(1), row.GetString(2)),
        Url = row.GetString(3),
        Body = row.GetFieldValue<byte[]>(4),
        State = row.GetString(5),
        Attempts = row.GetInt32(6),
        NextAttemptAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
        Error = row.IsDBNull(8) ? null : row.GetString(8),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(9)),
        RuleId = row.IsDBNull(10) ? null : row.GetString(10),
        ErrorCode = row.IsDBNull(11) ? null : row.GetString(11),
    };
}
