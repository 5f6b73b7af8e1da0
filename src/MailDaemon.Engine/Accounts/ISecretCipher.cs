namespace MailDaemon.Engine.Accounts;

/// <summary>Encrypts what lies in <c>secrets/</c>: with a key ring of our own, or with the keychain of the system.</summary>
public interface ISecretCipher
{
    /// <param name="purpose">What the result is for; it can only be read for the same purpose again.</param>
    byte[] Protect(string purpose, byte[] plain);

    /// <summary>False when the key is lost, the bytes are not ours, or were made for another purpose; never throws for these.</summary>
    bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain);
}
