using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;

namespace MailDaemon.Accounts;

/// <summary>Whether an account is signed in at Google or Microsoft, and how a sign-in stands that was begun.</summary>
internal static class GetSignInStatus
{
    [EndpointSummary("Say whether an account is signed in, or how a sign-in stands")]
    [EndpointDescription("With email: authorized is false when the account's sign-in has ended, and error says what to do; 401 when there is no such account. With state, as POST …/auth/initiate or …/auth/device gave it: signIn is pending until the owner of the mailbox is back from the consent page, or has entered the code, then done, with the account's email, or failed, with reason (sign_in_cancelled, sign_in_expired, missing_scopes, wrong_mailbox …) and error in words. Ask every second or two; 404 when there is no such sign-in.")]
    [Tags("Accounts")]
    [Fails(401, 404)]
    public static Envelope<Response> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup, TokenSources tokens, SignIns signIns)
    {
        if (input.Value.State is { Length: > 0 } state)
            return Envelope.Success(Of(signIns.Get(p.Kind, state), tokens));
        var account = lookup.Account(p.Kind, input.Value.Email ?? throw MailException.InvalidInput("missing_parameter", "Missing email parameter"));
        return Envelope.Success(Of(account.Key.Provider, account.Email, tokens.Authorization(account.Key)));
    }

    private static Response Of(SignInState signIn, TokenSources tokens)
    {
        if (signIn.Account is { } account)
            return Of(account.Provider, account.Email, tokens.Authorization(account)) with { SignIn = "done" };
        return new Response(signIn.Provider.Name(), signIn.Hint, Authorized: false, [], null)
        {
            SignIn = signIn.IsPending ? "pending" : "failed",
            Reason = signIn.Failure?.Code,
            Error = signIn.Failure?.Message,
        };
    }

    private static Response Of(ProviderKind provider, string email, Authorization authorization) =>
        new(provider.Name(), email, authorization.Problem is null, authorization.Scopes, authorization.ExpiresAt) { Error = authorization.Problem?.Message };

    public sealed record Request
    {
        [Description("The account's address; needed without state"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("The state of a sign-in, as POST …/auth/initiate or …/auth/device gave it; needed without email"), Example("")]
        public string? State { get; init; }
    }

    /// <param name="Email">Null: a sign-in that its owner has not come back from, begun without loginHint.</param>
    public sealed record Response(
        [property: Example("gmail")] string Provider,
        [property: Example("me@example.com")] string? Email,
        [property: Description("Whether the account's mail can be read now")] bool Authorized,
        [property: Description("What the owner of the mailbox consented to"), Example("""["https://mail.google.com/","openid","https://www.googleapis.com/auth/userinfo.email"]""")] IReadOnlyList<string> Scopes,
        [property: Description("When the present access token ends; it is replaced by itself before. Null when there is none"), Example("2026-01-01T09:00:00Z")] DateTimeOffset? ExpiresAt)
    {
        [Description("Why the account is not signed in, or why the sign-in failed, and what to do; only then"), Example("Authorization expired. Sign in again: POST /api/gmail/auth/initiate?loginHint=me%40example.com, then open its authUrl in a browser."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }

        [Description("pending, done or failed; only with state"), Example("done"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? SignIn { get; init; }

        [Description("The stable word of why the sign-in failed; only when it did"), Example("wrong_mailbox"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Reason { get; init; }
    }
}
