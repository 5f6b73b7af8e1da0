using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Identity;

/// <summary>
/// Authorization code with PKCE for a public client ("Microsoft identity platform and OAuth 2.0 authorization code flow"): the page, and where it leads.
/// </summary>
internal sealed class AuthorizeEndpoint(IdentityContext context)
{
    private const int MaxPending = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string[] Prompts = ["login", "consent", "select_account", "none"];

    private readonly ConcurrentDictionary<string, (AuthorizationRequest Request, string Tenant)> pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuthorizationCode> codes = new(StringComparer.Ordinal);

    public HttpReply Authorize(HttpIn request, string tenant)
    {
        var (asked, refusal) = Read(request, context.Now + Patience);
        if (refusal is not null)
            return refusal;
        RemoveOld();
        if (pending.Count >= MaxPending)
            return Blocked(new IdentityError(400, "invalid_request", 90055, "Too many requests wait for consent."));
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        pending[id] = (asked!, tenant);
        return IdentityReply.Page(PageFor(id, asked!, tenant).Write());
    }

    /// <summary>Consents to what a page asks for, without the page.</summary>
    /// <exception cref="ArgumentException">The page would not have been shown.</exception>
    public Uri ConsentTo(HttpIn request, IdentityUser user)
    {
        var (asked, refusal) = Read(request, context.Now + Patience);
        return refusal is null ? new Uri(Allowed(asked!, user)) : throw new ArgumentException("This is no page that a user could consent on.", nameof(request));
    }

    public HttpReply Consent(HttpIn request)
    {
        string? One(string name) => request.Form.FirstOrDefault(pair => pair.Key == name).Value;
        if (One("request") is not { } id || !pending.TryRemove(id, out var found) || found.Request.Until < context.Now)
            return Blocked(new IdentityError(400, "invalid_request", 50058, "The page is too old. Start again."));
        var (asked, tenant) = found;
        if (One("action") != "allow")
            return IdentityReply.Redirect(Back(asked, ("error", "access_denied"), ("error_subcode", "cancel"), ("error_description", "AADSTS65004: User declined to consent to access the app.")));
        if (context.Users.Find(context.Faults.ConsentsAs ?? One("account")) is not { } user)
            return Blocked(new IdentityError(400, "invalid_request", 50034, "The user account does not exist."));
        if (!user.MayUse(tenant))
        {
            // Who cannot be used here stays on the page and may choose somebody else.
            pending[id] = found;
            return IdentityReply.Page(ConsentPage.Told("You can't sign in here with this account", $"AADSTS50020: {IdentityError.NotOfTenant(user, tenant).Message}"), 400);
        }

        return IdentityReply.Redirect(Allowed(asked, user));
    }

    /// <summary>What a code is good for, once; null when it is unknown, used or too old.</summary>
    public AuthorizationCode? Take(string code) => codes.TryRemove(code, out var found) && found.Until >= context.Now ? found : null;

    /// <summary>What is asked, or the answer where it cannot be.</summary>
    private static (AuthorizationRequest? Asked, HttpReply? Refusal) Read(HttpIn request, DateTimeOffset until)
    {
        string? One(string name) => request.Query.FirstOrDefault(pair => pair.Key == name).Value;
        if (One("client_id") != IdentityServer.ClientId)
            return (null, Blocked(IdentityError.UnknownClient(One("client_id"))));
        if (!IsRegistered(One("redirect_uri")))
            return (null, Blocked(IdentityError.UnknownRedirect(One("redirect_uri"))));
        var asked = new AuthorizationRequest
        {
            RedirectUri = One("redirect_uri")!,
            Scopes = MicrosoftScopes.Read(One("scope")),
            CodeChallenge = One("code_challenge") ?? "",
            State = One("state"),
            LoginHint = One("login_hint"),
            Until = until,
        };
        return FaultOf(asked, One) is { } fault
            ? (null, IdentityReply.Redirect(Back(asked, ("error", fault.Error), ("error_description", $"AADSTS{fault.Number}: {fault.Message}"))))
            : (asked, null);
    }

    private string Allowed(AuthorizationRequest asked, IdentityUser user) => Back(asked, ("code", CodeFor(asked, user)), ("client_info", IdTokens.ClientInfo(user)));

    private ConsentPage PageFor(string id, AuthorizationRequest asked, string tenant) => new()
    {
        Title = "Sign in to the sandbox's Microsoft account",
        Action = $"/{tenant}/oauth2/v2.0/consent",
        Field = ("request", id, IsHidden: true),
        Addresses = context.Users.Addresses,
        LoginHint = asked.LoginHint,
        Scopes = [.. asked.Scopes.Select(scope => new ConsentScope(scope))],
    };

    private string CodeFor(AuthorizationRequest asked, IdentityUser user)
    {
        var granted = asked.Scopes.Where(scope => !context.Faults.WithheldScopes.Any(withheld => MicrosoftScopes.AreSame(withheld, scope))).ToHashSet(StringComparer.Ordinal);
        var code = "M.C519_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(36));
        codes[code] = new AuthorizationCode(asked, new OAuthGrant(user.Address, granted), context.Now + Patience);
        return code;
    }

    private static IdentityError? FaultOf(AuthorizationRequest asked, Func<string, string?> one) =>
        one("response_type") != "code" ? new IdentityError(400, "unsupported_response_type", 700054, "response_type must be 'code' for this application.")
        : (one("response_mode") ?? "query") != "query" ? new IdentityError(400, "invalid_request", 900561, "response_mode must be 'query' here.")
        : asked.Scopes.Count == 0 ? IdentityError.Missing("scope")
        : asked.Scopes.FirstOrDefault(scope => !MicrosoftScopes.IsKnown(scope)) is { } unknown ? IdentityError.UnknownScope(unknown)
        : !Pkce.IsChallenge(one("code_challenge_method"), asked.CodeChallenge) ? new IdentityError(400, "invalid_request", 9002325, "Proof Key for Code Exchange is required: code_challenge of the method S256.")
        : one("prompt") is { } prompt && !Prompts.Contains(prompt, StringComparer.Ordinal) ? new IdentityError(400, "invalid_request", 90023, $"Unsupported 'prompt' value '{prompt}'.")
        : one("prompt") == "none" ? new IdentityError(400, "login_required", 50058, "A silent sign-in request was sent but no user is signed in.")
        : null;

    /// <summary>
    /// Registered is <c>http://localhost</c>: any port, that path and no other, and not 127.0.0.1 ("Redirect URI (reply URL) best practices
    /// and limitations", "Localhost exceptions").
    /// </summary>
    private static bool IsRegistered(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "http", Host: "localhost", AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" };

    private void RemoveOld()
    {
        foreach (var (old, _) in pending.Where(one => one.Value.Request.Until < context.Now))
            pending.TryRemove(old, out _);
        foreach (var (old, _) in codes.Where(one => one.Value.Until < context.Now))
            codes.TryRemove(old, out _);
    }

    /// <summary>An address without a path comes back with a slash.</summary>
    private static string Back(AuthorizationRequest asked, params (string Name, string Value)[] fields)
    {
        var all = asked.State is null ? fields : [.. fields, ("state", asked.State)];
        return $"{new Uri(asked.RedirectUri).AbsoluteUri}?{string.Join('&', all.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))}";
    }

    private static HttpReply Blocked(IdentityError error) => IdentityReply.Page(ConsentPage.Error(error.Error, $"AADSTS{error.Number}: {error.Message}"), 400);
}
