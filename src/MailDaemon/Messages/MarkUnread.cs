using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Mark a message as unread.</summary>
internal static class MarkUnread
{
    [EndpointSummary("Mark a message as unread")]
    [EndpointDescription("On the server, then in the cache; where the server cannot be reached it hears of it later (202, queued: true).")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.SetFlagAsync(input.Value.Find(lookup, p), MessageFlags.Read, on: false, ct);
        return Envelope.Done(done, done.Queued);
    }
}
