namespace MailDaemon.Sandbox.Identity;

/// <summary>A device that waits for its user (RFC 8628). Guarded by its endpoint's lock.</summary>
internal sealed class DeviceCode(string tenant, IReadOnlyList<string> scopes, DateTimeOffset until)
{
    public string Tenant => tenant;

    public IReadOnlyList<string> Scopes => scopes;

    public DateTimeOffset Until => until;

    /// <summary>Who let the device in; null while nobody did.</summary>
    public IdentityUser? User { get; set; }

    public bool IsDeclined { get; set; }

    /// <summary>When the device may ask again.</summary>
    public DateTimeOffset NotBefore { get; set; }
}
