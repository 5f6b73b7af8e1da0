using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>Reading: lists, single messages, what they say.</summary>
public sealed partial class MailCache
{
    private const string MessageByKey = "m.id = coalesce((select id from messages where key = ?1), (select message_id from aliases where key = ?1))";

    /// <summary>Newest first. The total comes from counters, the page from an index alone; a far page costs what the first one does.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>: neither a path nor the word of a role.</exception>
    public MessagePage List(MessageQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MessageQuery.MostItems);
        var memory = Memory();
        if (memory.Page(query) is { } page)
            return page;
        page = Read(reader => ReadPage(reader, memory, query));
        memory.Keep(query, page);
        return page;
    }

    /// <summary>This account's part of a list over several.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    internal ListSlice Slice(MessageQuery query)
    {
        var memory = Memory();
        var folders = query.Folder is null ? memory.Folders : FoldersOf(memory, query.Folder);
        var view = ViewOf(folders, query);
        var since = query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        return new ListSlice(this, memory, view, since, Read(reader => TotalOf(reader, folders, view, query, since)));
    }

    internal List<ListPlace> Places(ListMemory memory, ListView view, int offset) => Read(reader => memory.Places(reader, view, offset));

    internal List<ListPlace> ReadPlaces(ListView view, ListPlace start, int limit, long since) => Read(reader => view.IdsFrom(reader, start, skip: 0, limit, since));

    internal IReadOnlyList<MessageItem> ReadItems(List<ListPlace> places) => Read(reader => ReadItems(reader, places));

    /// <summary>By its key, also one that it was known by before.</summary>
    public MessageItem? Find(string key) => Read(reader => reader.First(
        $"select {RowMapper.ItemColumns} from messages m join folders f on f.id = m.folder_id where {MessageByKey}", _mapper.Item, key));

    /// <summary>By the provider's id (without <c>imap:</c>).</summary>
    /// <param name="folder">A path or the word of a role; null where ids are unique in the account.</param>
    public MessageItem? Find(string? folder, string remoteId)
    {
        var ids = folder is null ? null : FoldersOf(Memory(), folder).Select(match => match.Id).ToHashSet();
        return Read(reader => reader.Query(
            $"select {RowMapper.ItemColumns}, m.folder_id from messages m join folders f on f.id = m.folder_id where m.remote_id = ?1 order by m.date desc",
            row => ids is null || ids.Contains(row.GetInt64(RowMapper.NextColumn)) ? _mapper.Item(row) : null,
            remoteId)).Find(item => item is not null);
    }

    /// <summary>The message that had this id of the provider before it was changed; null when none is known.</summary>
    public MessageItem? FindFormer(string remoteId) => Read(reader => reader.First(
        $"select {RowMapper.ItemColumns} from former_ids o join messages m on m.id = o.message_id join folders f on f.id = m.folder_id where o.remote_id = ?1", _mapper.Item, remoteId));

    /// <summary>The messages that a provider's id names, with their folders' paths: several where ids are unique only within a folder.</summary>
    public IReadOnlyList<(string Key, string FolderPath)> KeysNamed(string remoteId) => Read(reader => reader.Query(
        "select m.key, f.path from messages m join folders f on f.id = m.folder_id where m.remote_id = ?1 order by f.path",
        row => (row.GetString(0), row.GetString(1)),
        remoteId));

    /// <summary>The keys of those of a scope's messages that the cache has, by the provider's ids.</summary>
    public IReadOnlyDictionary<string, string> KeysOf(string scope, IReadOnlyList<string> remoteIds) => remoteIds.Count == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) : Read(reader => reader.Query(
        """
        select m.remote_id, m.key from json_each(?2) j
        cross join messages m on m.remote_id = j.value and m.scope_id = (select id from scopes where name = ?1)
        """,
        row => (Id: row.GetString(0), Key: row.GetString(1)),
        scope,
        RowMapper.Pack(remoteIds))).ToDictionary(row => row.Id, row => row.Key, StringComparer.Ordinal);

    /// <summary>Where a message is and how it stands, for an action on it.</summary>
    public StoredMessage? Locate(string key) => Read(reader => reader.First(
        $"select {RowMapper.StoredColumns} from messages m join scopes s on s.id = m.scope_id join folders f on f.id = m.folder_id where {MessageByKey}",
        RowMapper.Stored,
        key));

    /// <summary>
    /// Messages that arrived after the baseline and on which no rules were run yet, in whatever folder, in the order they were read.
    /// </summary>
    public IReadOnlyList<AwaitingMessage> AwaitingRules(int limit = MessageQuery.MostItems) => Read(reader => reader.Query(
        $"select {RowMapper.ItemColumns}, m.added_at from messages m indexed by messages_awaiting_rules join folders f on f.id = m.folder_id where m.awaits_rules = 1 order by m.id limit ?1",
        row => new AwaitingMessage(_mapper.Item(row), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(RowMapper.NextColumn))),
        limit));

    /// <summary>The item with its content; null when either is missing, and then <see cref="Find(string)"/> says which.</summary>
    public MessageDetail? ReadDetail(string key, BodyOptions? body = null)
    {
        var (item, content) = Read(reader => reader.First(
            $"select {RowMapper.ItemColumns}, m.content from messages m join folders f on f.id = m.folder_id where {MessageByKey}",
            row => (_mapper.Item(row), row.GetFieldValue<byte[]>(RowMapper.NextColumn)),
            key));
        return item is not null && _contents.Read(content) is { } read ? new MessageDetail(item, read, body ?? BodyOptions.AsSent) : null;
    }

    /// <summary>What a message says; null when the message is not there, or its file is missing or damaged: fetch it again then.</summary>
    public MessageContent? ReadContent(string key) =>
        Read(reader => reader.First($"select m.content from messages m where {MessageByKey}", row => row.GetFieldValue<byte[]>(0), key)) is { } hash
            ? _contents.Read(hash)
            : null;

    private MessagePage ReadPage(SqliteReader reader, ListMemory memory, MessageQuery query)
    {
        var folders = query.Folder is null ? memory.Folders : FoldersOf(memory, query.Folder);
        var view = ViewOf(folders, query);
        var since = query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var total = TotalOf(reader, folders, view, query, since);
        var places = query.Offset < total && memory.Near(reader, view, query.Offset) is { } near
            ? view.IdsFrom(reader, near.Start, near.Skip, query.Limit, since)
            : [];
        return new MessagePage(ReadItems(reader, places), total, query.Offset, query.Limit);
    }

    private static int TotalOf(SqliteReader reader, IReadOnlyList<CachedFolder> folders, ListView view, MessageQuery query, long since) => query.Since is null
        ? folders.Sum(folder => query.IsUnread ? folder.Unread : folder.Total)
        : view.Count(reader, since);

    /// <summary>The rows of a stretch, in its order: a cross join keeps that of the array.</summary>
    private List<MessageItem> ReadItems(SqliteReader reader, List<ListPlace> places) => places.Count == 0
        ? []
        : reader.Query(
            $"select {RowMapper.ItemColumns} from json_each(?1) j cross join messages m on m.id = j.value cross join folders f on f.id = m.folder_id",
            _mapper.Item,
            $"[{string.Join(',', places.Select(place => place.Id))}]");

    private static ListView ViewOf(IReadOnlyList<CachedFolder> folders, MessageQuery query) => (query.Folder, folders.Count) switch
    {
        (null, _) => new ListView(null, null, query.IsUnread),
        (_, 1) => new ListView(folders[0].Id, null, query.IsUnread),
        _ => new ListView(null, $"[{string.Join(',', folders.Select(folder => folder.Id))}]", query.IsUnread),
    };

    /// <summary>Whether there is a folder of this path, or the word is that of a role.</summary>
    public bool HasFolder(string name) => FindFolders(Memory(), name) is not null;

    /// <summary>The folder of this very path, else those of the role, else the folder whose path differs in case only; none for a role that no folder has.</summary>
    private static IReadOnlyList<CachedFolder> FoldersOf(ListMemory memory, string name) => FindFolders(memory, name)
        ?? throw MailException.NotFound("folder_not_found", $"There is no folder '{name}'. GET the account's folders for their paths.");

    /// <summary>As <see cref="FoldersOf"/>; null when the name is neither a path nor a role.</summary>
    private static IReadOnlyList<CachedFolder>? FindFolders(ListMemory memory, string name)
    {
        if (memory.Folders.FirstOrDefault(folder => string.Equals(folder.Folder.Path, name, StringComparison.Ordinal)) is { } exact)
            return [exact];
        var isRole = FolderRoles.TryParse(name, out var role);
        if (isRole && memory.Folders.Where(folder => folder.Folder.Role == role).ToList() is { Count: > 0 } ofRole)
            return ofRole;
        if (memory.Folders.FirstOrDefault(folder => string.Equals(folder.Folder.Path, name, StringComparison.OrdinalIgnoreCase)) is { } near)
            return [near];
        return isRole ? [] : null;
    }
}
