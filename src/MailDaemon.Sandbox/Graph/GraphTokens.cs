using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MailDaemon.Sandbox.Graph;

/// <summary>Access tokens: those of the identity platform, and those that the server gives itself. May be used from any thread.</summary>
/// <param name="find">The user of a token of the identity platform, null when it is worth nothing.</param>
internal sealed class GraphTokens(Func<string, string?> find, TimeProvider time, TimeSpan lifetime)
{
    private readonly ConcurrentDictionary<string, (string Address, DateTimeOffset Until)> own = new(StringComparer.Ordinal);

    public string Create(string address)
    {
        var token = $"EwB.sandbox.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
        own[token] = (address, time.GetUtcNow() + lifetime);
        return token;
    }

    /// <summary>The address, null when the token is worth nothing.</summary>
    public string? Find(string token) => own.TryGetValue(token, out var given) ? (given.Until > time.GetUtcNow() ? given.Address : null) : find(token);

    /// <summary>The server's own tokens of now are worth nothing.</summary>
    public void Expire()
    {
        foreach (var token in own.Keys)
        {
            own[token] = own[token] with { Until = DateTimeOffset.MinValue };
        }
    }
}
