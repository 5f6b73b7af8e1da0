using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
using MailDaemon.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MailDaemon.Accounts;

/// <summary>Begins a sign-in at Google or Microsoft.</summary>
internal static class InitiateSignIn
{
    [EndpointSummary("Begin a sign-in at Google or Microsoft")]
    [EndpointDescription("Open authUrl in a browser on this machine within 10 minutes and allow everything; the account then appears by itself and its mail is read, or, where it is there already, goes on with its cache. GET …/auth/status?state= says how the sign-in stands. With loginHint only that mailbox is taken. Needs a client id of your own in the settings; without one it is 400 client_id_missing, which says where to get it. Of more than eight sign-ins that wait the oldest is ended. At Microsoft, on a machine without a browser: POST …/auth/device.")]
    [Tags("Accounts")]
    [RepliesSecret]
    public static async Task<Envelope<Response>> HandleAsync(
        RouteProvider p, Input<Request> input, AccountLifecycle lifecycle, IOptions<AuthOptions> auth, BrowserLauncher browser)
    {
        var link = await lifecycle.BeginSignInAsync(p.Kind, input.Value.LoginHint);
        if (auth.Value.OpenBrowser)
            browser.Open(link.AuthUrl);
        return Envelope.Success(new Response(link.AuthUrl.AbsoluteUri, link.State, link.ExpiresAt));
    }

    public sealed record Request
    {
        [Description("The mailbox that is to be signed in, and no other; left out, its owner chooses"), Alias("email"), Example("me@example.com"), FromQuery]
        public string? LoginHint { get; init; }
    }

    public sealed record Response(
        [property: Description("The page to open in a browser on this machine"), Example("https://accounts.google.com/o/oauth2/v2/auth?client_id=…&state=…")] string AuthUrl,
        [property: Description("What …/auth/status takes to say how this sign-in stands"), Example("5b1f…")] string State,
        [property: Description("Until when the page can be used"), Example("2026-01-01T08:10:00Z")] DateTimeOffset ExpiresAt);
}
