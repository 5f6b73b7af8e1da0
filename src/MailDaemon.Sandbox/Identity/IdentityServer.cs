using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Identity;

/// <summary>
/// A stand-in for the Microsoft identity platform (v2.0) on a free port of loopback, by http: authorization code with PKCE, refresh, device code.
/// It can be told to fail: see <see cref="IdentityFaults"/>. Thread-safe.
/// </summary>
public sealed class IdentityServer : IAsyncDisposable
{
    /// <summary>Of the one client that is registered: a public one with the redirect address <c>http://localhost</c>.</summary>
    public const string ClientId = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

    private readonly RequestLog<IdentityRequest> log = new();
    private readonly IdentityContext context;
    private readonly AuthorizeEndpoint authorize;
    private readonly DeviceEndpoint devices;
    private readonly IdentityHttp http;

    private IdentityServer(IdentityServerOptions options, TimeProvider time)
    {
        Users = [.. options.Users];
        context = new IdentityContext(options, Faults, new IssuedTokens(time, options.AccessTokenLifetime, "M.C519_BAY.", "EwB"), new IdentityUsers(Users), time);
        authorize = new AuthorizeEndpoint(context);
        devices = new DeviceEndpoint(context);
        http = new IdentityHttp(context, log, authorize, devices);
    }

    /// <summary>The authority, without a tenant: the setting <c>Outlook:Authority</c>.</summary>
    public string Url => http.Url;

    public IReadOnlyList<IdentityUser> Users { get; }

    public IdentityFaults Faults { get; } = new();

    /// <summary>What was asked for, oldest first; the last 100,000.</summary>
    public IReadOnlyList<IdentityRequest> Requests => log.All;

    /// <exception cref="ArgumentException">There is no user.</exception>
    public static async Task<IdentityServer> StartAsync(IdentityServerOptions options, TimeProvider time, CancellationToken ct)
    {
        if (options.Users.Count == 0)
            throw new ArgumentException("The identity platform needs at least one user", nameof(options));
        var server = new IdentityServer(options, time);
        await server.http.StartAsync(ct);
        return server;
    }

    /// <summary>Consents for a user without the sign-in.</summary>
    /// <param name="scopes">Default: all that a mail client asks for.</param>
    /// <returns>A refresh token.</returns>
    public string Grant(string address, params IReadOnlyList<string> scopes) => context.Tokens.CreateRefreshToken(GrantFor(address, scopes));

    /// <summary>An access token without the sign-in.</summary>
    /// <param name="scopes">Default: all that a mail client asks for.</param>
    public string AccessToken(string address, params IReadOnlyList<string> scopes) => context.Tokens.CreateAccessToken(GrantFor(address, scopes));

    /// <summary>The address of the user whose access token this is; null when it is unknown, expired or revoked.</summary>
    public string? FindUser(string accessToken) => context.Tokens.Find(accessToken)?.User;

    /// <summary>Ends all that a user consented to, as the user can on the page of the account: refreshing is answered <c>invalid_grant</c>.</summary>
    public void Revoke(string address) => context.Tokens.RevokeAll(context.Users.Get(address).Address);

    /// <summary>All access tokens of now are worth nothing; refresh tokens stay.</summary>
    public void ExpireAccessTokens() => context.Tokens.ExpireAccessTokens();

    /// <summary>Consents on a sign-in page as its user does, without the browser.</summary>
    /// <param name="page">The address of the page.</param>
    /// <returns>Where the browser is sent back to, with a code.</returns>
    /// <exception cref="ArgumentException">The page would not have been shown.</exception>
    public Uri Consent(Uri page, string address) => authorize.ConsentTo(new HttpIn("GET", page.PathAndQuery, [], []), context.Users.Get(address));

    /// <summary>Lets a device in that shows this code, as its user does on the page.</summary>
    /// <returns>False when there is no such code that waits.</returns>
    public bool ApproveDevice(string userCode, string address) => devices.Approve(userCode, context.Users.Get(address));

    public void ClearRequests() => log.Clear();

    /// <summary>Cuts each new request off without an answer, until <see cref="ComeBack"/>.</summary>
    public void GoAway() => http.IsAway = true;

    public void ComeBack() => http.IsAway = false;

    public ValueTask DisposeAsync() => http.DisposeAsync();

    private OAuthGrant GrantFor(string address, IReadOnlyList<string> scopes) =>
        new(context.Users.Get(address).Address, (scopes.Count == 0 ? MicrosoftScopes.OfMail : scopes).ToHashSet(StringComparer.Ordinal));
}
