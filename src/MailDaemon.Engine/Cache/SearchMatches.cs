namespace MailDaemon.Engine.Cache;

/// <summary>Where a match stands in the order of a search.</summary>
/// <param name="Date">Unix milliseconds.</param>
/// <param name="Rank">The lower the better; 0 when the newest come first.</param>
internal readonly record struct SearchPlace(long Number, long Date, double Rank);

/// <summary>What a search has found so far: the page that was asked for, and how many there are up to a limit.</summary>
internal sealed class SearchMatches(SearchQuery query)
{
    private readonly List<SearchPlace> _page = [];

    public IReadOnlyList<SearchPlace> Page => _page;

    public int Total { get; private set; }

    /// <summary>How many matches are looked for: those of the page, and enough to tell a small total. One more says that there are more.</summary>
    public int Wanted { get; } = (int)Math.Min(Math.Max((long)query.Offset + query.Limit, SearchQuery.MostCounted) + 1, int.MaxValue);

    public int Missing => Wanted - Total;

    public bool IsFull => Missing <= 0;

    public bool IsTotalExact => !IsFull;

    /// <summary>Whether what is found from now on only counts.</summary>
    public bool IsPageFull => _page.Count == query.Limit;

    public void Add(SearchPlace place)
    {
        if (Total >= query.Offset && _page.Count < query.Limit)
            _page.Add(place);
        Total++;
    }

    /// <summary>Counts matches behind the page.</summary>
    public void AddUnseen(int count) => Total += count;
}

/// <summary>One account's part of a search over several: where its matches stand, to be read when it is known which are wanted.</summary>
internal sealed record SearchSlice(MailCache Cache, SearchQuery Query, IReadOnlyList<SearchPlace> Places, int Total, bool IsTotalExact);
