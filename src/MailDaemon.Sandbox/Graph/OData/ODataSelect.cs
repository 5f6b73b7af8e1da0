namespace MailDaemon.Sandbox.Graph.OData;

/// <summary>Which properties an answer has; null in place of one is all that are given without a question.</summary>
internal static class ODataSelect
{
    /// <param name="known">The names of the type's properties.</param>
    /// <exception cref="GraphException">A property is unknown.</exception>
    public static IReadOnlySet<string>? Parse(string? text, IEnumerable<string> known, string type)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Trim() == "*")
        {
            return null;
        }

        var names = known.ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);
        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            selected.Add(names.TryGetValue(name, out var exact) ? exact : throw GraphException.BadUri($"Could not find a property named '{name}' on type 'microsoft.graph.{type}'."));
        }

        return selected;
    }
}
