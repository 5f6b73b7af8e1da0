using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailDaemon.Api;

/// <summary>The rules on the members of a request record and of all records inside it, read once.</summary>
internal sealed class InputShape
{
    private readonly Dictionary<Type, Node> nodes = [];
    private readonly Node root;

    public InputShape(JsonTypeInfo type) => root = Add(type, isRoot: true);

    /// <summary>Finds strings with control characters; the outer property is <paramref name="name"/>.</summary>
    public void CheckText(string name, JsonElement value, Action<string, string> report)
    {
        if (root.Members.GetValueOrDefault(name) is { } member)
            CheckText(name, value, nodes[member.Type], member.IsMultiline, report);
    }

    /// <summary>Finds a control character in a value that came by the URL.</summary>
    public void CheckText(string name, string value, Action<string, string> report)
    {
        if (HasControl(value, root.Members.GetValueOrDefault(name)?.IsMultiline ?? false))
            report(name, ControlText);
    }

    /// <summary>Finds values that their validation attributes refuse.</summary>
    public void CheckRules(object value, Action<string, string> report) => CheckRules("", value, root, report);

    internal static bool HasControl(ReadOnlySpan<char> text, bool isMultiline)
    {
        foreach (var c in text)
        {
            if (isMultiline ? c < ' ' && c is not ('\t' or '\n' or '\r') : char.IsControl(c))
                return true;
        }

        return false;
    }

    private const string ControlText = "must not contain control characters";

    private void CheckText(string path, JsonElement value, Node node, bool isMultiline, Action<string, string> report)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                if (!IsText(value, isMultiline))
                    report(path, ControlText);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                    CheckText($"{path}[{index++}]", item, node.Element is { } type ? nodes[type] : node, isMultiline, report);
                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                    CheckMember(path, property, node, isMultiline, report);
                break;
        }
    }

    private void CheckMember(string path, JsonProperty property, Node node, bool isMultiline, Action<string, string> report)
    {
        if (!IsText(() => property.Name, isMultiline: false))
        {
            report(path, ControlText);
        }
        else if (node.Kind == JsonTypeInfoKind.Object)
        {
            // A key that nobody reads is passed over.
            if (node.Members.GetValueOrDefault(property.Name) is { } member)
                CheckText($"{path}.{property.Name}", property.Value, nodes[member.Type], member.IsMultiline, report);
        }
        else
        {
            CheckText($"{path}.{property.Name}", property.Value, node.Element is { } type ? nodes[type] : node, isMultiline, report);
        }
    }

    // JSON holds controls below U+0020 only as escapes, and U+0080 to U+009F begin with 0xC2 in UTF-8: most texts are known
    // to be clean without making a string of them.
    private static bool IsText(JsonElement value, bool isMultiline)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var isPlain = isMultiline ? !raw.Contains((byte)'\\') : !raw.ContainsAny((byte)'\\', (byte)0x7F, (byte)0xC2);
        return isPlain || IsText(() => value.GetString()!, isMultiline);
    }

    private static bool IsText(Func<string> decode, bool isMultiline)
    {
        try
        {
            return !HasControl(decode(), isMultiline);
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair.
            return false;
        }
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
        var node = new Node(type.Kind, type.ElementType, members);
        nodes.Add(type.Type, node);
        if (type.ElementType is { } element)
            Add(type.Options.GetTypeInfo(element));

        foreach (var property in type.Kind == JsonTypeInfoKind.Object ? type.Properties : [])
        {
            var attributes = property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
            var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            // A missing parameter has its own error, made before.
            var rules = attributes.OfType<ValidationAttribute>().Where(r => !isRoot || r is not RequiredAttribute);
            members.Add(property.Name, new Member(property, plain, attributes.OfType<MultilineTextAttribute>().Any(), [.. rules]));
            Add(type.Options.GetTypeInfo(plain));
        }

        return node;
    }

    private sealed record Node(JsonTypeInfoKind Kind, Type? Element, Dictionary<string, Member> Members);

    private sealed record Member(JsonPropertyInfo Property, Type Type, bool IsMultiline, ValidationAttribute[] Rules);
}
