using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>
/// Calls in one request, each with a status of its own (Graph, "Combine multiple requests in one HTTP call using JSON batching"): at most four of them run
/// at once, and one that depends on another waits for it.
/// </summary>
internal sealed class GraphBatch(GraphContext context, GraphApi api, GraphGate gate)
{
    private const int MaxParts = 20;
    private const int MaxAtOnce = 4;

    /// <returns>Null when the connection is to be cut.</returns>
    public Task<GraphReply?> AnswerAsync(HttpIn request, string baseUrl, CancellationToken ct)
    {
        var entry = new GraphRequest
        {
            At = context.Time.GetUtcNow(), Verb = request.Verb, Path = request.LoggedPath, Operation = "batch", PrefersImmutableIds = true, BodyBytes = request.Body.Length,
        };
        return gate.RunAsync(entry, null, async (_, stop) =>
        {
            try
            {
                return request.Body.Length > context.Options.MaxRequestBytes
                    ? GraphReply.Of(new GraphError(413, "BadRequest", "Maximum request length exceeded."))
                    : await RunAsync(Read(request, baseUrl), stop);
            }
            catch (GraphException failure)
            {
                return GraphReply.Of(failure.Error);
            }
        }, ct);
    }

    private async Task<GraphReply?> RunAsync(IReadOnlyList<BatchPart> parts, CancellationToken ct)
    {
        using var slots = new SemaphoreSlim(MaxAtOnce);
        var running = new Dictionary<string, Task<GraphReply?>>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            var before = part.DependsOn.Select(id => running[id]).ToArray();
            running.Add(part.Id, Task.Run(() => RunAsync(part, before, slots, ct), ct));
        }

        var replies = await Task.WhenAll(running.Values);
        if (replies.Any(reply => reply is null))
        {
            return null;
        }

        var answers = parts.Zip(replies, (part, reply) => Write(part.Id, reply!)).ToList();
        if (context.Faults.ShufflesBatch)
        {
            answers.Reverse();
        }

        return GraphReply.Ok(new JsonObject { ["responses"] = new JsonArray([.. answers]) });
    }

    private async Task<GraphReply?> RunAsync(BatchPart part, Task<GraphReply?>[] before, SemaphoreSlim slots, CancellationToken ct)
    {
        var replies = await Task.WhenAll(before);
        if (replies.Any(reply => reply is null or { Status: >= 400 }))
        {
            return GraphReply.Of(new GraphError(424, "FailedDependency", "A request that this one depends on has failed."));
        }

        await slots.WaitAsync(ct);
        try
        {
            return await api.AnswerAsync(part.Call, ct);
        }
        finally
        {
            slots.Release();
        }
    }

    private static List<BatchPart> Read(HttpIn request, string baseUrl)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(request.Body);
        }
        catch (JsonException)
        {
            throw Invalid("Invalid batch payload format.");
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.Objects("requests") is not { Count: > 0 } requests)
        {
            throw Invalid("Invalid batch payload format.");
        }

        if (requests.Count > MaxParts)
        {
            throw Invalid($"Number of batch request steps exceeds the maximum value of {MaxParts}.");
        }

        var parts = new List<BatchPart>();
        foreach (var json in requests)
        {
            var id = json.Text("id") is { Length: > 0 } text ? text : throw Invalid("A batch request step has no id.");
            if (parts.Exists(part => part.Id == id))
            {
                throw Invalid($"Request step id {id} is not unique.");
            }

            var dependsOn = json.Texts("dependsOn") ?? [];
            if (dependsOn.FirstOrDefault(other => !parts.Exists(part => part.Id == other)) is { } unknown)
            {
                throw Invalid($"Request step {id} depends on {unknown}, which does not come before it.");
            }

            parts.Add(new BatchPart(id, dependsOn, ReadCall(json, request, baseUrl)));
        }

        return parts;
    }

    private static GraphCall ReadCall(JsonElement json, HttpIn outer, string baseUrl)
    {
        if (json.Text("method") is not { Length: > 0 } verb || json.Text("url") is not { Length: > 0 } url)
        {
            throw Invalid("A batch request step has no method or no url.");
        }

        if (url.Contains("://", StringComparison.Ordinal))
        {
            throw Invalid("The url of a batch request step must be relative.");
        }

        var target = url.StartsWith('/') ? url : "/" + url;
        List<KeyValuePair<string, string>> headers = [.. json.Object("headers") is { } given ? given.EnumerateObject().Select(header => new KeyValuePair<string, string>(header.Name, header.Value.ToString())) : []];
        var part = new HttpIn(verb.ToUpperInvariant(), target, headers, BodyOf(json, headers));
        if (part.Body.Length > 0 && part.Header("Content-Type") is null)
        {
            throw Invalid("A batch request step with a body needs a Content-Type header.");
        }

        // Of the batch's headers only the token reaches the parts.
        return GraphCall.Of(part, part.Path, baseUrl, outer.Token ?? "");
    }

    /// <summary>JSON as it stands, anything else as a string: of text as it is, of bytes in base64.</summary>
    private static byte[] BodyOf(JsonElement json, List<KeyValuePair<string, string>> headers)
    {
        if (!json.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var type = headers.FirstOrDefault(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        return body.ValueKind == JsonValueKind.String && !type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetBytes(body.GetString()!)
            : Encoding.UTF8.GetBytes(body.GetRawText());
    }

    private static JsonObject Write(string id, GraphReply reply)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in reply.Headers)
        {
            headers[name] = value;
        }

        var answer = new JsonObject { ["id"] = id, ["status"] = reply.Status, ["headers"] = headers };
        if (reply.Bytes is { } bytes)
        {
            headers["Content-Type"] = reply.ContentType;
            answer["body"] = Convert.ToBase64String(bytes.Span);
        }
        else if (reply.Body is { } body)
        {
            headers["Content-Type"] = "application/json";
            answer["body"] = body;
        }

        return answer;
    }

    private static GraphException Invalid(string message) => new(400, "BadRequest", message);

    private sealed record BatchPart(string Id, IReadOnlyList<string> DependsOn, GraphCall Call);
}
