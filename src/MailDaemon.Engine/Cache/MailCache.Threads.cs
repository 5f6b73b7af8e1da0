using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>Conversations.</summary>
public sealed partial class MailCache
{
    private const int MostParticipants = 20;

    /// <summary>Conversations by their newest message, the newest first. A far page takes longer than the first one.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    public ThreadPage Threads(ThreadQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MessageQuery.MostItems);
        var memory = Memory();
        var folders = query.Folder is null ? null : $"[{string.Join(',', FoldersOf(memory, query.Folder).Select(folder => folder.Id))}]";
        return Read(reader =>
        {
            var unread = query.IsUnread switch
            {
                true => " and flags & 1 = 0",
                false => " and not exists (select 1 from messages other where other.thread = messages.thread and other.flags & 1 = 0)",
                null => "",
            };
            const string filter = "(?1 is null or folder_id in (select value from json_each(?1)))";
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var page = new List<string>();
            reader.Each(
                $"select thread from messages indexed by messages_{(query.IsUnread == true ? "unread_" : "")}by_date where {filter}{unread} order by date desc, id desc",
                row =>
                {
                    var thread = row.GetString(0);
                    if (seen.Add(thread) && seen.Count > query.Offset)
                        page.Add(thread);
                    return page.Count < query.Limit;
                },
                folders);
            var total = page.Count < query.Limit ? seen.Count : memory.ThreadsIn(folders, query.IsUnread, () => CountThreads(reader, folders, filter + unread));
            return new ThreadPage([.. page.Select(thread => Summary(reader, thread))], total, query.Offset, query.Limit);
        });
    }

    /// <summary>
    /// A conversation's messages, oldest first, at most <see cref="MessageQuery.MostItems"/>; also by an id that it had before it became one
    /// with another.
    /// </summary>
    public IReadOnlyList<MessageItem> Thread(string threadId) => Read(reader => reader.Query(
        $"""
        select {RowMapper.ItemColumns} from messages m indexed by messages_by_thread join folders f on f.id = m.folder_id
        where m.thread = coalesce((select thread from thread_merges where old = ?1), ?1) order by m.date, m.id limit ?2
        """,
        _mapper.Item,
        threadId,
        MessageQuery.MostItems));

    /// <summary>Over all messages the index by conversation answers alone.</summary>
    private static int CountThreads(SqliteReader reader, string? folders, string filter) => (int)(folders is null && !filter.Contains("flags", StringComparison.Ordinal)
        ? reader.Number("select count(*) from (select 1 from messages indexed by messages_by_thread group by thread)")
        : reader.Number($"select count(distinct thread) from messages where {filter}", folders))!.Value;

    private ThreadSummary Summary(SqliteReader reader, string thread)
    {
        var newest = reader.First(
            $"select {RowMapper.ItemColumns} from messages m indexed by messages_by_thread join folders f on f.id = m.folder_id where m.thread = ?1 order by m.date desc, m.id desc limit 1",
            _mapper.Item,
            thread)!;
        var (count, unread, attachments, first) = reader.First(
            """
            select count(*), sum(flags & 1 = 0), max(has_attachments), (select subject from messages where thread = ?1 order by date, id limit 1)
            from messages indexed by messages_by_thread where thread = ?1
            """,
            row => (row.GetInt32(0), row.GetInt32(1), row.GetInt64(2) != 0, row.GetString(3)),
            thread);
        var participants = reader.Query(
            "select from_name, from_address from messages indexed by messages_by_thread where thread = ?1 group by lower(from_address) order by min(date) limit ?2",
            row => new EmailAddress(row.GetString(0), row.GetString(1)),
            thread,
            MostParticipants);
        return new ThreadSummary(thread, newest.Provider, newest.Email, first, participants, count, unread, attachments, newest.Date, newest.Snippet, newest.Key);
    }
}
