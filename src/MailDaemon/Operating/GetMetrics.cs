using System.Globalization;
using System.Text;
using MailDaemon.Api;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Operating;

/// <summary>The same in figures, for Prometheus.</summary>
internal static class GetMetrics
{
    [EndpointSummary("Show figures for Prometheus")]
    [EndpointDescription("The text format 0.0.4 of Prometheus.")]
    [Tags("Daemon")]
    [Fails]
    public static IResult Handle(DaemonHealth health)
    {
        var state = health.Read();
        var text = new StringBuilder();
        Write(text, "maildaemon_uptime_seconds", "gauge", "Seconds since the daemon started.", [("", state.Uptime.TotalSeconds)]);
        Write(text, "maildaemon_account_up", "gauge", "1 when the last pass of the account went well.", state.Accounts.Select(a => (Labels(a.Summary), a.Summary.Status is "connected" or "syncing" ? 1.0 : 0)));
        Write(text, "maildaemon_last_pass_timestamp_seconds", "gauge", "When the last good pass ended.", state.Accounts.Where(a => a.Summary.LastSyncTime is not null).Select(a => (Labels(a.Summary), a.Summary.LastSyncTime!.Value.ToUnixTimeMilliseconds() / 1000.0)));
        Write(text, "maildaemon_messages", "gauge", "Cached messages.", state.Accounts.Select(a => (Labels(a.Summary), (double)a.Messages)));
        Write(text, "maildaemon_messages_searchable", "gauge", "Messages that the search index has taken in.", state.Accounts.Select(a => (Labels(a.Summary), (double)a.Indexed)));
        Write(text, "maildaemon_inbox_unread", "gauge", "Unread messages of the inbox.", state.Accounts.Select(a => (Labels(a.Summary), (double)a.Summary.UnreadCount)));
        Write(text, "maildaemon_outbox", "gauge", "Mails in the outbox by state.", state.Outbox.Select(o => ($"{{state=\"{o.Key}\"}}", (double)o.Value)));
        Write(text, "maildaemon_agent_tasks", "gauge", "Tasks of agents by state.", state.AgentTasks.Select(t => ($"{{state=\"{t.Key}\"}}", (double)t.Value)));
        Write(text, "maildaemon_webhooks", "gauge", "Webhooks by state.", state.Webhooks.Select(w => ($"{{state=\"{w.Key}\"}}", (double)w.Value)));
        Write(text, "maildaemon_okki_trails", "gauge", "Records for the CRM by state.", state.Trails.Select(t => ($"{{state=\"{t.Key}\"}}", (double)t.Value)));
        Write(text, "maildaemon_rule_actions_planned", "gauge", "Actions of rules that are still to be done.", [("", state.RuleActions)]);
        Write(text, "process_resident_memory_bytes", "gauge", "Resident memory.", [("", Environment.WorkingSet)]);
        Write(text, "process_cpu_seconds_total", "counter", "Processor time used.", [("", Environment.CpuUsage.TotalTime.TotalSeconds)]);
        return Results.Text(text.ToString(), "text/plain; version=0.0.4; charset=utf-8");
    }

    private static void Write(StringBuilder text, string name, string type, string help, IEnumerable<(string Labels, double Value)> values)
    {
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n').Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var (labels, value) in values)
            text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Labels(AccountSummary account) => $"{{provider=\"{account.Provider}\",account=\"{account.Email.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}";
}
