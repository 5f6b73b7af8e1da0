using System.Globalization;
using System.Text.Json;

namespace MailDaemon.Engine.Okki;

/// <summary>What the CRM says in JSON (okki-openapi.yml), whichever way it came. Pure.</summary>
internal static class CrmReading
{
    private const int MostContacts = 500;
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);
    private const int MostUsers = 10_000;

    public static IReadOnlyList<CrmHit> Hits(JsonElement data) =>
        [.. List(data).Select(item => (Id: PhpJson.Number(item, "company_id"), Item: item)).Where(hit => hit.Id > 0).Select(hit => new CrmHit(hit.Id!.Value, PhpJson.Text(hit.Item, "name"), PhpJson.Text(hit.Item, "short_name")))];

    /// <summary>Of all pages; null when it does not say.</summary>
    public static int? Total(JsonElement data) => PhpJson.Number(data, "totalItem") is { } total ? (int)Math.Clamp(total, 0, int.MaxValue) : null;

    public static IReadOnlyList<CrmTrail> Trails(JsonElement data) => [.. List(data).Select(item => new CrmTrail(
        PhpJson.Number(item, "trail_id"),
        (int?)Math.Clamp(PhpJson.Number(item, "type") ?? 0, 0, int.MaxValue) is > 0 and var type ? type : null,
        PhpJson.Text(item, "content"),
        Time(item, "created_at") ?? Time(item, "create_time")))];

    /// <summary>An instant in Beijing time; null when there is none, which the CRM writes as 1970.</summary>
    public static DateTimeOffset? Time(JsonElement of, string name) =>
        DateTime.TryParseExact(PhpJson.Text(of, name), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Year > 1971
            ? new DateTimeOffset(time, Beijing)
            : null;

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
