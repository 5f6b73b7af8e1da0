using System.Security.Cryptography;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Hooks;

/// <summary>Webhooks that are to be sent, and for a while those that were. What is written here is on the disk when it returns. Thread-safe.</summary>
public sealed class HookStore(SqliteFile store, TimeProvider time)
{
    private const string Columns = "id, provider, email, url, body, state, attempts, next_attempt_at, error, created_at";

    public static string NewId() => "w_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    /// <summary>Adds one within a transaction of whoever sets it off.</summary>
    public static void Add(SqliteWriter writer, Hook hook) => writer.Execute(
        "insert into hooks (id, provider, email, url, body, state, attempts, next_attempt_at, created_at, updated_at) values (?1, ?2, ?3, ?4, ?5, 'pending', 0, ?6, ?6, ?6)",
        hook.Id,
        hook.Account.Provider.Name(),
        hook.Account.Email,
        hook.Url,
        hook.Body,
        hook.CreatedAt.ToUnixTimeMilliseconds());

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
        writer => writer.Execute("update hooks set state = 'sent', error = null, updated_at = ?2 where id = ?1", id, Now), CancellationToken.None);

    /// <param name="next">When it is tried again; null when it is given up.</param>
    public Task MarkTriedAsync(string id, MailException error, DateTimeOffset? next) => store.WriteAsync(
        writer => writer.Execute(
            "update hooks set state = ?3, attempts = attempts + 1, next_attempt_at = ?4, error = ?5, updated_at = ?2 where id = ?1",
            id,
            Now,
            next is null ? "failed" : "pending",
            (next ?? time.GetUtcNow()).ToUnixTimeMilliseconds(),
            error.Message),
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
    };
}
