using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>The answer to one part of a batch.</summary>
/// <param name="Index">Which request of the batch it answers, from 0.</param>
/// <param name="RetryAfter">As it stands in the header; null when the server did not say.</param>
/// <param name="Body">Undefined where there is none.</param>
internal readonly record struct GraphBatchAnswer(int Index, HttpStatusCode Status, string? RetryAfter, JsonElement Body);

/// <summary>
/// The body of a <c>$batch</c> and of its answer (Graph, "Combine multiple HTTP requests using JSON batching"). The SDK's own unescapes the
/// addresses, which breaks at each id that holds a slash.
/// </summary>
internal static class GraphBatchBody
{
    /// <param name="server">With a base that ends with a slash.</param>
    /// <exception cref="MailException">A request goes elsewhere.</exception>
    public static HttpContent Write(ConfiguredServer server, IEnumerable<RequestInformation> requests)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("requests");
            foreach (var (index, request) in requests.Index())
                Write(json, index, request, RelativeOf(server, request.URI));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new ReadOnlyMemoryContent(buffer.WrittenMemory) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>Reads the answers in whatever order they come. What cannot be read is left out.</summary>
    /// <exception cref="MailException"><c>graph_odd_answer</c>: this is no answer to a batch.</exception>
    public static IReadOnlyList<GraphBatchAnswer> Read(ReadOnlySpan<byte> body)
    {
        var root = GraphJson.Parse(body);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("responses", out var responses) || responses.ValueKind != JsonValueKind.Array)
            throw GraphFaults.Odd();
        var answers = new List<GraphBatchAnswer>();
        foreach (var response in responses.EnumerateArray())
        {
            if (response.ValueKind == JsonValueKind.Object
                && response.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && int.TryParse(id.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && response.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Number
                && status.TryGetInt32(out var code) && code is >= 200 and <= 599)
                answers.Add(new GraphBatchAnswer(index, (HttpStatusCode)code, RetryAfterIn(response), response.TryGetProperty("body", out var value) ? value : default));
        }

        return answers;
    }

    private static void Write(Utf8JsonWriter json, int index, RequestInformation request, string url)
    {
        json.WriteStartObject();
        json.WriteString("id", index.ToString(CultureInfo.InvariantCulture));
        json.WriteString("method", request.HttpMethod.ToString());
        json.WriteString("url", url);
        json.WriteStartObject("headers");
        var prefer = new List<string> { GraphAddress.ImmutableIds };
        foreach (var (name, values) in request.Headers)
        {
            if (name.Equals(GraphAddress.PreferHeader, StringComparison.OrdinalIgnoreCase))
                prefer.AddRange(values.Where(v => v != GraphAddress.ImmutableIds));
            else
                json.WriteString(name, string.Join(", ", values));
        }

        json.WriteString(GraphAddress.PreferHeader, string.Join(", ", prefer));
        json.WriteEndObject();
        if (request.Content is { Length: > 0 } content)
        {
            json.WritePropertyName("body");
            json.WriteRawValue(BytesOf(content));
        }

        json.WriteEndObject();
    }

    /// <summary>Below the base, with its escapes.</summary>
    private static string RelativeOf(ConfiguredServer server, Uri address)
    {
        var resolved = GraphAddress.Resolve(address);
        return GraphAddress.IsWithin(server, resolved) ? resolved.PathAndQuery[(server.BaseUrl.AbsolutePath.Length - 1)..] : throw GraphFaults.Foreign();
    }

    /// <summary>The SDK writes bodies into memory; a request that is repeated is written again.</summary>
    private static byte[] BytesOf(Stream content)
    {
        using var copy = new MemoryStream();
        content.Position = 0;
        content.CopyTo(copy);
        return copy.ToArray();
    }

    private static string? RetryAfterIn(JsonElement response)
    {
        if (!response.TryGetProperty("headers", out var headers) || headers.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var header in headers.EnumerateObject())
        {
            if (header.Name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase))
                return header.Value.ToString();
        }

        return null;
    }
}
