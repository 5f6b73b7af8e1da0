namespace MailDaemon.Sandbox.Identity;

/// <summary>A request that the identity platform has seen. Tokens and codes are not in it.</summary>
public sealed record IdentityRequest
{
    public required DateTimeOffset At { get; init; }

    public required string Verb { get; init; }

    /// <summary>Without the query.</summary>
    public required string Path { get; init; }

    /// <summary><c>common</c>, <c>organizations</c>, <c>consumers</c> or the id of a tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary><c>openid</c>, <c>keys</c>, <c>authorize</c>, <c>consent</c>, <c>token</c>, <c>devicecode</c>, <c>deviceauth</c> or <c>discovery</c>; empty when there is no such endpoint.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Of a request for a token; else null.</summary>
    public string? GrantType { get; init; }

    /// <summary>The HTTP status; 0 when the connection was cut in place of an answer.</summary>
    public int Status { get; init; }

    /// <summary>The word of the error; null when there was none.</summary>
    public string? Error { get; init; }
}
