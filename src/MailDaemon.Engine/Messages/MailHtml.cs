using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Parses the HTML of mail, whatever its sender wrote. The parser walks all open elements for many a tag, so that nesting costs the square
/// of its depth: a megabyte of it would take minutes. Elements deeper than any mail nests them are left out before it sees them.
/// </summary>
internal static class MailHtml
{
    /// <summary>HTML beyond this many characters is not looked at: it is data or an attack, not something to read.</summary>
    public const int MaxInput = 1024 * 1024;

    /// <summary>Real mail nests tables some dozens deep.</summary>
    private const int MostOpen = 256;

    /// <summary>
    /// Elements that do not add to the depth: they have no content, or end by themselves where the next begins. Their end tags are not counted
    /// either.
    /// </summary>
    private static readonly HashSet<string> Flat = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "body", "br", "caption", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li", "link", "meta", "option", "p", "param",
        "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> IsFlat = Flat.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>To be read: the first <see cref="MaxInput"/> of it.</summary>
    public static IHtmlDocument Parse(string html) => ParseWhole(TextCut.At(html, MaxInput));

    /// <summary>To be passed on: all of it, for images may stand in it.</summary>
    public static IHtmlDocument ParseWhole(string html) => new HtmlParser().ParseDocument(Flattened(html));

    /// <summary>What is made of a mail, or what stands in for it: HTML that is read wrongly never fails what holds it.</summary>
    public static T Guarded<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return otherwise;
        }
    }

    /// <summary>The same without the tags of elements that are too deep, as far as tags tell; as it is when there are none.</summary>
    internal static string Flattened(string html)
    {
        StringBuilder? kept = null;
        var (open, dropped, copied) = (0, 0, 0);
        for (var at = html.IndexOf('<', StringComparison.Ordinal); at >= 0 && at + 1 < html.Length; at = html.IndexOf('<', at + 1))
        {
            if (html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal))
            {
                if (html.IndexOf("-->", at + 2, StringComparison.Ordinal) is var close && close < 0)
                {
                    break;
                }

                at = close;
                continue;
            }

            var isEnd = html[at + 1] == '/';
            var name = NameAt(html, at + (isEnd ? 2 : 1));
            if (name.Length == 0 || IsFlat.Contains(name))
            {
                continue;
            }

            if (!isEnd && open < MostOpen)
            {
                open++;
            }
            else if (isEnd && dropped == 0)
            {
                open = Math.Max(0, open - 1);
            }
            else
            {
                dropped += isEnd ? -1 : 1;
                var end = html.IndexOf('>', at) is var found && found < 0 ? html.Length - 1 : found;
                (kept ??= new StringBuilder(html.Length)).Append(html, copied, at - copied);
                copied = end + 1;
                at = end;
            }
        }

        return kept is null ? html : kept.Append(html, copied, html.Length - copied).ToString();
    }

    private static ReadOnlySpan<char> NameAt(string html, int start)
    {
        var end = start;
        while (end < html.Length && char.IsAsciiLetterOrDigit(html[end]))
        {
            end++;
        }

        return end > start && char.IsAsciiLetter(html[start]) ? html.AsSpan(start, end - start) : [];
    }
}
