using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Messages.Styles;

/// <summary>The syntax of CSS as far as rules and declarations need it (CSS Syntax Level 3): strings, comments, escapes and brackets. Never throws, and is linear in the text.</summary>
internal static class CssText
{
    /// <summary>The first of these characters outside strings, comments, escapes and brackets; <paramref name="to"/> when there is none.</summary>
    public static int Find(ReadOnlySpan<char> css, int from, int to, ReadOnlySpan<char> wanted)
    {
        var depth = 0;
        for (var i = from; i < to; i++)
        {
            switch (css[i])
            {
                case '\\':
                    i++;
                    break;
                case '"' or '\'':
                    i = EndOfString(css, i, to);
                    break;
                case '/' when i + 1 < to && css[i + 1] == '*':
                    i = EndOfComment(css, i, to);
                    break;
                default:
                    if (depth == 0 && wanted.Contains(css[i]))
                        return i;
                    if (css[i] is '(' or '[')
                        depth++;
                    else if (css[i] is ')' or ']' && depth > 0)
                        depth--;
                    break;
            }
        }

        return to;
    }

    /// <summary>The brace that closes the one before <paramref name="from"/>; <paramref name="to"/> when none does.</summary>
    public static int Close(ReadOnlySpan<char> css, int from, int to)
    {
        var depth = 1;
        for (var i = from; ; i++)
        {
            i = Find(css, i, to, "{}");
            if (i >= to)
                return to;
            depth += css[i] == '{' ? 1 : -1;
            if (depth == 0)
                return i;
        }
    }

    /// <summary>Without comments, which divide words as a space does, and without white space around it.</summary>
    public static string WithoutComments(ReadOnlySpan<char> css)
    {
        if (css.IndexOf("/*") < 0)
            return css.Trim().ToString();
        var text = new StringBuilder(css.Length);
        for (var i = 0; i < css.Length; i++)
        {
            var start = i;
            if (css[i] is '"' or '\'')
            {
                i = EndOfString(css, i, css.Length);
                text.Append(css[start..Math.Min(i + 1, css.Length)]);
            }
            else if (css[i] == '/' && i + 1 < css.Length && css[i + 1] == '*')
            {
                i = EndOfComment(css, i, css.Length);
                text.Append(' ');
            }
            else
            {
                text.Append(css[i]);
            }
        }

        return text.ToString().Trim();
    }

    /// <summary>Escapes as the characters that they stand for.</summary>
    public static string Unescaped(string css)
    {
        if (!css.Contains('\\', StringComparison.Ordinal))
            return css;
        var text = new StringBuilder(css.Length);
        for (var i = 0; i < css.Length; i++)
        {
            if (css[i] != '\\' || i + 1 == css.Length)
            {
                text.Append(css[i]);
                continue;
            }

            var digits = 0;
            while (digits < 6 && i + 1 + digits < css.Length && char.IsAsciiHexDigit(css[i + 1 + digits]))
                digits++;
            if (digits == 0)
            {
                text.Append(css[++i]);
                continue;
            }

            var value = int.Parse(css.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            text.Append(Rune.IsValid(value) && value != 0 ? new Rune(value).ToString() : "\ufffd");
            i += digits;
            if (i + 1 < css.Length && char.IsWhiteSpace(css[i + 1]))
                i++;
        }

        return text.ToString();
    }

    /// <summary>The pieces between a separator outside brackets and strings, trimmed, empty ones too.</summary>
    public static List<string> Split(string css, ReadOnlySpan<char> separators)
    {
        var pieces = new List<string>();
        for (var at = 0; at <= css.Length;)
        {
            var end = Find(css, at, css.Length, separators);
            pieces.Add(css[at..end].Trim());
            at = end + 1;
        }

        return pieces;
    }

    /// <summary>The words of a value.</summary>
    public static List<string> Words(string css)
    {
        var words = Split(css, " \t\r\n\f");
        words.RemoveAll(word => word.Length == 0);
        return words;
    }

    /// <summary>What stands in the brackets of a function; null when the word is none of this name.</summary>
    public static string? Arguments(string word, string name) =>
        word.Length > name.Length + 1 && word.StartsWith(name, StringComparison.Ordinal) && word[name.Length] == '(' && word[^1] == ')' ? word[(name.Length + 1)..^1] : null;

    /// <summary>A string that a line end breaks off ends there.</summary>
    private static int EndOfString(ReadOnlySpan<char> css, int start, int to)
    {
        for (var i = start + 1; i < to; i++)
        {
            if (css[i] == '\\')
                i++;
            else if (css[i] == css[start] || css[i] == '\n')
                return i;
        }

        return to;
    }

    private static int EndOfComment(ReadOnlySpan<char> css, int start, int to)
    {
        var end = start + 2 < to ? css[(start + 2)..to].IndexOf("*/") : -1;
        return end < 0 ? to : start + 2 + end + 1;
    }
}
