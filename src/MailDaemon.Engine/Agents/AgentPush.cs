using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Agents;

/// <summary>
/// Gives tasks to agents that have an endpoint: a signed POST of the task. An agent that takes it (2xx) has it for its lease and completes
/// it by the API; one that does not is asked again after a while.
/// </summary>
public sealed partial class AgentPush(AgentTaskStore tasks, HookSender sender, HookSecret secret, IOptions<AgentsOptions> options, ILogger<AgentPush> logger)
{
    /// <summary>For how long an agent that was pushed a task has it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private const int AtOnce = 10;

    /// <summary>Where an agent's tasks are pushed to; null when they wait to be pulled.</summary>
    public string? UrlOf(string agentId) => options.Value.For(agentId)?.Url?.Replace("{agentId}", Uri.EscapeDataString(agentId), StringComparison.Ordinal);

    /// <summary>Pushes what waits for an agent by now.</summary>
    public async Task PushAsync(string agentId, CancellationToken ct)
    {
        if (UrlOf(agentId) is not { } url)
            return;
        foreach (var task in await tasks.LeaseAsync(agentId, AtOnce, Lease, TimeSpan.Zero, ct))
        {
            var body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(task, AgentJson.Readable.AgentTask));
            try
            {
                await sender.SendAsync(new HookRequest(url, task.Id, body, options.Value.For(agentId)?.Secret ?? secret.Value), ct);
            }
            catch (MailException e)
            {
                LogFailed(task.Id, agentId, e.Code);
                await GiveBackAsync(task, e, ct);
            }
        }
    }

    private async Task GiveBackAsync(AgentTask task, MailException e, CancellationToken ct)
    {
        try
        {
            // By its token's hash: an agent that took it and lost the answer may have completed it already.
            await tasks.FailAsync(tasks.Get(task.Id) with { TokenHash = AgentTaskStore.Hash(task.CapabilityToken!) }, e.Message, isFinal: false, ct);
        }
        catch (MailException gone) when (gone.Fault is MailFault.Conflict or MailFault.NotFound)
        {
            // It is complete, or was deleted.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent task {Task} could not be pushed to {Agent}: {Code}")]
    private partial void LogFailed(string task, string agent, string code);
}
