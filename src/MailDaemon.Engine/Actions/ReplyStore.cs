using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>What was answered to a request.</summary>
/// <param name="RequestHash">Tells another request under the same key from the same one. Keyed: requests hold passwords.</param>
public sealed record KeptReply(byte[] RequestHash, int Status, byte[] Body);

/// <summary>Replies to requests that had an idempotency key, in <c>store.db</c>, for 30 days. Thread-safe.</summary>
public sealed class ReplyStore(SqliteFile store, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <param name="route">Method and path: one key may be used on several.</param>
    public KeptReply? Find(string route, string key) => store.Read(reader => reader.First(
        "select request_hash, status, body from replies where route = ?1 and idempotency_key = ?2",
        row => new KeptReply(row.GetFieldValue<byte[]>(0), row.GetInt32(1), row.GetFieldValue<byte[]>(2)),
        route,
        key));

    /// <summary>Keeps the first reply; forgets what is too old.</summary>
    public Task SaveAsync(string route, string key, KeptReply reply, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return store.WriteAsync(
            writer =>
            {
                writer.Execute("delete from replies where created_at < ?1", (now - Lifetime).ToUnixTimeMilliseconds());
                return writer.Execute(
                    "insert into replies (route, idempotency_key, request_hash, status, body, created_at) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
                    route,
                    key,
                    reply.RequestHash,
                    reply.Status,
                    reply.Body,
                    now.ToUnixTimeMilliseconds());
            },
            ct);
    }
}
