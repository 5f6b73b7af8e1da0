using System.Globalization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Whose mail it is: what a person pinned, a contact with this very address, the domain of one company, a part of that, and last by likeness
/// (okki.md §2). Thread-safe.
/// </summary>
public sealed class CustomerMatcher
{
    private const double MostByLikeness = 0.89;

    /// <summary>A guess by a name, or by a domain that the customer is not known to have, is for a person to confirm: anybody may use a name.</summary>
    private const double MostByName = 0.6;

    private const int MostShown = 5;

    private readonly PinStore pins;
    private readonly CustomerStore customers;
    private readonly Crms crms;
    private readonly CustomerSearches searches;
    private readonly OkkiSettings settings;

    internal CustomerMatcher(PinStore pins, CustomerStore customers, Crms crms, CustomerSearches searches, OkkiSettings settings) =>
        (this.pins, this.customers, this.crms, this.searches, this.settings) = (pins, customers, crms, searches, settings);

    /// <summary>The customer of the likeliest of some addresses; null when there is none.</summary>
    /// <exception cref="MailException">The CRM, or the search, was asked and failed.</exception>
    public async Task<CustomerMatch?> MatchAsync(IReadOnlyList<EmailAddress> others, string subject, string text, CancellationToken ct)
    {
        CustomerMatch? best = null;
        foreach (var other in others)
        {
            if (await MatchByAddressAsync(other, ct) is { } found && found.Confidence > (best?.Confidence ?? 0))
                best = found;
            if (best is { Confidence: >= 0.95 })
                return best;
        }

        return best ?? (others.Count == 0 ? null : await ByLikenessAsync(new CustomerQuery(others[0], subject, text), ct));
    }

    /// <summary>The mirror is of the CRM that is asked, and not of one that was configured before.</summary>
    private bool IsMirrored => customers.IsOf(settings.Crm);

    private async Task<CustomerMatch?> MatchByAddressAsync(EmailAddress other, CancellationToken ct)
    {
        var address = other.Address.Trim();
        if (pins.For(address) is { } pin)
            return new CustomerMatch(pin.CompanyId, pin.CompanyName, "pinned", 1, $"pinned to {pin.Pattern}", []);
        if (await ByContactAsync(address, ct) is { } contact)
            return contact;
        var domain = Counterparty.Domain(address);
        return PublicDomains.IsPublic(domain, settings.Current.PublicDomains) || PublicSuffixes.Registrable(domain) is not { } registrable ? null : await ByDomainAsync(registrable, ct);
    }

    /// <summary>Whoever the CRM finds has to show the address: its search is by likeness.</summary>
    private async Task<CustomerMatch?> ByContactAsync(string address, CancellationToken ct)
    {
        var hits = await crms.Current.FindAsync(CrmField.Address, address, ct);
        var having = new List<CrmCompany>();
        foreach (var hit in hits.Take(MostShown))
        {
            if (await crms.Current.ShowAsync(hit.CompanyId, ct) is { } company && company.Contacts.Any(contact => contact.Email.Trim().Equals(address, StringComparison.OrdinalIgnoreCase)))
                having.Add(company);
        }

        return having.Count == 0 ? null : new CustomerMatch(having[0].CompanyId, having[0].Name, "contact", having.Count == 1 ? 0.98 : 0.7, $"a contact has {address}", [.. having.Select(company => new CustomerCandidate(company.CompanyId, company.Name, 0.98))]);
    }

    private async Task<CustomerMatch?> ByDomainAsync(string registrable, CancellationToken ct)
    {
        var hits = await crms.Current.FindAsync(CrmField.Domain, registrable, ct);
        var shown = IsMirrored ? customers.OfDomain(registrable).ToDictionary(company => company.CompanyId) : [];
        foreach (var hit in hits.Where(hit => !shown.ContainsKey(hit.CompanyId)).Take(MostShown))
        {
            if (await crms.Current.ShowAsync(hit.CompanyId, ct) is { } company)
                shown[company.CompanyId] = company;
        }

        var having = shown.Values.Where(company => CustomerDomains.Of(company, settings.Current.PublicDomains).Contains(registrable, StringComparer.Ordinal))
            .OrderByDescending(company => company.Contacts.Count(contact => PublicSuffixes.Registrable(Counterparty.Domain(contact.Email)) == registrable)).ThenBy(company => company.CompanyId).ToList();
        if (having.Count == 1)
            return new CustomerMatch(having[0].CompanyId, having[0].Name, "domain", 0.95, $"contacts or homepage under {registrable}", [new CustomerCandidate(having[0].CompanyId, having[0].Name, 0.95)]);
        if (having.Count > 1)
            return Partial([.. having.Select(company => new CustomerCandidate(company.CompanyId, company.Name, 0.7))], $"{having.Count} companies are under {registrable}");

        // What the CRM finds and does not show may be under the domain; what it shows with others only is like it at best.
        var unseen = hits.Where(hit => !shown.ContainsKey(hit.CompanyId)).ToList();
        return unseen.Count > 0
            ? Partial([.. unseen.Select(hit => new CustomerCandidate(hit.CompanyId, hit.Name, 0.7))], $"the CRM found it by {registrable} and does not show whether it is under that")
            : Partial([.. shown.Values.Select(company => new CustomerCandidate(company.CompanyId, company.Name, MostByName))], $"the CRM found it by {registrable}, and it is under another domain");
    }

    private static CustomerMatch? Partial(IReadOnlyList<CustomerCandidate> candidates, string evidence) =>
        candidates.Count == 0 ? null : new CustomerMatch(candidates[0].CompanyId, candidates[0].Name, "domain_partial", candidates[0].Score, evidence, [.. candidates.DistinctBy(candidate => candidate.CompanyId).Take(20)]);

    private async Task<CustomerMatch?> ByLikenessAsync(CustomerQuery query, CancellationToken ct)
    {
        var mode = settings.Current.Vector.Mode;
        if (mode != "http" && !IsMirrored)
            return null;
        var hits = await searches.Current.SearchAsync(query, ct);
        if (hits.Count == 0 || hits[0].Score < CustomerSearches.MinScore || (hits.Count > 1 && hits[0].Score - hits[1].Score < CustomerSearches.MinMargin))
            return null;
        return new CustomerMatch(
            hits[0].CompanyId,
            hits[0].Name,
            "vector",
            Math.Min(mode == "embedded" ? MostByName : MostByLikeness, Math.Round(hits[0].Score, 3)),
            string.Create(CultureInfo.InvariantCulture, $"{hits[0].Evidence} ({(mode == "embedded" ? "lexical" : mode)})"),
            [.. hits.Select(hit => new CustomerCandidate(hit.CompanyId, hit.Name, Math.Round(hit.Score, 3)))]);
    }
}
