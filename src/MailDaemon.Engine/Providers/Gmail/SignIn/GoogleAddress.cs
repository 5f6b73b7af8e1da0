namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>Addresses as Google tells mailboxes apart.</summary>
internal static class GoogleAddress
{
    private static readonly string[] Gmail = ["@gmail.com", "@googlemail.com"];

    /// <summary>
    /// Whether two addresses name one mailbox: case does not matter, and at gmail.com, which is also googlemail.com, dots before the @ do not either
    /// ("Dots don't matter in Gmail addresses"). Elsewhere they do.
    /// </summary>
    public static bool IsSameMailbox(string left, string right) => string.Equals(Plain(left), Plain(right), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string address) => Array.Find(Gmail, domain => address.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) is { } domain
        ? address[..^domain.Length].Replace(".", "", StringComparison.Ordinal) + Gmail[0]
        : address;
}
