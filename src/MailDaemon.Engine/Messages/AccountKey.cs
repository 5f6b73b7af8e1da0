namespace MailDaemon.Engine.Messages;

/// <summary>Which account: a provider and an address. Addresses compare case-insensitively and are kept in lower case.</summary>
public sealed record AccountKey
{
    public AccountKey(ProviderKind provider, string email)
    {
        Provider = provider;
        Email = email.Trim().ToLowerInvariant();
    }

    public ProviderKind Provider { get; }

    /// <summary>The address in lower case.</summary>
    public string Email { get; }

    public override string ToString() => $"{Provider.Name()}/{Email}";
}
