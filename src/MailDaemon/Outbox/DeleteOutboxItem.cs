using MailDaemon.Api;
using MailDaemon.Engine.Hooks;

namespace MailDaemon.Outbox;

/// <summary>Takes something out of the outbox.</summary>
internal static class DeleteOutboxItem
{
    [EndpointSummary("Take something out of the outbox")]
    [EndpointDescription("One that waits is not sent any more. One that is being sent at this moment: 409.")]
    [Tags("Outbox")]
    [Fails(404, 409)]
    public static async Task<Envelope<OutboxView>> HandleAsync(Input<OutboxRequest> input, Engine.Actions.Outbox outbox, HookStore hooks, CancellationToken ct) =>
        Envelope.Success(HookStore.IsId(input.Value.Id) ? OutboxView.Of(await hooks.RemoveAsync(input.Value.Id, ct)) : OutboxView.Of(await outbox.RemoveAsync(input.Value.Id, ct)));
}
