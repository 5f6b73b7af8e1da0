using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Mark a message as read.</summary>
internal static class MarkRead
{
    [EndpointSummary("Mark a message as read")]
    [EndpointDescription("On the server, then in the cache.")]
    [Tags("Messages")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<MessageItem>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct) =>
        Envelope.Success(await actions.SetFlagAsync(input.Value.Find(lookup, p), MessageFlags.Read, on: true, ct));
}
