using System.Globalization;
using System.Text.Json;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Fields of a JSON body as Graph reads them: names in any case, as actions take them; null is as good as not there.</summary>
internal static class JsonFields
{
    public static bool Has(this JsonElement json, string name) => Raw(json, name) is not null;

    /// <exception cref="GraphException">It is there and no string.</exception>
    public static string? Text(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Bad(name),
    };

    /// <exception cref="GraphException">It is there and neither true nor false.</exception>
    public static bool? Truth(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Bad(name),
    };

    /// <exception cref="GraphException">It is there and no whole number.</exception>
    public static long? Number(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var number) => number,
        { ValueKind: JsonValueKind.String } value when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Bad(name),
    };

    /// <exception cref="GraphException">It is there and no list of strings.</exception>
    public static IReadOnlyList<string>? Texts(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Bad(name),
    };

    /// <exception cref="GraphException">It is there and no object.</exception>
    public static JsonElement? Object(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => value,
        _ => throw Bad(name),
    };

    /// <exception cref="GraphException">It is there and no list of objects.</exception>
    public static IReadOnlyList<JsonElement>? Objects(this JsonElement json, string name) => Field(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object) => [.. list.EnumerateArray()],
        _ => throw Bad(name),
    };

    /// <summary>The field with the name as it came, null where there is none; its value may be null.</summary>
    private static JsonProperty? Raw(JsonElement json, string name)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property;
            }
        }

        return null;
    }

    private static JsonElement? Field(JsonElement json, string name) => Raw(json, name) is { Value: { ValueKind: not JsonValueKind.Null } value } ? value : null;

    private static GraphException Bad(string name) =>
        new(400, "RequestBodyRead", $"An unexpected value was found for the property '{name}'.");
}
