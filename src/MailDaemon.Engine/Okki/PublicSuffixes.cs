using System.Collections.Frozen;
using System.Globalization;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Under which names anybody may register one (publicsuffix.org, the ICANN part, embedded): <c>mail.acme.co.uk</c> is <c>acme.co.uk</c>'s. Pure.
/// </summary>
internal static class PublicSuffixes
{
    private static readonly IdnMapping Idn = new();
    private static readonly Lazy<FrozenSet<string>> Rules = new(Read);

    /// <summary>The registrable domain of a host, in its ASCII form; null when it is a public suffix itself, or no name.</summary>
    public static string? Registrable(string host)
    {
        if (Ascii(host) is not { } name)
            return null;
        var labels = name.Split('.');
        var suffix = SuffixLength(labels);
        return labels.Length > suffix ? string.Join('.', labels[^(suffix + 1)..]) : null;
    }

    /// <summary>The label under the public suffix: <c>acme</c> of <c>mail.acme.co.uk</c>; null when there is none.</summary>
    public static string? Label(string host) => Registrable(host)?.Split('.')[0];

    /// <summary>As DNS writes it, in lower case; null when it is no host name.</summary>
    public static string? Ascii(string host)
    {
        var trimmed = host.Trim().TrimEnd('.').ToLowerInvariant();
        if (trimmed.Length is 0 or > 253 || !trimmed.Contains('.', StringComparison.Ordinal) || System.Net.IPAddress.TryParse(trimmed, out _))
            return null;
        try
        {
            return Idn.GetAscii(trimmed);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The longest rule that fits; an exception goes before all, and what no rule names is a suffix of one label.</summary>
    private static int SuffixLength(string[] labels)
    {
        for (var from = 0; from < labels.Length; from++)
        {
            var name = string.Join('.', labels[from..]);
            if (Rules.Value.Contains("!" + name))
                return labels.Length - from - 1;
            if (Rules.Value.Contains(name) || (from + 1 < labels.Length && Rules.Value.Contains("*." + string.Join('.', labels[(from + 1)..]))))
                return labels.Length - from;
        }

        return 1;
    }

    private static FrozenSet<string> Read() => EmbeddedText.Lines("public-suffixes.txt").Where(line => !line.StartsWith("//", StringComparison.Ordinal)).Select(Rule).ToFrozenSet(StringComparer.Ordinal);

    private static string Rule(string line)
    {
        var prefix = line.StartsWith('!') ? "!" : line.StartsWith("*.", StringComparison.Ordinal) ? "*." : "";
        return prefix + Idn.GetAscii(line[prefix.Length..]);
    }
}
