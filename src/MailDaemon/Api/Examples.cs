using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace MailDaemon.Api;

/// <summary>Example values for the API document: those written at the property, else ones that fit its schema and name.</summary>
internal static class Examples
{
    private const int Deepest = 6;

    /// <summary>The text of an <see cref="ExampleAttribute"/>: JSON for numbers, arrays and objects, as it stands for what is a string in JSON.</summary>
    public static JsonNode? Parse(string text, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string) || plain == typeof(byte[]) || plain.IsEnum)
            return JsonValue.Create(text);

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Instants and types with a converter of their own.
            return JsonValue.Create(text);
        }
    }

    public static JsonNode? Of(IOpenApiSchema? schema, string name, int depth = 0)
    {
        if (schema is null || depth > Deepest)
            return null;
        if (schema.Examples is [{ } shown, ..])
            return shown.DeepClone();
        if (schema.Default is { } initial)
            return initial.DeepClone();
        if (schema.Enum is [var first, ..])
            return first?.DeepClone();
        if (schema.OneOf is { Count: > 0 } choices)
            return Of(choices.FirstOrDefault(c => c.Type != JsonSchemaType.Null), name, depth + 1);
        if (schema.AnyOf is { Count: > 0 } any)
            return Of(any[0], name, depth + 1);

        var type = schema.Type & ~JsonSchemaType.Null;
        return type switch
        {
            JsonSchemaType.Boolean => JsonValue.Create(true),
            JsonSchemaType.Integer or JsonSchemaType.Number or (JsonSchemaType.Integer | JsonSchemaType.String) => Number(schema),
            JsonSchemaType.String => JsonValue.Create(Text(schema, name)),
            JsonSchemaType.Array => new JsonArray(Of(schema.Items, name, depth + 1)),
            _ when schema.Properties is { Count: > 0 } properties => Object(properties, depth),
            JsonSchemaType.Object => new JsonObject(),
            _ => null,
        };
    }

    public static JsonObject Failure(string msg, string error) => new() { ["code"] = 0, ["msg"] = msg, ["error"] = error };

    private static JsonObject Object(IDictionary<string, IOpenApiSchema> properties, int depth)
    {
        var shown = new JsonObject();
        foreach (var (name, property) in properties)
            shown[name] = Of(property, name, depth + 1);
        return shown;
    }

    private static JsonNode Number(IOpenApiSchema schema) =>
        schema.Minimum is { } least ? JsonNode.Parse(least)! : JsonValue.Create(1);

    private static string Text(IOpenApiSchema schema, string name) => (schema.Format, name) switch
    {
        ("date-time", _) => "2026-01-31T08:00:00Z",
        ("date", _) => "2026-01-31",
        ("byte", _) => "UERG",
        ("uri", _) => "https://example.com/",
        (_, "email" or "address" or "to" or "cc" or "bcc" or "from") => "me@example.com",
        (_, "provider" or "p") => "imap",
        (_, "folder") => "inbox",
        (_, "folderPath") => "INBOX",
        (_, "subject") => "Quotation 2026-01",
        (_, "id" or "ids" or "messageId") => "imap:4711",
        (_, "key" or "keys") => "m_5d41402abc4b2a76",
        (_, "contentType") => "text",
        (_, "color") => "blue",
        (_, "filename") => "quotation.pdf",
        (_, "displayName" or "name") => "Li Wei",
        _ => JsonNamingPolicy.KebabCaseLower.ConvertName(name),
    };
}
