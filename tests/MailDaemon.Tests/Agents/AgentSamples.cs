using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Rules;

namespace MailDaemon.Tests.Agents;

internal static class AgentSamples
{
    /// <summary>The task <c>t_1</c> for the agent <c>sales</c>, by the rule <c>r_1</c>.</summary>
    public static Task AddAsync(SqliteFile store, DateTimeOffset now) => store.WriteAsync(
        writer =>
        {
            writer.Execute("insert or ignore into rules (id, name, description, enabled, definition, priority, version, created_at, updated_at) values ('r_1', 'rule', '', 1, '{}', 1, 1, 0, 0)");
            AgentTaskStore.Add(writer, new AgentTask
            {
                Id = "t_1",
                AgentId = "sales",
                RuleId = "r_1",
                RuleName = "rule",
                AllowedActions = AgentAbilities.Default,
                Message = AgentMessage.Of(RuleSamples.Mail(), new MessageContent { Text = "text" }),
                CreatedAt = now,
            });
        },
        CancellationToken.None);
}
