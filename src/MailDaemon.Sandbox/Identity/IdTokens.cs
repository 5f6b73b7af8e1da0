using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Identity;

/// <summary>
/// Tokens that say who somebody is ("ID token claims reference"), signed with a key that lives as long as the server.
/// </summary>
internal sealed class IdTokens(IdentityContext context) : IDisposable
{
    /// <summary>Made when somebody signs in first: it takes a tenth of a second.</summary>
    private readonly Lazy<RSA> key = new(() => RSA.Create(2048));

    /// <summary>What the key is called in <see cref="Keys"/>.</summary>
    private const string KeyId = "sandbox-1";

    /// <summary>The public key (RFC 7517).</summary>
    public JsonObject Keys()
    {
        var parameters = key.Value.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = KeyId,
                ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            }),
        };
    }

    public static string IssuerOf(string url, string tenant) => $"{url}/{tenant}/v2.0";

    public string Write(IdentityUser user, string issuer)
    {
        var now = context.Now.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["ver"] = "2.0",
            ["iss"] = issuer,
            ["aud"] = IdentityServer.ClientId,
            ["sub"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(user.ObjectId + IdentityServer.ClientId))),
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + (long)context.Options.AccessTokenLifetime.TotalSeconds,
            ["name"] = user.DisplayName,
            ["preferred_username"] = user.UserName,
            ["email"] = user.Address,
            ["oid"] = user.ObjectId,
            ["tid"] = user.TenantId,
        };
        var signed = $"{Encode(new JsonObject { ["typ"] = "JWT", ["alg"] = "RS256", ["kid"] = KeyId })}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>What MSAL tells accounts apart by (<c>client_info</c>).</summary>
    public static string ClientInfo(IdentityUser user) => Encode(new JsonObject { ["uid"] = user.ObjectId, ["utid"] = user.TenantId });

    public void Dispose()
    {
        if (key.IsValueCreated)
            key.Value.Dispose();
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
