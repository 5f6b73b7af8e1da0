using System.Xml;
using System.Xml.Linq;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Hosting;

/// <summary>The keys that the stored passwords are encrypted with: a file each in <c>secrets/keys</c> of the data directory.</summary>
internal static class KeyRing
{
    public static string DirectoryIn(string dataDirectory) => Path.Combine(dataDirectory, "secrets", "keys");

    /// <summary>Looks at every key before a password is asked for: a lost one is to be restored, not replaced by a new one.</summary>
    /// <exception cref="MailException">Conflict <c>key_ring_damaged</c>.</exception>
    public static void Check(string dataDirectory)
    {
        foreach (var file in new DirectoryInfo(DirectoryIn(dataDirectory)).EnumerateFiles("*.xml"))
        {
            try
            {
                if (XDocument.Load(file.FullName).Root?.Name.LocalName is not ("key" or "revocation"))
                    throw Damaged(file, "it holds no key", null);
            }
            catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
            {
                throw Damaged(file, e.Message, e);
            }
        }
    }

    /// <summary>Whether there is no key, and a secret that was encrypted with one.</summary>
    public static bool IsAbsent(string dataDirectory) =>
        !Directory.EnumerateFiles(DirectoryIn(dataDirectory), "*.xml").Any() && Directory.EnumerateFiles(Path.Combine(dataDirectory, "secrets"), "*.secret").Any();

    private static MailException Damaged(FileInfo file, string reason, Exception? cause) => new(
        MailFault.Conflict,
        "key_ring_damaged",
        $"'{file.FullName}' is damaged ({reason}). The stored passwords are encrypted with the key in it. It was left as it is. Restore it from a backup, "
        + "or move it away and give the passwords again.",
        cause);
}
