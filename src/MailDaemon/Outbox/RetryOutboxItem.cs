using MailDaemon.Api;

namespace MailDaemon.Outbox;

/// <summary>Sends a mail in the outbox again.</summary>
internal static class RetryOutboxItem
{
    [EndpointSummary("Send a mail in the outbox again")]
    [EndpointDescription("One that failed, waits or is uncertain, now. An uncertain one is first looked for in Sent; when it is not there it is sent again on your word, and may arrive twice.")]
    [Tags("Outbox")]
    [Fails(401, 404, 409, 502)]
    public static async Task<Envelope<OutboxView>> HandleAsync(Input<OutboxRequest> input, Engine.Actions.Outbox outbox, CancellationToken ct) =>
        Envelope.Success(OutboxView.Of(await outbox.RetryAsync(input.Value.Id, ct)));
}
