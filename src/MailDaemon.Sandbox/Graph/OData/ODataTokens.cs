using System.Text;

namespace MailDaemon.Sandbox.Graph.OData;

/// <summary>The words of an OData expression: names with dots and slashes, numbers and dates as names, strings in single quotes, brackets, commas and colons.</summary>
internal sealed class ODataTokens
{
    private const int MaxLength = 8000;

    private readonly List<(string Text, bool IsString)> tokens = [];
    private int position;

    /// <exception cref="GraphException">A string has no end, or the text is too long.</exception>
    public ODataTokens(string text)
    {
        if (text.Length > MaxLength)
        {
            throw GraphException.BadUri("The expression is too long.");
        }

        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (text[i] == '\'')
            {
                i = ReadString(text, i + 1);
            }
            else if ("(),:".Contains(text[i], StringComparison.Ordinal) && !IsInDate(text, i))
            {
                tokens.Add((text[i++].ToString(), false));
            }
            else
            {
                var start = i;
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && (IsInDate(text, i) || !"(),:'".Contains(text[i], StringComparison.Ordinal)))
                {
                    i++;
                }

                tokens.Add((text[start..i], false));
            }
        }
    }

    public bool IsAtEnd => position == tokens.Count;

    /// <summary>The next word without taking it; empty at the end and for a string.</summary>
    public string Peek => IsAtEnd || tokens[position].IsString ? "" : tokens[position].Text;

    public bool Take(string word)
    {
        if (!Peek.Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        position++;
        return true;
    }

    /// <exception cref="GraphException">Another word or nothing comes.</exception>
    public void Expect(string word)
    {
        if (!Take(word))
        {
            throw Wrong();
        }
    }

    /// <exception cref="GraphException">Nothing comes.</exception>
    public (string Text, bool IsString) Next() => IsAtEnd ? throw Wrong() : tokens[position++];

    public GraphException Wrong() => GraphException.BadUri(IsAtEnd
        ? "Syntax error: the expression ends too early."
        : $"Syntax error: character '{tokens[position].Text}' is not valid at this place of the expression.");

    private int ReadString(string text, int i)
    {
        var value = new StringBuilder();
        while (true)
        {
            if (i >= text.Length)
            {
                throw GraphException.BadUri("There is an unterminated string literal in the expression.");
            }

            if (text[i] != '\'')
            {
                value.Append(text[i++]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\'')
            {
                value.Append('\'');
                i += 2;
            }
            else
            {
                tokens.Add((value.ToString(), true));
                return i + 1;
            }
        }
    }

    /// <summary>A colon between two digits is one of a time.</summary>
    private static bool IsInDate(string text, int i) => text[i] == ':' && i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]);
}
