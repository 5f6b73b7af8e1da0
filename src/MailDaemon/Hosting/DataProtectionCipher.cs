using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MailDaemon.Engine.Accounts;
using Microsoft.AspNetCore.DataProtection;

namespace MailDaemon.Hosting;

/// <summary>Encrypts secrets with ASP.NET Core Data Protection; its keys lie in <c>secrets/keys</c> of the data directory.</summary>
internal sealed class DataProtectionCipher(IDataProtectionProvider protection) : ISecretCipher
{
    public byte[] Protect(string purpose, byte[] plain) => protection.CreateProtector(purpose).Protect(plain);

    /// <summary>False when the key is lost, the purpose is another or the bytes were changed.</summary>
    public bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain)
    {
        try
        {
            plain = protection.CreateProtector(purpose).Unprotect(cipher);
            return true;
        }
        catch (CryptographicException)
        {
            plain = [];
            return false;
        }
    }
}

internal static class SecretCipherRegistration
{
    public static void AddSecretCipher(this IServiceCollection services, string dataDirectory)
    {
        var keys = KeyRing.DirectoryIn(dataDirectory);
        DataDirectory.Create(keys);
        services.AddDataProtection()
            .SetApplicationName("MailDaemon")
            .PersistKeysToFileSystem(new DirectoryInfo(keys));
        services.AddSingleton<ISecretCipher, DataProtectionCipher>();
    }
}
