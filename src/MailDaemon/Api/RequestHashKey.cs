using System.Security.Cryptography;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Api;

/// <summary>
/// Hashes requests whose replies are kept with a key out of the vault. Requests hold passwords, and a plain hash of one would let whoever
/// reads the store try out guesses. A lost key makes repeats of earlier requests conflicts, never second effects.
/// </summary>
internal sealed class RequestHashKey(SecretVault vault)
{
    private const string Owner = "replies";
    private const string Purpose = "request-hash";
    private const int Bytes = 32;

    private readonly Lazy<byte[]> key = new(() => ReadOrMake(vault));

    /// <param name="hash">Of the request.</param>
    public byte[] Of(byte[] hash) => HMACSHA256.HashData(key.Value, hash);

    private static byte[] ReadOrMake(SecretVault vault)
    {
        if (vault.Read(Owner, Purpose) is { } kept)
            return Convert.FromHexString(kept.Reveal());
        var made = RandomNumberGenerator.GetBytes(Bytes);
        vault.Save(Owner, Purpose, new Secret(Convert.ToHexString(made)));
        return made;
    }
}
