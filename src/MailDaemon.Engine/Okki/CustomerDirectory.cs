using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>Customers as people look at them. Thread-safe.</summary>
public sealed class CustomerDirectory
{
    private readonly CustomerStore customers;
    private readonly Crms crms;
    private readonly OkkiSettings settings;

    internal CustomerDirectory(CustomerStore customers, Crms crms, OkkiSettings settings) => (this.customers, this.crms, this.settings) = (customers, crms, settings);

    /// <summary>Asks the CRM for something small.</summary>
    /// <returns>How many customers it has; null when this way to it cannot tell.</returns>
    /// <exception cref="MailException">It cannot be used as the settings say.</exception>
    public async Task<int?> TestAsync(CancellationToken ct)
    {
        settings.RequireConfigured();
        if (settings.Current.Mode != "cli")
            return (await crms.Current.ListAsync(1, null, ct)).Total;
        await crms.Current.FindAsync(CrmField.Name, "test", ct);
        return null;
    }

    /// <summary>A customer of this id, from the mirror or the CRM.</summary>
    /// <exception cref="MailException">NotFound <c>customer_not_found</c>; or the CRM was asked and failed.</exception>
    public async Task<CrmCompany> GetAsync(long companyId, CancellationToken ct)
    {
        if (customers.IsOf(settings.Crm) && customers.Find(companyId) is { } known)
            return known;
        settings.RequireConfigured();

        // A command shows no customers: whoever names one there has seen it.
        return await crms.Current.ShowAsync(companyId, ct)
            ?? (settings.Current.Mode == "cli" ? new CrmCompany(companyId, "") : throw MailException.NotFound("customer_not_found", $"The CRM has no customer {companyId}, or does not show it."));
    }
}
