using System.Collections.Concurrent;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// What reading remembers while nothing is written: the folders, the last pages asked for, and where in a long list every 512th message
/// is, so that a far page costs what the first one does. Bounded; thrown away with the next change.
/// </summary>
internal sealed class ListMemory
{
    public const int Stride = 512;
    private const int MostPages = 32;
    private const int LargestPage = 100;
    private readonly ConcurrentDictionary<MessageQuery, MessagePage> _pages;
    private readonly ConcurrentDictionary<ListView, List<ListPlace>> _places;
    private readonly ConcurrentDictionary<(string? FolderIds, bool? IsUnread), int> _threads;

    public ListMemory(long version, long syncVersion, IReadOnlyList<CachedFolder> folders)
        : this(version, syncVersion, folders, new(), new(), new())
    {
    }

    private ListMemory(
        long version,
        long syncVersion,
        IReadOnlyList<CachedFolder> folders,
        ConcurrentDictionary<MessageQuery, MessagePage> pages,
        ConcurrentDictionary<ListView, List<ListPlace>> places,
        ConcurrentDictionary<(string? FolderIds, bool? IsUnread), int> threads)
    {
        Version = version;
        SyncVersion = syncVersion;
        Folders = folders;
        _pages = pages;
        _places = places;
        _threads = threads;
    }

    public long Version { get; }

    public long SyncVersion { get; }

    public IReadOnlyList<CachedFolder> Folders { get; }

    /// <summary>The lists are the same, what is known of the folders is not.</summary>
    public ListMemory With(long syncVersion, IReadOnlyList<CachedFolder> folders) => new(Version, syncVersion, folders, _pages, _places, _threads);

    public MessagePage? Page(MessageQuery query) => _pages.GetValueOrDefault(query);

    /// <summary>How many conversations have a message in these folders, and unread where asked for; counted once.</summary>
    public int ThreadsIn(string? folderIds, bool? isUnread, Func<int> count) => _threads.GetOrAdd((folderIds, isUnread), _ => count());

    public void Keep(MessageQuery query, MessagePage page)
    {
        if (query.Limit > LargestPage)
            return;
        if (_pages.Count >= MostPages)
            _pages.Clear();
        _pages[query] = page;
    }

    /// <summary>The first place of all and every 512th from there, up to <paramref name="offset"/>.</summary>
    public List<ListPlace> Places(SqliteReader reader, ListView view, int offset)
    {
        Near(reader, view, offset);
        var places = _places[view];
        lock (places)
            return places.Slice(0, Math.Min(places.Count, (offset / Stride) + 1));
    }

    /// <summary>The last known place at or before <paramref name="offset"/> and how many messages are between; null when the list is shorter.</summary>
    public (ListPlace Start, int Skip)? Near(SqliteReader reader, ListView view, int offset)
    {
        var places = _places.GetOrAdd(view, _ => [ListPlace.Newest]);
        lock (places)
        {
            while (places.Count <= offset / Stride)
            {
                var next = view.IdsFrom(reader, places[^1], skip: Stride, limit: 1);
                if (next.Count == 0)
                    return null;
                places.Add(next[0]);
            }

            return (places[offset / Stride], offset % Stride);
        }
    }
}

/// <summary>A message's place in a list: newest first, and by row where the instant is the same.</summary>
internal readonly record struct ListPlace(long Date, long Id)
{
    public static ListPlace Newest { get; } = new(long.MaxValue, long.MaxValue);
}

/// <summary>One of the lists there are: all folders, one, or several; all messages or the unread ones. Each has an index in its order.</summary>
/// <param name="FolderIds">As a JSON array; null means all.</param>
internal readonly record struct ListView(long? FolderId, string? FolderIds, bool IsUnread)
{
    /// <summary>The ids and dates of a stretch of the list, from the index alone.</summary>
    public List<ListPlace> IdsFrom(SqliteReader reader, ListPlace start, int skip, int limit, long since = long.MinValue) =>
        reader.Query(
            Sql(),
            row => new ListPlace(row.GetInt64(0), row.GetInt64(1)),
            start.Date,
            start.Id,
            since,
            limit,
            skip,
            FolderId is null ? FolderIds : FolderId.Value);

    public int Count(SqliteReader reader, long since) => (int)reader.Number(
        $"select count(*) from ({Sql()})", long.MaxValue, long.MaxValue, since, -1, 0, FolderId is null ? FolderIds : FolderId.Value)!.Value;

    internal string Sql()
    {
        var unread = IsUnread ? " and flags & 1 = 0" : "";
        var (index, filter) = (FolderId, FolderIds) switch
        {
            (not null, _) => ("by_folder", " and folder_id = ?6"),
            (null, not null) => ("by_date", " and folder_id in (select value from json_each(?6))"),
            _ => ("by_date", " and ?6 is null"),
        };
        return $"select date, id from messages indexed by messages_{(IsUnread ? "unread_" : "")}{index} "
            + $"where (date, id) <= (?1, ?2) and date >= ?3{filter}{unread} order by date desc, id desc limit ?4 offset ?5";
    }
}
