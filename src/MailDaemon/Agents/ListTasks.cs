using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Agents;

namespace MailDaemon.Agents;

/// <summary>All tasks of agents.</summary>
internal static class ListTasks
{
    [EndpointSummary("List agent tasks")]
    [EndpointDescription("The newest first, whoever has them; takes none.")]
    [Tags("Agents")]
    [Fails]
    public static Envelope<Response> Handle(Input<Request> input, AgentTaskStore tasks)
    {
        var request = input.Value;
        var (found, total) = tasks.List(request.State, request.AgentId, request.Offset, request.Limit);
        return Envelope.Success(new Response(found, total, request.Offset, request.Limit));
    }

    public sealed record Request : PageRequest
    {
        [Description("Only those that stand so"), AllowedValues("queued", "leased", "completing", "done", "dead", "cancelled", null), Example("dead")]
        public string? State { get; init; }

        [Description("Only this agent's"), Example("sales")]
        public string? AgentId { get; init; }
    }

    public sealed record Response(IReadOnlyList<AgentTask> Tasks, int Total, int Offset, int Limit);
}
