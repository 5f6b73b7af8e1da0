using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>Who is on the other side of a mail. Pure.</summary>
public static class Counterparty
{
    private const int Most = 20;

    /// <summary>The direction, and the other side: of what came in the sender, by Reply-To where there is one; of what went out the recipients.</summary>
    /// <param name="own">Our addresses; their domains, unless those of mail providers, are ours, too.</param>
    public static (bool IsOutgoing, IReadOnlyList<EmailAddress> Others) Of(
        EmailAddress from, IReadOnlyList<EmailAddress> replyTo, IReadOnlyList<EmailAddress> to, IReadOnlyList<EmailAddress> cc, IReadOnlyCollection<string> own, IReadOnlyList<string> publicDomains)
    {
        var isOutgoing = IsOwn(from, own, publicDomains);
        IEnumerable<EmailAddress> others = isOutgoing ? [.. to, .. cc] : [.. replyTo, from];
        return (isOutgoing, [.. others.Where(address => address.Address.Contains('@', StringComparison.Ordinal) && !IsOwn(address, own, publicDomains)).DistinctBy(address => address.Address.ToUpperInvariant()).Take(Most)]);
    }

    private static bool IsOwn(EmailAddress address, IReadOnlyCollection<string> own, IReadOnlyList<string> publicDomains)
    {
        if (own.Contains(address.Address, StringComparer.OrdinalIgnoreCase))
            return true;
        var domain = Domain(address.Address);
        return !PublicDomains.IsPublic(domain, publicDomains)
            && own.Any(ours => PublicSuffixes.Registrable(Domain(ours)) is { } registrable && registrable == PublicSuffixes.Registrable(domain));
    }

    internal static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..].Trim();
}
