using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>Signs mailboxes in at Google: authorization code with PKCE, back to a listener on this machine. Thread-safe.</summary>
internal sealed class GoogleSignIn(SignIns signIns, GoogleAuthorization google, TokenSources tokens, AccountStore accounts, TimeProvider time) : IMailboxSignIn
{
    private static readonly TimeSpan RevokeTimeout = TimeSpan.FromSeconds(5);

    public async Task<SignInLink> BeginAsync(string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add)
    {
        google.RequireConfigured();
        var wanted = LoginHint.Read(hint);
        return await signIns.BeginAsync(ProviderKind.Gmail, wanted, RedirectForm.Address, (redirectUri, state, _) =>
        {
            var (page, verifier) = google.Link(redirectUri, state, wanted);
            return Task.FromResult(new SignInAttempt(page, async (code, ct) => await CompleteAsync(await google.ExchangeAsync(code, verifier, redirectUri, ct), wanted, add, ct)));
        });
    }

    public async Task<bool?> RevokeAsync(AccountKey account) => tokens.Remove(account) is { } token ? await RevokeAsync(token) : null;

    private async Task<AccountKey> CompleteAsync(TokenGrant grant, string? wanted, Func<SignedInMailbox, CancellationToken, Task<Account>> add, CancellationToken ct)
    {
        string? address = null;
        try
        {
            var missing = GoogleScopes.Missing(grant.Scopes ?? GoogleScopes.Asked);
            address = missing.Count == 0 ? await google.MailboxAsync(grant.AccessToken, ct) : null;
            if (missing.Count > 0)
                throw SignInFaults.Lacks(missing);
            if (wanted is not null && !GoogleAddress.IsSameMailbox(wanted, address!))
                throw SignInFaults.OtherMailbox(wanted, address!);
            if (grant.RefreshToken is null)
                throw new MailException(MailFault.Refused, "google_odd_answer", "Google gave access for an hour only. Remove this program at https://myaccount.google.com/connections, then begin a new sign-in.");
            return (await add(new SignedInMailbox(ProviderKind.Gmail, address!, google.ClientId!, grant, time.GetUtcNow()), ct)).Key;
        }
        catch
        {
            if (!MayBeInUse(address))
                await RevokeAsync(grant.RefreshToken ?? grant.AccessToken);
            throw;
        }
    }

    /// <summary>Google ends all that a mailbox consented to with any one of its tokens: an account that is here already would lose its own.</summary>
    private bool MayBeInUse(string? address) => address is null
        ? accounts.All().Any(account => account.Key.Provider == ProviderKind.Gmail)
        : accounts.Find(new AccountKey(ProviderKind.Gmail, address)) is not null;

    private async Task<bool> RevokeAsync(Secret token)
    {
        using var timeout = new CancellationTokenSource(RevokeTimeout, time);
        return await google.TryRevokeAsync(token, timeout.Token);
    }
}
