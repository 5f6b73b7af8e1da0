using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Sending;

/// <summary>Send a draft.</summary>
internal static class SendDraft
{
    [EndpointSummary("Send a draft")]
    [EndpointDescription("Byte for byte as it is on the server, whoever stored it, but for its date, a Message-ID where there is none, and Bcc; to the recipients it names. It then leaves the drafts. 202 as for send.")]
    [Tags("Drafts")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502, 503, 504)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, Engine.Actions.Sending sending, SentReply reply, CancellationToken ct)
    {
        var request = input.Value;
        var options = key.With(request, request.SendAt);
        return reply.Of(await sending.EarlierAsync(p.Kind, request.Email, options, ct) ?? await sending.SendDraftAsync(request.Find(lookup, p), options, ct));
    }

    public sealed record Request : DraftRequest
    {
        [Description("Not before this instant; left out: now"), Example("null")]
        public DateTimeOffset? SendAt { get; init; }
    }
}
