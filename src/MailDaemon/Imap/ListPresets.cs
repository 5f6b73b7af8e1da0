using MailDaemon.Accounts;
using MailDaemon.Api;
using MailDaemon.Engine.Accounts;

namespace MailDaemon.Imap;

/// <summary>The mail services whose servers are known.</summary>
internal static class ListPresets
{
    [EndpointSummary("List the known mail services")]
    [EndpointDescription("Servers, kind of password and notes of QQ, 163, Yahoo, iCloud and others. An address of one of these domains needs no servers when it is added.")]
    [Tags("IMAP")]
    [Fails]
    public static Envelope<IReadOnlyList<Response>> Handle() => Envelope.Success<IReadOnlyList<Response>>([.. Presets.All.Select(Response.Of)]);

    public sealed record Response(
        string Id, string Name, IReadOnlyList<string> Domains, ServerView Imap, ServerView Smtp, string SecretKind, string? HelpUrl, string Notes)
    {
        public static Response Of(ServerPreset preset) => new(
            preset.Id,
            preset.Name,
            preset.Domains,
            ServerView.Of(preset.Imap)!,
            ServerView.Of(preset.Smtp)!,
            preset.SecretKind switch
            {
                Engine.Accounts.SecretKind.AuthorizationCode => "authorization_code",
                Engine.Accounts.SecretKind.AppPassword => "app_password",
                Engine.Accounts.SecretKind.ClientPassword => "client_password",
                Engine.Accounts.SecretKind.OAuth => "oauth",
                _ => "password",
            },
            preset.HelpUrl,
            preset.Notes);
    }
}
