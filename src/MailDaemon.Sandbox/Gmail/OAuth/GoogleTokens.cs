using System.Collections.Concurrent;
using System.Security.Cryptography;
using MailDaemon.Sandbox.Gmail.Rest;

namespace MailDaemon.Sandbox.Gmail.OAuth;

/// <summary>Access and refresh tokens that were given. May be used from any thread.</summary>
internal sealed class GoogleTokens(TimeProvider time, GmailServerOptions options)
{
    private const int MaxAccessTokens = 10_000;

    private readonly ConcurrentDictionary<string, OAuthGrant> refreshTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (OAuthGrant Grant, DateTimeOffset Until)> accessTokens = new(StringComparer.Ordinal);

    public string CreateRefreshToken(OAuthGrant grant)
    {
        var token = "1//0" + GoogleBase64.Encode(RandomNumberGenerator.GetBytes(48));
        refreshTokens[token] = grant;
        return token;
    }

    public string CreateAccessToken(OAuthGrant grant)
    {
        var now = time.GetUtcNow();
        if (accessTokens.Count >= MaxAccessTokens)
        {
            foreach (var old in accessTokens.Where(one => one.Value.Until <= now || one.Value.Grant.IsRevoked).Select(one => one.Key).ToArray())
            {
                accessTokens.TryRemove(old, out _);
            }
        }

        var token = "ya29." + GoogleBase64.Encode(RandomNumberGenerator.GetBytes(64));
        accessTokens[token] = (grant, now + options.AccessTokenLifetime);
        return token;
    }

    /// <summary>What an access token is good for; null when it is unknown, expired or revoked.</summary>
    public OAuthGrant? Find(string accessToken) =>
        accessTokens.TryGetValue(accessToken, out var found) && found.Until > time.GetUtcNow() && !found.Grant.IsRevoked ? found.Grant : null;

    /// <summary>What a refresh token is good for; null when it is unknown or revoked.</summary>
    public OAuthGrant? FindRefresh(string refreshToken) =>
        refreshTokens.TryGetValue(refreshToken, out var found) && !found.IsRevoked ? found : null;

    public void Forget(string refreshToken) => refreshTokens.TryRemove(refreshToken, out _);

    /// <summary>Ends the grant of a token of either kind.</summary>
    /// <returns>False when it was none that is good.</returns>
    public bool Revoke(string token)
    {
        if ((FindRefresh(token) ?? Find(token)) is not { } grant)
        {
            return false;
        }

        grant.IsRevoked = true;
        return true;
    }

    /// <summary>Ends all that a user consented to.</summary>
    public void RevokeAll(string user)
    {
        foreach (var grant in refreshTokens.Values.Concat(accessTokens.Values.Select(one => one.Grant)).Where(grant => grant.User.Equals(user, StringComparison.OrdinalIgnoreCase)))
        {
            grant.IsRevoked = true;
        }
    }

    /// <summary>All access tokens of now are worth nothing; refresh tokens stay.</summary>
    public void ExpireAccessTokens() => accessTokens.Clear();
}
