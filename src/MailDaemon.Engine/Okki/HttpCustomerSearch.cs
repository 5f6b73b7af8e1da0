using System.Text.Encodings.Web;
using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Customers by a search of somebody's own: POST <c>{url}/search {query, fields, limit}</c>, answered by
/// <c>{results:[{company_id, name, score}]}</c> or the bare array. Thread-safe.
/// </summary>
internal sealed class HttpCustomerSearch(OkkiSettings settings, SearchHttp http) : ICustomerSearch
{
    private const int Most = 5;
    private const int LongestText = 2_000;

    public async Task<IReadOnlyList<CustomerHit>> SearchAsync(CustomerQuery query, CancellationToken ct)
    {
        var options = settings.Current.Vector;
        if (options.Url is not { Length: > 0 } url)
            throw MailException.Conflict("vector_not_configured", "Okki:Vector:Mode http needs Okki:Vector:Url.");
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("query", TextCut.At($"{query.From.Name} {query.From.Address} {query.Subject} {query.Text}", LongestText));
            json.WriteStartArray("fields");
            foreach (var field in (ReadOnlySpan<string>)["name", "domain", "contacts", "products"])
                json.WriteStringValue(field);
            json.WriteEndArray();
            json.WriteNumber("limit", Most);
            json.WriteEndObject();
        }

        var answer = await http.PostAsync(url.TrimEnd('/') + "/search", body.ToArray(), options.ApiKey, ct);
        var results = answer.ValueKind == JsonValueKind.Array ? PhpJson.Items(answer) : PhpJson.Items(answer, "results");
        return [.. results
            .Where(hit => PhpJson.Number(hit, "company_id") > 0)
            .Select(hit => new CustomerHit(PhpJson.Number(hit, "company_id")!.Value, PhpJson.Text(hit, "name"), Math.Clamp(PhpJson.Fraction(hit, "score") ?? 0, 0, 1), "the customer search found it"))
            .OrderByDescending(hit => hit.Score)
            .Take(Most)];
    }
}
