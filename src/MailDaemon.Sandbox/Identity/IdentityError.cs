namespace MailDaemon.Sandbox.Identity;

/// <summary>An error as the identity platform answers it ("Microsoft Entra authentication and authorization error codes").</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Error">The word of OAuth.</param>
/// <param name="Number">The number after AADSTS; 0 for none.</param>
public sealed record IdentityError(int Status, string Error, int Number, string Message)
{
    public string? SubError { get; init; }

    /// <summary>Seconds; null for no such header.</summary>
    public int? RetryAfter { get; init; }

    public static IdentityError TooManyRequests { get; } = new(429, "temporarily_unavailable", 90055, "The request was denied because there are too many requests.");

    public static IdentityError Unavailable { get; } = new(503, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again.");

    /// <summary>The user has to prove again who it is.</summary>
    public static IdentityError InteractionRequired { get; } = new(
        400, "invalid_grant", 50076, "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access.")
    {
        SubError = "basic_action",
    };

    public static IdentityError SlowDown { get; } = new(400, "slow_down", 0, "The client polls too often.");

    internal static IdentityError Pending { get; } = new(400, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.");

    internal static IdentityError Declined { get; } = new(400, "authorization_declined", 70018, "The end user denied the authorization request.");

    internal static IdentityError DeviceCodeExpired { get; } = new(400, "expired_token", 70019, "Verification code expired. Have the user retry the sign-in.");

    internal static IdentityError BadDeviceCode { get; } = new(400, "bad_verification_code", 70013, "The device code was not recognised.");

    /// <summary>The user withdrew the consent, or changed the password.</summary>
    internal static IdentityError Revoked { get; } = new(400, "invalid_grant", 50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.");

    internal static IdentityError UnknownRefreshToken { get; } = new(400, "invalid_grant", 9002313, "The refresh token is malformed, or was used before.");

    internal static IdentityError BadCode { get; } = new(400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired or was used already. Send a new interactive authorization request.");

    internal static IdentityError BadVerifier { get; } = new(400, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.");

    internal static IdentityError WrongRedirect { get; } = new(400, "invalid_client", 500112, "The reply address does not match the reply address provided when requesting authorization code.");

    internal static IdentityError UnknownClient(string? clientId) => new(400, "unauthorized_client", 700016, $"Application with identifier '{clientId}' was not found in the directory.");

    internal static IdentityError UnknownRedirect(string? address) => new(400, "invalid_request", 50011, $"The redirect URI '{address}' specified in the request does not match the redirect URIs configured for the application.");

    internal static IdentityError UnknownTenant(string tenant) => new(400, "invalid_request", 90002, $"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID.");

    internal static IdentityError Missing(string parameter) => new(400, "invalid_request", 900144, $"The request body must contain the following parameter: '{parameter}'.");

    internal static IdentityError UnsupportedGrant(string grant) => new(400, "unsupported_grant_type", 70003, $"The app requested an unsupported grant type '{grant}'.");

    internal static IdentityError UnknownScope(string scope) => new(400, "invalid_scope", 70011, $"The provided value for the input parameter 'scope' is not valid. The scope {scope} does not exist.");

    internal static IdentityError NotOfTenant(IdentityUser user, string tenant) => user.IsPersonal
        ? new(400, "invalid_grant", 50020, $"User account '{user.UserName}' from identity provider 'live.com' does not exist in tenant '{tenant}'. Use a work or school account.")
        : new(400, "invalid_grant", 50020, $"User account '{user.UserName}' is a work or school account and cannot be used at '{tenant}'.");
}
