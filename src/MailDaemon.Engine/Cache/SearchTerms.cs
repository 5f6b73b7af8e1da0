using System.Text;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Reads what people type: words, <c>"a phrase"</c> in quotation marks of any kind, <c>operator:value</c> with a value that may be
/// quoted, and a minus in front of what is not wanted. A word with a colon behind it that is no operator is a word.
/// </summary>
internal static class SearchTerms
{
    /// <summary>UTF-16 units of a query that are looked at.</summary>
    public const int MaxQuery = 4096;

    /// <summary>Terms beyond these are left out.</summary>
    public const int MaxTerms = 64;

    private const int MaxOperator = 8;

    /// <param name="hasOperators">False where words are given for one field: there a colon is a colon.</param>
    public static IEnumerable<SearchTerm> Of(string? query, bool hasOperators = true) =>
        query is null ? [] : Split(query.Length > MaxQuery ? query[..MaxQuery] : query, hasOperators).Take(MaxTerms);

    private static IEnumerable<SearchTerm> Split(string query, bool hasOperators)
    {
        var text = new StringBuilder();
        var (isQuoted, isUnwanted) = (false, false);
        SearchField? field = null;
        foreach (var character in query)
        {
            var isEnd = IsQuote(character) || (!isQuoted && char.IsWhiteSpace(character));
            if (!isEnd)
            {
                if (!isQuoted && !isUnwanted && field is null && text.Length == 0 && character is ('-' or '－' or '−'))
                {
                    isUnwanted = true;
                }
                else if (hasOperators && !isQuoted && field is null && character is (':' or '：') && FieldOf(text) is { } named)
                {
                    field = named;
                    text.Clear();
                }
                else
                {
                    text.Append(character);
                }

                continue;
            }

            if (text.Length > 0)
            {
                yield return new SearchTerm(field ?? SearchField.Anywhere, text.ToString(), isUnwanted);
                text.Clear();
                (isUnwanted, field) = (false, null);
            }

            // A lone minus belongs to the phrase that begins right behind it, and to nothing behind a space; an operator waits for its value.
            if (field is null && (!IsQuote(character) || isQuoted))
                isUnwanted = false;
            isQuoted ^= IsQuote(character);
        }

        if (text.Length > 0)
            yield return new SearchTerm(field ?? SearchField.Anywhere, text.ToString(), isUnwanted);
        else if (field is { } left)
            yield return new SearchTerm(SearchField.Anywhere, left.ToString(), isUnwanted);
    }

    private static SearchField? FieldOf(StringBuilder text)
    {
        if (text.Length is 0 or > MaxOperator)
            return null;
        return text.ToString().ToUpperInvariant() switch
        {
            "FROM" => SearchField.From,
            "TO" => SearchField.To,
            "SUBJECT" => SearchField.Subject,
            "FILENAME" => SearchField.Filename,
            "IN" => SearchField.In,
            "LABEL" => SearchField.Label,
            "IS" => SearchField.Is,
            "HAS" => SearchField.Has,
            "BEFORE" => SearchField.Before,
            "AFTER" => SearchField.After,
            "LARGER" => SearchField.Larger,
            "SMALLER" => SearchField.Smaller,
            _ => null,
        };
    }

    private static bool IsQuote(char character) => character is '"' or '“' or '”' or '„' or '＂' or '«' or '»' or '「' or '」';
}
