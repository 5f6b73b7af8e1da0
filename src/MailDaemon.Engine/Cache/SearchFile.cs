using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>How far a search file is: which <c>index.db</c> it follows, the last row it has read, and how many it has taken in.</summary>
/// <param name="Late">By how many seconds a row id is at most later than its message.</param>
internal readonly record struct SearchMark(byte[] Origin, long Watermark, long Documents, long Late)
{
    public bool Follows(byte[] origin) => Origin.AsSpan().SequenceEqual(origin);
}

/// <summary>One <c>search.db</c>: documents go in together with the mark of how far it is, row ids come out. Thread-safe.</summary>
internal sealed class SearchFile(string path) : IDisposable
{
    /// <summary>
    /// A second has sixteen row ids. They are in the order of time, so that the newest are found first without sorting, and near to one
    /// another, for the index is made of the distances between them.
    /// </summary>
    private const int SlotBits = 4;

    private const int LeastUnusedPages = 512;
    private const double MostUnused = 0.02;
    private const int IncrementalVacuum = 2;
    private const string PagesGivenBack = "pragma incremental_vacuum(2000)";

    private readonly SqliteFile _file = SqliteFile.Open(path, SearchSchema.Current);

    /// <summary>Grows by one whenever the file was found damaged while in use and begun anew.</summary>
    public int Generation => _file.Generation;

    public void Dispose() => _file.Dispose();

    public SearchMark Mark() => _file.Read(ReadMark);

    /// <summary>Takes in a batch, or nothing if the file is no longer where it was <paramref name="seen"/> to be.</summary>
    /// <param name="documents">In the order of time: FTS5 gathers in memory as long as row ids ascend.</param>
    /// <param name="watermark">The number of the last row that was read for it.</param>
    public Task<bool> AddAsync(SearchMark seen, IReadOnlyList<SearchDocument> documents, long watermark, CancellationToken ct) => _file.WriteAsync(
        writer =>
        {
            var mark = ReadMark(writer);
            if (!mark.Follows(seen.Origin) || mark.Watermark != seen.Watermark)
                return false;
            var (rowId, late) = (0L, mark.Late);
            foreach (var document in documents)
            {
                rowId = FreeRowId(writer, document.Second, rowId);
                late = Math.Max(late, (rowId >> SlotBits) - document.Second);
                writer.Execute(
                    "insert into documents (rowid, body, subject, sender, recipients, attachments) values (?1, ?2, ?3, ?4, ?5, ?6)",
                    rowId,
                    document.Body,
                    document.Subject,
                    document.Sender,
                    document.Recipients,
                    document.Attachments);
                writer.Execute("insert into numbers (row_id, number) values (?1, ?2)", rowId, document.Number);
            }

            writer.Execute("update progress set watermark = ?1, documents = documents + ?2, late = ?3", watermark, documents.Count, late);
            return true;
        },
        ct);

    /// <summary>Gives back some of the pages that merging left over, when they are many. False: they are few.</summary>
    public Task<bool> ShrinkAsync(CancellationToken ct) => _file.WriteAsync(
        writer =>
        {
            var isWorthwhile = writer.Number("pragma freelist_count") > Math.Max(LeastUnusedPages, writer.Number("pragma page_count") * MostUnused ?? 0);
            if (!isWorthwhile || writer.Number("pragma auto_vacuum") != IncrementalVacuum)
                return false;

            // It works for as long as it is read.
            writer.Each(PagesGivenBack, _ => true);
            return true;
        },
        ct);

    /// <summary>Empties it, to follow another <c>index.db</c> from its first row on.</summary>
    public Task ClearAsync(byte[] origin, CancellationToken ct) => _file.WriteAsync(
        writer =>
        {
            if (ReadMark(writer).Documents > 0)
                writer.Execute("insert into documents (documents) values ('delete-all')");
            writer.Execute("delete from numbers");
            writer.Execute("update progress set origin = ?1, watermark = 0, documents = 0, late = 0", origin);
        },
        ct);

    /// <summary>The numbers of the rows that match, the newest first or the best first, until <paramref name="each"/> says false.</summary>
    /// <param name="since">What was received before it need not be among them, in Unix milliseconds.</param>
    /// <param name="until">What was received after it need not be among them, in Unix milliseconds.</param>
    /// <param name="mostRanked">Of how many of the newest that match the best are chosen; null: the newest first.</param>
    /// <param name="each">Gets the number and its rank, 0 when the newest come first.</param>
    public void Match(string expression, long since, long until, int? mostRanked, Func<long, double, bool> each) => _file.Read(reader =>
    {
        var (first, last) = RowIds(reader, since, until);
        if (mostRanked is { } most)
        {
            reader.Each(
                """
                select number, rank
                from (select rowid as row, rank from documents where documents match ?1 and rowid between ?2 and ?3 order by rowid desc limit ?4)
                cross join numbers on row_id = row order by rank, row desc
                """,
                row => each(row.GetInt64(0), row.GetDouble(1)),
                expression,
                first,
                last,
                most);
        }
        else
        {
            reader.Each(
                "select number from documents cross join numbers on row_id = documents.rowid where documents match ?1 and documents.rowid between ?2 and ?3 order by documents.rowid desc",
                row => each(row.GetInt64(0), 0),
                expression,
                first,
                last);
        }

        return true;
    });

    /// <summary>As <see cref="Match"/>, the numbers of the rows that do not match; the newest first.</summary>
    public void MatchOthers(string expression, long since, long until, Func<long, double, bool> each) => _file.Read(reader =>
    {
        var (first, last) = RowIds(reader, since, until);
        reader.Each(
            "select number from numbers where row_id between ?2 and ?3 and row_id not in (select rowid from documents where documents match ?1) order by row_id desc",
            row => each(row.GetInt64(0), 0),
            expression,
            first,
            last);
        return true;
    });

    private static (long First, long Last) RowIds(SqliteReader reader, long since, long until) =>
        (SearchDocument.SecondOf(since) << SlotBits, ((SearchDocument.SecondOf(until) + ReadMark(reader).Late + 1) << SlotBits) - 1);

    /// <summary>The first row id of a second that is free; of a second that has more messages than row ids, one of the next that has not.</summary>
    /// <param name="previous">The one found before for a second that is not later, 0 for the first.</param>
    private static long FreeRowId(SqliteReader reader, long second, long previous)
    {
        for (var slot = Math.Max(second, previous == 0 ? second : previous >> SlotBits); ; slot++)
        {
            var end = (slot + 1) << SlotBits;
            var free = Math.Max((reader.Number("select max(row_id) from numbers where row_id < ?1", end) ?? long.MinValue) + 1, second << SlotBits);
            if (free < end)
                return free;
        }
    }

    private static SearchMark ReadMark(SqliteReader reader) => reader.First(
        "select origin, watermark, documents, late from progress",
        row => new SearchMark(row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)));
}
