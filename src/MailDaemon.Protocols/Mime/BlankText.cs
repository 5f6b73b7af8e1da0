using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Mime;

/// <summary>Whether a person sees anything of a text.</summary>
public static class BlankText
{
    /// <summary>A longer page is taken to show something.</summary>
    private const int MaxBlankPage = 32 * 1024;

    private static readonly string[] ShownElements = ["img", "svg", "video", "audio", "object", "embed", "iframe", "input", "hr", "canvas", "meter", "progress"];

    /// <summary>White space of any kind, zero-width and filler characters only, or nothing.</summary>
    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsBlank(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a page has neither text nor pictures: <c>&lt;html&gt;&lt;body&gt;&lt;br&gt;&lt;/body&gt;&lt;/html&gt;</c>.</summary>
    public static bool IsBlankPage(string html)
    {
        if (html.Length > MaxBlankPage)
        {
            return false;
        }

        var text = new StringBuilder();
        for (var at = 0; at < html.Length;)
        {
            var open = html.IndexOf('<', at);
            text.Append(html, at, (open < 0 ? html.Length : open) - at);
            if (open < 0)
            {
                break;
            }

            var name = ElementName(html, open + 1);
            if (ShownElements.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return false;
            }

            at = EndOf(html, open, name);
        }

        return IsBlank(System.Net.WebUtility.HtmlDecode(text.ToString()));
    }

    private static bool IsBlank(Rune rune) =>
        Rune.IsWhiteSpace(rune)
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 // fillers
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;

    private static string ElementName(string html, int start)
    {
        var length = 0;
        while (start + length < html.Length && char.IsAsciiLetterOrDigit(html[start + length]))
        {
            length++;
        }

        return html.Substring(start, length);
    }

    /// <summary>Behind a tag or comment; behind the end of an element whose content is not shown.</summary>
    private static int EndOf(string html, int open, string name)
    {
        var mark = name.ToLowerInvariant() switch
        {
            "style" => "</style",
            "script" => "</script",
            "title" => "</title",
            _ when html.AsSpan(open).StartsWith("<!--") => "-->",
            _ => ">",
        };
        var end = html.IndexOf(mark, open + 1, StringComparison.OrdinalIgnoreCase);
        var close = end < 0 ? -1 : html.IndexOf('>', end);
        return close < 0 ? html.Length : close + 1;
    }
}
