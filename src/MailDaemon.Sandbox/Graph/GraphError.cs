namespace MailDaemon.Sandbox.Graph;

/// <summary>An error that the server answers, by itself or because it is told to.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">As in Graph's error object.</param>
/// <param name="RetryAfter">Seconds for the Retry-After header; null for none.</param>
public sealed record GraphError(int Status, string Code, string Message, int? RetryAfter = null)
{
    /// <summary>429: more than four requests at a time.</summary>
    public static GraphError MailboxConcurrency { get; } = new(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", 1);

    /// <summary>429: more than 10,000 requests in ten minutes.</summary>
    public static GraphError TooManyRequests { get; } = new(429, "TooManyRequests", "Too many requests. The application is over its request limit for this mailbox.", 10);

    /// <summary>429 without a word how long to wait.</summary>
    public static GraphError TooManyRequestsUntold { get; } = TooManyRequests with { RetryAfter = null };

    /// <summary>429: the older form of the same.</summary>
    public static GraphError Throttled { get; } = new(429, "ErrorExceededMessageLimit", "Your account has exceeded the limit for sending messages.", 30);

    /// <summary>503.</summary>
    public static GraphError Unavailable { get; } = new(503, "ServiceUnavailable", "The service is unavailable. Please try again later.", 5);

    /// <summary>503: the mailbox is moved between databases.</summary>
    public static GraphError MailboxInTransit { get; } = new(503, "MailboxInTransit", "Mailbox in transit, cannot be accessed now.");

    /// <summary>500.</summary>
    public static GraphError Internal { get; } = new(500, "ErrorInternalServerError", "An internal server error occurred. The operation failed., Please try again later.");

    /// <summary>504.</summary>
    public static GraphError GatewayTimeout { get; } = new(504, "UnknownError", "");

    /// <summary>404: gone, or not there yet.</summary>
    public static GraphError ItemNotFound { get; } = new(404, "ErrorItemNotFound", "The specified object was not found in the store.");

    /// <summary>410: the server has forgotten what the link stands for.</summary>
    public static GraphError SyncStateNotFound { get; } = new(410, "SyncStateNotFound", "The sync state generation is not found.");

    /// <summary>410: the same in the words of the guide to delta queries.</summary>
    public static GraphError ResyncRequired { get; } = new(410, "resyncRequired", "Resync is required.");

    /// <summary>400: the link is not understood any more.</summary>
    public static GraphError SyncStateInvalid { get; } = new(400, "ErrorInvalidSyncStateData", "The sync state data is invalid.");

    /// <summary>401.</summary>
    public static GraphError InvalidToken { get; } = new(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.");

    /// <summary>403.</summary>
    public static GraphError AccessDenied { get; } = new(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
}
