using System.Globalization;

namespace MailDaemon.Engine.Messages;

/// <summary>The addresses of the accounts of this daemon, in all their forms: without regard to case, with a tag behind <c>+</c>, with a domain in either form. Immutable.</summary>
public sealed class OwnAddresses(IEnumerable<string> addresses)
{
    private static readonly IdnMapping Idn = new();

    private readonly HashSet<string> _addresses = addresses.Select(Plain).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string address) => _addresses.Contains(Plain(address));

    private static string Plain(string address)
    {
        var trimmed = address.Trim();
        var at = trimmed.LastIndexOf('@');
        return at < 1 ? trimmed : $"{trimmed[..at].Trim('"').Split('+', 2)[0]}@{Domain(trimmed[(at + 1)..])}";
    }

    private static string Domain(string domain)
    {
        try
        {
            return Idn.GetAscii(domain.TrimEnd('.'));
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}
