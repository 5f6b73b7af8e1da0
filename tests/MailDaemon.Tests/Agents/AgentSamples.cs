using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Rules;

namespace MailDaemon.Tests.Agents;

internal static class AgentSamples
{
    /// <summary>The task <c>t_1</c> for the agent <c>sales</c>.</summary>
    public static Task AddAsync(SqliteFile store, DateTimeOffset now) => store.WriteAsync(
        writer => AgentTaskStore.Add(writer, new AgentTask
        {
            Id = "t_1",
            AgentId = "sales",
            RuleId = "r_1",
            RuleName = "rule",
            AllowedActions = AgentAbilities.Default,
            Message = AgentMessage.Of(RuleSamples.Mail(), new MessageContent { Text = "text" }),
            CreatedAt = now,
        }),
        CancellationToken.None);
}
