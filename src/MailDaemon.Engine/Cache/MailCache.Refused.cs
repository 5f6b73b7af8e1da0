namespace MailDaemon.Engine.Cache;

/// <summary>What the server has and does not give.</summary>
public sealed partial class MailCache
{
    /// <summary>Messages that the server refuses to give, those first that were refused first.</summary>
    public IReadOnlyList<RefusedRow> Refused() => Read(reader => reader.Query(
        "select s.name, r.remote_id, r.code, r.reason, r.attempts, r.since, r.not_before from refused r join scopes s on s.id = r.scope_id order by r.since, s.name, r.remote_id",
        row => new RefusedRow(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), RowMapper.Instant(row.GetInt64(5)), RowMapper.Instant(row.GetInt64(6)))));
}
