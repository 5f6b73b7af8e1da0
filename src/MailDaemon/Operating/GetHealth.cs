using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Operating;

/// <summary>How the daemon stands.</summary>
internal static class GetHealth
{
    [EndpointSummary("Say how the daemon stands")]
    [EndpointDescription("Accounts with their last passes, the outbox, agents' tasks, webhooks and records for the CRM by state, how far the search index is. status is degraded when an account fails, a mail is failed or uncertain, or an agent's task is dead.")]
    [Tags("Daemon")]
    [Fails]
    public static Envelope<Response> Handle(DaemonHealth health)
    {
        var state = health.Read();
        return Envelope.Success(new Response(
            state.IsWell ? "ok" : "degraded",
            Ping.Version,
            (long)state.Uptime.TotalSeconds,
            [.. state.Accounts.Select(a => new AccountHealth(a.Summary.Provider, a.Summary.Email, a.Summary.Status, a.Summary.LastSyncTime, a.Summary.Error, a.Messages, a.Indexed))],
            state.Outbox,
            state.AgentTasks,
            state.Webhooks,
            state.Trails,
            state.RuleActions));
    }

    public sealed record Response(
        [property: Description("ok or degraded"), Example("ok")] string Status,
        [property: Example("0.1.0")] string Version,
        long UptimeSeconds,
        IReadOnlyList<AccountHealth> Accounts,
        [property: Description("Mails in the outbox by state")] IReadOnlyDictionary<string, int> Outbox,
        [property: Description("Tasks of agents by state")] IReadOnlyDictionary<string, int> AgentTasks,
        [property: Description("Webhooks by state")] IReadOnlyDictionary<string, int> Webhooks,
        [property: Description("Records for the CRM by state")] IReadOnlyDictionary<string, int> OkkiTrails,
        [property: Description("Actions of rules that are still to be done")] int RuleActions);

    /// <summary>How one account stands.</summary>
    public sealed record AccountHealth(
        string Provider,
        string Email,
        [property: Description("connected, syncing, error or auth_required"), Example("connected")] string Status,
        DateTimeOffset? LastSyncTime,
        [property: Description("Why the last pass failed; null when it did not")] string? Error,
        [property: Description("Cached messages")] int Messages,
        [property: Description("Of these, those that can be searched")] int Searchable);
}
