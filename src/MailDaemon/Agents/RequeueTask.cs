using MailDaemon.Api;
using MailDaemon.Engine.Agents;

namespace MailDaemon.Agents;

/// <summary>Gives a dead task out again.</summary>
internal static class RequeueTask
{
    [EndpointSummary("Give a dead task out again")]
    [Tags("Agents")]
    [Fails(404, 409)]
    public static async Task<Envelope<AgentTask>> HandleAsync(Input<TaskRequest> input, AgentTaskStore tasks, CancellationToken ct) =>
        Envelope.Success(await tasks.RequeueAsync(input.Value.TaskId, ct));
}
