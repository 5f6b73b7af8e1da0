using System.Text;

namespace MailDaemon.Protocols.Mime;

/// <summary>What a person reads of <c>text/enriched</c> (RFC 1896) and its elder <c>text/richtext</c> (RFC 1341).</summary>
internal static class EnrichedText
{
    /// <summary>Without commands such as <c>&lt;bold&gt;</c>; what stands in <c>&lt;param&gt;</c> is left out.</summary>
    public static string ToPlain(string text, bool isRichText)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = text[at] == '<' ? text.IndexOf('>', at) : -1;
            if (!isRichText && text.AsSpan(at).StartsWith("<<"))
            {
                result.Append('<');
                at += 2;
            }
            else if (end > 0)
            {
                var command = text[(at + 1)..end].ToLowerInvariant();
                var close = command is "param" or "comment" ? text.IndexOf($"</{command}>", end, StringComparison.OrdinalIgnoreCase) : -1;
                result.Append(command switch
                {
                    "nl" or "np" or "paragraph" or "/paragraph" when isRichText => "\n",
                    "lt" when isRichText => "<",
                    _ => "",
                });
                at = close < 0 ? end + 1 : close;
            }
            else
            {
                result.Append(text[at++]);
            }
        }

        return result.ToString();
    }
}
