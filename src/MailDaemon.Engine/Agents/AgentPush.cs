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
/// it by the API; one that refuses it is asked again after a while. What an endpoint that is away never heard of counts for nothing, and
/// what it may have heard of is its own until the lease ends.
/// </summary>
public sealed partial class AgentPush(
    AgentTaskStore tasks, HookSender sender, EndpointRests rests, HookSecret secret, IOptions<AgentsOptions> options, ILogger<AgentPush> logger)
{
    /// <summary>For how long an agent that was pushed a task has it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private const int AtOnce = 10;

    /// <summary>Where an agent's tasks are pushed to; null when they wait to be pulled.</summary>
    public string? UrlOf(string agentId) => options.Value.For(agentId)?.Url?.Replace("{agentId}", Uri.EscapeDataString(agentId), StringComparison.Ordinal);

    /// <summary>Pushes what waits for an agent by now, some of it when it is much.</summary>
    public async Task PushAsync(string agentId, CancellationToken ct)
    {
        if (UrlOf(agentId) is not { } url)
            return;
        for (var i = 0; i < AtOnce; i++)
        {
            // One by one: a lease begins when its task goes out.
            if (await tasks.LeaseAsync(agentId, 1, Lease, TimeSpan.Zero, ct) is not [var task] || !await TryPushAsync(task, url, ct))
                return;
        }
    }

    /// <returns>False: the endpoint is away.</returns>
    private async Task<bool> TryPushAsync(AgentTask task, string url, CancellationToken ct)
    {
        var body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(task, AgentJson.Readable.AgentTask));
        try
        {
            await sender.SendAsync(new HookRequest(url, task.Id, body, options.Value.For(task.AgentId)?.Secret ?? secret.For(task.AgentId)), ct);
            rests.End(url);
            return true;
        }
        catch (MailException e)
        {
            LogFailed(task.Id, task.AgentId, e.Code);
            if (!e.IsOffline)
            {
                rests.End(url);
                await GiveBackAsync(task, e, ct);
                return true;
            }

            rests.Begin(url);
            if (e.Fault == MailFault.Unreachable)
                await GiveBackAsync(task, e, ct);
            return false;
        }
    }

    private async Task GiveBackAsync(AgentTask task, MailException e, CancellationToken ct)
    {
        try
        {
            var leased = tasks.Get(task.Id) with { TokenHash = AgentTaskStore.Hash(task.CapabilityToken!) };
            if (e.Fault == MailFault.Unreachable)
                await tasks.TakeBackAsync(leased, e.Message, ct);
            else
                await tasks.FailAsync(leased, e.Message, isFinal: false, ct);
        }
        catch (MailException gone) when (gone.Fault is MailFault.Conflict or MailFault.NotFound)
        {
            // It is complete, or was deleted.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent task {Task} could not be pushed to {Agent}: {Code}")]
    private partial void LogFailed(string task, string agent, string code);
}
