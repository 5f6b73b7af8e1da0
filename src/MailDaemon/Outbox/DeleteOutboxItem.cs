using MailDaemon.Api;

namespace MailDaemon.Outbox;

/// <summary>Takes a mail out of the outbox.</summary>
internal static class DeleteOutboxItem
{
    [EndpointSummary("Take a mail out of the outbox")]
    [EndpointDescription("One that waits is not sent any more. One that is being sent at this moment: 409.")]
    [Tags("Outbox")]
    [Fails(404, 409)]
    public static async Task<Envelope<OutboxView>> HandleAsync(Input<OutboxRequest> input, Engine.Actions.Outbox outbox, CancellationToken ct) =>
        Envelope.Success(OutboxView.Of(await outbox.RemoveAsync(input.Value.Id, ct)));
}
