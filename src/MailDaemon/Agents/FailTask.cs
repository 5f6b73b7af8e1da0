using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Agents;

/// <summary>Gives a task back.</summary>
internal static class FailTask
{
    [EndpointSummary("Give a task back")]
    [EndpointDescription("It is given out again after a while, five times in all, and is then dead: GET /api/agents/tasks?state=dead. 409 lease_over once the lease is over. Needs the task's capabilityToken.")]
    [Tags("Agents")]
    [Fails(404, 409)]
    public static async Task<Envelope<AgentTask>> HandleAsync(CapabilityToken token, Input<Request> input, AgentWork work, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Success(await work.FailAsync(request.TaskId, token.Value, request.Error, !request.Retry, ct));
    }

    public sealed record Request
    {
        [Description("The task's id"), Example("t_5d41402abc4b2a76b9719d91"), Required]
        public required string TaskId { get; init; }

        [Description("Why"), StringLength(2000), MultilineText, Example("model overloaded")]
        public string Error { get; init; } = "The agent gave it back.";

        [Description("false: nobody is to try it again"), Example("true")]
        public bool Retry { get; init; } = true;
    }
}
