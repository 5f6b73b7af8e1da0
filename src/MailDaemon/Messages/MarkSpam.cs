using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Messages;

/// <summary>Mark a message as spam.</summary>
internal static class MarkSpam
{
    [EndpointSummary("Mark a message as spam")]
    [EndpointDescription("Moves it to the spam folder; the reply has its new id. Without such a folder: 409.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<Relocation>> HandleAsync(
        RouteProvider p, Input<MessageRequest> input, MessageLookup lookup, MessageActions actions, CancellationToken ct)
    {
        var done = await actions.MarkSpamAsync(input.Value.Find(lookup, p), ct);
        return Envelope.Done(done, done.Queued);
    }
}
