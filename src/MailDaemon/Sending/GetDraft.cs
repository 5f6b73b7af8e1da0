using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Sending;

/// <summary>One draft with what it says.</summary>
internal static class GetDraft
{
    [EndpointSummary("Read a draft")]
    [Tags("Drafts")]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<MessageDetail>> HandleAsync(RouteProvider p, Input<DraftRequest> input, MessageLookup lookup, MailReading reading, CancellationToken ct) =>
        Envelope.Success(await reading.DetailAsync(input.Value.Find(lookup, p), BodyOptions.AsSent, ct));
}
