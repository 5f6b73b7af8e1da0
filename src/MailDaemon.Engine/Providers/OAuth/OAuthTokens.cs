using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// The access tokens of one account. Replaces them before they end, with one request at a time however many callers wait; keeps what it gets in
/// the secret vault before anybody uses it; remembers that a consent has ended and asks no more. Thread-safe.
/// </summary>
/// <param name="clientId">Of this daemon at the provider; null when it is not configured.</param>
/// <param name="renew">Asks the provider for a new access token.</param>
internal sealed partial class OAuthTokens(
    AccountKey account, SecretVault vault, string? clientId, Func<Secret, CancellationToken, Task<TokenGrant>> renew, TimeProvider time, ILogger<OAuthTokens> logger)
    : IAccessTokens
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private Consent? consent;
    private bool isLoaded;
    private bool isUnsaved;
    private Task<string>? renewal;
    private MailException? failure;
    private int failures;
    private DateTimeOffset notBefore;

    /// <summary>Why the account cannot be used until its owner signs in; null when it can. Asks nobody.</summary>
    public MailException? Problem
    {
        get
        {
            lock (gate)
                return ProblemOf(Load());
        }
    }

    /// <summary>What was consented to, and when the access token ends; null when nothing is known.</summary>
    public (IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)? Known
    {
        get
        {
            lock (gate)
                return Load() is { } known ? (known.Scopes, known.ExpiresAt) : null;
        }
    }

    /// <summary>The token to use now.</summary>
    /// <exception cref="MailException">NotAuthorized: the owner has to sign in. Unreachable, Timeout, Refused: trouble at the provider.</exception>
    public Task<string> GetAccessTokenAsync(CancellationToken ct) => TokenAsync(refused: null, ct);

    /// <summary>Another token than the one that the server did not take: one that is there already, or a new one.</summary>
    /// <exception cref="MailException">As <see cref="GetAccessTokenAsync"/>.</exception>
    public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct) => TokenAsync(refused, ct);

    /// <summary>Keeps a new consent in place of the old one.</summary>
    public void Replace(Consent given)
    {
        lock (gate)
        {
            isLoaded = true;
            (failure, failures, notBefore) = (null, 0, default);
            Keep(given);
        }
    }

    /// <summary>Forgets the consent, here and in the vault.</summary>
    /// <returns>The refresh token, to be revoked; null when there is none.</returns>
    public Secret? Remove()
    {
        lock (gate)
        {
            var token = Load()?.RefreshToken;
            (consent, isUnsaved) = (null, false);
            vault.Delete(account, SecretVault.OAuthToken);
            return token is null ? null : new Secret(token);
        }
    }

    /// <summary>Ends when no request for a token is under way: its answer may hold the only refresh token that is good from then on.</summary>
    public Task SettleAsync()
    {
        lock (gate)
            return renewal ?? Task.CompletedTask;
    }

    private async Task<string> TokenAsync(string? refused, CancellationToken ct)
    {
        string? stillGood = null;
        Task<string> awaited;
        lock (gate)
        {
            var known = Load();
            if (ProblemOf(known) is { } problem)
                throw problem;
            SaveIfUnsaved();
            var now = time.GetUtcNow();
            if (known!.AccessToken is { } token && token != refused && known.ExpiresAt > now)
            {
                if (known.RenewAt > now)
                    return token;
                stillGood = token;
            }

            if (renewal is null && failure is { } before && notBefore > now)
                return stillGood ?? throw new MailException(before.Fault, before.Code, before.Message, before);
            awaited = renewal ??= Task.Run(() => RenewAsync(known), CancellationToken.None);
        }

        try
        {
            return await awaited.WaitAsync(ct);
        }
        catch (MailException e) when (stillGood is not null && e.Fault != MailFault.NotAuthorized)
        {
            return stillGood;
        }
    }

    private async Task<string> RenewAsync(Consent from)
    {
        try
        {
            var grant = await renew(new Secret(from.RefreshToken!), CancellationToken.None);
            lock (gate)
            {
                if (ReferenceEquals(consent, from))
                {
                    (failure, failures) = (null, 0);
                    Keep(from.With(grant, time.GetUtcNow()));
                }

                return Present();
            }
        }
        catch (MailException e)
        {
            lock (gate)
            {
                // Signed in again or removed meanwhile: what became of the old consent is of no matter.
                if (!ReferenceEquals(consent, from))
                    return Present();
                Note(e);
                throw ProblemOf(consent) ?? e;
            }
        }
        finally
        {
            lock (gate)
                renewal = null;
        }
    }

    private string Present() => ProblemOf(consent) is { } problem ? throw problem : consent!.AccessToken!;

    private void Note(MailException e)
    {
        if (e.Fault == MailFault.NotAuthorized)
        {
            LogEnded(account);
            KeepEnded();
            return;
        }

        LogFailed(account, e.Code);
        failures++;
        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 10));
        pause = pause < LongestPause ? pause : LongestPause;
        (failure, notBefore) = (e, time.GetUtcNow() + (e.RetryAfter > pause ? e.RetryAfter.Value : pause));
    }

    private MailException? ProblemOf(Consent? known) => known switch
    {
        null => MailException.NotSignedIn(account),
        { HasEnded: true } => MailException.AuthorizationExpired(account),
        _ when known.ClientId != clientId => MailException.AuthorizationExpired(account),
        _ => null,
    };

    private Consent? Load()
    {
        if (!isLoaded)
        {
            consent = Read();
            isLoaded = true;
        }

        return consent;
    }

    private Consent? Read()
    {
        try
        {
            return vault.Read(account, SecretVault.OAuthToken) is { } stored ? JsonSerializer.Deserialize(stored.Reveal(), ConsentJson.Default.Consent) : null;
        }
        catch (JsonException)
        {
            // Nothing that this version wrote: as if it were not there.
            return null;
        }
    }

    /// <summary>That it cannot be stored is no matter: after a restart the provider says the same again.</summary>
    private void KeepEnded()
    {
        try
        {
            Keep(consent!.Ended());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotStored(account, e.Message);
        }
    }

    private void Keep(Consent kept)
    {
        (consent, isUnsaved) = (kept, true);
        SaveIfUnsaved();
    }

    /// <summary>Where the disk was full, the next caller tries again: a token that only memory holds is given to nobody.</summary>
    private void SaveIfUnsaved()
    {
        if (!isUnsaved)
            return;
        vault.Save(account, SecretVault.OAuthToken, new Secret(JsonSerializer.Serialize(consent!, ConsentJson.Default.Consent)));
        isUnsaved = false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sign-in of {Account} has ended; its owner has to sign in again")]
    private partial void LogEnded(AccountKey account);

    [LoggerMessage(Level = LogLevel.Warning, Message = "That the sign-in of {Account} has ended could not be stored: {Reason}")]
    private partial void LogNotStored(AccountKey account, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "No new access token for {Account} just now: {Code}")]
    private partial void LogFailed(AccountKey account, string code);
}
