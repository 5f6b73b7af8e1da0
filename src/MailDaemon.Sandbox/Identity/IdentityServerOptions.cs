namespace MailDaemon.Sandbox.Identity;

/// <summary>Who can sign in at the identity platform, and how it behaves when nothing is made to fail.</summary>
public sealed record IdentityServerOptions
{
    /// <summary>The users, at least one. Default: <see cref="SandboxUser.Olivia"/>, a personal account.</summary>
    public IReadOnlyList<IdentityUser> Users { get; init; } = [IdentityUser.Personal(SandboxUser.Olivia)];

    /// <summary>How long an access token is good. Default one hour; Microsoft gives 60 to 90 minutes.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether a refresh token is good once. Default false, as Microsoft: each refresh gives another one, and the old one stays good
    /// ("Refresh tokens in the Microsoft identity platform").
    /// </summary>
    public bool EndsUsedRefreshTokens { get; init; }

    /// <summary>How long a device code can be used. Default 15 minutes, as Microsoft.</summary>
    public TimeSpan DeviceCodeLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Seconds between two questions for the token of a device code; sooner is answered <c>slow_down</c>. Default 5, as Microsoft.</summary>
    public int DeviceCodeInterval { get; init; } = 5;
}
