using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>How mailboxes are signed in at one provider. Thread-safe.</summary>
internal interface IMailboxSignIn
{
    /// <param name="hint">The mailbox that is to be signed in, and no other; null lets its owner choose.</param>
    /// <param name="add">Adds the account of the mailbox.</param>
    /// <exception cref="MailException">InvalidInput: not configured, or the hint is no address.</exception>
    Task<SignInLink> BeginAsync(string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add);

    /// <summary>Forgets the tokens of an account and ends its consent at the provider, which has 5 s for that.</summary>
    /// <returns>Whether the provider did; null when there was nothing to revoke.</returns>
    Task<bool?> RevokeAsync(AccountKey account);
}
