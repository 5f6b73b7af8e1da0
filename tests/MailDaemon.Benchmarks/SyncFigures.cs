namespace MailDaemon.Benchmarks;

/// <summary>All that is measured at one size, and the goals it is held against.</summary>
internal sealed class SyncFigures
{
    public Samples FirstPage { get; } = new();

    public Samples Cached { get; } = new();

    public Samples Searchable { get; } = new();

    public Samples PeerCached { get; } = new();

    public Samples FloorHeaders { get; } = new();

    public Samples FloorWhole { get; } = new();

    public Samples Empty { get; } = new();

    public Samples PeerEmpty { get; } = new();

    /// <summary>Bytes in both directions, for each folder.</summary>
    public Samples Wire { get; } = new();

    public Samples PeerWire { get; } = new();

    public Samples Changes { get; } = new();

    public Samples PeerChanges { get; } = new();

    /// <summary>From EXISTS to the list.</summary>
    public Samples NewMail { get; } = new();

    /// <summary>From delivery to EXISTS: the server's own time.</summary>
    public Samples Announcement { get; } = new();

    public Samples MostMemory { get; } = new();

    public Samples RestedMemory { get; } = new();

    /// <summary>After everything else was measured on the same process.</summary>
    public Samples LastMemory { get; } = new();

    public IReadOnlyList<Figure> Table() =>
    [
        Beside("first pass", Cached, PeerCached, 0.6, $"{Report.Seconds(FloorHeaders.Median)} headers, {Report.Seconds(FloorWhole.Median)} whole"),
        Within("first page listable", FirstPage, null, "", 1, "≤ 1 s", Report.Seconds),
        Beside("first pass, all searchable", Searchable, PeerCached, 1.5, ""),
        Within("nothing new", Empty, PeerEmpty, "", 0.020, "≤ 20 ms", Report.Seconds),
        Within("nothing new, wire per folder", Wire, PeerWire, "", 1024, "≤ 1 KB", Report.Bytes),
        Beside($"{MailChanges.Flagged} flags, {MailChanges.New} new, {MailChanges.Gone} gone", Changes, PeerChanges, 0.4, ""),
        Within("EXISTS to list, p50", NewMail, null, $"{Report.Seconds(Announcement.Median)} to EXISTS", 0.030, "≤ 30 ms", Report.Seconds),
        Within("EXISTS to list, p99", NewMail, null, "", 0.100, "≤ 100 ms", Report.Seconds, percent: 99),
        Within("memory, most in first pass", MostMemory, null, "", 300 << 20, "≤ 300 MB", Report.Megabytes),
        Within("memory, 10 s later", RestedMemory, null, "", 200 << 20, "≤ 200 MB", Report.Megabytes),
        Within("memory, after all passes", LastMemory, null, "", 200 << 20, "≤ 200 MB", Report.Megabytes),
    ];

    private static Figure Beside(string work, Samples ours, Samples peer, double most, string floor)
    {
        var goal = FormattableString.Invariant($"≤ {most} × mbsync");
        if (!ours.Any) return new Figure(work, "", Report.Seconds(peer.Median), floor, "", goal, null);
        var ratio = Report.Ratio(ours.Median, peer.Median);
        return new Figure(work, Report.Seconds(ours.Median), Report.Seconds(peer.Median), floor, ratio, goal, ours.Median <= most * peer.Median);
    }

    private static Figure Within(
        string work, Samples ours, Samples? peer, string floor, double most, string goal, Func<double, string> format, int percent = 50)
    {
        var figure = ours.Percentile(percent);
        var (beside, ratio) = peer is null ? ("", "") : (format(peer.Median), Report.Ratio(figure, peer.Median));
        return new Figure(work, format(figure), beside, floor, ratio, goal, figure <= most);
    }
}
