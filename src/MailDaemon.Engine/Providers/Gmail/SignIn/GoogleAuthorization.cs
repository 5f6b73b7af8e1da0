using System.Net.Http.Headers;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Flows;
using Google.Apis.Auth.OAuth2.Requests;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers.Gmail.SignIn;

/// <summary>
/// Google's identity platform ("OAuth 2.0 for iOS and Desktop Apps"): the consent page, tokens for a code or a refresh token, the address of the
/// mailbox, revocation. Speaks with the configured addresses only, 20 s a request. Thread-safe.
/// </summary>
internal sealed class GoogleAuthorization(IOptions<GmailOptions> options, OutgoingHttp outgoing, TimeProvider time) : IDisposable
{
    private const int AssumedLifeSeconds = 3600;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    private readonly GmailOptions settings = options.Value;

    /// <summary>Made when somebody signs in first: whoever has no Google account pays nothing.</summary>
    private readonly Lazy<PkceGoogleAuthorizationCodeFlow> flow = new(() => new PkceGoogleAuthorizationCodeFlow(new Addresses(options.Value)
    {
        ClientSecrets = new ClientSecrets { ClientId = options.Value.ClientId, ClientSecret = options.Value.ClientSecret },
        Scopes = GoogleScopes.Asked,
        HttpClientFactory = new Clients(outgoing, time),
        DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
    }));

    /// <summary>Null when it is not configured.</summary>
    public string? ClientId => string.IsNullOrWhiteSpace(settings.ClientId) ? null : settings.ClientId;

    /// <exception cref="MailException">InvalidInput <c>client_id_missing</c> or <c>client_secret_missing</c>.</exception>
    public void RequireConfigured()
    {
        const string Where = "at https://console.cloud.google.com/apis/credentials as an OAuth client of type Desktop app";
        if (ClientId is null)
            throw Missing("client_id_missing", "Gmail:ClientId", $"Get a client id {Where}, together with Gmail:ClientSecret");
        if (string.IsNullOrWhiteSpace(settings.ClientSecret))
            throw Missing("client_secret_missing", "Gmail:ClientSecret", $"Get the secret of the client {Where}");
    }

    /// <summary>The consent page, and the verifier (RFC 7636) that its code is exchanged with.</summary>
    /// <param name="hint">The mailbox that is to be offered; null lets the user choose.</param>
    public (Uri Page, Secret Verifier) Link(string redirectUri, string state, string? hint)
    {
        var request = (GoogleAuthorizationCodeRequestUrl)flow.Value.CreateAuthorizationCodeRequest(redirectUri, out var verifier);
        request.State = state;
        request.LoginHint = hint;

        // Without asking for consent Google gives a refresh token the first time only, and it may be another machine that had it.
        request.Prompt = hint is null ? "select_account consent" : "consent";
        return (request.Build(), new Secret(verifier));
    }

    /// <exception cref="MailException">Refused <c>code_refused</c>, and as <see cref="RenewAsync"/>.</exception>
    public async Task<TokenGrant> ExchangeAsync(string code, Secret verifier, string redirectUri, CancellationToken ct) => Grant(await AskAsync(
        () => flow.Value.ExchangeCodeForTokenAsync("", code, verifier.Reveal(), redirectUri, ct),
        () => new MailException(MailFault.Refused, "code_refused", "Google did not take the code of this sign-in: it was used before, or is too old. Begin a new sign-in."),
        ct));

    /// <exception cref="MailException">
    /// NotAuthorized <c>authorization_expired</c>: the refresh token is good no longer. Conflict <c>client_refused</c>: the client id or secret is
    /// wrong. Unreachable, Timeout or Refused: trouble at Google, which says nothing of the token.
    /// </exception>
    public async Task<TokenGrant> RenewAsync(Secret refreshToken, CancellationToken ct) => Grant(await AskAsync(
        () => flow.Value.RefreshTokenAsync("", refreshToken.Reveal(), ct),
        () => new MailException(MailFault.NotAuthorized, "authorization_expired", "Authorization expired"),
        ct));

    /// <summary>The address of the mailbox that a token is for.</summary>
    /// <exception cref="MailException">Google did not tell.</exception>
    public async Task<string> MailboxAsync(Secret accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.UserInfoUrl) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken.Reveal()) } };
        var (status, body) = await SendAsync(request, ct);
        return status == 200 && AddressIn(body) is { } address
            ? address
            : throw new MailException(MailFault.Refused, "mailbox_unknown", $"Google did not tell which mailbox this is (status {status}). Begin a new sign-in and allow to see the e-mail address.");
    }

    /// <summary>Ends the consent that a token is of (RFC 7009). False when Google could not be told, or did not take it.</summary>
    public async Task<bool> TryRevokeAsync(Secret token, CancellationToken ct)
    {
        try
        {
            // In the body: an address is written into logs on its way.
            using var form = new FormUrlEncodedContent([new("token", token.Reveal())]);
            using var request = new HttpRequestMessage(HttpMethod.Post, settings.RevokeUrl) { Content = form };
            return (await SendAsync(request, ct)).Status == 200;
        }
        catch (Exception e) when (e is MailException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (flow.IsValueCreated)
            flow.Value.Dispose();
    }

    private static TokenGrant Grant(TokenResponse token) => string.IsNullOrEmpty(token.AccessToken)
        ? throw SignInAnswers.Odd("Google", "answered without a token. Try again later.")
        : new TokenGrant(
            new Secret(token.AccessToken),
            TimeSpan.FromSeconds(Math.Clamp(token.ExpiresInSeconds ?? AssumedLifeSeconds, 1, 86_400)),
            string.IsNullOrEmpty(token.RefreshToken) ? null : new Secret(token.RefreshToken),
            token.Scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string? AddressIn(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("email", out var email) && email.ValueKind == JsonValueKind.String
                && (!root.TryGetProperty("email_verified", out var verified) || verified.ValueKind != JsonValueKind.False)
                    ? email.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MailException Missing(string code, string setting, string what) => MailException.InvalidInput(
        code, $"The setting {setting} is missing. {what}, put it into appsettings.json or the environment variable {setting.Replace(":", "__", StringComparison.Ordinal)}, and start the daemon again.");

    private async Task<TokenResponse> AskAsync(Func<Task<TokenResponse>> ask, Func<MailException> refused, CancellationToken ct)
    {
        try
        {
            return await ask();
        }
        catch (TokenResponseException e) when (e.Error?.Error == "invalid_grant")
        {
            throw refused();
        }
        catch (Exception e) when (GoogleFaults.Translate(e, ct) is { } fault)
        {
            throw fault;
        }
    }

    private async Task<(int Status, byte[] Body)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var answer = await flow.Value.HttpClient.SendAsync(request, ct);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(ct));
        }
        catch (Exception e) when (GoogleFaults.Translate(e, ct) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Google's library takes other addresses than Google's from those who inherit only.</summary>
    private sealed class Addresses(GmailOptions options) : GoogleAuthorizationCodeFlow.Initializer(options.AuthUrl, options.TokenUrl, options.RevokeUrl);

    /// <summary>Clients that go where others of the daemon may go, and no further.</summary>
    private sealed class Clients(OutgoingHttp outgoing, TimeProvider time) : Google.Apis.Http.IHttpClientFactory
    {
        public ConfigurableHttpClient CreateHttpClient(CreateHttpClientArgs args) =>
            new(new ConfigurableMessageHandler(new GoogleAnswers(outgoing.NewHandler(), time)) { FollowRedirect = false, NumTries = 1 })
            {
                Timeout = RequestTimeout,
                MaxResponseContentBufferSize = SignInAnswers.MaxBytes,
            };
    }
}
