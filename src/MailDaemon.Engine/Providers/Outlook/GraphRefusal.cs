using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What the server said instead of doing it (Graph, "Microsoft Graph error responses and resource types").</summary>
/// <param name="Code"><c>error.code</c>; empty when there is none.</param>
/// <param name="RetryAfter">From now; null when the server did not say.</param>
internal sealed record GraphRefusal(HttpStatusCode Status, string Code, string Message, TimeSpan? RetryAfter)
{
    private const int MaxText = 300;

    /// <summary>Slower, the same would do: too many requests in ten minutes, or more than four at once (MailboxConcurrency).</summary>
    public bool IsRate => Status == HttpStatusCode.TooManyRequests || Is("ApplicationThrottled") || Is("MailboxConcurrency");

    public bool IsServerTrouble => Status is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
        or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;

    /// <summary>The server surely did not do it.</summary>
    public bool WasNotActedUpon => IsRate || IsPostponed || (Status >= HttpStatusCode.BadRequest && Status < HttpStatusCode.InternalServerError && !IsServerTrouble);

    /// <summary>The server is busy, has not begun, and says when it will have time.</summary>
    public bool IsPostponed => Status == HttpStatusCode.ServiceUnavailable && RetryAfter is not null;

    public bool Is(string code) => Code.Equals(code, StringComparison.OrdinalIgnoreCase);

    /// <param name="response">With its body in memory.</param>
    public static async Task<GraphRefusal> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken ct) =>
        Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct), Http.RetryAfter.Of(response, time.GetUtcNow()));

    public static GraphRefusal Read(HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(status, document.RootElement, retryAfter);
        }
        catch (JsonException)
        {
            // A page of a proxy in between: the status says enough.
            return new GraphRefusal(status, "", "", retryAfter);
        }
    }

    public static GraphRefusal Read(HttpStatusCode status, JsonElement body, TimeSpan? retryAfter) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? new GraphRefusal(status, Text(error, "code"), TextCut.At(Text(error, "message"), MaxText), retryAfter)
            : new GraphRefusal(status, "", "", retryAfter);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
