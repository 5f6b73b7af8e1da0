using System.Globalization;
using System.Text.Json;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>What must be so of a message's row.</summary>
/// <param name="FolderIds">As a JSON array; null means all.</param>
/// <param name="Since">The earliest date, in Unix milliseconds.</param>
/// <param name="Until">The latest one.</param>
/// <param name="Keys">As a JSON array; null means all.</param>
internal sealed record RowFilter(string? FolderIds, bool? IsUnread, bool? IsStarred, bool? HasAttachment, long Since, long Until, string? Label, string? Keys)
{
    private const string Conditions =
        """
        m.date between ?3 and ?4 and (?5 is null or m.folder_id in (select value from json_each(?5))) and (?6 is null or m.has_attachments = ?6)
        and (?7 is null and ?8 is null or m.key in (select value from json_each(coalesce(?8, '[]')))
          or case when m.labels = '' or ?7 is null then 0 else exists (select 1 from json_each(m.labels) where value = ?7 collate nocase) end)
        """;

    /// <summary>The number of the parameter that holds the first label of the query.</summary>
    private const int FirstLabel = 9;

    // Dates of mail lie far within these, and so do the seconds of row ids.
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static RowFilter Of(SearchQuery query, IReadOnlyList<CachedFolder>? folders) => new(
        folders is null ? null : $"[{string.Join(',', folders.Select(folder => folder.Id.ToString(CultureInfo.InvariantCulture)))}]",
        query.IsUnread,
        query.IsStarred,
        query.HasAttachment,
        query.Since?.ToUnixTimeMilliseconds() ?? Earliest,
        query.Before?.ToUnixTimeMilliseconds() - 1 ?? Latest,
        query.NativeLabel,
        query.Keys is null ? null : Json(query.Keys))
    {
        LargerThan = query.LargerThan,
        SmallerThan = query.SmallerThan,
        IsAnswered = query.IsAnswered,
        IsForwarded = query.IsForwarded,
        Labels = query.LabelMatches,
        LabelNames = [.. query.LabelMatches.Select(label => Json(label.Keys ?? [label.Native!]))],
    };

    private IReadOnlyList<LabelMatch> Labels { get; init; } = [];

    /// <summary>Of each of these labels the JSON array of its name, or of the keys of what has it.</summary>
    private IReadOnlyList<string> LabelNames { get; init; } = [];

    private long? LargerThan { get; init; }

    private long? SmallerThan { get; init; }

    private bool? IsAnswered { get; init; }

    private bool? IsForwarded { get; init; }

    private string Flags => HasFlag(1, !IsUnread) + HasFlag(2, IsStarred) + HasFlag(4, IsAnswered) + HasFlag(8, IsForwarded) + Sizes + LabelConditions;

    private string Sizes => (LargerThan is { } least ? $" and m.size > {least}" : "") + (SmallerThan is { } most ? $" and m.size < {most}" : "");

    private string LabelConditions => string.Concat(Labels.Select((label, index) => $" and {(label.IsUnwanted ? "not " : "")}{HasLabel(label, $"?{FirstLabel + index}")}"));

    /// <summary>Of the indexes by date the one that has the fewest rows to look at.</summary>
    private string Kind => IsAnswered == true ? "answered_" : IsForwarded == true ? "forwarded_" : IsUnread == true ? "unread_" : "";

    /// <summary>Where the messages come from: by their keys when only those may be, else along the order of the dates.</summary>
    private string Source => Keys is not null && Label is null
        ? "json_each(?8) j cross join messages m on m.key = j.value"
        : $"messages m indexed by messages_{Kind}by_date";

    /// <summary>The first <paramref name="most"/> messages, the newest first.</summary>
    public bool Each(SqliteReader reader, int most, Action<SearchPlace> each)
    {
        reader.Each(
            $"select m.id, m.date from {Source} where ?1 is null and {Conditions}{Flags} order by m.date desc, m.id desc limit ?2",
            row =>
            {
                each(new SearchPlace(row.GetInt64(0), row.GetInt64(1), 0));
                return true;
            },
            Values(null, most));
        return true;
    }

    public int Count(SqliteReader reader) => (int)reader.Number(
        $"select count(*) from {Source} where ?1 is null and ?2 is null and {Conditions}{Flags}",
        Values(null, null))!.Value;

    /// <summary>How many of the rows with these numbers are there and wanted.</summary>
    public int CountOf(SqliteReader reader, IEnumerable<long> numbers) => (int)reader.Number(
        $"select count(*) from json_each(?1) j cross join messages m on m.id = j.value where ?2 is null and {Conditions}{Flags}",
        Values($"[{string.Join(',', numbers)}]", null))!.Value;

    /// <summary>Those of the rows with these numbers, in their order, with their dates.</summary>
    public void EachOf(SqliteReader reader, IEnumerable<long> numbers, Action<long, long> each) => reader.Each(
        $"select m.id, m.date from json_each(?1) j cross join messages m on m.id = j.value where ?2 is null and {Conditions}{Flags}",
        row =>
        {
            each(row.GetInt64(0), row.GetInt64(1));
            return true;
        },
        Values($"[{string.Join(',', numbers)}]", null));

    /// <summary>What stands for <c>?1</c> to <c>?8</c>, and for the labels of the query behind them.</summary>
    private object?[] Values(object? first, object? second) => [first, second, Since, Until, FolderIds, HasAttachment switch { true => 1, false => 0, null => null }, Label, Keys, .. LabelNames];

    private static string HasFlag(int bit, bool? isSet) => isSet is { } set ? $" and m.flags & {bit} {(set ? "<>" : "=")} 0" : "";

    private static string HasLabel(LabelMatch label, string names) => label.Keys is null
        ? $"exists (select 1 from json_each(case m.labels when '' then '[]' else m.labels end) has join json_each({names}) name on has.value = name.value collate nocase)"
        : $"m.key in (select value from json_each({names}))";

    private static string Json(IReadOnlyCollection<string> texts) => JsonSerializer.Serialize([.. texts], CacheJson.Readable.IReadOnlyListString);
}
