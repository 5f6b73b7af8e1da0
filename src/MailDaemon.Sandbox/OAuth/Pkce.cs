using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Sandbox.OAuth;

/// <summary>Proof that who exchanges a code is who asked for it (RFC 7636), by the method S256.</summary>
internal static class Pkce
{
    public static bool IsChallenge(string? method, string? challenge) => method == "S256" && challenge is { Length: 43 };

    /// <summary>43 to 128 characters (RFC 7636 §4.1).</summary>
    public static bool IsVerifier(string? verifier) => verifier is { Length: >= 43 and <= 128 };

    public static bool Matches(string verifier, string challenge) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));
}
