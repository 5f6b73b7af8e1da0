using System.Net;
using System.Text;
using MailDaemon.Protocols.Mime.Writing;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// The shown bodies of a message from its decoded leaves; the same for a message that was parsed and for one whose parts were fetched
/// one by one.
/// </summary>
public static class ShownBody
{
    /// <summary>A leaf as plain text: its charset decoded, format=flowed undone (RFC 3676), lines ending in LF.</summary>
    /// <param name="decoded">The body with its transfer encoding undone.</param>
    public static string Text(ContentType type, ReadOnlySpan<byte> decoded)
    {
        var text = LineEndings.ToLf(Decode(type, decoded));
        var isFlowed = type.Parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
        var deletesSpace = type.Parameters.TryGetValue("delsp", out var delSp) && delSp.Equals("yes", StringComparison.OrdinalIgnoreCase);
        return isFlowed ? FlowedText.Unflow(text, deletesSpace) : text;
    }

    /// <summary>A leaf as HTML; plain text that stands beside HTML (a list's footer) is escaped into it.</summary>
    /// <param name="decoded">The body with its transfer encoding undone.</param>
    public static string Html(ContentType type, ReadOnlySpan<byte> decoded) => type.MediaType == "text/html"
        ? LineEndings.ToLf(Decode(type, decoded))
        : $"<div style=\"white-space: pre-wrap\">{WebUtility.HtmlEncode(Text(type, decoded))}</div>";

    /// <summary>Several leaves as one body, each beginning on a line of its own.</summary>
    public static string Join(IEnumerable<string> texts)
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

    /// <summary>The text of a leaf by its charset or the best guess; line breaks as sent.</summary>
    internal static string Decode(ContentType type, ReadOnlySpan<byte> decoded) =>
        type.MediaType == "text/html" ? Charsets.DecodeHtml(decoded, type.Charset) : Charsets.Decode(decoded, type.Charset);
}
