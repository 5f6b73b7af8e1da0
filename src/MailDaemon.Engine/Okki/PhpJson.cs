using System.Globalization;
using System.Text.Json;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Reads JSON as PHP writes it: numbers as strings, an empty object as <c>[]</c>, what is missing as null, false or "". Never throws over
/// what it finds.
/// </summary>
internal static class PhpJson
{
    public static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) ? value : null;

    public static long? Number(JsonElement of, string name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    public static double? Fraction(JsonElement of, string name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text when double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    public static string Text(JsonElement of, string name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Trim(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => "",
    };

    /// <summary>A list; a map counts as the list of its values.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement of, string name) => Member(of, name) is { } value ? Items(value) : [];

    public static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Object => value.EnumerateObject().Select(member => member.Value),
        _ => [],
    };
}
