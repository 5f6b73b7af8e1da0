using MailDaemon.Api;
using MailDaemon.Engine.Agents;

namespace MailDaemon.Agents;

/// <summary>One task.</summary>
internal static class GetTask
{
    [EndpointSummary("Show an agent task")]
    [Tags("Agents")]
    [Fails(404)]
    public static Envelope<AgentTask> Handle(Input<TaskRequest> input, AgentTaskStore tasks) => Envelope.Success(tasks.Get(input.Value.TaskId));
}
