using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Imap;

/// <summary>Tries the SMTP server of an account again.</summary>
internal static class VerifySmtp
{
    [EndpointSummary("Check whether an account can send")]
    [EndpointDescription("Logs in to the SMTP server with the stored password; an account added for receiving only may send from then on.")]
    [Tags("IMAP")]
    [Fails(401)]
    public static async Task<Envelope<AddImapAccount.Response>> HandleAsync(Input<Request> input, MessageLookup lookup, AccountLifecycle lifecycle, CancellationToken ct)
    {
        var (account, smtp) = await lifecycle.VerifySmtpAsync(lookup.Account(ProviderKind.Imap, input.Value.Email), ct);
        return Envelope.Success(new AddImapAccount.Response(account.Email, smtp.Success ? "verified" : "unverified", SmtpResult.Of(smtp)));
    }

    public sealed record Request
    {
        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
