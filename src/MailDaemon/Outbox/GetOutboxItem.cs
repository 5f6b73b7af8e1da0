using MailDaemon.Api;
using MailDaemon.Engine.Hooks;

namespace MailDaemon.Outbox;

/// <summary>One thing in the outbox.</summary>
internal static class GetOutboxItem
{
    [EndpointSummary("Show something in the outbox")]
    [Tags("Outbox")]
    [Fails(404)]
    public static Envelope<OutboxView> Handle(Input<OutboxRequest> input, Engine.Actions.Outbox outbox, HookStore hooks) => Envelope.Success(HookStore.IsId(input.Value.Id) ? OutboxView.Of(hooks.Get(input.Value.Id)) : OutboxView.Of(outbox.Get(input.Value.Id)));
}
