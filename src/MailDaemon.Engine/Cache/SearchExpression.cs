namespace MailDaemon.Engine.Cache;

/// <summary>
/// The words of a query as FTS5 reads them. Nothing typed is syntax to FTS5: only folded tokens get into the expression.
/// </summary>
internal static class SearchExpression
{
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

    /// <summary>Nothing wanted, not even an empty list, when a field is asked for what has no word.</summary>
    private static (List<string>? Wanted, List<string> Unwanted) Read(SearchQuery query)
    {
        var folder = new SearchText();
        var wanted = new List<string>();
        var unwanted = new List<string>();
        foreach (var term in SearchTerms.Of(query.Text).Where(term => term.IsWord))
        {
            if (Phrase(folder, term.Text, isBeginning: term.Column is not null) is { } phrase)
                (term.IsUnwanted ? unwanted : wanted).Add(term.Column is { } column ? $"{column} : ({phrase})" : phrase);
            else if (term is { Column: not null, IsUnwanted: false })
                return (null, unwanted);
        }

        foreach (var (column, words) in ((string, string?)[])[("sender", query.From), ("recipients", query.To), ("subject", query.Subject)])
        {
            var phrases = SearchTerms.Of(words, hasOperators: false).Select(term => Phrase(folder, term.Text, isBeginning: true)).OfType<string>().ToList();
            if (phrases.Count > 0)
                wanted.Add($"{column} : ({string.Join(" AND ", phrases)})");
            else if (words is not null)
                return (null, unwanted);
        }

        return (wanted, unwanted);
    }

    private static string? Phrase(SearchText folder, string text, bool isBeginning)
    {
        var (tokens, isPrefix) = folder.Phrase(text, SearchTerms.MaxQuery);
        return tokens.Length == 0 ? null : $"\"{tokens}\"{(isPrefix || isBeginning ? "*" : "")}";
    }
}
