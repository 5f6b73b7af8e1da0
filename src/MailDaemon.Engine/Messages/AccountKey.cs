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

    /// <summary>As databases keep it.</summary>
    /// <exception cref="InvalidDataException">The provider is unknown: a later version wrote it.</exception>
    public static AccountKey Read(string provider, string email) =>
        new(ProviderKinds.TryParse(provider, out var kind) ? kind : throw new InvalidDataException($"The provider {provider} is unknown."), email);

    public override string ToString() => $"{Provider.Name()}/{Email}";
}
