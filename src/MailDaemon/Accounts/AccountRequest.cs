using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Accounts;

/// <summary>Names an account in a path under <c>/accounts</c>.</summary>
public record AccountRequest
{
    [Description("gmail, outlook or imap"), Alias("provider"), Example("imap"), Required]
    public required string P { get; init; }

    [Description("The account's address"), Example("me@example.com"), Required]
    public required string Email { get; init; }

    /// <exception cref="MailException">404: no such provider or account.</exception>
    public Account Find(AccountStore accounts) => ProviderKinds.TryParse(P, out var kind)
        ? accounts.Get(new AccountKey(kind, Email))
        : throw RouteProvider.Unknown();
}
