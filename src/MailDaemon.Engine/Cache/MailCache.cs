using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// What an account's server holds, as last seen: <c>index.db</c>, the message contents beside it, and two published JSON files.
/// Thread-safe; reading never waits for writing or the network. Everything here can be deleted and costs a download only.
/// </summary>
public sealed partial class MailCache : IDisposable
{
    private readonly TimeProvider _time;
    private readonly EventHub _events;
    private readonly AccountPaths _paths;
    private readonly SqliteFile _file;
    private readonly SearchIndex _search;
    private readonly SearchQueue _searchQueue;
    private readonly ContentStore _contents;
    private readonly RowMapper _mapper;
    private readonly int _publishedItems;
    private readonly Func<string?> _server;

    /// <summary>From looking for unused contents to deleting them nobody may save one.</summary>
    private readonly SemaphoreSlim _applying = new(1, 1);

    /// <summary>Whoever reads from or acts on the server and then writes what came of it.</summary>
    private readonly SemaphoreSlim _turns = new(1, 1);

    /// <summary>Counts changes, so that what was read before one is not taken for what is.</summary>
    private long _version;

    /// <summary>Counts what else is known of the account: cursors, passes, errors.</summary>
    private long _syncVersion;
    private volatile ListMemory? _memory;
    private volatile bool _isClosed;

    internal MailCache(AccountKey account, AccountPaths paths, TimeProvider time, EventHub events, int publishedItems, SearchQueue searchQueue, Func<string?> server)
    {
        Account = account;
        _paths = paths;
        _time = time;
        _events = events;
        _publishedItems = publishedItems;
        _file = SqliteFile.Open(paths.IndexDatabase, CacheSchema.Current);
        _search = new SearchIndex(paths);
        _searchQueue = searchQueue;
        _newestAtOpening = Read(NewestNumber);
        _contents = new ContentStore(paths.Messages);
        _server = server;
        _mapper = new RowMapper(account, () => AuthenticationServer);
        LearnServer();
    }

    public AccountKey Account { get; }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Changes whenever something listed does, and when a damaged file was begun anew.</summary>
    private long Version => Interlocked.Read(ref _version) + ((long)_file.Generation << 48);

    /// <summary>Changes with <see cref="Version"/> and with what else is known.</summary>
    private long SyncVersion => Version + Interlocked.Read(ref _syncVersion);

    /// <summary>In the server's order.</summary>
    public IReadOnlyList<CachedFolder> Folders() => Memory().Folders;

    /// <summary>Unread messages of the inbox.</summary>
    public int UnreadCount() => Folders().Where(folder => folder.Folder.Role == FolderRole.Inbox).Sum(folder => folder.Unread);

    /// <summary>Where the last pass of a scope ended; null before the first.</summary>
    public string? Cursor(string scope) => Read(reader => reader.Text("select cursor from scopes where name = ?1", scope));

    /// <summary>What is cached of a scope, for servers that cannot say what changed; by UID, or in no order where there are none.</summary>
    public IReadOnlyList<KnownMessage> Known(string scope, long fromUid = 0, long toUid = long.MaxValue, int limit = int.MaxValue) => Read(reader => reader.Query(
        """
        select m.remote_id, m.flags, m.labels, f.path from messages m join folders f on f.id = m.folder_id
        where m.scope_id = (select id from scopes where name = ?1) and (m.uid between ?2 and ?3 or (m.uid is null and ?2 <= 0))
        order by m.uid limit ?4
        """,
        row => MapKnown(row, scope),
        scope,
        fromUid,
        toUid,
        limit));

    /// <summary>Those of a scope's messages that the cache has, by the provider's ids.</summary>
    public IReadOnlyDictionary<string, KnownMessage> Known(string scope, IReadOnlyCollection<string> remoteIds) => remoteIds.Count == 0
        ? new Dictionary<string, KnownMessage>(StringComparer.Ordinal)
        : Read(reader => reader.Query(
            """
            select m.remote_id, m.flags, m.labels, f.path from json_each(?2) j
            cross join messages m on m.remote_id = j.value and m.scope_id = (select id from scopes where name = ?1)
            join folders f on f.id = m.folder_id
            """,
            row => MapKnown(row, scope),
            scope,
            RowMapper.Pack([.. remoteIds]))).ToDictionary(known => known.RemoteId, StringComparer.Ordinal);

    public SyncSummary Summary()
    {
        var folders = Folders();
        return Read(reader => new SyncSummary(
            ReadLastPass(reader),
            folders.Sum(folder => folder.Total),
            folders.Sum(folder => folder.Unread),
            ReadProgress(reader)));
    }

    public void Dispose()
    {
        _search.Dispose();
        _file.Dispose();
    }

    /// <summary>Waits for what is being written, then closes: whoever comes later is told that the account was removed.</summary>
    internal async Task CloseAsync(CancellationToken ct)
    {
        await _publishing.WaitAsync(ct);
        await _applying.WaitAsync(ct);
        _isClosed = true;
        _searchQueue.Forget(this);
        Dispose();
        _applying.Release();
        _publishing.Release();
    }

    private static KnownMessage MapKnown(SqliteDataReader row, string scope) =>
        new(row.GetString(0), (MessageFlags)row.GetInt32(1), RowMapper.Labels(row.GetString(2)), scope.Length == 0 ? row.GetString(3) : "");

    private static PassResult? ReadLastPass(SqliteReader reader) => reader.First(
        "select started, finished, added, updated, removed, error from passes where id = 1",
        row => new PassResult(
            RowMapper.Instant(row.GetInt64(0)),
            RowMapper.Instant(row.GetInt64(1)),
            row.GetInt32(2),
            row.GetInt32(3),
            row.GetInt32(4),
            RowMapper.TextOrNull(row, 5)));

    private static SyncProgress? ReadProgress(SqliteReader reader) => reader.First(
        "select sum(done), sum(total) from scopes where total is not null",
        row => row.IsDBNull(0) ? null : new SyncProgress(row.GetInt32(0), row.GetInt32(1)));

    private static List<CachedFolder> ReadFolders(SqliteReader reader) => reader.Query(
        "select id, path, name, role, special_use, attributes, selectable, total, unread, last_pass, error, object_id, since, failures, not_before from folders order by position, path",
        row => new CachedFolder(
            new Folder(
                row.GetString(1),
                row.GetString(2),
                (FolderRole)row.GetInt32(3),
                RowMapper.TextOrNull(row, 4),
                RowMapper.Labels(row.GetString(5)),
                row.GetInt64(6) != 0)
            {
                ObjectId = RowMapper.TextOrNull(row, 11),
            },
            row.GetInt32(7),
            row.GetInt32(8),
            RowMapper.InstantOrNull(row, 9),
            RowMapper.TextOrNull(row, 10))
        {
            Id = row.GetInt64(0),
            Since = RowMapper.InstantOrNull(row, 12),
            Failures = row.GetInt32(13),
            NotBefore = RowMapper.InstantOrNull(row, 14),
        });

    /// <summary>What is remembered, if nothing was written since.</summary>
    private ListMemory Memory()
    {
        var (version, syncVersion) = (Version, SyncVersion);
        var memory = _memory;
        if (memory is null || memory.Version != version)
            _memory = memory = new ListMemory(version, syncVersion, Read(ReadFolders));
        else if (memory.SyncVersion != syncVersion)
            _memory = memory = memory.With(syncVersion, Read(ReadFolders));
        return memory;
    }

    private T Read<T>(Func<SqliteReader, T> work)
    {
        try
        {
            return _file.Read(work);
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
    }

    private async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, CancellationToken ct)
    {
        try
        {
            return await _file.WriteAsync(work, ct);
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
    }

    /// <summary>Before a file is written: the folder may be gone, and must not come back.</summary>
    private void ThrowIfClosed()
    {
        if (_isClosed)
            throw Closed();
    }

    private void MarkSynced() => Interlocked.Increment(ref _syncVersion);

    private void MarkChanged()
    {
        Interlocked.Increment(ref _version);
        _searchQueue.Add(this);
    }

    private MailException Closed() => MailException.NotFound("account_not_found", $"The account {Account} was removed.");
}
