using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Imap;

/// <summary>Adds an account after trying it.</summary>
internal static class AddImapAccount
{
    [EndpointSummary("Add an IMAP account")]
    [EndpointDescription("Tries both servers first; then folders, newest mail and polling start by themselves. With allowUnverifiedSmtp an account whose SMTP server refuses is added for receiving only.")]
    [Tags("IMAP")]
    [Replies(201)]
    [Fails(409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var request = input.Value;
        var (account, smtp) = await lifecycle.AddImapAsync(request.ToRequest(request.DisplayName), request.AllowUnverifiedSmtp, ct);
        return Envelope.Created(new Response(account.Email, smtp.Success ? "verified" : "unverified", SmtpResult.Of(smtp)));
    }

    public sealed record Request : ImapLogin
    {
        [Description("The name beside the address in mail that is sent"), StringLength(256), Example("Li Wei")]
        public string? DisplayName { get; init; }

        [Description("Add the account even if its SMTP server refuses; it can then only receive"), Example("false")]
        public bool AllowUnverifiedSmtp { get; init; }
    }

    public sealed record Response(string Email, [property: Description("verified or unverified")] string SmtpStatus, SmtpResult Smtp);
}
