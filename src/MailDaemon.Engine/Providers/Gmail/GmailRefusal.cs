using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>What the server said instead of doing it.</summary>
/// <param name="Reason">The first of <c>error.errors[].reason</c>; empty when there is none.</param>
/// <param name="RetryAfter">Null when the server did not say.</param>
internal sealed record GmailRefusal(HttpStatusCode Status, string Reason, string Message, TimeSpan? RetryAfter)
{
    private const int MaxText = 300;

    /// <summary>Slower, the same would do. The quota of a day is not of this kind.</summary>
    public bool IsRate => !IsQuota && (Status == HttpStatusCode.TooManyRequests
        || (Status == HttpStatusCode.Forbidden && Reason is "rateLimitExceeded" or "userRateLimitExceeded"));

    /// <summary>What is used up comes back tomorrow.</summary>
    public bool IsQuota => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden && Reason is "dailyLimitExceeded" or "quotaExceeded";

    public bool IsServerTrouble => Status is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <param name="response">With its body in memory.</param>
    public static async Task<GmailRefusal> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken ct)
    {
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct), retryAfter is { } wait && wait < TimeSpan.Zero ? TimeSpan.Zero : retryAfter);
    }

    public static GmailRefusal Read(HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var (reason, message) = ("", "");
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            {
                message = Text(error, "message");
                if (error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 && errors[0].ValueKind == JsonValueKind.Object)
                    reason = Text(errors[0], "reason");
            }
        }
        catch (JsonException)
        {
            // A page of a proxy in between: the status says enough.
        }

        return Of(status, reason, message, retryAfter);
    }

    public static GmailRefusal Of(HttpStatusCode status, string? reason, string? message, TimeSpan? retryAfter) =>
        new(status, reason ?? "", TextCut.At(message ?? "", MaxText), retryAfter);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
