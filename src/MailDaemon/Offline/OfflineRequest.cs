using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Offline;

/// <summary>Whose operations.</summary>
public sealed record OfflineRequest
{
    [Description("With email: only this account's"), Example("imap")]
    public ProviderKind? Provider { get; init; }

    [Description("With provider: only this account's"), Example("me@example.com")]
    public string? Email { get; init; }

    /// <summary>Null for all.</summary>
    internal AccountKey? Account() => (Provider, Email) switch
    {
        (null, null) => null,
        ({ } provider, { } email) => new AccountKey(provider, email),
        _ => throw MailException.InvalidInput("missing_parameter", "provider and email name an account together"),
    };
}

/// <summary>How many operations were taken out.</summary>
public sealed record RemovedOperations(int Removed);
