using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// The search index of the account: filled from the rows in the order of their numbers, beside the passes. What it says is checked against
/// the live rows, so it need never be told what moved or went.
/// </summary>
public sealed partial class MailCache
{
    // A batch is one segment of the index: the larger, the fewer are merged later, and the more memory it takes.
    private const int BatchRows = 1_000;
    private const int BatchBytes = 4 * 1024 * 1024;
    private const int DocumentsAtOnce = 16;
    private const int DocumentBuilders = 2;
    private const int FirstChunk = 64;
    private const int LargestChunk = 512;
    private static readonly ParallelOptions HighlightOptions = new() { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount) };
    private const int LeastGarbage = 1_000;
    private const double MostGarbage = 0.3;

    /// <summary>The highest number given before anything was written.</summary>
    private readonly long _newestAtOpening;
    private volatile bool _isSearchChecked;

    /// <summary>
    /// Messages in the order of the query. Those that are not indexed yet are not among them, unless only filters are asked for, which
    /// the rows answer.
    /// </summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    public SearchPage Search(SearchQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query.Offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MessageQuery.MostItems);
        var slice = Find(query);
        return new SearchPage(ReadHits(query, slice.Places), slice.Total, slice.IsTotalExact, query.Offset, query.Limit);
    }

    /// <summary>As <see cref="Search"/>, without what the messages say.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    internal SearchSlice Find(SearchQuery query)
    {
        var filter = FilterOf(query);
        var found = new SearchMatches(query);
        if (query.IsImpossible)
            return new SearchSlice(this, query, [], 0, IsTotalExact: true);
        if (!query.HasWords)
            Read(reader => filter.Each(reader, found.Wanted, found.Add));
        else if (SearchExpression.Of(query) is { } expression)
            ReadMatches((search, each) => search.Match(expression, filter.Since, filter.Until, query.IsByRelevance ? SearchQuery.MostRanked : null, each), filter, found);
        else if (SearchExpression.OnlyUnwanted(query) is { } unwanted)
            ReadMatches((search, each) => search.MatchOthers(unwanted, filter.Since, filter.Until, each), filter, found);
        return new SearchSlice(this, query, found.Page, found.Total, found.IsTotalExact);
    }

    /// <summary>Those of some messages that the filters of a query let through, whatever the index says of its words; the newest first.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    internal SearchSlice FindAmong(SearchQuery query, IReadOnlyCollection<string> keys)
    {
        query = query with { Keys = keys, NativeLabel = null, Offset = 0, Limit = Math.Max(1, keys.Count) };
        var found = new SearchMatches(query);
        var filter = FilterOf(query);
        Read(reader => filter.Each(reader, found.Wanted, found.Add));
        return new SearchSlice(this, query, found.Page, found.Total, found.IsTotalExact);
    }

    /// <summary>How many messages the filters of a query let through; its words are not looked at.</summary>
    public int Count(SearchQuery query)
    {
        var filter = FilterOf(query);
        return Read(filter.Count);
    }

    /// <summary>Other keys by which messages were known before, with those that they have now.</summary>
    public IReadOnlyList<(string Old, string Key)> Aliases(IReadOnlyCollection<string> keys) => keys.Count == 0 ? [] : Read(reader => reader.Query(
        "select a.key, m.key from json_each(?1) j cross join messages m on m.key = j.value cross join aliases a indexed by aliases_by_message on a.message_id = m.id",
        row => (row.GetString(0), row.GetString(1)),
        RowMapper.Pack([.. keys])));

    /// <summary>How far the index is.</summary>
    public SearchProgress Indexed()
    {
        var mark = ReadSearch(search => search.Mark());
        return Read(reader =>
        {
            var total = (int)(reader.Number("select sum(total) from folders") ?? 0);
            var watermark = Follows(mark, OriginOf(reader)) ? mark.Watermark : 0;
            var isBehind = reader.Number("select 1 from messages where id > ?1 limit 1", watermark) is not null;
            var missing = isBehind ? reader.Number("select count(*) from messages indexed by messages_by_date where id > ?1", watermark) : 0;
            return new SearchProgress(total - (int)missing!.Value, total);
        });
    }

    /// <summary>Takes the next rows into the index, or lets it grow anew when too much of it is gone. False: there is nothing left to do.</summary>
    /// <remarks>One caller at a time.</remarks>
    internal async Task<bool> IndexNextAsync(CancellationToken ct)
    {
        try
        {
            var current = _search.Current;
            var (isBusy, live) = await FillAsync(current, ct);
            if (isBusy)
                return true;
            if (_search.Next is not { } next)
            {
                return IsWorthAnew(current.Mark().Documents, live)
                    ? await FollowAsync(_search.BeginNext(), ct)
                    : await current.ShrinkAsync(ct);
            }

            if ((await FillAsync(next, ct)).IsBusy)
                return true;
            _search.Swap();
            return true;
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
    }

    /// <summary>The folders that a query searches; null: all of them.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    internal IReadOnlyList<CachedFolder>? FoldersSearched(SearchQuery query)
    {
        var memory = Memory();
        var folders = query.Folder is null ? null : FoldersOf(memory, query.Folder);
        foreach (var folder in query.Folders)
        {
            var all = folders ?? memory.Folders;
            folders = folder.IsUnwanted
                ? [.. all.ExceptBy((FindFolders(memory, folder.Name) ?? []).Select(named => named.Id), each => each.Id)]
                : [.. all.IntersectBy(FoldersOf(memory, folder.Name).Select(named => named.Id), each => each.Id)];
        }

        return folders;
    }

    /// <summary>As <see cref="FoldersSearched"/>; none where a folder that is named is not there.</summary>
    internal IReadOnlyList<Folder> SearchedFolders(SearchQuery query)
    {
        try
        {
            return [.. (FoldersSearched(query) ?? Memory().Folders).Select(folder => folder.Folder)];
        }
        catch (MailException e) when (e.Code == "folder_not_found")
        {
            return [];
        }
    }

    private RowFilter FilterOf(SearchQuery query) => RowFilter.Of(query, FoldersSearched(query));

    private static bool IsWorthAnew(long documents, long live) => documents - live > Math.Max(LeastGarbage, documents * MostGarbage);

    private static byte[] OriginOf(SqliteReader reader) => reader.First("select mark from origin", row => row.GetFieldValue<byte[]>(0))!;

    private static long NewestNumber(SqliteReader reader) => reader.Number("select seq from sqlite_sequence where name = 'messages'") ?? 0;

    private static SearchRow ReadRow(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        RowMapper.Recipients(row.GetString(5)),
        row.GetString(6),
        row.GetFieldValue<byte[]>(7));

    /// <summary>
    /// Whether an index was filled from the rows that are there: not from another <c>index.db</c>, nor from commits that this one lost with
    /// the power, whose numbers it gives again.
    /// </summary>
    private bool Follows(SearchMark mark, byte[] origin) => mark.Follows(origin) && (_isSearchChecked || mark.Watermark <= _newestAtOpening);

    /// <summary>One batch. Busy: there may be more.</summary>
    private async Task<(bool IsBusy, long Live)> FillAsync(SearchFile file, CancellationToken ct)
    {
        var mark = file.Mark();
        var (origin, live, rows) = Read(reader => (
            OriginOf(reader),
            reader.Number("select sum(total) from folders") ?? 0,
            reader.Query(
                "select id, date, subject, from_name, from_address, recipients, snippet, content from messages where id > ?1 order by id limit ?2",
                ReadRow,
                mark.Watermark,
                BatchRows)));
        if (!Follows(mark, origin))
        {
            await file.ClearAsync(origin, ct);
            return (true, live);
        }

        _isSearchChecked = true;
        if (rows.Count == 0)
            return (false, live);
        var documents = Documents(rows, ct);
        await file.AddAsync(mark, [.. documents.OrderBy(document => document.Second).ThenBy(document => document.Number)], rows[documents.Count - 1].Id, ct);
        return (true, live);
    }

    private async Task<bool> FollowAsync(SearchFile next, CancellationToken ct)
    {
        await next.ClearAsync(Read(OriginOf), ct);
        return true;
    }

    /// <summary>Those of the first rows, all of them unless their texts are very long.</summary>
    private List<SearchDocument> Documents(List<SearchRow> rows, CancellationToken ct)
    {
        var documents = new List<SearchDocument>(rows.Count);
        var options = new ParallelOptions { MaxDegreeOfParallelism = DocumentBuilders, TaskScheduler = TaskScheduler.Current, CancellationToken = ct };
        long bytes = 0;
        foreach (var part in rows.Chunk(DocumentsAtOnce))
        {
            var built = new SearchDocument[part.Length];
            Parallel.For(0, part.Length, options, () => new SearchText(), (i, _, text) =>
            {
                built[i] = SearchDocument.From(part[i], _contents.ReadSearched(part[i].Content), text);
                return text;
            }, _ => { });
            documents.AddRange(built);
            bytes += built.Sum(document => (long)document.Bytes);
            if (bytes > BatchBytes)
                break;
        }

        return documents;
    }

    /// <summary>Goes through what matches in pieces, and drops what is not there any more or not wanted, until enough is found.</summary>
    private void ReadMatches(Action<SearchFile, Func<long, double, bool>> match, RowFilter filter, SearchMatches found) => ReadSearch(search =>
    {
        if (!Follows(search.Mark(), Read(OriginOf)))
            return false;

        // Most searches fill their page from the first few, and only count what comes behind.
        var wanted = FirstChunk;
        var chunk = new List<(long Number, double Rank)>();
        match(search, (number, rank) =>
        {
            chunk.Add((number, rank));
            if (chunk.Count < wanted && chunk.Count < found.Missing)
                return true;
            AddLive(chunk, filter, found);
            chunk.Clear();
            wanted = LargestChunk;
            return !found.IsFull;
        });
        AddLive(chunk, filter, found);
        return true;
    });

    /// <summary>Adds those of the rows that are still there and wanted, in their order.</summary>
    private void AddLive(List<(long Number, double Rank)> chunk, RowFilter filter, SearchMatches found)
    {
        if (chunk.Count == 0)
            return;
        Read(reader =>
        {
            if (found.IsPageFull)
            {
                found.AddUnseen(filter.CountOf(reader, chunk.Select(match => match.Number)));
                return true;
            }

            var next = 0;
            filter.EachOf(reader, chunk.Select(match => match.Number), (number, date) =>
            {
                while (chunk[next].Number != number)
                    next++;
                found.Add(new SearchPlace(number, date, chunk[next].Rank));
            });
            return true;
        });
    }

    internal IReadOnlyList<SearchHit> ReadHits(SearchQuery query, IReadOnlyList<SearchPlace> places)
    {
        if (places.Count == 0)
            return [];
        var rows = Read(reader => reader.Query(
            $"select {RowMapper.ItemColumns}, m.content from json_each(?1) j cross join messages m on m.id = j.value cross join folders f on f.id = m.folder_id",
            row => (Number: row.GetInt64(0), Item: _mapper.Item(row), Content: row.GetFieldValue<byte[]>(RowMapper.NextColumn)),
            $"[{string.Join(',', places.Select(place => place.Number))}]"));
        var ranks = places.ToDictionary(place => place.Number, place => place.Rank);
        var highlighter = query.HasWords ? new Highlighter(query) : null;
        var hits = new SearchHit[rows.Count];
        Parallel.For(0, rows.Count, HighlightOptions, i =>
        {
            var (number, item, content) = rows[i];
            hits[i] = new SearchHit(item, highlighter?.Of(item, _contents.ReadSearched(content)) ?? [], ranks[number]);
        });
        return hits;
    }

    private T ReadSearch<T>(Func<SearchFile, T> work)
    {
        try
        {
            return _search.Read(file =>
            {
                var generation = file.Generation;
                var result = work(file);

                // Found damaged by this and begun anew: nothing need change for it to be filled again.
                if (file.Generation != generation)
                    _searchQueue.Add(this);
                return result;
            });
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
    }
}
