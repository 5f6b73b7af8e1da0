using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Star a message.</summary>
internal static class StarMessage
{
    [EndpointSummary("Star a message")]
    [EndpointDescription("Sets the flag on the server, then in the cache.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.SetFlagAsync(input.Value.Find(lookup, p), MessageFlags.Starred, on: true, ct);
        return Envelope.Done(done, done.Queued);
    }
}
