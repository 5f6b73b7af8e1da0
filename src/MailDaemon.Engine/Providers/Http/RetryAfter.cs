using System.Net.Http.Headers;

namespace MailDaemon.Engine.Providers.Http;

/// <summary>What a server asks to wait (RFC 9110 §10.2.3): seconds, or a date. Pure.</summary>
internal static class RetryAfter
{
    /// <returns>From now, never negative; null when the server did not say.</returns>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now) => Of(response.Headers.RetryAfter, now);

    /// <param name="value">As it stands in a header that is not one of an HTTP message, such as one of a batch's part.</param>
    public static TimeSpan? Of(string? value, DateTimeOffset now) =>
        RetryConditionHeaderValue.TryParse(value, out var told) ? Of(told, now) : null;

    private static TimeSpan? Of(RetryConditionHeaderValue? told, DateTimeOffset now)
    {
        var wait = told?.Delta ?? told?.Date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
