using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Sending;

/// <summary>Send a draft.</summary>
internal static class SendDraft
{
    [EndpointSummary("Send a draft")]
    [EndpointDescription("As it is, to the recipients it names; it then leaves the drafts. 202 as for send.")]
    [Tags("Drafts")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 413, 502, 503, 504)]
    public static async Task<Envelope<SentMail>> HandleAsync(
        RouteProvider p, Input<Request> input, IdempotencyKey key, MessageLookup lookup, Engine.Actions.Sending sending, SyncPasses passes, CancellationToken ct) =>
        SentReply.Of(await sending.SendDraftAsync(input.Value.Find(lookup, p), key.With(input.Value, input.Value.SendAt), ct), passes);

    public sealed record Request : DraftRequest
    {
        [Description("Not before this instant; left out: now"), Example("null")]
        public DateTimeOffset? SendAt { get; init; }
    }
}
