using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Sending;

/// <summary>One draft with what it says.</summary>
internal static class GetDraft
{
    [EndpointSummary("Read a draft")]
    [Tags("Drafts")]
    [Fails(401, 404, 409)]
    public static Envelope<MessageDetail> Handle(RouteProvider p, Input<DraftRequest> input, MessageLookup lookup, MailReading reading) =>
        Envelope.Success(reading.Detail(input.Value.Find(lookup, p), BodyOptions.AsSent));
}
