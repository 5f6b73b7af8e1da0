namespace MailDaemon.Engine.Cache;

/// <summary>What a search has found so far: the page that was asked for, and how many there are up to a limit.</summary>
internal sealed class SearchMatches(SearchQuery query)
{
    private readonly List<(long Number, double Rank)> _page = [];

    public IReadOnlyList<(long Number, double Rank)> Page => _page;

    public int Total { get; private set; }

    /// <summary>How many matches are looked for: those of the page, and enough to tell a small total. One more says that there are more.</summary>
    public int Wanted { get; } = (int)Math.Min(Math.Max((long)query.Offset + query.Limit, SearchQuery.MostCounted) + 1, int.MaxValue);

    public int Missing => Wanted - Total;

    public bool IsFull => Missing <= 0;

    public bool IsTotalExact => !IsFull;

    public void Add(long number, double rank)
    {
        if (Total >= query.Offset && _page.Count < query.Limit)
            _page.Add((number, rank));
        Total++;
    }
}
