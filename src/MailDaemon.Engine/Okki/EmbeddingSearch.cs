using System.Numerics;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Customers by the likeness of what they are about, by any endpoint that speaks as OpenAI's <c>/v1/embeddings</c> does. Texts of customers
/// and of mail go there, because the settings say so. Vectors are kept with their model and text; another model begins anew. Thread-safe.
/// </summary>
internal sealed class EmbeddingSearch(CustomerStore customers, OkkiSettings settings, SearchHttp http) : ICustomerSearch
{
    private const int Most = 5;
    private const int AtOnce = 64;
    private const int LongestText = 2_000;

    private readonly SemaphoreSlim building = new(1, 1);
    private Built? built;

    public async Task<IReadOnlyList<CustomerHit>> SearchAsync(CustomerQuery query, CancellationToken ct)
    {
        var options = settings.Current.Vector;
        var index = await IndexAsync(options, ct);
        if (index.Ids.Length == 0)
            return [];
        var asked = (await EmbedAsync(options, [TextCut.At($"{query.From.Name} {query.From.Address}\n{query.Subject}\n{query.Text}", LongestText)], ct))[0];
        if (asked.Length != index.Vectors[0].Length)
        {
            // Another model under the name of the one before: what it made is worth nothing.
            await customers.RemoveVectorsAsync(ct);
            index = await IndexAsync(options, ct);
        }

        if (index.Vectors.Any(vector => vector.Length != asked.Length))
            throw new MailException(MailFault.Refused, "vector_refused", "The embedding endpoint answers vectors of several lengths.");
        return [.. index.Vectors
            .Select((vector, i) => (Index: i, Score: Cosine(vector, asked)))
            .OrderByDescending(hit => hit.Score)
            .Take(Most)
            .Select(hit => new CustomerHit(index.Ids[hit.Index], index.Names[hit.Index], hit.Score, "what it is about is like the mail"))];
    }

    private async Task<Built> IndexAsync(OkkiVectorOptions options, CancellationToken ct)
    {
        await building.WaitAsync(ct);
        try
        {
            var key = (customers.Version, options.Url, options.Model);
            if (built is { } known && known.Key == key)
                return known;
            var vectors = await VectorsAsync(options, ct);
            var all = new List<CrmCompany>();
            customers.Each(all.Add);
            var whole = all.Where(customer => vectors.ContainsKey(customer.CompanyId)).ToList();
            return built = new Built(key, [.. whole.Select(customer => customer.CompanyId)], [.. whole.Select(customer => customer.Name)], [.. whole.Select(customer => vectors[customer.CompanyId])]);
        }
        finally
        {
            building.Release();
        }
    }

    /// <summary>Those that are kept, and new ones where a customer's text has changed.</summary>
    private async Task<Dictionary<long, float[]>> VectorsAsync(OkkiVectorOptions options, CancellationToken ct)
    {
        var model = $"{options.Url} {options.Model}";
        var kept = customers.Vectors(model);
        var texts = new Dictionary<long, string>();
        customers.Each(customer => texts[customer.CompanyId] = Text(customer));
        foreach (var part in texts.Where(text => !kept.TryGetValue(text.Key, out var known) || known.Text != text.Value).Chunk(AtOnce))
        {
            var made = await EmbedAsync(options, [.. part.Select(text => text.Value)], ct);
            var rows = part.Select((text, i) => (text.Key, text.Value, made[i])).ToList();
            await customers.SaveVectorsAsync(model, rows, ct);
            foreach (var (id, text, vector) in rows)
                kept[id] = (text, vector);
        }

        return kept.Where(vector => texts.ContainsKey(vector.Key)).ToDictionary(vector => vector.Key, vector => vector.Value.Vector);
    }

    private static string Text(CrmCompany customer) => TextCut.At(
        string.Join('\n', new[] { customer.Name, customer.ShortName, customer.Homepage, customer.Country, customer.Products, string.Join(' ', customer.Contacts.Select(contact => contact.Name)) }.Where(part => part.Length > 0)),
        LongestText);

    private async Task<List<float[]>> EmbedAsync(OkkiVectorOptions options, IReadOnlyList<string> texts, CancellationToken ct)
    {
        if (options.Url is not { Length: > 0 } url || options.Model is not { Length: > 0 } model)
            throw MailException.Conflict("vector_not_configured", "Okki:Vector:Mode embeddings needs Okki:Vector:Url and Okki:Vector:Model.");
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("input");
            foreach (var text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        var answer = await http.PostAsync(url.TrimEnd('/') + (url.Contains("/embeddings", StringComparison.Ordinal) ? "" : "/v1/embeddings"), body.ToArray(), options.ApiKey, ct);
        var vectors = PhpJson.Items(answer, "data")
            .OrderBy(item => PhpJson.Number(item, "index") ?? 0)
            .Select(item => PhpJson.Items(item, "embedding").Select(number => number.ValueKind == JsonValueKind.Number ? number.GetSingle() : float.NaN).ToArray())
            .ToList();
        if (vectors.Count != texts.Count || vectors.Exists(vector => vector.Length == 0 || vector.Length != vectors[0].Length || !Array.TrueForAll(vector, float.IsFinite)))
            throw new MailException(MailFault.Refused, "vector_refused", "The embedding endpoint did not answer a vector for each text.");
        return vectors;
    }

    private static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var (dot, leftSquare, rightSquare) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var i = 0;
        for (; i + Vector<float>.Count <= left.Length; i += Vector<float>.Count)
        {
            var (a, b) = (new Vector<float>(left[i..]), new Vector<float>(right[i..]));
            (dot, leftSquare, rightSquare) = (dot + (a * b), leftSquare + (a * a), rightSquare + (b * b));
        }

        double sum = Vector.Sum(dot), leftSum = Vector.Sum(leftSquare), rightSum = Vector.Sum(rightSquare);
        for (; i < left.Length; i++)
            (sum, leftSum, rightSum) = (sum + (left[i] * right[i]), leftSum + (left[i] * left[i]), rightSum + (right[i] * right[i]));
        return leftSum == 0 || rightSum == 0 ? 0 : sum / Math.Sqrt(leftSum * rightSum);
    }

    private sealed record Built((long Version, string? Url, string? Model) Key, long[] Ids, string[] Names, float[][] Vectors);
}
