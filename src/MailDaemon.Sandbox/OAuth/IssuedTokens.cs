using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MailDaemon.Sandbox.OAuth;

/// <summary>Access and refresh tokens that were given. May be used from any thread.</summary>
/// <param name="lifetime">Of an access token.</param>
/// <param name="refreshPrefix">What a refresh token begins with.</param>
/// <param name="accessPrefix">What an access token begins with.</param>
internal sealed class IssuedTokens(TimeProvider time, TimeSpan lifetime, string refreshPrefix, string accessPrefix)
{
    private const int MaxOfAKind = 10_000;

    private readonly ConcurrentDictionary<string, OAuthGrant> refreshTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (OAuthGrant Grant, DateTimeOffset Until)> accessTokens = new(StringComparer.Ordinal);

    public string CreateRefreshToken(OAuthGrant grant)
    {
        if (refreshTokens.Count >= MaxOfAKind)
        {
            Forget(refreshTokens, one => one.IsRevoked);
        }

        var token = refreshPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));
        refreshTokens[token] = grant;
        return token;
    }

    public string CreateAccessToken(OAuthGrant grant)
    {
        var now = time.GetUtcNow();
        if (accessTokens.Count >= MaxOfAKind)
        {
            Forget(accessTokens, one => one.Until <= now || one.Grant.IsRevoked);
        }

        var token = accessPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(64));
        accessTokens[token] = (grant, now + lifetime);
        return token;
    }

    /// <summary>What an access token is good for; null when it is unknown, expired or revoked.</summary>
    public OAuthGrant? Find(string accessToken) =>
        accessTokens.TryGetValue(accessToken, out var found) && found.Until > time.GetUtcNow() && !found.Grant.IsRevoked ? found.Grant : null;

    /// <summary>What a refresh token is good for; null when it is unknown or revoked.</summary>
    public OAuthGrant? FindRefresh(string refreshToken) => FindEnded(refreshToken) is { IsRevoked: false } found ? found : null;

    /// <summary>What a refresh token is or was good for; null when it is unknown.</summary>
    public OAuthGrant? FindEnded(string refreshToken) => refreshTokens.GetValueOrDefault(refreshToken);

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

    private static void Forget<T>(ConcurrentDictionary<string, T> tokens, Func<T, bool> isUseless)
    {
        foreach (var old in tokens.Where(one => isUseless(one.Value)).Select(one => one.Key).ToArray())
        {
            tokens.TryRemove(old, out _);
        }
    }
}
