namespace MailDaemon.Sandbox.OAuth;

/// <summary>What a client asks a user to consent to (RFC 6749 §4.1.1, RFC 7636 §4.3).</summary>
internal sealed record AuthorizationRequest
{
    public required string RedirectUri { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required string CodeChallenge { get; init; }

    public string? State { get; init; }

    public string? LoginHint { get; init; }

    public required DateTimeOffset Until { get; init; }
}

/// <summary>A code that can be exchanged for tokens once.</summary>
internal sealed record AuthorizationCode(AuthorizationRequest Request, OAuthGrant Grant, DateTimeOffset Until);
