using System.Globalization;

namespace MailDaemon.Benchmarks;

/// <summary>A line of the table. <paramref name="Held"/> null: not measured.</summary>
internal sealed record Figure(string Work, string Ours, string Peer, string Floor, string Ratio, string Goal, bool? Held)
{
    public string Verdict => Held switch { true => "held", false => "missed", null => "not measured" };
}

/// <summary>The tables as text.</summary>
internal static class Report
{
    private static readonly string[] Headings = ["work", "ours", "peer", "floor", "ratio", "goal", ""];

    /// <summary>Everything about one size.</summary>
    public static string Table(IReadOnlyList<Figure> figures) =>
        Columns([Headings, .. figures.Select(f => (string[])[f.Work, f.Ours, f.Peer, f.Floor, f.Ratio, f.Goal, f.Verdict])]);

    /// <summary>Our figures by size, with the peer's in parentheses.</summary>
    public static string Growth(IReadOnlyList<(int Messages, IReadOnlyList<Figure> Figures)> sizes) => Columns(
    [
        ["size", .. sizes.Select(size => size.Messages.ToString("N0", CultureInfo.InvariantCulture))],
        .. sizes[0].Figures.Select((first, i) => (string[])[first.Work, .. sizes.Select(size => Both(size.Figures[i]))]),
    ]);

    public static string Seconds(double seconds) => seconds switch
    {
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        >= 0.1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.0} ms"),
    };

    public static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0} MB");

    public static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B");

    public static string Ratio(double ours, double peer) => string.Create(CultureInfo.InvariantCulture, $"{ours / peer:0.00}");

    private static string Both(Figure figure) => figure.Peer.Length == 0 ? figure.Ours : $"{figure.Ours} ({figure.Peer})";

    private static string Columns(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).ToList();
        lines.Insert(1, string.Join("  ", widths.Select(width => new string('-', width))));
        return string.Join('\n', lines) + "\n";
    }
}
