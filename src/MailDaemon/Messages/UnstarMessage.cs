using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Unstar a message.</summary>
internal static class UnstarMessage
{
    [EndpointSummary("Unstar a message")]
    [EndpointDescription("Removes the flag on the server, then in the cache.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.SetFlagAsync(input.Value.Find(lookup, p), MessageFlags.Starred, on: false, ct);
        return Envelope.Done(done, done.Queued);
    }
}
