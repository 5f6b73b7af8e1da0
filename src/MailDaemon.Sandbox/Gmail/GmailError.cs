namespace MailDaemon.Sandbox.Gmail;

/// <summary>An error that the server is told to answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">As in Google's error object.</param>
/// <param name="RetryAfter">Seconds for the Retry-After header; null for none.</param>
public sealed record GmailError(int Status, string Reason, string RpcStatus, string Message, int? RetryAfter = null)
{
    /// <summary>429: too many requests at a time.</summary>
    public static GmailError RateLimit { get; } = new(429, "rateLimitExceeded", "RESOURCE_EXHAUSTED", "Too many concurrent requests for user.");

    /// <summary>403: the older form of the same.</summary>
    public static GmailError UserRateLimit { get; } = new(403, "userRateLimitExceeded", "PERMISSION_DENIED", "User Rate Limit Exceeded");

    /// <summary>403: no more today.</summary>
    public static GmailError DailyLimit { get; } = new(403, "dailyLimitExceeded", "PERMISSION_DENIED", "Daily Limit Exceeded");

    /// <summary>403: no more for this project.</summary>
    public static GmailError Quota { get; } = new(403, "quotaExceeded", "PERMISSION_DENIED", "Quota exceeded");

    /// <summary>500.</summary>
    public static GmailError Backend { get; } = new(500, "backendError", "INTERNAL", "Internal error encountered.");

    /// <summary>503.</summary>
    public static GmailError Unavailable { get; } = new(503, "backendError", "UNAVAILABLE", "The service is currently unavailable.");
}
