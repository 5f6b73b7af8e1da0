using MailDaemon.Api;
using MailDaemon.Engine.Hooks;

namespace MailDaemon.Outbox;

/// <summary>Sends something in the outbox again.</summary>
internal static class RetryOutboxItem
{
    [EndpointSummary("Send something in the outbox again")]
    [EndpointDescription("One that failed, waits or is uncertain, now. An uncertain one is first looked for in Sent; when it is not there it is sent again on your word, and may arrive twice.")]
    [Tags("Outbox")]
    [Fails(401, 404, 409, 502)]
    public static async Task<Envelope<OutboxView>> HandleAsync(Input<OutboxRequest> input, Engine.Actions.Outbox outbox, HookStore hooks, CancellationToken ct) =>
        Envelope.Success(HookStore.IsId(input.Value.Id) ? OutboxView.Of(await hooks.RetryAsync(input.Value.Id, ct)) : OutboxView.Of(await outbox.RetryAsync(input.Value.Id, ct)));
}
