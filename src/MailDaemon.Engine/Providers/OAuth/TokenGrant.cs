using MailDaemon.Engine.Accounts;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>What a token endpoint gave (RFC 6749 §5.1).</summary>
/// <param name="Life">How long the access token holds from now.</param>
/// <param name="RefreshToken">What the next access token is got with; of Microsoft MSAL's cache, in which it is. Null: the one that was used stays good.</param>
/// <param name="Scopes">Null: those that were asked for.</param>
public sealed record TokenGrant(Secret AccessToken, TimeSpan Life, Secret? RefreshToken, IReadOnlyList<string>? Scopes);
