using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Messages;

/// <summary>Archive a message.</summary>
internal static class ArchiveMessage
{
    [EndpointSummary("Archive a message")]
    [EndpointDescription("Moves it to the archive folder; the reply has its new id.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Relocation>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.ArchiveAsync(input.Value.Find(lookup, p), ct);
        return Envelope.Done(done, done.Queued);
    }
}
