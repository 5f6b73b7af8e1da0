namespace MailDaemon.Sandbox.Graph.OData;

/// <summary><c>$orderby</c>.</summary>
internal sealed record ODataOrder(IReadOnlyList<(string Property, bool IsFalling)> Keys)
{
    /// <summary>Null when no order is asked for.</summary>
    /// <exception cref="GraphException">It is no order, or a property is unknown.</exception>
    public static ODataOrder? Parse(string? text, IReadOnlySet<string> names)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var keys = new List<(string, bool)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var name = names.FirstOrDefault(known => words.Length > 0 && known.Equals(words[0], StringComparison.OrdinalIgnoreCase));
            if (name is null || words.Length > 2 || (words.Length == 2 && words[1].ToLowerInvariant() is not ("asc" or "desc")))
            {
                throw GraphException.BadUri($"Could not find a property named '{part}' that can be sorted by.");
            }

            keys.Add((name, words.Length == 2 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase)));
        }

        return new ODataOrder(keys);
    }

    public IEnumerable<T> Apply<T>(IEnumerable<T> items, Func<T, string, object?> get)
    {
        IOrderedEnumerable<T>? ordered = null;
        foreach (var (property, isFalling) in Keys)
        {
            var comparer = Comparer<object?>.Create((left, right) => Compare(left, right));
            ordered = (ordered, isFalling) switch
            {
                (null, true) => items.OrderByDescending(item => get(item, property), comparer),
                (null, false) => items.OrderBy(item => get(item, property), comparer),
                (_, true) => ordered.ThenByDescending(item => get(item, property), comparer),
                _ => ordered.ThenBy(item => get(item, property), comparer),
            };
        }

        return ordered ?? items;
    }

    private static int Compare(object? left, object? right) =>
        left is string first && right is string second ? string.Compare(first, second, StringComparison.OrdinalIgnoreCase) : Comparer<object>.Default.Compare(left, right);
}
