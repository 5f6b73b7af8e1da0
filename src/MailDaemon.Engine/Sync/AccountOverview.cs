using System.Text.Json.Serialization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// An account in a list of accounts. Not sealed: with its settings it is the same summary and more.
/// </summary>
public record AccountSummary
{
    public required string Provider { get; init; }

    public required string Email { get; init; }

    public required string DisplayName { get; init; }

    /// <summary><c>connected</c>, <c>syncing</c>, <c>error</c> or <c>auth_required</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When the last pass ended well; null before the first.</summary>
    public required DateTimeOffset? LastSyncTime { get; init; }

    /// <summary>Unread messages in the inbox.</summary>
    public required int UnreadCount { get; init; }

    /// <summary><c>verified</c> or <c>unverified</c> (receive only); only for accounts that send over SMTP.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SmtpStatus { get; init; }

    /// <summary>Why the last pass failed and what to do; only when it did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>Accounts as their owner looks at them: what they are, how they stand, what is unread.</summary>
public sealed class AccountOverview(AccountStore accounts, MailCaches caches, SyncPasses passes, SecretVault vault)
{
    public IReadOnlyList<AccountSummary> All() => [.. accounts.All().Select(Of)];

    public AccountSummary Of(Account account)
    {
        var status = passes.Status(account.Key);
        var isLost = vault.IsLost(account.Key);
        return new AccountSummary
        {
            Provider = account.Key.Provider.Name(),
            Email = account.Email,
            DisplayName = account.DisplayName,
            Status = isLost ? SyncState.AuthRequired.Name() : status.State == SyncState.Idle ? "connected" : status.State.Name(),
            LastSyncTime = status.LastSyncTime,
            UnreadCount = caches.Open(account.Key).UnreadCount(),
            SmtpStatus = account.SmtpStatus switch
            {
                Accounts.SmtpStatus.Verified => "verified",
                Accounts.SmtpStatus.Unverified => "unverified",
                _ => null,
            },
            Error = isLost ? Lost(account) : status.LastError?.Message,
        };
    }

    private static string Lost(Account account) =>
        $"The stored password or token cannot be read any more: the key that it is encrypted with is gone. Restore secrets/keys of the data directory, or give it again with PUT /api/accounts/{account.Key.Provider.Name()}/{account.Email}/settings.";
}
