using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>Signs mailboxes in at Microsoft: authorization code with PKCE back to a listener on this machine, or a code that is entered elsewhere. Thread-safe.</summary>
internal sealed class MicrosoftSignIn(
    SignIns signIns, MicrosoftAuthorization microsoft, MailboxNames mailboxes, TokenSources tokens, AccountStore accounts, TimeProvider time) : IMailboxSignIn
{
    public async Task<SignInLink> BeginAsync(string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add)
    {
        microsoft.RequireConfigured();
        var wanted = LoginHint.Read(hint);
        return await signIns.BeginAsync(ProviderKind.Outlook, wanted, RedirectForm.Localhost, async (redirectUri, state, ending) =>
        {
            var begun = await microsoft.BeginAsync(redirectUri, state, wanted, ending);
            return new SignInAttempt(begun.Page, async (code, ct) => await CompleteAsync(await begun.ExchangeAsync(code, ct), wanted, add, ct));
        });
    }

    /// <summary>As <see cref="BeginAsync"/>, from a machine without a browser.</summary>
    /// <exception cref="MailException">Also Unreachable, Timeout, Refused: Microsoft gave no code.</exception>
    public async Task<DeviceSignInLink> BeginDeviceAsync(string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add)
    {
        microsoft.RequireConfigured();
        var wanted = LoginHint.Read(hint);
        var begun = await microsoft.BeginDeviceAsync(CancellationToken.None);
        return await signIns.BeginDeviceAsync(
            ProviderKind.Outlook,
            wanted,
            new DeviceAttempt(begun.UserCode, begun.Page, begun.Message, begun.Life, async ct => await CompleteAsync(await begun.WaitAsync(ct), wanted, add, ct)));
    }

    /// <summary>
    /// MSAL's cache, with all it knows of the account, is the secret that is deleted. Microsoft lets a program withdraw no consent: that is for its owner
    /// at https://account.live.com/consent/Manage or https://myapps.microsoft.com.
    /// </summary>
    /// <returns>False, or null when there was no consent.</returns>
    public Task<bool?> RevokeAsync(AccountKey account) => Task.FromResult<bool?>(tokens.Remove(account) is null ? null : false);

    private async Task<AccountKey> CompleteAsync(MicrosoftGrant grant, string? wanted, Func<SignedInMailbox, CancellationToken, Task<Account>> add, CancellationToken ct)
    {
        var missing = MicrosoftScopes.Missing(grant.Tokens.Scopes ?? []);
        if (missing.Count > 0)
            throw SignInFaults.Lacks(missing);
        if (grant.Tokens.RefreshToken is null)
            throw SignInAnswers.Odd("Microsoft", "gave access for an hour only. Begin a new sign-in.");
        IReadOnlyList<string> names = [.. await mailboxes.ReadAsync(grant.Tokens.AccessToken, ct), .. grant.Names];
        if (names.Count == 0)
            throw new MailException(MailFault.Refused, "mailbox_unknown", "Microsoft did not tell which mailbox this is. Begin a new sign-in.");
        if (wanted is not null && !names.Contains(wanted, StringComparer.OrdinalIgnoreCase))
            throw SignInFaults.OtherMailbox(wanted, names[0]);
        return (await add(new SignedInMailbox(ProviderKind.Outlook, AddressOf(names), microsoft.ClientId!, grant.Tokens, time.GetUtcNow()), ct)).Key;
    }

    /// <summary>The address of the mailbox; or another of its names, if there is an account of that already.</summary>
    private string AddressOf(IReadOnlyList<string> names) => names.FirstOrDefault(name => accounts.Find(new AccountKey(ProviderKind.Outlook, name)) is not null) ?? names[0];
}
