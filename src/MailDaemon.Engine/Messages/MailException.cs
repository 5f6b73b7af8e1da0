namespace MailDaemon.Engine.Messages;

/// <summary>Why something could not be done, by who can mend it.</summary>
public enum MailFault
{
    /// <summary>The caller's input is wrong.</summary>
    InvalidInput,

    /// <summary>The account is not there or its authorization is missing or expired.</summary>
    NotAuthorized,

    NotFound,

    /// <summary>The caller may not.</summary>
    Forbidden,

    /// <summary>The present state does not allow it.</summary>
    Conflict,

    /// <summary>More than the limit.</summary>
    TooLarge,

    /// <summary>More at once than there is room for; later there may be.</summary>
    TooMany,

    /// <summary>The remote server refused or broke the dialogue.</summary>
    Refused,

    /// <summary>The remote server cannot be reached.</summary>
    Unreachable,

    /// <summary>The remote server did not answer in time.</summary>
    Timeout,
}

/// <summary>A failure that the caller can act on. The message says what went wrong and what to do, and never holds a secret.</summary>
/// <param name="code">A stable snake_case word, part of the API.</param>
public sealed class MailException(MailFault fault, string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public MailFault Fault { get; } = fault;

    public string Code { get; } = code;

    /// <summary>Field name to what is wrong with it, where the fault lies in the input.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; init; }

    /// <summary>When the same may be tried again, from now; null when that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The server could not be spoken to: the same may do later.</summary>
    public bool IsOffline => Fault is MailFault.Unreachable or MailFault.Timeout || Code == "connection_lost";

    /// <summary>It is not the request that failed: once the server, the network or the password is mended the same may do.</summary>
    public bool MayPass => IsOffline || Fault == MailFault.NotAuthorized || Code is "server_unavailable" or "tls_failed" or "certificate_untrusted" or "rate_limited" or "quota_exceeded";

    public static MailException InvalidInput(string code, string message) => new(MailFault.InvalidInput, code, message);

    /// <summary>There is no such account under this provider, or it may not be used.</summary>
    public static MailException NotAuthorized(ProviderKind provider) => provider == ProviderKind.Imap
        ? new(MailFault.NotAuthorized, "account_not_configured", "Account not configured")
        : new(MailFault.NotAuthorized, "not_authorized", "Not authorized");

    /// <summary>The account is there, and its tokens are not, or cannot be read any more.</summary>
    public static MailException NotSignedIn(AccountKey account) => new(MailFault.NotAuthorized, "not_authorized", $"Not authorized. {SignIn(account)}");

    /// <summary>The owner of the mailbox has to consent again.</summary>
    public static MailException AuthorizationExpired(AccountKey account) => new(MailFault.NotAuthorized, "authorization_expired", $"Authorization expired. {SignIn(account)}");

    public static MailException NotFound(string code, string message) => new(MailFault.NotFound, code, message);

    public static MailException Conflict(string code, string message) => new(MailFault.Conflict, code, message);

    private static string SignIn(AccountKey account) =>
        $"Sign in again: POST /api/{account.Provider.Name()}/auth/initiate?loginHint={Uri.EscapeDataString(account.Email)}, then open its authUrl in a browser.";
}
