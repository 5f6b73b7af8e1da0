namespace MailDaemon.Sandbox.Gmail;

/// <summary>A request that the server has seen, or a part of a batch. Tokens are not in it.</summary>
public sealed record GmailRequest
{
    public required DateTimeOffset At { get; init; }

    public required string Verb { get; init; }

    /// <summary>Path and query, without an <c>access_token</c>.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// The id of the method in the discovery document (<c>gmail.users.messages.get</c>), <c>batch</c>, <c>oauth.authorize</c>,
    /// <c>oauth.consent</c>, <c>oauth.token</c>, <c>oauth.revoke</c> or <c>oauth.userinfo</c>; empty when there is no such method.
    /// </summary>
    public required string Method { get; init; }

    /// <summary>The quota units it costs.</summary>
    public int Units { get; init; }

    /// <summary>The HTTP status; 0 when the connection was cut in place of an answer.</summary>
    public int Status { get; init; }

    /// <summary>The user whose token it came with; null when it had none that is good.</summary>
    public string? User { get; init; }

    public bool IsBatchPart { get; init; }

    /// <summary>What is not as the discovery document says; empty when all is, or when no document is given.</summary>
    public IReadOnlyList<string> Violations { get; init; } = [];
}
