using System.Buffers;
using System.Net;

namespace MailDaemon.Protocols.Mime;

/// <summary>The parts of its own message that a page names (RFC 2392, RFC 2557).</summary>
internal static class HtmlReferences
{
    /// <summary>References beyond these are not looked at.</summary>
    private const int MaxReferences = 2_000;

    private const int MaxLength = 1_000;

    private static readonly string[] Attributes = ["src", "href", "background", "data", "poster"];

    private static readonly SearchValues<char> UrlEnd = SearchValues.Create(" \t\r\n\"'<>)");

    /// <summary>Each <c>cid:</c> with its identifier, and the values of the attributes that hold an address; decoded.</summary>
    public static IReadOnlySet<string> Of(string? html)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (html is null)
        {
            return found;
        }

        for (var at = html.IndexOf("cid:", StringComparison.OrdinalIgnoreCase); at >= 0 && found.Count < MaxReferences; at = html.IndexOf("cid:", at + 4, StringComparison.OrdinalIgnoreCase))
        {
            Add(found, "cid:", html.AsSpan(at + 4));
        }

        for (var at = html.IndexOf('='); at >= 0 && found.Count < MaxReferences; at = html.IndexOf('=', at + 1))
        {
            if (IsAttribute(html.AsSpan(0, at)))
            {
                Add(found, "", html.AsSpan(at + 1).TrimStart(" \t\r\n\"'"));
            }
        }

        return found;
    }

    private static bool IsAttribute(ReadOnlySpan<char> before)
    {
        var name = before.TrimEnd();
        foreach (var attribute in Attributes)
        {
            if (name.EndsWith(attribute, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(HashSet<string> found, string prefix, ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(UrlEnd);
        var value = end < 0 ? rest : rest[..end];
        if (value.Length is > 0 and <= MaxLength)
        {
            var decoded = WebUtility.HtmlDecode(value.ToString());
            found.Add(prefix + decoded);
            found.Add(prefix + Uri.UnescapeDataString(decoded));
        }
    }
}
