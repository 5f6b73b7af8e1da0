namespace MailDaemon.Engine.Okki;

/// <summary>Under which registrable domains a customer is. Pure.</summary>
internal static class CustomerDomains
{
    /// <summary>Of its contacts and its homepage; those of mail providers are none of its.</summary>
    public static IReadOnlyList<string> Of(CrmCompany company, IReadOnlyList<string>? publicDomains = null) =>
        [.. company.Contacts.Select(contact => Counterparty.Domain(contact.Email)).Append(Host(company.Homepage))
            .Where(domain => domain.Length > 0 && !PublicDomains.IsPublic(domain, publicDomains ?? []))
            .Select(PublicSuffixes.Registrable).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string Host(string homepage)
    {
        var text = homepage.Trim();
        if (text.Length == 0)
            return "";
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.IdnHost : "";
    }
}
