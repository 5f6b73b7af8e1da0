using System.Globalization;

namespace MailDaemon.Sandbox.Graph.OData;

/// <summary>What a filter looks at in an item.</summary>
/// <param name="Get">The value by the property's path: a string, bool, long or DateTimeOffset, a list of strings, null for none.</param>
/// <param name="Names">All paths that can be asked for.</param>
internal sealed record ODataProperties<T>(Func<T, string, object?> Get, IReadOnlySet<string> Names);

/// <summary>
/// <c>$filter</c>: comparisons with eq, ne, gt, ge, lt and le, joined by and, or, not and brackets, contains, startswith and endswith, and any over a list of
/// strings (OData 4.01 URL conventions §5.1.1, as far as mail in Graph has it).
/// </summary>
internal sealed class ODataFilter<T>
{
    private const int MaxDepth = 50;

    private readonly ODataTokens tokens;
    private readonly ODataProperties<T> properties;
    private readonly List<string> used = [];
    private int depth;

    private ODataFilter(string text, ODataProperties<T> properties)
    {
        tokens = new ODataTokens(text);
        this.properties = properties;
        Matches = Or();
        if (!tokens.IsAtEnd)
        {
            throw tokens.Wrong();
        }
    }

    public Func<T, bool> Matches { get; }

    /// <summary>The properties in the order in which they first stand in it.</summary>
    public IReadOnlyList<string> Properties => used;

    /// <summary>Null when there is nothing to filter by.</summary>
    /// <exception cref="GraphException">It is no filter, or a property is unknown.</exception>
    public static ODataFilter<T>? Parse(string? text, ODataProperties<T> properties) => string.IsNullOrWhiteSpace(text) ? null : new ODataFilter<T>(text, properties);

    private Func<T, bool> Or()
    {
        if (++depth > MaxDepth)
        {
            throw GraphException.BadUri("The expression is nested too deep.");
        }

        var left = And();
        while (tokens.Take("or"))
        {
            var (first, second) = (left, And());
            left = item => first(item) || second(item);
        }

        depth--;
        return left;
    }

    private Func<T, bool> And()
    {
        var left = One();
        while (tokens.Take("and"))
        {
            var (first, second) = (left, One());
            left = item => first(item) && second(item);
        }

        return left;
    }

    private Func<T, bool> One()
    {
        if (tokens.Take("not"))
        {
            var inner = One();
            return item => !inner(item);
        }

        if (tokens.Take("("))
        {
            var inner = Or();
            tokens.Expect(")");
            return inner;
        }

        var (name, isString) = tokens.Next();
        return isString ? throw tokens.Wrong() : name.ToLowerInvariant() switch
        {
            "contains" => Text((value, part) => value.Contains(part, StringComparison.OrdinalIgnoreCase)),
            "startswith" => Text((value, part) => value.StartsWith(part, StringComparison.OrdinalIgnoreCase)),
            "endswith" => Text((value, part) => value.EndsWith(part, StringComparison.OrdinalIgnoreCase)),
            _ when name.EndsWith("/any", StringComparison.OrdinalIgnoreCase) => Any(Known(name[..^"/any".Length])),
            _ => Comparison(Known(name)),
        };
    }

    private Func<T, bool> Text(Func<string, string, bool> test)
    {
        tokens.Expect("(");
        var name = Known(tokens.Next().Text);
        tokens.Expect(",");
        var (part, isString) = tokens.Next();
        tokens.Expect(")");
        return isString ? item => properties.Get(item, name) is string value && test(value, part) : throw tokens.Wrong();
    }

    /// <summary><c>categories/any(c:c eq 'x')</c>.</summary>
    private Func<T, bool> Any(string name)
    {
        tokens.Expect("(");
        if (tokens.Take(")"))
        {
            return item => properties.Get(item, name) is IReadOnlyList<string> { Count: > 0 };
        }

        var variable = tokens.Next().Text;
        tokens.Expect(":");
        tokens.Expect(variable);
        var test = Operator(tokens.Next().Text);
        var (literal, isString) = tokens.Next();
        tokens.Expect(")");
        return isString
            ? item => properties.Get(item, name) is IReadOnlyList<string> list && list.Any(value => test(string.Compare(value, literal, StringComparison.OrdinalIgnoreCase)))
            : throw tokens.Wrong();
    }

    private Func<T, bool> Comparison(string name)
    {
        var word = tokens.Next().Text;
        var test = Operator(word);
        var (literal, isString) = tokens.Next();
        if (!isString && literal == "null")
        {
            return item => (properties.Get(item, name) is null) == (word == "eq");
        }

        return item => properties.Get(item, name) switch
        {
            string value when isString => test(string.Compare(value, literal, StringComparison.OrdinalIgnoreCase)),
            bool value when !isString && bool.TryParse(literal, out var wanted) => test(value.CompareTo(wanted)),
            long value when !isString && long.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wanted) => test(value.CompareTo(wanted)),
            DateTimeOffset value when !isString && DateTimeOffset.TryParse(literal, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var wanted) => test(value.CompareTo(wanted)),
            null => word == "ne",
            _ => throw GraphException.BadUri($"A binary operator with incompatible types was detected. '{literal}' cannot be compared with '{name}'."),
        };
    }

    private string Known(string name)
    {
        var exact = properties.Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw GraphException.BadUri($"Could not find a property named '{name}' that can be filtered.");
        if (!used.Contains(exact))
        {
            used.Add(exact);
        }

        return exact;
    }

    private Func<int, bool> Operator(string word) => word switch
    {
        "eq" => order => order == 0,
        "ne" => order => order != 0,
        "gt" => order => order > 0,
        "ge" => order => order >= 0,
        "lt" => order => order < 0,
        "le" => order => order <= 0,
        _ => throw tokens.Wrong(),
    };
}
