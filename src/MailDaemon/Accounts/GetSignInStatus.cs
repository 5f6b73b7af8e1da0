using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Accounts;

/// <summary>Whether an account is signed in at Google or Microsoft.</summary>
internal static class GetSignInStatus
{
    [EndpointSummary("Say whether an account is signed in")]
    [EndpointDescription("401 when there is no such account; authorized is false when its sign-in has ended. POST …/auth/initiate begins a sign-in.")]
    [Tags("Accounts")]
    [Fails(401)]
    public static Envelope<Response> Handle(RouteProvider p, Input<Request> input, MessageLookup lookup, SyncPasses passes)
    {
        var account = lookup.Account(p.Kind, input.Value.Email);
        return Envelope.Success(new Response(account.Key.Provider.Name(), account.Email, passes.Status(account.Key).State != SyncState.AuthRequired));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }

    public sealed record Response([property: Example("gmail")] string Provider, [property: Example("me@example.com")] string Email, bool Authorized);
}
