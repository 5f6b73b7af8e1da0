using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>How far a search file is: which <c>index.db</c> it follows, the last row it has read, and how many it has taken in.</summary>
internal readonly record struct SearchMark(byte[] Origin, long Watermark, long Documents)
{
    public bool Follows(byte[] origin) => Origin.AsSpan().SequenceEqual(origin);
}

/// <summary>One <c>search.db</c>: documents go in together with the mark of how far it is, row ids come out. Thread-safe.</summary>
internal sealed class SearchFile(string path) : IDisposable
{
    private readonly SqliteFile _file = SqliteFile.Open(path, SearchSchema.Current);

    /// <summary>Grows by one whenever the file was found damaged while in use and begun anew.</summary>
    public int Generation => _file.Generation;

    public void Dispose() => _file.Dispose();

    public SearchMark Mark() => _file.Read(ReadMark);

    /// <summary>Takes in a batch, or nothing if the file is no longer where it was <paramref name="seen"/> to be.</summary>
    /// <param name="documents">By row id: FTS5 gathers in memory as long as they ascend.</param>
    /// <param name="watermark">The number of the last row that was read for it.</param>
    public Task<bool> AddAsync(SearchMark seen, IReadOnlyList<SearchDocument> documents, long watermark, CancellationToken ct) => _file.WriteAsync(
        writer =>
        {
            var mark = ReadMark(writer);
            if (!mark.Follows(seen.Origin) || mark.Watermark != seen.Watermark)
                return false;
            foreach (var document in documents)
            {
                writer.Execute(
                    "insert into documents (rowid, subject, body, sender, recipients, attachments) values (?1, ?2, ?3, ?4, ?5, ?6)",
                    document.RowId,
                    document.Subject,
                    document.Body,
                    document.Sender,
                    document.Recipients,
                    document.Attachments);
            }

            writer.Execute("update progress set watermark = ?1, documents = documents + ?2", watermark, documents.Count);
            return true;
        },
        ct);

    /// <summary>Empties it, to follow another <c>index.db</c> from its first row on.</summary>
    public Task ClearAsync(byte[] origin, CancellationToken ct) => _file.WriteAsync(
        writer =>
        {
            if (ReadMark(writer).Documents > 0)
                writer.Execute("insert into documents (documents) values ('delete-all')");
            writer.Execute("update progress set origin = ?1, watermark = 0, documents = 0", origin);
        },
        ct);

    /// <summary>The row ids of what matches, the newest first or the best first, until <paramref name="each"/> says false.</summary>
    /// <param name="first">The lowest row id that counts.</param>
    /// <param name="last">The highest one.</param>
    /// <param name="mostRanked">Of how many of the newest that match the best are chosen; null: the newest first.</param>
    /// <param name="each">Gets the row id and its rank, 0 when the newest come first.</param>
    public void Match(string expression, long first, long last, int? mostRanked, Func<long, double, bool> each) => _file.Read(reader =>
    {
        if (mostRanked is { } most)
        {
            reader.Each(
                """
                select rowid, rank from (select rowid, rank from documents where documents match ?1 and rowid between ?2 and ?3 order by rowid desc limit ?4)
                order by rank, rowid desc
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
                "select rowid from documents where documents match ?1 and rowid between ?2 and ?3 order by rowid desc",
                row => each(row.GetInt64(0), 0),
                expression,
                first,
                last);
        }

        return true;
    });

    private static SearchMark ReadMark(SqliteReader reader) => reader.First(
        "select origin, watermark, documents from progress",
        row => new SearchMark(row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.GetInt64(2)));
}
