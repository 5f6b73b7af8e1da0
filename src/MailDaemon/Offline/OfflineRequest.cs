using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
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
    /// <exception cref="MailException">InvalidInput: one of the two is missing. NotFound <c>account_not_found</c>.</exception>
    internal AccountKey? Account(AccountStore accounts) => accounts.Named(Provider, Email);
}

/// <summary>How many operations were taken out.</summary>
public sealed record RemovedOperations(int Removed);
