using System.Net;
using System.Text;
using MailDaemon.Protocols.Mime.Writing;

namespace MailDaemon.Protocols.Mime;

/// <summary>A leaf with its transfer encoding undone.</summary>
public readonly record struct DecodedLeaf(ContentType Type, ReadOnlyMemory<byte> Body);

/// <summary>
/// The shown bodies of a message from its decoded leaves: the same for a message that was parsed and for one whose parts were fetched
/// one by one.
/// </summary>
public static class ShownBody
{
    /// <summary>The plain text: charsets decoded, format=flowed undone (RFC 3676), lines ending in LF.</summary>
    public static string Text(IEnumerable<DecodedLeaf> leaves) => Join(leaves.Select(Text));

    /// <summary>The HTML, lines ending in LF; null when each page is blank. Plain text beside it (a list's footer) is escaped into it.</summary>
    public static string? Html(IEnumerable<DecodedLeaf> leaves)
    {
        var pages = new List<string>();
        var hasPage = false;
        foreach (var leaf in leaves)
        {
            var isPage = leaf.Type.MediaType == "text/html";
            var content = isPage ? LineEndings.ToLf(Decode(leaf.Type, leaf.Body.Span)) : Text(leaf);
            if (!string.IsNullOrWhiteSpace(content))
            {
                pages.Add(isPage ? content : $"<div style=\"white-space: pre-wrap\">{WebUtility.HtmlEncode(content)}</div>");
                hasPage |= isPage;
            }
        }

        return hasPage ? Join(pages) : null;
    }

    /// <summary>A leaf's text by its charset or the best guess, without NULs; line breaks as sent.</summary>
    internal static string Decode(ContentType type, ReadOnlySpan<byte> body)
    {
        var text = type.MediaType == "text/html" ? Charsets.DecodeHtml(body, type.Charset) : Charsets.Decode(body, type.Charset);
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
    }

    private static string Text(DecodedLeaf leaf)
    {
        var text = LineEndings.ToLf(Decode(leaf.Type, leaf.Body.Span));
        var parameters = leaf.Type.Parameters;
        var isFlowed = parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
        var deletesSpace = parameters.TryGetValue("delsp", out var delSp) && delSp.Equals("yes", StringComparison.OrdinalIgnoreCase);
        return isFlowed ? FlowedText.Unflow(text, deletesSpace) : text;
    }

    private static string Join(IEnumerable<string> texts)
    {
        var joined = new StringBuilder();
        foreach (var text in texts)
        {
            if (joined.Length > 0 && text.Length > 0 && joined[^1] != '\n')
            {
                joined.Append('\n');
            }

            joined.Append(text);
        }

        return joined.ToString();
    }
}
