using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Mark a message as unread.</summary>
internal static class MarkUnread
{
    [EndpointSummary("Mark a message as unread")]
    [EndpointDescription("On the server, then in the cache.")]
    [Tags("Messages")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct) =>
        Envelope.Success(await actions.SetFlagAsync(input.Value.Find(lookup, p), MessageFlags.Read, on: false, ct));
}
