using System.Text.RegularExpressions;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Puts an account's signature under what is written in its name. Pure.</summary>
internal static partial class Signature
{
    /// <summary>Readers know what follows this line as a signature (RFC 3676 §4.3).</summary>
    private const string Delimiter = "-- ";

    /// <summary>A body with the signature under it; as it is when there is none, or when it stands there already.</summary>
    public static string Under(string body, bool isHtml, AccountSettings settings)
    {
        var text = settings.IsSignatureHtml ? HtmlText.Render(settings.Signature) : settings.Signature.ReplaceLineEndings("\n").Trim('\n');
        if (string.IsNullOrWhiteSpace(text) || Holds(Lines(isHtml ? HtmlText.Render(body) : body), Lines(text)))
            return body;
        if (!isHtml)
        {
            var above = body.TrimEnd();
            return $"{above}{(above.Length > 0 ? "\r\n\r\n" : "")}{Delimiter}\r\n{text.ReplaceLineEndings("\r\n")}\r\n";
        }

        // The class is the one that Thunderbird gives, so that readers can leave the signature out.
        var html = settings.IsSignatureHtml ? HtmlPage.Of(settings.Signature).Body : HtmlPage.OfText(text);
        return HtmlPage.Append(body, $"<br><br>\r\n<div class=\"moz-signature\">{Delimiter}<br>\r\n{html}</div>");
    }

    private static bool Holds(List<string> body, List<string> signature) =>
        Enumerable.Range(0, Math.Max(0, body.Count - signature.Count + 1)).Any(at => body.Skip(at).Take(signature.Count).SequenceEqual(signature, StringComparer.Ordinal));

    /// <summary>Lines as a reader compares them: blanks do not count.</summary>
    private static List<string> Lines(string text) =>
        [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => Blanks().Replace(line, " ").Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
