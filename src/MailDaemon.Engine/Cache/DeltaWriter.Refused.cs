using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Messages that the server refuses to give.</summary>
internal sealed partial class DeltaWriter
{
    private const int MaxReason = 500;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(15);

    /// <summary>Whether something was set aside, or came after all.</summary>
    public bool IsRefusalChanged { get; private set; }

    private void SetAside(long scope, RefusedMessage refused)
    {
        var attempts = (writer.Number("select attempts from refused where scope_id = ?1 and remote_id = ?2", scope, refused.RemoteId) ?? 0) + 1;
        var delay = FirstRetry * Math.Pow(2, Math.Min(attempts - 1, 20));
        writer.Execute(
            """
            insert into refused (scope_id, remote_id, code, reason, attempts, since, not_before) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            on conflict (scope_id, remote_id) do update set code = ?3, reason = ?4, attempts = ?5, not_before = ?7
            """,
            scope,
            refused.RemoteId,
            refused.Code,
            RowMapper.Clean(refused.Reason.Length > MaxReason ? refused.Reason[..MaxReason] : refused.Reason),
            attempts,
            now,
            now + (long)(delay < LastRetry ? delay : LastRetry).TotalMilliseconds);
        IsRefusalChanged = true;
    }

    /// <summary>It was read, or has gone.</summary>
    private void TakeBack(long scope, string remoteId) =>
        IsRefusalChanged |= writer.Execute("delete from refused where scope_id = ?1 and remote_id = ?2", scope, remoteId) > 0;
}
