using MailDaemon.Api;
using MailDaemon.Engine.Agents;

namespace MailDaemon.Agents;

/// <summary>Gives an agent its tasks, by a method that says that it changes something.</summary>
internal static class LeaseTasks
{
    [EndpointSummary("Lease an agent's tasks")]
    [EndpointDescription(TakeTasks.Description)]
    [Tags("Agents")]
    [Fails]
    [RepliesSecret]
    public static Task<Envelope<TakeTasks.Response>> HandleAsync(Input<TakeTasks.Request> input, AgentTaskStore tasks, CancellationToken ct) => TakeTasks.HandleAsync(input, tasks, ct);
}
