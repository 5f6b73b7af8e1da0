using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Gmail.OAuth;
using MailDaemon.Sandbox.Gmail.Rest;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox.Gmail;

/// <summary>
/// A stand-in for Gmail on a free port of loopback: REST v1 as its discovery document says, batches and uploads, and Google's OAuth.
/// Mail it sends reaches users of the sandbox and nobody else. It can be told to fail: see <see cref="GmailFaults"/>. Thread-safe.
/// </summary>
public sealed class GmailServer : IAsyncDisposable
{
    public const string ClientId = "1234567890-sandbox.apps.googleusercontent.com";
    public const string ClientSecret = "GOCSPX-sandbox-secret";

    private readonly Dictionary<string, GmailMailbox> mailboxes = new(StringComparer.OrdinalIgnoreCase);
    private readonly RequestLog<GmailRequest> log = new();
    private readonly IssuedTokens tokens;
    private readonly GmailContract? contract;
    private readonly GmailApi api;
    private readonly GmailHttp http;

    private GmailServer(GmailServerOptions options, MailWorld world, MailDelivery delivery, TimeProvider time)
    {
        Users = [.. options.Users];
        foreach (var user in Users)
        {
            mailboxes.Add(user.Address, new GmailMailbox(world.FindUser(user.Address)!));
        }

        contract = options.ContractPath is { } path ? GmailContract.Load(path) : null;
        tokens = new IssuedTokens(time, options.AccessTokenLifetime, "1//0", "ya29.");
        var context = new GmailContext(options, Faults, delivery, time);
        var gate = new RequestGate(context, log);
        api = new GmailApi(context, tokens, gate, contract, mailboxes);
        http = new GmailHttp(
            new OAuthServer(context, tokens, gate, mailboxes, [.. Users.Select(user => user.Address)]),
            api,
            new GmailBatch(context, api, gate),
            new GmailUploads(context, api, gate),
            options.MaxMessageBytes);
    }

    /// <summary>The base of the API, without a path.</summary>
    public string Url => http.Url;

    public string AuthUrl => Url + OAuthServer.AuthorizePath;

    public string TokenUrl => Url + OAuthServer.TokenPath;

    public string RevokeUrl => Url + OAuthServer.RevokePath;

    public string UserInfoUrl => Url + OAuthServer.UserInfoPath;

    public IReadOnlyList<SandboxUser> Users { get; }

    public GmailFaults Faults { get; } = new();

    /// <summary>What was asked for, oldest first, parts of batches included; the last 100,000.</summary>
    public IReadOnlyList<GmailRequest> Requests => log.All;

    /// <summary>What was not as the discovery document says, each with the request it was in; empty without <see cref="GmailServerOptions.ContractPath"/>.</summary>
    public IReadOnlyList<string> Violations =>
        [.. log.All.SelectMany(request => request.Violations.Select(violation => $"{request.Verb} {request.Path}: {violation}"))];

    /// <summary>The most requests of one user that ran at the same time, those that waited by <see cref="Net.HttpFaults{TError}.Delay"/> included.</summary>
    public int PeakRequests => api.PeakInFlight;

    /// <summary>The mailbox of the first user.</summary>
    public GmailMailbox First => Mailbox(Users[0].Address);

    /// <summary>Starts the server over mailboxes of the world, whose users are there already.</summary>
    internal static async Task<GmailServer> StartAsync(GmailServerOptions options, MailWorld world, MailDelivery delivery, TimeProvider time, CancellationToken ct)
    {
        var server = new GmailServer(options, world, delivery, time);
        await server.http.StartAsync(ct);
        return server;
    }

    /// <exception cref="KeyNotFoundException">There is no such user.</exception>
    public GmailMailbox Mailbox(string address) => mailboxes[address];

    /// <summary>Consents for a user without the sign-in.</summary>
    /// <param name="scopes">Default: <c>https://mail.google.com/</c>.</param>
    /// <returns>A refresh token.</returns>
    public string Grant(string address, params IReadOnlyList<string> scopes) => tokens.CreateRefreshToken(GrantFor(address, scopes));

    /// <summary>An access token without the sign-in.</summary>
    /// <param name="scopes">Default: <c>https://mail.google.com/</c>.</param>
    public string AccessToken(string address, params IReadOnlyList<string> scopes) => tokens.CreateAccessToken(GrantFor(address, scopes));

    /// <summary>Ends all that a user consented to, as the user can on the page of the Google account: refreshing is answered <c>invalid_grant</c>.</summary>
    public void Revoke(string address) => tokens.RevokeAll(address);

    /// <summary>All access tokens of now are worth nothing; refresh tokens stay.</summary>
    public void ExpireAccessTokens() => tokens.ExpireAccessTokens();

    public void ClearRequests() => log.Clear();

    /// <summary>Cuts each new request off without an answer, until <see cref="ComeBack"/>; the mail stays.</summary>
    public void GoAway() => http.IsAway = true;

    public void ComeBack() => http.IsAway = false;

    public async ValueTask DisposeAsync()
    {
        await http.DisposeAsync();
        contract?.Dispose();
    }

    /// <summary>The user whose access token this is, if it opens IMAP; else null.</summary>
    internal MailUser? FindUser(string address, string accessToken) =>
        tokens.Find(accessToken) is { } grant && grant.Scopes.Contains(GmailScopes.Mail) && grant.User.Equals(address, StringComparison.OrdinalIgnoreCase)
            ? mailboxes[grant.User].User
            : null;

    private OAuthGrant GrantFor(string address, IReadOnlyList<string> scopes) =>
        new(Mailbox(address).Address, (scopes.Count == 0 ? [GmailScopes.Mail] : scopes).Select(GoogleScopes.Canonical).ToHashSet(StringComparer.Ordinal));
}
