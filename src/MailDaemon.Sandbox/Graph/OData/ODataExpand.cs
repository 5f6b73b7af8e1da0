namespace MailDaemon.Sandbox.Graph.OData;

/// <summary>One property of <c>$expand</c> with the options in its brackets, their names without the dollar sign.</summary>
internal sealed record ODataExpand(string Property, IReadOnlyDictionary<string, string> Options)
{
    /// <exception cref="GraphException">The brackets do not match.</exception>
    public static IReadOnlyList<ODataExpand> Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? [] : [.. Split(text, ',').Select(One)];

    private static ODataExpand One(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new ODataExpand(text, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
        }

        if (text[^1] != ')')
        {
            throw GraphException.BadUri("The brackets of $expand do not match.");
        }

        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in Split(text[(open + 1)..^1], ';'))
        {
            var pair = option.Split('=', 2, StringSplitOptions.TrimEntries);
            options[pair[0].TrimStart('$')] = pair.Length == 2 ? pair[1] : throw GraphException.BadUri($"The option '{option}' of $expand has no value.");
        }

        return new ODataExpand(text[..open].Trim(), options);
    }

    /// <summary>Parts at a sign that stands in no brackets and no string.</summary>
    private static List<string> Split(string text, char sign)
    {
        var parts = new List<string>();
        var (start, depth, isInString) = (0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            isInString ^= text[i] == '\'';
            depth += isInString ? 0 : text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == sign && depth == 0 && !isInString)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        if (depth != 0)
        {
            throw GraphException.BadUri("The brackets of $expand do not match.");
        }

        parts.Add(text[start..].Trim());
        return parts;
    }
}
