namespace MailDaemon.Engine.Okki;

/// <summary>What customers can be looked for by.</summary>
internal enum CrmField
{
    /// <summary>A contact's whole address.</summary>
    Address,

    /// <summary>What stands behind the @ of a contact.</summary>
    Domain,

    Name,
}

/// <summary>A customer as a search or a list names it.</summary>
public sealed record CrmHit(long CompanyId, string Name, string ShortName = "");

/// <summary>A customer with what it can be recognised by.</summary>
public sealed record CrmCompany(long CompanyId, string Name)
{
    public string ShortName { get; init; } = "";

    public string Homepage { get; init; } = "";

    public string Country { get; init; } = "";

    /// <summary>Main products, as they are written there.</summary>
    public string Products { get; init; } = "";

    public IReadOnlyList<CrmContact> Contacts { get; init; } = [];
}

/// <summary>A person at a customer.</summary>
public sealed record CrmContact(string Name, string Email);

/// <summary>A page of customers.</summary>
/// <param name="Total">Of all pages; null when the CRM does not say.</param>
internal sealed record CrmPage(IReadOnlyList<CrmHit> Hits, int? Total);

/// <summary>A follow-up record that is there.</summary>
/// <param name="TrailId">Null when the CRM does not say.</param>
/// <param name="Type">Null when the CRM does not say.</param>
/// <param name="Content">Empty where the CRM does not show it.</param>
/// <param name="CreatedAt">By the CRM's clock; null when it does not say.</param>
internal sealed record CrmTrail(long? TrailId, int? Type, string Content, DateTimeOffset? CreatedAt);

/// <summary>A customer's records as the CRM lists them.</summary>
/// <param name="IsWhole">False: fewer were listed than the CRM says there are.</param>
/// <param name="ClockOffset">By how much the CRM's clock is ahead of ours; null when it does not tell its time.</param>
internal sealed record CrmTrailList(IReadOnlyList<CrmTrail> Records, bool IsWhole, TimeSpan? ClockOffset);

/// <summary>
/// The CRM: over HTTP, or by a command. Faults: Unreachable (nothing was done, later it may), Timeout (it may have been done), Refused (it was
/// not, and will not be), Conflict <c>okki_unauthorized</c> or <c>okki_not_configured</c> (people have to do something).
/// </summary>
internal interface ICrm
{
    Task<IReadOnlyList<CrmHit>> FindAsync(CrmField field, string word, CancellationToken ct);

    /// <returns>Null: there is no such customer, or it cannot be shown.</returns>
    Task<CrmCompany?> ShowAsync(long companyId, CancellationToken ct);

    /// <param name="page">From 1.</param>
    /// <param name="since">Only those changed on this day or later; null for all.</param>
    Task<CrmPage> ListAsync(int page, DateOnly? since, CancellationToken ct);

    /// <returns>The addresses of those who work with it.</returns>
    Task<IReadOnlyList<string>> UsersAsync(CancellationToken ct);

    /// <returns>The new record's id.</returns>
    Task<long> PushAsync(long companyId, int remarkType, string content, CancellationToken ct);

    /// <summary>A customer's records since an instant.</summary>
    /// <exception cref="Messages.MailException">Conflict <c>okki_no_read_back</c>: this way to the CRM cannot tell, or there are more than are looked at.</exception>
    Task<CrmTrailList> TrailsAsync(long companyId, DateTimeOffset since, CancellationToken ct);
}
