using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Sync;
using Microsoft.AspNetCore.Mvc;

namespace MailDaemon.Accounts;

/// <summary>Begins a sign-in at Microsoft from a machine without a browser.</summary>
internal static class InitiateDeviceSignIn
{
    [EndpointSummary("Begin a sign-in at Microsoft without a browser on this machine")]
    [EndpointDescription("Open verificationUrl in a browser anywhere, enter userCode and allow everything; the daemon asks Microsoft until that is done, declined or too late, and the account then appears by itself as after …/auth/initiate. GET …/auth/status?state= says how the sign-in stands. With loginHint only that mailbox is taken. Enter no code that somebody else gave you. Needs a client id of your own in the settings; without one it is 400 client_id_missing, which says where to get it. Of more than eight sign-ins that wait the oldest is ended.")]
    [Tags("Accounts")]
    [RepliesSecret]
    [Fails(409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, AccountLifecycle lifecycle)
    {
        var link = await lifecycle.BeginDeviceSignInAsync(input.Value.LoginHint);
        return Envelope.Success(new Response(link.UserCode, link.VerificationUrl.AbsoluteUri, link.Message, link.State, link.ExpiresAt));
    }

    public sealed record Request
    {
        [Description("The mailbox that is to be signed in, and no other; left out, its owner chooses"), Alias("email"), Example("me@example.com"), FromQuery]
        public string? LoginHint { get; init; }
    }

    public sealed record Response(
        [property: Description("What is to be entered on the page"), Example("A1B2C3D4E")] string UserCode,
        [property: Description("The page to open in a browser, on any machine"), Example("https://microsoft.com/devicelogin")] string VerificationUrl,
        [property: Description("Both in a sentence of Microsoft's"), Example("To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code A1B2C3D4E to authenticate.")] string Message,
        [property: Description("What …/auth/status takes to say how this sign-in stands"), Example("5b1f…")] string State,
        [property: Description("Until when the code can be used"), Example("2026-01-01T08:15:00Z")] DateTimeOffset ExpiresAt);
}
