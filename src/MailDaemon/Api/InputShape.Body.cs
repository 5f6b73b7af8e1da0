using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MailDaemon.Api;

/// <summary>What is checked and mended in the JSON of a body before it is deserialized.</summary>
internal sealed partial class InputShape
{
    private const string ControlText = "must not contain control characters";

    /// <summary>Finds names that nobody reads, at every depth; the outer property is <paramref name="name"/>.</summary>
    public void CheckNames(string name, JsonElement value, UnknownNames unknown)
    {
        if (root.Members.GetValueOrDefault(name) is { } member)
            CheckNames(name, value, nodes[member.Type], unknown);
    }

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

    /// <summary>
    /// Writes a value as the serializer takes it: members by their own names, those that are null left out, numbers as strings where both
    /// are taken. Finds what is null or missing and must not be.
    /// </summary>
    public void Copy(Utf8JsonWriter writer, string name, JsonElement value, Action<string, string> report)
    {
        if (root.Members.GetValueOrDefault(name) is { } member)
            Copy(writer, name, value, nodes[member.Type], member.MayBeNumber, report);
        else
            CopyRaw(writer, value);
    }

    private void CheckNames(string path, JsonElement value, Node node, UnknownNames unknown)
    {
        if (value.ValueKind == JsonValueKind.Array && node.Element is { } element)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
                CheckNames($"{path}[{index++}]", item, nodes[element], unknown);
        }
        else if (value.ValueKind == JsonValueKind.Object && node.HasItems)
        {
            CheckNames(path, value, nodes[node.Element!], unknown);
        }
        else if (value.ValueKind == JsonValueKind.Object && node.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary)
        {
            foreach (var property in value.EnumerateObject())
                CheckNames(path, property, node, unknown);
        }
    }

    private void CheckNames(string path, JsonProperty property, Node node, UnknownNames unknown)
    {
        var name = InputReader.NameOf(property);
        if (node.Kind == JsonTypeInfoKind.Dictionary)
            CheckNames($"{path}.{name}", property.Value, nodes[node.Element!], unknown);
        else if (node.Find(name) is { } found)
            CheckNames($"{path}.{found.Name}", property.Value, nodes[found.Member.Type], unknown);
        else
            unknown.Add($"{path}.{name}", name, node.Known);
    }

    private void Copy(Utf8JsonWriter writer, string path, JsonElement value, Node node, bool mayBeNumber, Action<string, string> report)
    {
        if (value.ValueKind == JsonValueKind.Number && mayBeNumber)
            writer.WriteStringValue(value.GetRawText());
        else if (value.ValueKind == JsonValueKind.Array && node.Element is { } element)
            CopyArray(writer, path, value, nodes[element], mayBeNumber, report);
        else if (value.ValueKind == JsonValueKind.Object && node.HasItems)
            Copy(writer, path, value, nodes[node.Element!], mayBeNumber, report);
        else if (value.ValueKind == JsonValueKind.Object && node.Kind == JsonTypeInfoKind.Object)
            CopyObject(writer, path, value, node, report);
        else
            CopyRaw(writer, value);
    }

    private void CopyArray(Utf8JsonWriter writer, string path, JsonElement value, Node element, bool mayBeNumber, Action<string, string> report)
    {
        writer.WriteStartArray();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null)
                report($"{path}[{index}]", "must not be null");
            Copy(writer, $"{path}[{index++}]", item, element, mayBeNumber, report);
        }

        writer.WriteEndArray();
    }

    private void CopyObject(Utf8JsonWriter writer, string path, JsonElement value, Node node, Action<string, string> report)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var property in value.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null))
        {
            if (node.Find(property.Name) is not var (name, member))
                continue;
            if (!written.Add(name))
                report($"{path}.{name}", $"is given twice, as {string.Join(" and ", member.Aliases.Prepend(name))}");
            writer.WritePropertyName(name);
            Copy(writer, $"{path}.{name}", property.Value, nodes[member.Type], member.MayBeNumber, report);
        }

        foreach (var (name, member) in node.Members)
        {
            if (member.Property.IsRequired && !written.Contains(name))
                report($"{path}.{name}", "is missing");
        }

        writer.WriteEndObject();
    }

    private static void CopyRaw(Utf8JsonWriter writer, JsonElement value) => writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    internal static bool HasControl(ReadOnlySpan<char> text, bool isMultiline)
    {
        foreach (var c in text)
        {
            if (isMultiline ? c < ' ' && c is not ('\t' or '\n' or '\r') : char.IsControl(c))
                return true;
        }

        return false;
    }

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
        else if (node.Kind == JsonTypeInfoKind.Object || node.HasItems)
        {
            var of = node.HasItems ? nodes[node.Element!] : node;
            if (of.Find(property.Name) is var (name, member))
                CheckText($"{path}.{name}", property.Value, nodes[member.Type], member.IsMultiline, report);
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
}
