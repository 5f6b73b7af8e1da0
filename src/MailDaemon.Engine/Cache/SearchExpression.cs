using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// What people type, as FTS5 reads it: all words, <c>"a phrase"</c> in quotation marks of any kind, <c>-without</c>. Nothing typed is
/// syntax to FTS5: only folded tokens get into the expression.
/// </summary>
internal static class SearchExpression
{
    /// <summary>UTF-16 units of a query that are looked at.</summary>
    public const int LongestQuery = 4096;

    /// <summary>Words and phrases beyond these are left out.</summary>
    public const int MostTerms = 64;

    /// <summary>Null when there is nothing to look for: no words, or only what is not wanted.</summary>
    public static string? Of(SearchQuery query)
    {
        var (wanted, unwanted) = Read(query);
        if (wanted is not { Count: > 0 })
            return null;
        var expression = $"({string.Join(" AND ", wanted)})";
        return unwanted.Count == 0 ? expression : $"{expression} NOT ({string.Join(" OR ", unwanted)})";
    }

    /// <summary>Of a query that says only what is not wanted, that; FTS5 cannot be asked for all but this. Null of any other.</summary>
    public static string? OnlyUnwanted(SearchQuery query) => Read(query) is ({ Count: 0 }, { Count: > 0 } unwanted) ? string.Join(" OR ", unwanted) : null;

    /// <summary>The words and phrases of a query, as typed.</summary>
    public static IEnumerable<(string Text, bool IsUnwanted)> Terms(string? query) =>
        query is null ? [] : Split(query.Length > LongestQuery ? query[..LongestQuery] : query).Take(MostTerms);

    /// <summary>Nothing wanted, not even an empty list, when a field is asked for what has no word.</summary>
    private static (List<string>? Wanted, List<string> Unwanted) Read(SearchQuery query)
    {
        var folder = new SearchText();
        var wanted = new List<string>();
        var unwanted = new List<string>();
        foreach (var (text, isUnwanted) in Terms(query.Text))
        {
            if (Phrase(folder, text, isBeginning: false) is { } phrase)
                (isUnwanted ? unwanted : wanted).Add(phrase);
        }

        foreach (var (column, words) in ((string, string?)[])[("sender", query.From), ("recipients", query.To), ("subject", query.Subject)])
        {
            var phrases = Terms(words).Select(term => Phrase(folder, term.Text, isBeginning: true)).OfType<string>().ToList();
            if (phrases.Count > 0)
                wanted.Add($"{column} : ({string.Join(" AND ", phrases)})");
            else if (words is not null)
                return (null, unwanted);
        }

        return (wanted, unwanted);
    }

    private static string? Phrase(SearchText folder, string text, bool isBeginning)
    {
        var (tokens, isPrefix) = folder.Phrase(text, LongestQuery);
        return tokens.Length == 0 ? null : $"\"{tokens}\"{(isPrefix || isBeginning ? "*" : "")}";
    }

    private static IEnumerable<(string Text, bool IsUnwanted)> Split(string query)
    {
        var term = new StringBuilder();
        var (isQuoted, isUnwanted) = (false, false);
        foreach (var character in query)
        {
            var isEnd = IsQuote(character) || (!isQuoted && char.IsWhiteSpace(character));
            if (!isEnd)
            {
                if (!isQuoted && !isUnwanted && term.Length == 0 && character is '-' or '－' or '−')
                    isUnwanted = true;
                else
                    term.Append(character);
                continue;
            }

            if (term.Length > 0)
            {
                yield return (term.ToString(), isUnwanted);
                term.Clear();
                isUnwanted = false;
            }

            // A lone minus belongs to the phrase that begins right behind it, and to nothing behind a space.
            if (!IsQuote(character) || isQuoted)
                isUnwanted = false;
            isQuoted ^= IsQuote(character);
        }

        if (term.Length > 0)
            yield return (term.ToString(), isUnwanted);
    }

    private static bool IsQuote(char character) => character is '"' or '“' or '”' or '„' or '＂' or '«' or '»' or '「' or '」';
}
