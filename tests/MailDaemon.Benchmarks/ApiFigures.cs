using System.Globalization;

namespace MailDaemon.Benchmarks;

/// <summary>All that is measured of the API at one size, and the goals it is held against.</summary>
internal sealed class ApiFigures
{
    private readonly Dictionary<string, (Samples Rate, Samples Half, Samples Worst)> _loads = new(StringComparer.Ordinal);

    /// <summary>Single reads beside a first pass.</summary>
    public Samples Beside { get; } = new();

    public Samples Start { get; } = new();

    public Samples Memory { get; } = new();

    public Samples BareMemory { get; } = new();

    /// <summary>Bytes of the search index, and of the text it is of.</summary>
    public (double Index, double Text) Disk { get; set; }

    public void Add(string work, Load load)
    {
        if (!_loads.TryGetValue(work, out var samples)) _loads[work] = samples = (new(), new(), new());
        samples.Rate.Add(load.Rate);
        samples.Half.Add(load.Half);
        samples.Worst.Add(load.Worst);
    }

    public IReadOnlyList<Figure> Table() =>
    [
        Rate("list of 50", "list, 1 connection", "bare list, 1 connection", 0.5),
        Rate("list of 50, 8 connections", "list, 8 connections", "bare list, 8 connections", 0.5),
        Rate("list of 50, far down", "list far down", "bare list, 1 connection", 0.5),
        Rate("detail", "detail", "bare detail", 0.4),
        .. _loads.Keys.Where(work => work.StartsWith("search", StringComparison.Ordinal)).Select(work => Latency(work, work.Contains("relevance", StringComparison.Ordinal) ? 0.040 : 0.010)),
        Within("a read while the first pass runs, p99", Beside.Percentile(99), $"p50 {Report.Seconds(Beside.Median)}", 0.020, "≤ 20 ms", Report.Seconds),
        new Figure("memory", Report.Megabytes(Memory.Median), Report.Megabytes(BareMemory.Median), "", Report.Ratio(Memory.Median, BareMemory.Median), "≤ 200 MB", Memory.Median <= 200 << 20),
        Within("start to the first answer", Start.Median, "", 1, "≤ 1 s", Report.Seconds),
        new Figure("disk of the search index", Report.Megabytes(Disk.Index), $"text {Report.Megabytes(Disk.Text)}", "", Report.Ratio(Disk.Index, Disk.Text), "≤ 1.2 × the text", Disk.Index <= 1.2 * Disk.Text),
    ];

    private Figure Rate(string work, string ours, string bare, double least)
    {
        var (mine, theirs) = (_loads[ours], _loads[bare]);
        return new Figure(
            work,
            $"{PerSecond(mine.Rate.Median)}, p99 {Report.Seconds(mine.Worst.Median)}",
            $"{PerSecond(theirs.Rate.Median)}, p99 {Report.Seconds(theirs.Worst.Median)}",
            "",
            Report.Ratio(mine.Rate.Median, theirs.Rate.Median),
            FormattableString.Invariant($"≥ {least} × bare Kestrel"),
            mine.Rate.Median >= least * theirs.Rate.Median);
    }

    private Figure Latency(string work, double most)
    {
        var (_, half, worst) = _loads[work];
        return Within($"{work}, p99", worst.Median, $"p50 {Report.Seconds(half.Median)}", most, FormattableString.Invariant($"≤ {most * 1000} ms"), Report.Seconds);
    }

    private static Figure Within(string work, double ours, string floor, double most, string goal, Func<double, string> format) =>
        new(work, format(ours), "", floor, "", goal, ours <= most);

    private static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:N0}/s");
}
