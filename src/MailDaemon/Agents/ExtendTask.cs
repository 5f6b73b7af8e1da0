using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Agents;

/// <summary>Keeps a task for longer.</summary>
internal static class ExtendTask
{
    [EndpointSummary("Keep a task for longer")]
    [EndpointDescription("From now on, while the lease lasts: 409 lease_over after it. Needs the task's capabilityToken.")]
    [Tags("Agents")]
    [Fails(404, 409)]
    public static async Task<Envelope<AgentTask>> HandleAsync(CapabilityToken token, Input<Request> input, AgentWork work, CancellationToken ct) =>
        Envelope.Success(await work.ExtendAsync(input.Value.TaskId, token.Value, TimeSpan.FromSeconds(input.Value.Lease), ct));

    public sealed record Request
    {
        [Description("The task's id"), Example("t_5d41402abc4b2a76b9719d91"), Required]
        public required string TaskId { get; init; }

        [Description("Seconds"), Range(10, 3600), Example("300")]
        public int Lease { get; init; } = 300;
    }
}
