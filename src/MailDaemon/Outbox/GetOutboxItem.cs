using MailDaemon.Api;

namespace MailDaemon.Outbox;

/// <summary>One mail in the outbox.</summary>
internal static class GetOutboxItem
{
    [EndpointSummary("Show a mail in the outbox")]
    [Tags("Outbox")]
    [Fails(404)]
    public static Envelope<OutboxView> Handle(Input<OutboxRequest> input, Engine.Actions.Outbox outbox) => Envelope.Success(OutboxView.Of(outbox.Get(input.Value.Id)));
}
