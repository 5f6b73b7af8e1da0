using System.Globalization;
using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

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
        var now = time.GetUtcNow();
        return Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct), Http.RetryAfter.Of(response, now), now);
    }

    public static GmailRefusal Read(HttpStatusCode status, ReadOnlyMemory<byte> body, TimeSpan? retryAfter, DateTimeOffset now)
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

        retryAfter ??= RetryAfterIn(message, now);
        return Of(status, reason, message, retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter);
    }

    public static GmailRefusal Of(HttpStatusCode status, string? reason, string? message, TimeSpan? retryAfter) =>
        new(status, reason ?? "", TextCut.At(message ?? "", MaxText), retryAfter);

    /// <summary>QUIRK: Gmail, of the limits for sending: "User-rate limit exceeded.  Retry after 2026-01-01T10:00:00.000Z".</summary>
    private static TimeSpan? RetryAfterIn(string message, DateTimeOffset now)
    {
        const string Words = "Retry after ";
        var at = message.IndexOf(Words, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        var time = message.AsSpan(at + Words.Length);
        time = time[..(time.IndexOfAny(' ', ')') is >= 0 and var end ? end : time.Length)];
        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told) ? told - now : null;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
