using MailDaemon.Api;
using MailDaemon.Engine.Agents;

namespace MailDaemon.Agents;

/// <summary>Ends a task before it is complete.</summary>
internal static class CancelTask
{
    [EndpointSummary("Cancel an agent task")]
    [EndpointDescription("One that is queued, leased or dead: no agent gets it any more, and the token of whoever has it opens nothing. 409 task_state once it is complete.")]
    [Tags("Agents")]
    [Fails(404, 409)]
    public static async Task<Envelope<AgentTask>> HandleAsync(Input<TaskRequest> input, AgentTaskStore tasks, CancellationToken ct) =>
        Envelope.Success(await tasks.CancelAsync(input.Value.TaskId, ct));
}
