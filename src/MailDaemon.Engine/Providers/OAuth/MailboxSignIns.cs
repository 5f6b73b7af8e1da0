using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail.SignIn;
using MailDaemon.Engine.Providers.Outlook.SignIn;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>Signs mailboxes in at their providers, and out. Thread-safe.</summary>
public sealed class MailboxSignIns
{
    private readonly SignIns signIns;
    private readonly TokenSources tokens;
    private readonly GoogleSignIn google;
    private readonly MicrosoftSignIn microsoft;

    internal MailboxSignIns(SignIns signIns, TokenSources tokens, GoogleSignIn google, MicrosoftSignIn microsoft) =>
        (this.signIns, this.tokens, this.google, this.microsoft) = (signIns, tokens, google, microsoft);

    /// <param name="hint">The mailbox that is to be signed in, and no other; null lets its owner choose.</param>
    /// <param name="add">Adds the account of the mailbox.</param>
    /// <exception cref="MailException">InvalidInput: not configured, or the hint is no address.</exception>
    public Task<SignInLink> BeginAsync(ProviderKind provider, string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add) =>
        (Of(provider) ?? throw new ArgumentOutOfRangeException(nameof(provider))).BeginAsync(hint, add);

    /// <summary>As <see cref="BeginAsync"/>, at Microsoft from a machine without a browser.</summary>
    /// <exception cref="MailException">Also Unreachable, Timeout, Refused: Microsoft gave no code.</exception>
    public Task<DeviceSignInLink> BeginDeviceAsync(string? hint, Func<SignedInMailbox, CancellationToken, Task<Account>> add) => microsoft.BeginDeviceAsync(hint, add);

    /// <summary>Keeps the tokens of a mailbox for its account.</summary>
    public void Keep(SignedInMailbox mailbox) => tokens.Keep(mailbox);

    /// <summary>Ends the sign-ins that wait for a mailbox.</summary>
    public Task EndAsync(AccountKey account) => signIns.EndAsync(account);

    /// <summary>Forgets the tokens of an account and ends its consent at its provider.</summary>
    /// <returns>Whether the provider did; null when there was nothing to revoke.</returns>
    public async Task<bool?> RevokeAsync(AccountKey account) => Of(account.Provider) is { } provider ? await provider.RevokeAsync(account) : null;

    private IMailboxSignIn? Of(ProviderKind provider) => provider switch
    {
        ProviderKind.Gmail => google,
        ProviderKind.Outlook => microsoft,
        _ => null,
    };
}
