using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Identity;

/// <summary>What clients find the other endpoints by (OpenID Connect Discovery 1.0), the keys, and the discovery of instances.</summary>
internal sealed class MetadataEndpoint(IdTokens idTokens)
{
    /// <param name="tenant">Of the address; for <c>common</c> and <c>organizations</c> the issuer has a place for the tenant of the user.</param>
    public static HttpReply Configuration(string url, string tenant) => IdentityReply.Json(new JsonObject
    {
        ["issuer"] = IdTokens.IssuerOf(url, tenant switch { "common" or "organizations" => "{tenantid}", "consumers" => IdentityUser.PersonalTenant, _ => tenant }),
        ["authorization_endpoint"] = $"{url}/{tenant}/oauth2/v2.0/authorize",
        ["token_endpoint"] = $"{url}/{tenant}/oauth2/v2.0/token",
        ["device_authorization_endpoint"] = $"{url}/{tenant}/oauth2/v2.0/devicecode",
        ["jwks_uri"] = $"{url}/{tenant}/discovery/v2.0/keys",
        ["response_types_supported"] = new JsonArray("code"),
        ["response_modes_supported"] = new JsonArray("query"),
        ["scopes_supported"] = new JsonArray("openid", "profile", "email", "offline_access"),
        ["subject_types_supported"] = new JsonArray("pairwise"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
    });

    public HttpReply Keys() => IdentityReply.Json(idTokens.Keys());

    /// <summary>The names that one identity platform goes by.</summary>
    public static HttpReply Instances(string url)
    {
        var host = new Uri(url).Authority;
        return IdentityReply.Json(new JsonObject
        {
            ["tenant_discovery_endpoint"] = $"{url}/common/v2.0/.well-known/openid-configuration",
            ["api-version"] = "1.1",
            ["metadata"] = new JsonArray(new JsonObject { ["preferred_network"] = host, ["preferred_cache"] = host, ["aliases"] = new JsonArray(host) }),
        });
    }
}
