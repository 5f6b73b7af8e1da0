using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Identity;

/// <summary>Gives tokens for a code, a refresh token or a device code (RFC 6749 §4.1.3, §6; RFC 8628 §3.4).</summary>
internal sealed class TokenEndpoint(IdentityContext context, AuthorizeEndpoint authorize, DeviceEndpoint devices, IdTokens idTokens)
{
    public HttpReply Answer(HttpIn request, string tenant, string url)
    {
        string? One(string name) => request.Form.FirstOrDefault(pair => pair.Key == name).Value;
        if (One("client_id") != IdentityServer.ClientId)
            return Refused(IdentityError.UnknownClient(One("client_id")));
        return One("grant_type") switch
        {
            "authorization_code" => Exchange(One, tenant, url),
            "refresh_token" => Refresh(One, tenant, url),
            "device_code" or "urn:ietf:params:oauth:grant-type:device_code" => OfDevice(One, tenant, url),
            null => Refused(IdentityError.Missing("grant_type")),
            var other => Refused(IdentityError.UnsupportedGrant(other)),
        };
    }

    private HttpReply Exchange(Func<string, string?> one, string tenant, string url)
    {
        if (one("code") is not { Length: > 0 } code)
            return Refused(IdentityError.Missing("code"));
        if (authorize.Take(code) is not { } found)
            return Refused(IdentityError.BadCode);
        if (one("redirect_uri") != found.Request.RedirectUri)
            return Refused(IdentityError.WrongRedirect);
        if (one("code_verifier") is not { } verifier || !Pkce.IsVerifier(verifier) || !Pkce.Matches(verifier, found.Request.CodeChallenge))
            return Refused(IdentityError.BadVerifier);
        return Give(found.Grant, tenant, url);
    }

    private HttpReply Refresh(Func<string, string?> one, string tenant, string url)
    {
        if (one("refresh_token") is not { Length: > 0 } refreshToken)
            return Refused(IdentityError.Missing("refresh_token"));
        if (context.Tokens.FindEnded(refreshToken) is not { } grant)
            return Refused(IdentityError.UnknownRefreshToken);
        if (grant.IsRevoked)
            return Refused(IdentityError.Revoked);
        if (MicrosoftScopes.Read(one("scope")).FirstOrDefault(scope => !grant.Scopes.Any(granted => MicrosoftScopes.AreSame(granted, scope))) is { } other)
            return Refused(new IdentityError(400, "invalid_grant", 65001, $"The user or administrator has not consented to use the application for {other}."));
        var answer = Give(grant, tenant, url);
        if (context.Options.EndsUsedRefreshTokens && answer.Status == 200)
            context.Tokens.Forget(refreshToken);
        return answer;
    }

    private HttpReply OfDevice(Func<string, string?> one, string tenant, string url)
    {
        if (one("device_code") is not { Length: > 0 } deviceCode)
            return Refused(IdentityError.Missing("device_code"));
        var (grant, error) = devices.Take(deviceCode);
        return grant is null ? Refused(error!) : Give(grant, tenant, url);
    }

    private HttpReply Give(OAuthGrant grant, string tenant, string url)
    {
        var user = context.Users.Get(grant.User);
        if (!user.MayUse(tenant))
            return Refused(IdentityError.NotOfTenant(user, tenant));
        var life = (int)context.Options.AccessTokenLifetime.TotalSeconds;
        var answer = new JsonObject
        {
            ["token_type"] = "Bearer",
            ["scope"] = string.Join(' ', grant.Scopes.Where(scope => scope != MicrosoftScopes.OfflineAccess)),
            ["expires_in"] = life,
            ["ext_expires_in"] = life,
            ["access_token"] = context.Tokens.CreateAccessToken(grant),
            ["client_info"] = IdTokens.ClientInfo(user),
        };
        if (grant.Scopes.Contains(MicrosoftScopes.OfflineAccess))
            answer["refresh_token"] = context.Tokens.CreateRefreshToken(grant);
        if (grant.Scopes.Contains(MicrosoftScopes.OpenId))
            answer["id_token"] = idTokens.Write(user, IdTokens.IssuerOf(url, user.TenantId));
        return IdentityReply.Json(answer);
    }

    private HttpReply Refused(IdentityError error) => IdentityReply.Error(error, context.Now);
}
