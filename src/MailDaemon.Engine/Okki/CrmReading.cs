using System.Text.Json;

namespace MailDaemon.Engine.Okki;

/// <summary>What the CRM says in JSON (okki-openapi.yml), whichever way it came. Pure.</summary>
internal static class CrmReading
{
    private const int MostContacts = 500;
    private const int MostUsers = 10_000;

    public static IReadOnlyList<CrmHit> Hits(JsonElement data) =>
        [.. List(data).Select(item => (Id: PhpJson.Number(item, "company_id"), Item: item)).Where(hit => hit.Id > 0).Select(hit => new CrmHit(hit.Id!.Value, PhpJson.Text(hit.Item, "name"), PhpJson.Text(hit.Item, "short_name")))];

    public static int Total(JsonElement data, int found) => (int)Math.Clamp(PhpJson.Number(data, "totalItem") ?? found, 0, int.MaxValue);

    public static IReadOnlyList<CrmTrail> Trails(JsonElement data) =>
        [.. List(data).Where(item => PhpJson.Number(item, "trail_id") is not null).Select(item => new CrmTrail(PhpJson.Number(item, "trail_id")!.Value, PhpJson.Text(item, "content")))];

    public static IReadOnlyList<string> Users(JsonElement data) => [.. List(data).Select(item => PhpJson.Text(item, "email")).Where(email => email.Contains('@', StringComparison.Ordinal)).Take(MostUsers)];

    /// <summary>Null when it names no customer.</summary>
    public static CrmCompany? Company(JsonElement data)
    {
        if (PhpJson.Number(data, "company_id") is not (> 0 and var id))
            return null;
        return new CrmCompany(id, PhpJson.Text(data, "name"))
        {
            ShortName = PhpJson.Text(data, "short_name"),
            Homepage = PhpJson.Text(data, "homepage"),
            Country = PhpJson.Text(data, "country"),
            Products = Products(data),
            Contacts = [.. PhpJson.Items(data, "customers").Take(MostContacts).Select(person => new CrmContact(PhpJson.Text(person, "name"), PhpJson.Text(person, "email")))],
        };
    }

    /// <summary>Its fields are the user's own: those whose name says products.</summary>
    private static string Products(JsonElement data) => string.Join(' ', PhpJson.Items(data, "company")
        .SelectMany(group => PhpJson.Items(group, "fields"))
        .Where(field => PhpJson.Text(field, "name").Contains("产品", StringComparison.Ordinal) || PhpJson.Text(field, "name").Contains("product", StringComparison.OrdinalIgnoreCase))
        .Select(field => field.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Array
            ? string.Join(' ', value.EnumerateArray().Select(one => one.ToString()))
            : PhpJson.Text(field, "value"))
        .Where(text => text.Length > 0));

    /// <summary>The list in its envelope, or bare.</summary>
    private static IEnumerable<JsonElement> List(JsonElement data) => data.ValueKind == JsonValueKind.Array ? data.EnumerateArray() : PhpJson.Items(data, "list");
}
