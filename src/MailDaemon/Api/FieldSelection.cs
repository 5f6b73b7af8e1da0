using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>The members of messages that a caller asked for by <c>fields</c>; all others are left out of the reply.</summary>
internal sealed class FieldSelection
{
    /// <summary>The member of a page that holds its messages.</summary>
    private const string Items = "messages";

    private readonly Node root = new();
    private readonly bool isPage;

    private FieldSelection(bool isPage) => this.isPage = isPage;

    /// <summary>Null when all members are wanted.</summary>
    /// <param name="fields">Names with commas between, of members of members with a dot.</param>
    /// <param name="item">The type of the messages.</param>
    /// <param name="isPage">Whether the reply is a page of messages, not one message.</param>
    /// <exception cref="MailException">400 <c>invalid_parameter</c>: there is no such member.</exception>
    public static FieldSelection? Of(string? fields, JsonTypeInfo item, bool isPage)
    {
        var paths = (fields ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (paths.Length == 0)
            return null;
        var selection = new FieldSelection(isPage);
        foreach (var path in paths)
            selection.Add(path, item);
        return selection;
    }

    public bool Has(string name) => root.Members.ContainsKey(name);

    public void Write(Utf8JsonWriter writer, JsonElement result)
    {
        if (!isPage)
        {
            Write(writer, result, root);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in result.EnumerateObject())
        {
            if (member.NameEquals(Items))
            {
                writer.WritePropertyName(Items);
                Write(writer, member.Value, root);
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, Node node)
    {
        if (node.Members.Count == 0 || value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            value.WriteTo(writer);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                Write(writer, item, node);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (var member in value.EnumerateObject())
            {
                if (!node.Members.TryGetValue(member.Name, out var inner))
                    continue;
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value, inner);
            }

            writer.WriteEndObject();
        }
    }

    private void Add(string path, JsonTypeInfo item)
    {
        var (node, type) = (root, item);
        foreach (var name in path.Split('.'))
        {
            var members = MembersOf(type);
            if (members.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.Ordinal)) is not { } found)
                throw Unknown(path, name, [.. members.Select(member => member.Name)]);
            node = node.Enter(name);
            type = type.Options.GetTypeInfo(Nullable.GetUnderlyingType(found.PropertyType) ?? found.PropertyType);
        }

        node.TakeAll();
    }

    private static List<JsonPropertyInfo> MembersOf(JsonTypeInfo type)
    {
        while (type.Kind == JsonTypeInfoKind.Enumerable && type.ElementType is { } element)
            type = type.Options.GetTypeInfo(element);
        return type.Kind == JsonTypeInfoKind.Object ? [.. type.Properties.Where(property => property.Get is not null)] : [];
    }

    private static MailException Unknown(string path, string name, IReadOnlyList<string> known)
    {
        var advice = NearestName.Of(name, known) is { } near ? $"did you mean {near}?"
            : known.Count > 0 ? "known here: " + string.Join(", ", known)
            : "it has no members";
        var problem = $"names {InputProblems.Shown(path)}, which messages do not have; {advice}";
        return new MailException(MailFault.InvalidInput, "invalid_parameter", $"fields {problem}")
        {
            Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["fields"] = problem },
        };
    }

    /// <summary>Members that are wanted; none means all of them.</summary>
    private sealed class Node
    {
        private bool isWhole;

        public Dictionary<string, Node> Members { get; } = new(StringComparer.Ordinal);

        public Node Enter(string name)
        {
            if (Members.TryGetValue(name, out var known))
                return known;
            var node = new Node();
            if (!isWhole)
                Members.Add(name, node);
            return node;
        }

        public void TakeAll()
        {
            isWhole = true;
            Members.Clear();
        }
    }
}
