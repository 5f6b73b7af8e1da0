using System.Collections.Concurrent;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail.SignIn;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>How an account's sign-in stands.</summary>
/// <param name="Scopes">What its owner consented to.</param>
/// <param name="ExpiresAt">When its present access token ends; it is replaced before. Null when there is none.</param>
/// <param name="Problem">Why it cannot be used until its owner signs in; null when it can.</param>
public sealed record Authorization(IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, MailException? Problem);

/// <summary>The access tokens of all accounts that are signed in at their provider. Thread-safe.</summary>
public sealed class TokenSources : IAsyncDisposable
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<AccountKey, OAuthTokens> sources = new();
    private readonly SecretVault vault;
    private readonly GoogleAuthorization google;
    private readonly MicrosoftAuthorization microsoft;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;

    internal TokenSources(SecretVault vault, GoogleAuthorization google, MicrosoftAuthorization microsoft, TimeProvider time, ILoggerFactory loggers) =>
        (this.vault, this.google, this.microsoft, this.time, this.loggers) = (vault, google, microsoft, time, loggers);

    /// <summary>How the sign-in of an account stands. Asks nobody.</summary>
    public Authorization Authorization(AccountKey account)
    {
        var source = For(account);
        var (scopes, expiresAt) = source.Known ?? ([], null);
        return new Authorization(scopes, expiresAt, source.Problem);
    }

    /// <summary>Why an account cannot be used until its owner signs in; null when it can, or needs no sign-in at a provider. Asks nobody.</summary>
    public MailException? Problem(AccountKey account) => account.Provider == ProviderKind.Imap ? null : For(account).Problem;

    /// <summary>The tokens of an account that is there. The same for the API, IMAP and SMTP of the provider.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Accounts of the provider have no tokens.</exception>
    internal OAuthTokens For(AccountKey account) => sources.GetOrAdd(account, New);

    internal void Keep(SignedInMailbox mailbox) => For(mailbox.Key).Replace(Consent.Of(mailbox));

    /// <summary>Forgets the tokens of an account.</summary>
    /// <returns>The refresh token, to be revoked; null when there is none.</returns>
    internal Secret? Remove(AccountKey account)
    {
        var token = For(account).Remove();
        sources.TryRemove(account, out _);
        return token;
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(sources.Values.Select(source => source.SettleAsync())).WaitAsync(SettleTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private OAuthTokens New(AccountKey account) => account.Provider switch
    {
        ProviderKind.Gmail => New(account, google.ClientId, google.RenewAsync),
        ProviderKind.Outlook => New(account, microsoft.ClientId, microsoft.RenewAsync),
        _ => throw new ArgumentOutOfRangeException(nameof(account)),
    };

    private OAuthTokens New(AccountKey account, string? clientId, Func<Secret, CancellationToken, Task<TokenGrant>> renew) =>
        new(account, vault, clientId, renew, time, loggers.CreateLogger<OAuthTokens>());
}
