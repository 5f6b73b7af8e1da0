using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MailDaemon.Accounts;

/// <summary>Begins a sign-in at Google or Microsoft.</summary>
internal static class InitiateSignIn
{
    [EndpointSummary("Begin a sign-in at Google or Microsoft")]
    [EndpointDescription("Needs a client id of your own in the settings; without one it is 400 client_id_missing, which says where to get it. This version cannot sign in yet: with a client id it is 409 sign_in_not_available.")]
    [Tags("Accounts")]
    [Fails(409)]
    public static Envelope<Nothing> Handle(RouteProvider p, Input<Request> input, IOptions<GmailOptions> gmail, IOptions<OutlookOptions> outlook)
    {
        _ = input.Value;
        var (id, setting, name, where) = p.Kind == ProviderKind.Gmail
            ? (gmail.Value.ClientId, "Gmail:ClientId", "Gmail", "at https://console.cloud.google.com/apis/credentials as an OAuth client of type Desktop app, together with Gmail:ClientSecret")
            : (outlook.Value.ClientId, "Outlook:ClientId", "Outlook", "at https://entra.microsoft.com under App registrations, as a public client with the redirect URI http://localhost");
        if (string.IsNullOrWhiteSpace(id))
            throw MailException.InvalidInput("client_id_missing", $"The setting {setting} is missing. Get a client id {where}, put it into appsettings.json or the environment variable {setting.Replace(":", "__", StringComparison.Ordinal)}, and start the daemon again.");
        throw MailException.Conflict("sign_in_not_available", $"This version of the daemon cannot sign in to {name} yet. The account can be added by IMAP where it has an app password.");
    }

    public sealed record Request
    {
        [Description("The address that the sign-in page is to offer"), Alias("email"), Example("me@example.com"), FromQuery]
        public string? LoginHint { get; init; }
    }
}
