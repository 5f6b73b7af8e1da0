namespace MailDaemon.Sandbox.Okki;

/// <summary>A customer in the stand-in CRM.</summary>
public sealed record OkkiCompany(long Id, string Name)
{
    public string ShortName { get; init; } = "";

    public string Homepage { get; init; } = "";

    public string Country { get; init; } = "";

    public IReadOnlyList<OkkiContact> Contacts { get; init; } = [];

    /// <summary>Names of its main products, as a field of the company.</summary>
    public string Products { get; init; } = "";

    public DateTimeOffset UpdatedAt { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>A person at a customer.</summary>
public sealed record OkkiContact(string Name, string Email);

/// <summary>A follow-up record that was written.</summary>
public sealed record OkkiTrail(long Id, long CompanyId, int Type, string Content, DateTimeOffset CreatedAt);
