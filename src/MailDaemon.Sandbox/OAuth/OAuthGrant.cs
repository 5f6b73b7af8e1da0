namespace MailDaemon.Sandbox.OAuth;

/// <summary>What a user consented to once.</summary>
internal sealed class OAuthGrant(string user, IReadOnlySet<string> scopes)
{
    public string User => user;

    public IReadOnlySet<string> Scopes => scopes;

    /// <summary>No token of it is good any more.</summary>
    public bool IsRevoked { get; set; }
}
