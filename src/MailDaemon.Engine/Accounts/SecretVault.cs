using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Accounts;

/// <summary>
/// Passwords and tokens: one encrypted file each in <c>secrets/</c>, named by hash, bound to its account and purpose. Thread-safe.
/// </summary>
public sealed class SecretVault(DataPaths paths, ISecretCipher cipher)
{
    public const string Password = "password";
    public const string OAuthToken = "oauth-token";

    private const int LargestFile = 1024 * 1024;
    private const string Suffix = ".secret";
    private readonly ConcurrentDictionary<(string Owner, string Purpose), bool> lost = new();
    private static readonly SearchValues<char> PurposeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Saves or replaces. A crash leaves the old secret or the new one.</summary>
    /// <param name="purpose">Lower-case letters, digits and hyphens, at most 40.</param>
    public void Save(AccountKey account, string purpose, Secret secret) => Save(account.ToString(), purpose, secret);

    /// <summary>As <see cref="Save(AccountKey, string, Secret)"/>, for something that is no account.</summary>
    /// <param name="owner">Without a colon, which every account has.</param>
    public void Save(string owner, string purpose, Secret secret)
    {
        var path = FileOf(owner, purpose);
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        try
        {
            PrivateFiles.Replace(path, cipher.Protect(BindingOf(owner, purpose), plain), isDurable: true);
            lost.TryRemove((owner, purpose), out _);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Null when there is none or it cannot be read any more: the account then needs its authorization again.</summary>
    public Secret? Read(AccountKey account, string purpose) => Read(account.ToString(), purpose);

    public Secret? Read(string owner, string purpose)
    {
        var bytes = PrivateFiles.ReadOrNull(FileOf(owner, purpose), LargestFile);
        if (bytes is null)
            return null;
        if (!cipher.TryUnprotect(BindingOf(owner, purpose), bytes, out var plain))
        {
            lost[(owner, purpose)] = true;
            return null;
        }

        var secret = new Secret(Encoding.UTF8.GetString(plain));
        CryptographicOperations.ZeroMemory(plain);
        return secret;
    }

    /// <summary>Whether a secret of an account is there and can no longer be read, as far as that was tried.</summary>
    public bool IsLost(AccountKey account) => lost.Keys.Any(one => one.Owner == account.ToString());

    /// <summary>Tries to read what is there for an account.</summary>
    /// <returns>As <see cref="IsLost"/>.</returns>
    public bool CheckIsLost(AccountKey account)
    {
        foreach (var purpose in (ReadOnlySpan<string>)[Password, OAuthToken])
            Read(account, purpose);
        return IsLost(account);
    }

    public void Delete(AccountKey account, string purpose)
    {
        File.Delete(FileOf(account.ToString(), purpose));
        lost.TryRemove((account.ToString(), purpose), out _);
    }

    /// <summary>Deletes all of an account's secrets, whatever their purpose.</summary>
    public void DeleteAll(AccountKey account)
    {
        foreach (var file in Directory.EnumerateFiles(paths.Secrets, NameOf(account.ToString()) + ".*"))
            File.Delete(file);
        foreach (var one in lost.Keys.Where(one => one.Owner == account.ToString()))
            lost.TryRemove(one, out _);
    }

    private static string BindingOf(string owner, string purpose) => $"MailDaemon.Secret.v1/{owner}/{purpose}";

    private static string NameOf(string owner) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)).AsSpan(0, 16));

    private string FileOf(string owner, string purpose)
    {
        if (purpose.Length is 0 or > 40 || purpose.AsSpan().ContainsAnyExcept(PurposeCharacters))
            throw new ArgumentException("A purpose is 1 to 40 lower-case letters, digits and hyphens.", nameof(purpose));
        return Path.Combine(paths.Secrets, $"{NameOf(owner)}.{purpose}{Suffix}");
    }
}
