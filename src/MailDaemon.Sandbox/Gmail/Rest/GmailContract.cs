using System.Globalization;
using System.Text.Json;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Holds calls against the discovery document of the API: method, parameters, body and field mask.</summary>
internal sealed class GmailContract : IDisposable
{
    private readonly JsonDocument document;
    private readonly List<(JsonElement Method, string[] Segments)> methods = [];
    private readonly JsonElement schemas;
    private readonly JsonElement globals;

    private GmailContract(JsonDocument document)
    {
        this.document = document;
        schemas = document.RootElement.GetProperty("schemas");
        globals = document.RootElement.GetProperty("parameters");
        Collect(document.RootElement);
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static GmailContract Load(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)));

    public void Dispose() => document.Dispose();

    /// <summary>What is not as the document says.</summary>
    public IReadOnlyList<string> Check(GmailCall call)
    {
        if (Find(call) is not { } method)
        {
            return [$"There is no method {call.Verb} {call.Path}"];
        }

        var faults = new List<string>();
        CheckParameters(call, method, faults);
        if (call.IsUpload && !(method.TryGetProperty("supportsMediaUpload", out var takes) && takes.GetBoolean()))
        {
            faults.Add("The method takes no upload");
        }

        CheckBody(call, method, faults);
        if (call.One("fields") is { Length: > 0 } fields && method.TryGetProperty("response", out var response))
        {
            try
            {
                CheckMask(FieldMask.Parse(fields), schemas.GetProperty(response.GetProperty("$ref").GetString()!), "fields", faults);
            }
            catch (GmailException failure)
            {
                faults.Add(failure.Message);
            }
        }

        return faults;
    }

    /// <summary>The id, verb, path and scopes of each method.</summary>
    internal IEnumerable<(string Id, string Verb, string Path, string[] Scopes)> Methods => methods.Select(one => (
        one.Method.GetProperty("id").GetString()!,
        one.Method.GetProperty("httpMethod").GetString()!,
        one.Method.GetProperty("path").GetString()!,
        one.Method.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()!).ToArray()));

    private void Collect(JsonElement resource)
    {
        if (resource.TryGetProperty("methods", out var own))
        {
            methods.AddRange(own.EnumerateObject().Select(method => (method.Value, method.Value.GetProperty("path").GetString()!.Split('/'))));
        }

        if (resource.TryGetProperty("resources", out var below))
        {
            foreach (var child in below.EnumerateObject())
            {
                Collect(child.Value);
            }
        }
    }

    /// <summary>A path with fewer values in it goes first: <c>messages/send</c> is not <c>messages/{id}</c>.</summary>
    private JsonElement? Find(GmailCall call)
    {
        var given = call.Path.TrimStart('/').Split('/');
        var found = methods
            .Where(one => one.Method.GetProperty("httpMethod").GetString() == call.Verb && one.Segments.Length == given.Length
                && one.Segments.Zip(given).All(pair => pair.First[0] == '{' || pair.First == pair.Second))
            .OrderBy(one => one.Segments.Count(segment => segment[0] == '{'))
            .ToList();
        return found.Count > 0 ? found[0].Method : null;
    }

    private void CheckParameters(GmailCall call, JsonElement method, List<string> faults)
    {
        var own = method.TryGetProperty("parameters", out var given) ? given : default;
        foreach (var group in call.Query.GroupBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (group.Key == "upload_id")
            {
                continue;
            }

            if (!(own.ValueKind == JsonValueKind.Object && own.TryGetProperty(group.Key, out var parameter)) && !globals.TryGetProperty(group.Key, out parameter))
            {
                faults.Add($"There is no parameter {group.Key}");
                continue;
            }

            if (group.Count() > 1 && !(parameter.TryGetProperty("repeated", out var repeated) && repeated.GetBoolean()))
            {
                faults.Add($"The parameter {group.Key} is given twice");
            }

            faults.AddRange(group.Where(pair => !Fits(parameter, pair.Value)).Select(pair => $"The parameter {group.Key} is no {parameter.GetProperty("type").GetString()}"));
        }

        if (own.ValueKind == JsonValueKind.Object)
        {
            faults.AddRange(own.EnumerateObject()
                .Where(one => one.Value.GetProperty("location").GetString() == "query" && IsRequired(one.Value) && call.One(one.Name) is null)
                .Select(one => $"The parameter {one.Name} is missing"));
        }
    }

    /// <summary>Some parameters are required by their description only.</summary>
    private static bool IsRequired(JsonElement parameter) =>
        (parameter.TryGetProperty("required", out var required) && required.GetBoolean())
        || (parameter.TryGetProperty("description", out var text) && text.GetString()!.StartsWith("Required.", StringComparison.Ordinal));

    private void CheckBody(GmailCall call, JsonElement method, List<string> faults)
    {
        if (call.Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return;
        }

        if (!method.TryGetProperty("request", out var request))
        {
            faults.Add("The method takes no body");
            return;
        }

        try
        {
            using var body = JsonDocument.Parse(call.Body);
            CheckValue(body.RootElement, schemas.GetProperty(request.GetProperty("$ref").GetString()!), "body", faults);
        }
        catch (JsonException)
        {
            faults.Add("The body is no JSON");
        }
    }

    private void CheckValue(JsonElement value, JsonElement schema, string path, List<string> faults)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = schemas.GetProperty(reference.GetString()!);
        }

        switch (schema.GetProperty("type").GetString())
        {
            case "object" when value.ValueKind == JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    CheckField(field, schema, $"{path}.{field.Name}", faults);
                }

                break;
            case "array" when value.ValueKind == JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    CheckValue(item, schema.GetProperty("items"), path + "[]", faults);
                }

                break;
            case "string" when value.ValueKind == JsonValueKind.String && Fits(schema, value.GetString()!):
            case "integer" or "number" when value.ValueKind == JsonValueKind.Number:
            case "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
            case "any":
                break;
            case var type:
                faults.Add($"{path} is no {type}");
                break;
        }
    }

    private void CheckField(JsonProperty field, JsonElement schema, string path, List<string> faults)
    {
        if (!schema.TryGetProperty("properties", out var properties) || !properties.TryGetProperty(field.Name, out var property))
        {
            faults.Add($"There is no field {path}");
        }
        else if (property.TryGetProperty("readOnly", out var isReadOnly) && isReadOnly.GetBoolean())
        {
            faults.Add($"The field {path} is the server's");
        }
        else if (field.Value.ValueKind != JsonValueKind.Null)
        {
            CheckValue(field.Value, property, path, faults);
        }
    }

    private void CheckMask(FieldMask mask, JsonElement schema, string path, List<string> faults)
    {
        while (schema.TryGetProperty("items", out var items))
        {
            schema = items;
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = schemas.GetProperty(reference.GetString()!);
        }

        foreach (var (name, below) in mask.Fields.Where(field => field.Key != "*"))
        {
            if (!schema.TryGetProperty("properties", out var properties) || !properties.TryGetProperty(name, out var property))
            {
                faults.Add($"There is no field {path}.{name}");
            }
            else
            {
                CheckMask(below, property, $"{path}.{name}", faults);
            }
        }
    }

    private static bool Fits(JsonElement schema, string value)
    {
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => one.GetString() == value))
        {
            return false;
        }

        return (schema.GetProperty("type").GetString(), schema.TryGetProperty("format", out var format) ? format.GetString() : null) switch
        {
            ("boolean", _) => value is "true" or "false",
            ("integer", "uint32") => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            ("integer", _) => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ("string", "uint64") => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            ("string", "int64") => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ("string", "byte") => GoogleBase64.Decode(value) is not null,
            _ => true,
        };
    }
}
