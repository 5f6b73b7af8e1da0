using System.Collections.Frozen;

namespace MailDaemon.Engine.Okki;

/// <summary>Domains under which anybody may have an address, so that they say nothing about a company. Pure.</summary>
internal static class PublicDomains
{
    private static readonly Lazy<(FrozenSet<string> Names, FrozenSet<string> Labels)> Known = new(Read);

    /// <param name="more">Those that the settings add.</param>
    public static bool IsPublic(string domain, IReadOnlyList<string> more)
    {
        if (PublicSuffixes.Ascii(domain) is not { } name || PublicSuffixes.Registrable(name) is not { } registrable)
            return true;
        return Known.Value.Names.Contains(name)
            || Known.Value.Names.Contains(registrable)
            || Known.Value.Labels.Contains(registrable.Split('.')[0])
            || more.Any(added => added.Equals(name, StringComparison.OrdinalIgnoreCase) || added.Equals(registrable, StringComparison.OrdinalIgnoreCase));
    }

    private static (FrozenSet<string> Names, FrozenSet<string> Labels) Read()
    {
        var lines = EmbeddedText.Lines("public-domains.txt").Where(line => line[0] != '#').ToList();
        return (
            lines.Where(line => !line.EndsWith(".*", StringComparison.Ordinal)).ToFrozenSet(StringComparer.Ordinal),
            lines.Where(line => line.EndsWith(".*", StringComparison.Ordinal)).Select(line => line[..^2]).ToFrozenSet(StringComparer.Ordinal));
    }
}
