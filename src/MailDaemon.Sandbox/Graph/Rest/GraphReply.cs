using System.Globalization;
using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>What is answered.</summary>
/// <param name="Body">JSON; null for none.</param>
internal sealed record GraphReply(int Status, JsonNode? Body = null)
{
    /// <summary>What is answered in place of JSON; null for JSON.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    /// <summary>The type of <see cref="Bytes"/>.</summary>
    public string ContentType { get; init; } = "text/plain";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Bytes of the body after which the connection is cut; null for all.</summary>
    public int? CutAfter { get; init; }

    public static GraphReply Ok(JsonNode body) => new(200, body);

    public static GraphReply Created(JsonNode body) => new(201, body);

    public static GraphReply Accepted() => new(202);

    public static GraphReply NoContent() => new(204);

    public static GraphReply Of(GraphError error)
    {
        var requestId = Guid.NewGuid().ToString();
        var headers = new List<KeyValuePair<string, string>>();
        if (error.RetryAfter is { } seconds)
        {
            headers.Add(new("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
        }

        if (error.Status == 401)
        {
            headers.Add(new("WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\""));
        }

        var inner = new JsonObject { ["request-id"] = requestId, ["client-request-id"] = requestId };
        return new GraphReply(error.Status, new JsonObject { ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message, ["innerError"] = inner } }) { Headers = headers };
    }
}
