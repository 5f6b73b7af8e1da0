using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Rest;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Gmail.OAuth;

/// <content>The token endpoint (RFC 6749 §4.1.3, §6).</content>
internal sealed partial class OAuthServer
{
    private GmailReply Token(HttpIn request, RequestNotes notes)
    {
        string? One(string name) => Value(request.Form, name);
        var (clientId, secret) = Basic(request) ?? (One("client_id"), One("client_secret"));
        if (clientId != GmailServer.ClientId)
        {
            return Error(401, "invalid_client", "The OAuth client was not found.");
        }

        if (!AreEqual(secret ?? "", GmailServer.ClientSecret))
        {
            return Error(secret is null ? 400 : 401, secret is null ? "invalid_request" : "invalid_client", secret is null ? "client_secret is missing." : "The provided client secret is invalid.");
        }

        return One("grant_type") switch
        {
            "authorization_code" => Exchange(One, notes),
            "refresh_token" => Refresh(One("refresh_token"), notes),
            null => Error(400, "invalid_request", "Required parameter is missing: grant_type"),
            var other => Error(400, "unsupported_grant_type", $"Invalid grant_type: {other}"),
        };
    }

    private GmailReply Exchange(Func<string, string?> one, RequestNotes notes)
    {
        if (one("code") is not { Length: > 0 } code)
        {
            return Error(400, "invalid_request", "Missing required parameter: code");
        }

        if (!codes.TryRemove(code, out var found) || found.Until < Now)
        {
            return Error(400, "invalid_grant", "Malformed auth code.");
        }

        if (one("redirect_uri") != found.Request.RedirectUri)
        {
            return Error(400, "redirect_uri_mismatch", "Bad Request");
        }

        if (one("code_verifier") is not { } verifier || !Pkce.IsVerifier(verifier))
        {
            return Error(400, "invalid_grant", "Missing code verifier.");
        }

        if (!Pkce.Matches(verifier, found.Request.CodeChallenge))
        {
            return Error(400, "invalid_grant", "Invalid code verifier.");
        }

        notes.User = found.Grant.User;
        var answer = Answer(found.Grant);
        answer["refresh_token"] = tokens.CreateRefreshToken(found.Grant);
        return new GmailReply(200, answer);
    }

    private GmailReply Refresh(string? refreshToken, RequestNotes notes)
    {
        if (refreshToken is not { Length: > 0 })
        {
            return Error(400, "invalid_request", "Missing required parameter: refresh_token");
        }

        if (tokens.FindRefresh(refreshToken) is not { } grant)
        {
            return Error(400, "invalid_grant", "Token has been expired or revoked.");
        }

        notes.User = grant.User;
        var answer = Answer(grant);
        if (context.Options.RotatesRefreshTokens)
        {
            tokens.Forget(refreshToken);
            answer["refresh_token"] = tokens.CreateRefreshToken(grant);
        }

        return new GmailReply(200, answer);
    }

    private JsonObject Answer(OAuthGrant grant)
    {
        var answer = new JsonObject
        {
            ["access_token"] = tokens.CreateAccessToken(grant),
            ["expires_in"] = (int)context.Options.AccessTokenLifetime.TotalSeconds,
            ["scope"] = string.Join(' ', grant.Scopes),
            ["token_type"] = "Bearer",
        };
        if (grant.Scopes.Contains(GoogleScopes.OpenId))
        {
            answer["id_token"] = IdToken(grant);
        }

        return answer;
    }

    /// <summary>A JWT without a signature (<c>alg: none</c>): whoever reads it got it from this server over the same connection.</summary>
    private string IdToken(OAuthGrant grant)
    {
        var now = Now.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = "https://accounts.google.com",
            ["azp"] = GmailServer.ClientId,
            ["aud"] = GmailServer.ClientId,
            ["sub"] = SubjectOf(grant.User),
            ["iat"] = now,
            ["exp"] = now + (long)context.Options.AccessTokenLifetime.TotalSeconds,
        };
        if (grant.Scopes.Contains(GoogleScopes.Email))
        {
            claims["email"] = grant.User;
            claims["email_verified"] = true;
        }

        return $"{GoogleBase64.Encode("""{"alg":"none","typ":"JWT"}""")}.{GoogleBase64.Encode(claims.ToJsonString())}.";
    }

    private static (string?, string?)? Basic(HttpIn request)
    {
        if (request.Header("Authorization") is not { } header || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            || GoogleBase64.DecodeText(header["Basic ".Length..].Trim())?.Split(':', 2) is not [var id, var secret])
        {
            return null;
        }

        return (Uri.UnescapeDataString(id), Uri.UnescapeDataString(secret));
    }

    private static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
