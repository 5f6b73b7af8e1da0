using System.Text;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>Quoted strings of structured fields.</summary>
/// <remarks><c>quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE; qcontent = qtext / quoted-pair</c> (RFC 5322 §3.2.4)</remarks>
internal static class QuotedString
{
    /// <summary>The place after the closing quote of the string that begins at <paramref name="start"/>; the end of text when it is open.</summary>
    public static int End(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    /// <summary>What is between the quotes, escapes undone. A backslash before anything else than a quote or backslash is itself: Windows paths.</summary>
    public static string Unquote(ReadOnlySpan<char> quoted)
    {
        var inner = quoted.StartsWith("\"") ? quoted[1..] : quoted;
        var result = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length && inner[i + 1] is '"' or '\\')
            {
                i++;
            }
            else if (inner[i] == '"')
            {
                break;
            }

            result.Append(inner[i]);
        }

        return result.ToString();
    }
}
