using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Puts changes into the rows of one transaction and remembers what they did. This is where a message keeps its key: the ordinal among
/// equals is the smallest that is free, one that left a folder is known again for a day, and one that shows up in a folder before it is
/// missed in another gives up the key it got for the older one.
/// </summary>
internal sealed partial class DeltaWriter(SqliteWriter writer, AccountKey account, long now)
{
    private static readonly long DepartedLifetime = (long)TimeSpan.FromDays(1).TotalMilliseconds;
    private static readonly long HeirLifetime = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;

    private readonly List<string> _added = [];
    private readonly HashSet<string> _old = new(StringComparer.Ordinal);
    private readonly HashSet<string> _updated = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly List<byte[]> _droppedContents = [];
    private readonly Dictionary<string, long> _folders = new(StringComparer.Ordinal);

    public bool IsCursorMoved { get; private set; }

    /// <summary>Contents that no row names any more; their files can go once this is committed.</summary>
    public IReadOnlyList<byte[]> UnusedContents() =>
        [.. _droppedContents.Where(content => writer.Number("select 1 from messages where content = ?1 limit 1", content) is null)];

    public AppliedDelta Result()
    {
        var added = _added.Count == 0
            ? []
            : writer.Query(
                $"select {RowMapper.ItemColumns} from json_each(?1) j cross join messages m on m.key = j.value cross join folders f on f.id = m.folder_id",
                new RowMapper(account, () => null).Item,
                RowMapper.Pack(_added));
        return new AppliedDelta { Added = added, Updated = [.. _updated], Removed = [.. _removed], Old = _old };
    }

    public void Apply(Delta delta, IReadOnlyList<PreparedMessage> added)
    {
        var scope = ScopeId(delta.Scope);
        if (delta.IsReset)
            Forget(scope);
        var hasRefused = writer.Number("select 1 from refused where scope_id = ?1 limit 1", scope) is not null;
        foreach (var remoteId in delta.Removed)
        {
            RemoveRemote(scope, remoteId);
            if (hasRefused)
                TakeBack(scope, remoteId);
        }

        foreach (var message in added)
        {
            Put(scope, message);
            if (hasRefused)
                TakeBack(scope, message.Remote.RemoteId);
        }

        foreach (var refused in delta.Refused)
            SetAside(scope, refused);
        foreach (var change in delta.Changed)
            Change(scope, change);
        IsCursorMoved = delta.Next is not null && writer.Execute(
            "update scopes set cursor = ?2, done = ?3, total = ?4 where id = ?1 and (cursor is not ?2 or done is not ?3 or total is not ?4)",
            scope,
            delta.Next,
            delta.Progress?.Done,
            delta.Progress?.Total) > 0;
        writer.Execute("delete from departed where at < ?1", now - DepartedLifetime);
    }

    private void Forget(long scope)
    {
        writer.Execute(
            """
            insert or replace into departed (identity, ordinal, object_id, awaits_rules, was_reset, at)
            select identity, ordinal, object_id, awaits_rules, 1, ?2 from messages where scope_id = ?1
            """,
            scope,
            now);
        var marked = Marked("scope_id = ?1", scope);
        writer.Execute("delete from messages where scope_id = ?1", scope);
        writer.Execute("delete from refused where scope_id = ?1", scope);
        marked.ForEach(HandMarkOn);
    }

    private void Put(long scope, PreparedMessage message)
    {
        var folder = FolderId(message.Remote.FolderPath);
        if (Find(scope, message.Remote.RemoteId) is { } known)
            Replace(known, folder, message);
        else
            Insert(scope, folder, message);
    }

    private void Insert(long scope, long folder, PreparedMessage message)
    {
        var remote = message.Remote;
        var (ordinal, departed) = ChooseOrdinal(message.Identity, remote.ObjectId, out var left);
        var key = MessageKeys.Key(account, message.Identity, ordinal);
        var awaitsRules = TakeMark(message, folder, departed, left);
        var thread = Thread(message.Thread);
        writer.Execute(
            """
            insert into messages (key, identity, ordinal, scope_id, remote_id, uid, folder_id, date, sent, flags, labels, subject, from_name,
                from_address, recipients, snippet, has_attachments, size, thread, message_id, content, awaits_rules, added_at, object_id, subject_hash,
                reply_to, authentication)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)
            """,
            key,
            message.Identity,
            ordinal,
            scope,
            remote.RemoteId,
            remote.Uid,
            folder,
            remote.Date.ToUnixTimeMilliseconds(),
            remote.SentDate?.ToUnixTimeMilliseconds(),
            (int)(remote.Flags ?? MessageFlags.None),
            message.Labels,
            RowMapper.Clean(remote.Subject),
            RowMapper.Clean(remote.From.Name),
            RowMapper.Clean(remote.From.Address),
            message.Recipients,
            message.Snippet,
            remote.HasAttachments ? 1 : 0,
            remote.Size,
            thread,
            remote.InternetMessageId is null ? null : RowMapper.Clean(remote.InternetMessageId),
            message.Content,
            awaitsRules ? 1 : 0,
            now,
            remote.ObjectId,
            message.Thread.Subject,
            message.ReplyTo,
            message.Authentication);

        // Back within the same page, or expected back after a reset: nobody was told that it had gone.
        if (_removed.Remove(key) || departed is { WasReset: true })
            _updated.Add(key);
        else
            _added.Add(key);
        if (remote.IsBaseline)
            _old.Add(key);
    }

    private void Replace(Known known, long folder, PreparedMessage message)
    {
        var remote = message.Remote;
        var (flags, labels) = remote.Flags is { } told ? (Merge(known.Flags, told, remote.ToldFlags), message.Labels) : (known.Flags, known.Labels);
        var isSame = known.FolderId == folder
            && known.Flags == flags
            && string.Equals(known.Labels, labels, StringComparison.Ordinal)
            && known.Content.AsSpan().SequenceEqual(message.Content)
            && string.Equals(known.Subject, RowMapper.Clean(remote.Subject), StringComparison.Ordinal)
            && known.Size == remote.Size
            && known.HasAttachments == remote.HasAttachments
            && known.IsWhole;
        if (isSame)
            return;

        var awaitsRules = CarryMark(known, folder);
        var thread = Thread(message.Thread);

        // What the search index has read of it is no longer so: it is read again under a new number. Aliases follow.
        writer.Execute(
            """
            update messages set id = case when content = ?5 and subject = ?6 and date = ?9 and from_name = ?11 and from_address = ?12
                and recipients = ?13 then id else ?17 end, folder_id = ?2, flags = ?3, labels = ?4, content = ?5, subject = ?6, size = ?7, has_attachments = ?8, date = ?9,
                sent = ?10, from_name = ?11, from_address = ?12, recipients = ?13, snippet = ?14, thread = ?15, message_id = ?16, awaits_rules = ?18, subject_hash = ?19,
                reply_to = ?20, authentication = ?21
            where id = ?1
            """,
            known.Id,
            folder,
            flags,
            labels,
            message.Content,
            RowMapper.Clean(remote.Subject),
            remote.Size,
            remote.HasAttachments ? 1 : 0,
            remote.Date.ToUnixTimeMilliseconds(),
            remote.SentDate?.ToUnixTimeMilliseconds(),
            RowMapper.Clean(remote.From.Name),
            RowMapper.Clean(remote.From.Address),
            message.Recipients,
            message.Snippet,
            thread,
            remote.InternetMessageId is null ? null : RowMapper.Clean(remote.InternetMessageId),
            NextNumber(),
            awaitsRules ? 1 : 0,
            message.Thread.Subject,
            message.ReplyTo,
            message.Authentication);
        HandMarkOn(known, awaitsRules);
        _droppedContents.Add(known.Content);
        MarkUpdated(known.Key);
    }

    private void Change(long scope, RemoteChange change)
    {
        if (Find(scope, change.RemoteId) is not { } known)
            return;
        var folder = change.FolderPath is null ? known.FolderId : FolderId(change.FolderPath);
        var labels = change.NativeLabels is null ? known.Labels : RowMapper.Pack(change.NativeLabels);
        SetState(known, Merge(known.Flags, change.Flags, change.ToldFlags), labels, folder);
    }

    private static int Merge(int known, MessageFlags flags, MessageFlags told) => (known & ~(int)told) | (int)(flags & told);

    private void SetState(Known known, int flags, string labels, long folder)
    {
        if (known.Flags == flags && known.FolderId == folder && string.Equals(known.Labels, labels, StringComparison.Ordinal))
            return;
        var awaitsRules = CarryMark(known, folder);
        writer.Execute(
            "update messages set flags = ?2, labels = ?3, folder_id = ?4, awaits_rules = ?5 where id = ?1", known.Id, flags, labels, folder, awaitsRules ? 1 : 0);
        HandMarkOn(known, awaitsRules);
        MarkUpdated(known.Key);
    }

    /// <summary>Only inserting counts numbers by itself.</summary>
    private long NextNumber()
    {
        writer.Execute("update sqlite_sequence set seq = seq + 1 where name = 'messages'");
        return writer.Number("select seq from sqlite_sequence where name = 'messages'")!.Value;
    }

    private void MarkUpdated(string key)
    {
        if (!_added.Contains(key))
            _updated.Add(key);
    }

    private long ScopeId(string name) =>
        writer.Number("select id from scopes where name = ?1", name) ?? writer.Insert("insert into scopes (name) values (?1)", name);

    private Known? Find(long scope, string remoteId) =>
        writer.First($"select {Known.Columns} from messages where remote_id = ?1 and scope_id = ?2", Known.Map, remoteId, scope);

    /// <summary>A row as it is before a change.</summary>
    private sealed record Known(
        long Id,
        string Key,
        byte[] Identity,
        int Ordinal,
        long FolderId,
        int Flags,
        string Labels,
        string Subject,
        long Size,
        bool HasAttachments,
        byte[] Content,
        bool AwaitsRules,
        long AddedAt,
        string? ObjectId,
        bool IsWhole)
    {
        public const string Columns = "id, key, identity, ordinal, folder_id, flags, labels, subject, size, has_attachments, content, awaits_rules, added_at, object_id, reply_to is not null";

        public static Known Map(SqliteDataReader row) => new(
            row.GetInt64(0),
            row.GetString(1),
            row.GetFieldValue<byte[]>(2),
            row.GetInt32(3),
            row.GetInt64(4),
            row.GetInt32(5),
            row.GetString(6),
            row.GetString(7),
            row.GetInt64(8),
            row.GetInt64(9) != 0,
            row.GetFieldValue<byte[]>(10),
            row.GetInt64(11) != 0,
            row.GetInt64(12),
            RowMapper.TextOrNull(row, 13),
            row.GetInt64(14) != 0);
    }
}
