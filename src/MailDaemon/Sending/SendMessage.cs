using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>Send a mail.</summary>
internal static class SendMessage
{
    [EndpointSummary("Send a mail")]
    [EndpointDescription("At least one recipient, and a body unless allowEmpty is set. When the server refuses a recipient, nothing is sent unless allowPartial is set. A server that cannot be reached or defers: 202, the mail stays in the outbox and is tried again. A copy goes to Sent. With the header Idempotency-Key a repeated request sends nothing again.")]
    [Tags("Sending")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, AllowedFiles files, Engine.Actions.Sending sending, SentReply reply, CancellationToken ct)
    {
        var request = input.Value;
        var options = key.With(request, request.SendAt);
        var sent = await sending.EarlierAsync(p.Kind, request.Email, options, ct)
            ?? await sending.SendAsync(lookup.Account(p.Kind, request.Email), request.ToDraft(files), options, ct);
        return reply.Of(sent);
    }

    public sealed record Request : OutgoingText
    {
        [Description("The account that sends"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
