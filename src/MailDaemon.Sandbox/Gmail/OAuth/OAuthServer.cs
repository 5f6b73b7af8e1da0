using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Gmail.Rest;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Gmail.OAuth;

/// <summary>
/// Google's OAuth for installed applications: authorization code with PKCE to a loopback address (RFC 6749, RFC 7636, RFC 8252), refresh,
/// revocation (RFC 7009) and userinfo.
/// </summary>
internal sealed partial class OAuthServer(
    GmailContext context, IssuedTokens tokens, RequestGate gate, IReadOnlyDictionary<string, GmailMailbox> mailboxes, IReadOnlyList<string> addresses)
{
    public const string AuthorizePath = "/o/oauth2/v2/auth";
    public const string ConsentPath = "/o/oauth2/v2/auth/consent";
    public const string TokenPath = "/token";
    public const string RevokePath = "/revoke";
    public const string UserInfoPath = "/v1/userinfo";

    private const int MaxPending = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, AuthorizationRequest> pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuthorizationCode> codes = new(StringComparer.Ordinal);

    private DateTimeOffset Now => context.Time.GetUtcNow();

    /// <summary>The name of a path in the log and for faults; null when the path is not one of these.</summary>
    public static string? NameOf(string path) => path switch
    {
        AuthorizePath => "oauth.authorize",
        ConsentPath => "oauth.consent",
        TokenPath => "oauth.token",
        RevokePath => "oauth.revoke",
        UserInfoPath => "oauth.userinfo",
        _ => null,
    };

    /// <returns>Null when the connection is to be cut.</returns>
    public Task<GmailReply?> AnswerAsync(HttpIn request, string name, CancellationToken ct)
    {
        var entry = new GmailRequest { At = Now, Verb = request.Verb, Path = request.LoggedPath, Method = name };
        return gate.RunAsync(entry, (notes, _) => Task.FromResult<GmailReply?>(Answer(request, name, notes)), ct);
    }

    private GmailReply Answer(HttpIn request, string name, RequestNotes notes) => (request.Verb, name) switch
    {
        ("GET", "oauth.authorize") => Authorize(request),
        ("POST", "oauth.consent") => Consent(request),
        ("POST", "oauth.token") => Token(request, notes),
        ("POST", "oauth.revoke") => Revoke(request),
        ("GET" or "POST", "oauth.userinfo") => UserInfo(request, notes),
        _ => new GmailReply(405, null) { Text = "Method Not Allowed", ContentType = "text/plain" },
    };

    private GmailReply Authorize(HttpIn request)
    {
        string? One(string name) => Value(request.Query, name);
        if (One("client_id") != GmailServer.ClientId)
        {
            return Blocked("invalid_client", "The OAuth client was not found.");
        }

        if (!IsLoopback(One("redirect_uri")))
        {
            return Blocked("redirect_uri_mismatch", "The redirect address must be http on a loopback address.");
        }

        var scopes = (One("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fault = One("response_type") != "code" ? "response_type must be code."
            : scopes.Length == 0 ? "Missing required parameter: scope"
            : !Pkce.IsChallenge(One("code_challenge_method"), One("code_challenge")) ? "code_challenge must be there, of the method S256."
            : null;
        if (fault is not null)
        {
            return Blocked("invalid_request", fault);
        }

        var asked = new AuthorizationRequest
        {
            RedirectUri = One("redirect_uri")!,
            Scopes = scopes,
            CodeChallenge = One("code_challenge")!,
            State = One("state"),
            LoginHint = One("login_hint"),
            Until = Now + Patience,
        };
        if (One("prompt") == "none")
        {
            return Redirect(asked, ("error", "interaction_required"));
        }

        foreach (var (old, _) in pending.Where(one => one.Value.Until < Now))
        {
            pending.TryRemove(old, out _);
        }

        if (pending.Count >= MaxPending)
        {
            return Blocked("invalid_request", "Too many requests wait for consent.");
        }

        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        pending[requestId] = asked;
        return new GmailReply(200, null) { Text = PageFor(requestId, asked).Write() };
    }

    private ConsentPage PageFor(string requestId, AuthorizationRequest asked) => new()
    {
        Title = "Sign in to the sandbox's Gmail",
        Action = ConsentPath,
        Field = ("request", requestId, IsHidden: true),
        Addresses = addresses,
        LoginHint = asked.LoginHint,

        // Who somebody is goes with signing in: there is no box for it.
        Scopes = [.. asked.Scopes.Select(scope => new ConsentScope(scope, HasBox: !GoogleScopes.IsIdentity(scope), IsTicked: !context.Faults.WithheldScopes.Contains(scope, StringComparer.Ordinal)))],
    };

    private GmailReply Consent(HttpIn request)
    {
        if (Value(request.Form, "request") is not { } requestId || !pending.TryRemove(requestId, out var asked) || asked.Until < Now)
        {
            return Blocked("invalid_request", "The page is too old. Start again.");
        }

        if (Value(request.Form, "action") != "allow")
        {
            return Redirect(asked, ("error", "access_denied"));
        }

        if (!mailboxes.TryGetValue(context.Faults.ConsentsAs ?? Value(request.Form, "account") ?? "", out var mailbox))
        {
            return Blocked("invalid_request", "There is no such account.");
        }

        var ticked = request.Form.Where(pair => pair.Key == "scope").Select(pair => pair.Value).Except(context.Faults.WithheldScopes, StringComparer.Ordinal);
        var granted = asked.Scopes.Where(scope => GoogleScopes.IsIdentity(scope) || ticked.Contains(scope, StringComparer.Ordinal)).Select(GoogleScopes.Canonical).ToHashSet(StringComparer.Ordinal);
        var code = "4/0A" + GoogleBase64.Encode(RandomNumberGenerator.GetBytes(36));
        codes[code] = new AuthorizationCode(asked, new OAuthGrant(mailbox.Address, granted), Now + Patience);
        return Redirect(asked, ("code", code), ("scope", string.Join(' ', granted)));
    }

    private GmailReply Revoke(HttpIn request)
    {
        var token = Value(request.Form, "token") ?? Value(request.Query, "token") ?? "";
        return tokens.Revoke(token) ? new GmailReply(200, new JsonObject()) : Error(400, "invalid_token", "Token expired or revoked");
    }

    private GmailReply UserInfo(HttpIn request, RequestNotes notes)
    {
        if (request.Token is null || tokens.Find(request.Token) is not { } grant)
        {
            return Error(401, "invalid_request", "Invalid Credentials");
        }

        notes.User = grant.User;
        if (!grant.Scopes.Any(GoogleScopes.IsIdentity))
        {
            return Error(403, "insufficient_scope", "Request had insufficient authentication scopes.");
        }

        var json = new JsonObject { ["sub"] = SubjectOf(grant.User) };
        if (grant.Scopes.Contains(GoogleScopes.Profile))
        {
            json["name"] = mailboxes[grant.User].DisplayName;
        }

        if (grant.Scopes.Contains(GoogleScopes.Email))
        {
            json["email"] = grant.User;
            json["email_verified"] = true;
        }

        return new GmailReply(200, json);
    }

    /// <summary>A number of 21 digits, the same for the same user.</summary>
    private static string SubjectOf(string user) =>
        "1" + (BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(user))) % 10_000_000_000_000_000_000).ToString("D20", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Only where the browser runs: a code goes to no other machine (RFC 8252 §7.3).</summary>
    private static bool IsLoopback(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));

    private static GmailReply Redirect(AuthorizationRequest asked, params (string Name, string Value)[] fields)
    {
        var all = asked.State is null ? fields : [("state", asked.State), .. fields];
        var query = string.Join('&', all.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
        var separator = asked.RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new GmailReply(302, null) { Headers = [new("Location", $"{asked.RedirectUri}{separator}{query}")] };
    }

    private static GmailReply Blocked(string error, string reason) => new(400, null) { Text = ConsentPage.Error(error, reason) };

    private static GmailReply Error(int status, string error, string description) =>
        new(status, new JsonObject { ["error"] = error, ["error_description"] = description });

    private static string? Value(IReadOnlyList<KeyValuePair<string, string>> fields, string name) =>
        fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();
}
