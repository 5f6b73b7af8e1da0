using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace MailDaemon.Api;

/// <summary>The rules on the members of a request record and of all records inside it, read once.</summary>
internal sealed partial class InputShape
{
    private readonly Dictionary<Type, Node> nodes = [];
    private readonly Node root;

    public InputShape(JsonTypeInfo type) => root = Add(type, isRoot: true);

    /// <summary>Finds values that their validation attributes refuse.</summary>
    public void CheckRules(object value, Action<string, string> report) => CheckRules("", value, root, report);

    /// <summary>What a value must be, in words.</summary>
    /// <param name="path">As of a <see cref="System.Text.Json.JsonException"/> without its first two characters: <c>parts[0].rank</c>.</param>
    public string ExpectationAt(string path)
    {
        var node = root;
        Type? type = null;
        foreach (var step in path.Split('.'))
        {
            var name = step.Split('[')[0];
            if (node.Members.GetValueOrDefault(name) is not { } member)
                return "is not of the documented form";
            (type, node) = (member.Type, nodes[member.Type]);
            for (var depth = step.Count(c => c == '['); depth > 0 && node.Element is { } element; depth--)
                (type, node) = (element, nodes[element]);
        }

        return InputField.ExpectationOf(type!);
    }

    private void CheckRules(string path, object value, Node node, Action<string, string> report)
    {
        if (node.Kind == JsonTypeInfoKind.Enumerable && value is System.Collections.IEnumerable items && node.Element is { } element)
        {
            var index = 0;
            foreach (var item in items)
            {
                if (item is null)
                    report($"{path}[{index}]", "must not be null");
                else if (nodes[element].Kind != JsonTypeInfoKind.None)
                    CheckRules($"{path}[{index}]", item, nodes[element], report);
                index++;
            }
        }

        foreach (var (name, member) in node.Members)
        {
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            var given = member.Property.Get?.Invoke(value);
            foreach (var rule in member.Rules)
            {
                if (!rule.IsValid(given))
                    report(inner, Text(rule, inner));
            }

            if (given is not null && nodes[member.Type].Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable)
                CheckRules(inner, given, nodes[member.Type], report);
        }
    }

    private static string Text(ValidationAttribute rule, string name) => rule switch
    {
        RangeAttribute range => $"must be between {range.Minimum} and {range.Maximum}",
        StringLengthAttribute length when length.MinimumLength > 0 => $"must have {length.MinimumLength} to {length.MaximumLength} characters",
        StringLengthAttribute length => $"must have at most {length.MaximumLength} characters",
        MaxLengthAttribute length => $"must have a length of at most {length.Length}",
        MinLengthAttribute length => $"must have a length of at least {length.Length}",
        AllowedValuesAttribute values => "must be one of " + string.Join(", ", values.Values.Where(v => v is not null)),
        RequiredAttribute => "is missing",
        { ErrorMessage: { } text } => text,
        _ => rule.FormatErrorMessage(name),
    };

    private Node Add(JsonTypeInfo type, bool isRoot = false)
    {
        if (nodes.TryGetValue(type.Type, out var known))
            return known;

        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        var items = type.Type.GetCustomAttribute<ItemsAreAttribute>()?.Type;
        var node = new Node(type.Kind, type.ElementType ?? items, items is not null, members);
        nodes.Add(type.Type, node);
        if (node.Element is { } element)
            Add(type.Options.GetTypeInfo(element));

        foreach (var property in type.Kind == JsonTypeInfoKind.Object ? type.Properties : [])
        {
            var attributes = property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
            var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            // A missing parameter has its own error, made before.
            var rules = attributes.OfType<ValidationAttribute>().Where(r => !isRoot || r is not RequiredAttribute);
            members.Add(property.Name, new Member(property, plain, [.. rules])
            {
                IsMultiline = attributes.OfType<MultilineTextAttribute>().Any(),
                MayBeNumber = attributes.OfType<OrNumberAttribute>().Any(),
                Aliases = attributes.OfType<AliasAttribute>().FirstOrDefault()?.Names ?? [],
                NotCalled = attributes.OfType<NotCalledAttribute>().FirstOrDefault()?.Names ?? [],
            });
            Add(type.Options.GetTypeInfo(plain));
        }

        return node;
    }

    /// <summary>What is known of a type.</summary>
    /// <param name="Element">Of an array or dictionary, and of a converter's objects.</param>
    /// <param name="HasItems">A converter takes objects of this type, alone or in an array.</param>
    private sealed record Node(JsonTypeInfoKind Kind, Type? Element, bool HasItems, Dictionary<string, Member> Members)
    {
        private KnownNames? known;

        /// <summary>Read once all members are there.</summary>
        public KnownNames Known => known ??= new KnownNames(
            [.. Members.SelectMany(m => m.Value.Aliases.Prepend(m.Key))],
            Members
                .SelectMany(m => m.Value.NotCalled.Select(name => (Name: NearestName.Fold(name), Meant: m.Key)))
                .DistinctBy(m => m.Name, StringComparer.Ordinal)
                .ToDictionary(m => m.Name, m => m.Meant, StringComparer.Ordinal));

        /// <summary>By its name or another that it may come by.</summary>
        public (string Name, Member Member)? Find(string name)
        {
            if (Members.TryGetValue(name, out var member))
                return (name, member);
            var found = Members.FirstOrDefault(m => m.Value.Aliases.Contains(name, StringComparer.Ordinal));
            return found.Value is null ? null : (found.Key, found.Value);
        }
    }

    private sealed record Member(JsonPropertyInfo Property, Type Type, ValidationAttribute[] Rules)
    {
        public bool IsMultiline { get; init; }

        public bool MayBeNumber { get; init; }

        public IReadOnlyList<string> Aliases { get; init; } = [];

        public IReadOnlyList<string> NotCalled { get; init; } = [];
    }
}
