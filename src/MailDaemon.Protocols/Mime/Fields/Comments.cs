using System.Text;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>Comments of structured fields.</summary>
/// <remarks><c>comment = "(" *([FWS] ccontent) [FWS] ")"; ccontent = ctext / quoted-pair / comment</c> (RFC 5322 §3.2.2)</remarks>
internal static class Comments
{
    /// <summary>The text with each comment replaced by a space; quoted strings stay as they are. An open one is text.</summary>
    public static string Remove(string text)
    {
        if (!text.Contains('(', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                var end = QuotedString.End(text, i);
                result.Append(text, i, end - i);
                i = end - 1;
            }
            else if (text[i] == '(')
            {
                var end = End(text, i);
                if (end < 0)
                {
                    return result.Append(text, i, text.Length - i).ToString();
                }

                result.Append(' ');
                i = end - 1;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>The place after the comment that begins at <paramref name="start"/>; -1 when it is not closed.</summary>
    public static int End(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '(':
                    depth++;
                    break;
                case ')' when --depth == 0:
                    return i + 1;
            }
        }

        return -1;
    }
}
