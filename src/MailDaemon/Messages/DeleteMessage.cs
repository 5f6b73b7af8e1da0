using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Messages;

/// <summary>Delete a message.</summary>
internal static class DeleteMessage
{
    [EndpointSummary("Delete a message")]
    [EndpointDescription("Moves it to trash; deleting in trash is for good (permanent: true).")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Deletion>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.DeleteAsync(input.Value.Find(lookup, p), ct);
        return Envelope.Done(done, done.Queued);
    }
}
