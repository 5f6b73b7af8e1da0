namespace MailDaemon.Engine.Okki;

/// <summary>Who is on our side of a mail. Immutable.</summary>
/// <param name="Accounts">Our addresses; their domains, unless those of mail providers, are ours, too.</param>
/// <param name="Colleagues">Addresses of people of ours; their domains say nothing.</param>
/// <param name="PublicDomains">Mail providers that the settings add to those that are known.</param>
public sealed record Ourselves(IReadOnlyCollection<string> Accounts, IReadOnlySet<string> Colleagues, IReadOnlyList<string> PublicDomains)
{
    public bool Has(string address)
    {
        if (Accounts.Contains(address, StringComparer.OrdinalIgnoreCase) || Colleagues.Contains(address))
            return true;
        var domain = Counterparty.Domain(address);
        return !Okki.PublicDomains.IsPublic(domain, PublicDomains)
            && Accounts.Any(ours => PublicSuffixes.Registrable(Counterparty.Domain(ours)) is { } registrable && registrable == PublicSuffixes.Registrable(domain));
    }
}
