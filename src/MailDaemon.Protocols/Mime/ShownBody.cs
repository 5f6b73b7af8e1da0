using System.Net;
using System.Text;
using MailDaemon.Protocols.Mime.Writing;

namespace MailDaemon.Protocols.Mime;

/// <summary>A leaf with its transfer encoding undone.</summary>
public readonly record struct DecodedLeaf(ContentType Type, ReadOnlyMemory<byte> Body);

/// <summary>The bodies of a message that are shown.</summary>
/// <param name="Text">The plain text, format=flowed undone (RFC 3676), lines ending in LF.</param>
/// <param name="Html">The HTML, lines ending in LF, plain text beside it (a list's footer) escaped into it; null when there is none or each page is blank.</param>
/// <param name="IsTextWhole">Whether the plain text says all that the HTML says; else the text is to be made from the HTML.</param>
/// <param name="Defects">Charset labels that were not followed.</param>
public sealed record ShownContent(string Text, string? Html, bool IsTextWhole, IReadOnlyList<string> Defects);

/// <summary>
/// The shown bodies of a message from its decoded leaves: the same for a message that was parsed and for one whose parts were fetched
/// one by one.
/// </summary>
public static class ShownBody
{
    /// <param name="decode">Gives a leaf by its index; each is asked for once.</param>
    public static ShownContent Read(IReadOnlyList<LeafDescription> leaves, LeafRoles roles, Func<int, DecodedLeaf> decode)
    {
        var shown = roles.Text.Concat(roles.Html).Distinct().Order().ToDictionary(index => index, index => Read(decode(index)));
        var hasPlainBeside = roles.Text.Any(index => leaves[index].InAlternative && !BlankText.IsBlank(shown[index].Text));
        var html = Html([.. roles.Html.Select(index => shown[index])]);
        var arePagesCovered = roles.Html.All(index => !shown[index].IsPage || (leaves[index].InAlternative && hasPlainBeside));
        return new ShownContent(
            Join(roles.Text.Select(index => shown[index].Text)),
            html,
            html is null || arePagesCovered,
            [.. shown.Values.Select(leaf => leaf.Defect).OfType<string>().Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>A leaf's text by its charset or the best guess, without NULs; line breaks as sent.</summary>
    internal static DecodedText Decode(ContentType type, ReadOnlySpan<byte> body)
    {
        var decoded = Charsets.Read(body, type.Charset, isPage: type.MediaType == "text/html");
        return decoded.Text.Contains('\0', StringComparison.Ordinal) ? decoded with { Text = decoded.Text.Replace("\0", "", StringComparison.Ordinal) } : decoded;
    }

    private static ShownLeaf Read(DecodedLeaf leaf)
    {
        var decoded = Decode(leaf.Type, leaf.Body.Span);
        var text = LineEndings.ToLf(decoded.Text);
        var parameters = leaf.Type.Parameters;
        var isPage = leaf.Type.MediaType == "text/html";
        var isFlowed = !isPage && parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
        var deletesSpace = parameters.TryGetValue("delsp", out var delSp) && delSp.Equals("yes", StringComparison.OrdinalIgnoreCase);
        text = leaf.Type.MediaType switch
        {
            "text/enriched" or "text/richtext" => EnrichedText.ToPlain(text, isRichText: leaf.Type.Subtype == "richtext"),
            _ when isFlowed => FlowedText.Unflow(text, deletesSpace),
            _ => text,
        };
        return new ShownLeaf(text, isPage, decoded.Defect);
    }

    private static string? Html(List<ShownLeaf> leaves)
    {
        var said = leaves.FindAll(leaf => !BlankText.IsBlank(leaf.Text));
        return said.Exists(leaf => leaf.IsPage)
            ? Join(said.Select(leaf => leaf.IsPage ? leaf.Text : $"<pre style=\"white-space: pre-wrap; font: inherit; margin: 0\">\n{WebUtility.HtmlEncode(leaf.Text)}</pre>"))
            : null;
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

    private sealed record ShownLeaf(string Text, bool IsPage, string? Defect);
}
