using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Microsoft's identity platform by MSAL ("Desktop app that calls web APIs"): sign-in with a browser here or elsewhere, and tokens in place of old ones.
/// Speaks with the configured address only, 20 s a request. Loads MSAL when it is used first. Thread-safe.
/// </summary>
internal sealed class MicrosoftAuthorization(IOptions<OutlookOptions> options, OutgoingHttp outgoing, TimeProvider time, ILogger<MicrosoftAuthorization> logger) : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    private readonly OutlookOptions settings = options.Value;
    private readonly Lazy<HttpMessageHandler> transport = new(outgoing.NewHandler);

    /// <summary>Null when it is not configured.</summary>
    public string? ClientId => string.IsNullOrWhiteSpace(settings.ClientId) ? null : settings.ClientId;

    /// <exception cref="MailException">InvalidInput <c>client_id_missing</c>.</exception>
    public void RequireConfigured()
    {
        if (ClientId is null)
            throw MailException.InvalidInput("client_id_missing", "The setting Outlook:ClientId is missing. Get a client id at https://entra.microsoft.com under App registrations, as a public client with the redirect URI http://localhost, put it into appsettings.json or the environment variable Outlook__ClientId, and start the daemon again.");
    }

    /// <summary>Begins a sign-in with a browser.</summary>
    /// <param name="hint">The mailbox that is to be offered; null lets the user choose.</param>
    /// <param name="ending">Ends what waits for the browser.</param>
    /// <exception cref="MailException">Of the exchange: Refused <c>code_refused</c>, and as <see cref="RenewAsync"/>.</exception>
    public async Task<MicrosoftPage> BeginAsync(string redirectUri, string state, string? hint, CancellationToken ending)
    {
        var addresses = new MicrosoftAddresses(settings);
        var flow = new MsalCodeFlow(NewClient(addresses, null, redirectUri), hint, ending);
        var page = addresses.Real(await flow.PageAsync(state));
        return new MicrosoftPage(page, (code, ct) => AskAsync(() => flow.ExchangeAsync(code, ct), CodeRefused, ct));
    }

    /// <summary>Begins a sign-in whose user enters a code elsewhere.</summary>
    /// <exception cref="MailException">There is no code; while waiting: Forbidden <c>sign_in_cancelled</c>, <c>sign_in_expired</c>; and as <see cref="RenewAsync"/>.</exception>
    public async Task<MicrosoftDevice> BeginDeviceAsync(CancellationToken ct)
    {
        var flow = new MsalDeviceFlow(NewClient(new MicrosoftAddresses(settings), null, null, isDevice: true));
        try
        {
            var (userCode, page, message, life) = await AskAsync(() => flow.CodeAsync().WaitAsync(ct), CodeRefused, ct);
            return new MicrosoftDevice(userCode, page, message, life, ending => AskAsync(() => flow.WaitAsync(ending), CodeRefused, ending, life));
        }
        catch
        {
            flow.End();
            throw;
        }
    }

    /// <param name="cache">What the grant before gave as its refresh token.</param>
    /// <exception cref="MailException">
    /// NotAuthorized <c>authorization_expired</c>: the owner has to sign in again. Conflict <c>client_refused</c>: the client id is wrong. Unreachable,
    /// Timeout or Refused: trouble at Microsoft, which says nothing of the consent.
    /// </exception>
    public Task<TokenGrant> RenewAsync(Secret cache, CancellationToken ct) => AskAsync(
        async () =>
        {
            using var client = NewClient(new MicrosoftAddresses(settings), cache, null);
            return await client.RefreshAsync(ct);
        },
        () => new MailException(MailFault.NotAuthorized, "authorization_expired", "Authorization expired"),
        ct);

    public void Dispose()
    {
        if (transport.IsValueCreated)
            transport.Value.Dispose();
    }

    private static MailException CodeRefused() =>
        new(MailFault.Refused, "code_refused", "Microsoft did not take the code of this sign-in: it was used before, is too old, or the account cannot be used here. Begin a new sign-in.");

    private MsalClient NewClient(MicrosoftAddresses addresses, Secret? cache, string? redirectUri, bool isDevice = false)
    {
        var answers = new MicrosoftAnswers(new OneTry(transport.Value, RequestTimeout, SignInAnswers.MaxBytes, _ => SignInAnswers.MaxBytes, time), addresses, time);
        return new MsalClient(ClientId!, addresses.Authority, isDevice ? new DevicePolls(answers, time) : answers, cache, redirectUri, logger);
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, Func<MailException> refused, CancellationToken ct, TimeSpan? life = null)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (life is { } known && MsalFaults.IsExpired(e))
        {
            throw SignInFaults.TimedOut(known);
        }
        catch (Exception e) when (MsalFaults.Translate(e, refused, ct) is { } fault)
        {
            throw fault;
        }
    }
}
