using System.Globalization;
using System.Text.Json;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Holds calls against the OpenAPI document of Graph's mail: path, verb, query parameters and body.</summary>
internal sealed class GraphContract : IDisposable
{
    private const int MaxDepth = 20;

    private readonly JsonDocument document;
    private readonly List<(string[] Segments, string Verb, JsonElement Operation)> operations = [];
    private readonly JsonElement schemas;

    private GraphContract(JsonDocument document)
    {
        this.document = document;
        schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            operations.AddRange(path.Value.EnumerateObject().Where(verb => verb.Name != "parameters").Select(verb => (Segments(path.Name), verb.Name.ToUpperInvariant(), verb.Value)));
        }
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static GraphContract Load(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)));

    public void Dispose() => document.Dispose();

    /// <summary>The id, verb and path of each operation.</summary>
    internal IEnumerable<(string Id, string Verb, string Path)> Operations =>
        operations.Select(one => (one.Operation.GetProperty("operationId").GetString()!, one.Verb, string.Join('/', one.Segments)));

    /// <summary>What is not as the document says.</summary>
    public IReadOnlyList<string> Check(GraphCall call)
    {
        if (Find(call) is not { } operation)
        {
            return [$"There is no operation {call.Verb} /{string.Join('/', call.Segments)}"];
        }

        var faults = new List<string>();
        CheckParameters(call, operation, faults);
        CheckBody(call, operation, faults);
        return faults;
    }

    private static string[] Segments(string path) => [.. path.Trim('/').Split('/').Select(segment => segment == "delta()" ? "delta" : segment)];

    /// <summary>A path with fewer values in it goes first.</summary>
    private JsonElement? Find(GraphCall call)
    {
        var found = operations
            .Where(one => one.Verb == call.Verb && one.Segments.Length == call.Segments.Count && one.Segments.Zip(call.Segments).All(pair => pair.First[0] == '{' || pair.First == pair.Second))
            .OrderBy(one => one.Segments.Count(segment => segment[0] == '{'))
            .ToList();
        return found.Count > 0 ? found[0].Operation : null;
    }

    private static void CheckParameters(GraphCall call, JsonElement operation, List<string> faults)
    {
        var parameters = operation.TryGetProperty("parameters", out var given) ? given.EnumerateArray() : default;
        var known = parameters.Where(one => one.GetProperty("in").GetString() == "query")
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("schema"), StringComparer.Ordinal);
        foreach (var group in call.Request.Query.GroupBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // The links that Graph writes hold these, whatever the operation's own parameters are.
            if (group.Key is "$skiptoken" or "$deltatoken")
            {
                continue;
            }

            if (!known.TryGetValue(group.Key, out var schema))
            {
                faults.Add($"There is no parameter {group.Key}");
                continue;
            }

            if (group.Count() > 1)
            {
                faults.Add($"The parameter {group.Key} is given twice");
            }

            faults.AddRange(group.Where(pair => !Fits(schema, pair.Value)).Select(_ => $"The parameter {group.Key} is no {schema.GetProperty("type").GetString()}"));
        }
    }

    private void CheckBody(GraphCall call, JsonElement operation, List<string> faults)
    {
        if (call.Request.Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            if (operation.TryGetProperty("requestBody", out var needed) && needed.TryGetProperty("required", out var required) && required.GetBoolean())
            {
                faults.Add("The operation needs a body");
            }

            return;
        }

        if (!operation.TryGetProperty("requestBody", out var request))
        {
            faults.Add("The operation takes no body");
            return;
        }

        var type = (call.Request.Header("Content-Type") ?? "").Split(';')[0].Trim();
        if (!request.GetProperty("content").TryGetProperty(type, out var content))
        {
            faults.Add($"The body is no {string.Join(" or ", request.GetProperty("content").EnumerateObject().Select(one => one.Name))}");
        }
        else if (type == "application/json")
        {
            try
            {
                using var body = JsonDocument.Parse(call.Request.Body);
                CheckValue(body.RootElement, content.GetProperty("schema"), "body", faults, 0);
            }
            catch (JsonException)
            {
                faults.Add("The body is no JSON");
            }
        }
    }

    private void CheckValue(JsonElement value, JsonElement schema, string path, List<string> faults, int depth)
    {
        if (value.ValueKind == JsonValueKind.Null || depth > MaxDepth)
        {
            return;
        }

        schema = Resolve(schema);
        if (schema.TryGetProperty("enum", out var values))
        {
            if (value.ValueKind != JsonValueKind.String || !values.EnumerateArray().Any(one => one.GetString()!.Equals(value.GetString(), StringComparison.OrdinalIgnoreCase)))
            {
                faults.Add($"{path} is none of its values");
            }

            return;
        }

        switch (schema.TryGetProperty("type", out var type) ? type.GetString() : "object")
        {
            case "object" when value.ValueKind == JsonValueKind.Object:
                CheckObject(value, schema, path, faults, depth);
                break;
            case "array" when value.ValueKind == JsonValueKind.Array:
                foreach (var item in schema.TryGetProperty("items", out var items) ? value.EnumerateArray() : default)
                {
                    CheckValue(item, items, path + "[]", faults, depth + 1);
                }

                break;
            case "string" when value.ValueKind == JsonValueKind.String:
            case "integer" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _):
            case "number" when value.ValueKind == JsonValueKind.Number:
            case "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                break;
            case var wanted:
                faults.Add($"{path} is no {wanted}");
                break;
        }
    }

    private void CheckObject(JsonElement value, JsonElement schema, string path, List<string> faults, int depth)
    {
        // What the value says it is has further properties.
        if (value.TryGetProperty("@odata.type", out var named) && named.ValueKind == JsonValueKind.String && schemas.TryGetProperty(named.GetString()!.TrimStart('#'), out var derived))
        {
            schema = derived;
        }

        var known = PropertiesOf(schema, 0);
        foreach (var field in value.EnumerateObject().Where(field => !field.Name.StartsWith("@odata.", StringComparison.Ordinal) && !field.Name.Contains("@odata.", StringComparison.Ordinal)))
        {
            if (known.TryGetValue(field.Name, out var property))
            {
                CheckValue(field.Value, property, $"{path}.{field.Name}", faults, depth + 1);
            }
            else
            {
                faults.Add($"There is no field {path}.{field.Name}");
            }
        }
    }

    /// <summary>Own and inherited ones. Parameters of actions begin with a capital in the document, and are taken in any case.</summary>
    private Dictionary<string, JsonElement> PropertiesOf(JsonElement schema, int depth)
    {
        schema = Resolve(schema);
        var known = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        if (schema.TryGetProperty("properties", out var own))
        {
            foreach (var property in own.EnumerateObject())
            {
                known[property.Name] = property.Value;
            }
        }

        foreach (var parent in schema.TryGetProperty("allOf", out var parents) && depth < MaxDepth ? parents.EnumerateArray() : default)
        {
            foreach (var (name, property) in PropertiesOf(parent, depth + 1))
            {
                known.TryAdd(name, property);
            }
        }

        return known;
    }

    private JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var one))
        {
            schema = one[0];
        }

        return schema.TryGetProperty("$ref", out var reference) ? schemas.GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
    }

    private static bool Fits(JsonElement schema, string value) => (schema.TryGetProperty("type", out var type) ? type.GetString() : "string") switch
    {
        "integer" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "boolean" => value is "true" or "false",
        _ => true,
    };
}
