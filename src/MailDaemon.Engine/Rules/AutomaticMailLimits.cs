using System.Globalization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Rules;

/// <summary>In whose name a mail is sent by a machine.</summary>
/// <param name="AgentId">Null for a rule itself.</param>
/// <param name="AgentsPerHour">What the account's policy allows all agents; null for no such limit.</param>
/// <param name="AgentsPerDay">As <paramref name="AgentsPerHour"/>, within 24 hours.</param>
internal sealed record AutomaticSender(AccountKey Account, string RuleId, string? AgentId = null, int? AgentsPerHour = null, int? AgentsPerDay = null);

/// <summary>How many mails rules and agents may send. Counted in the store, so that a restart resets nothing. Thread-safe.</summary>
internal sealed class AutomaticMailLimits(SqliteFile store, IOptions<AutomaticMailOptions> options, TimeProvider time)
{
    public const string Code = "limit";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public int MaxRecipients => options.Value.MaxRecipients;

    /// <summary>Why so many more mails may not be sent now; null when they may.</summary>
    public MailException? Refusal(AutomaticSender sender, int mails = 1) => store.Read(reader => Over(reader, sender, mails));

    /// <summary>Counts a mail, within the transaction that puts it into the outbox.</summary>
    /// <exception cref="MailException">TooMany <c>limit</c>: the transaction is to be taken back.</exception>
    public void Take(SqliteWriter writer, AutomaticSender sender)
    {
        if (Over(writer, sender, 1) is { } over)
            throw over;
        writer.Execute(
            "insert into automatic_mails (provider, email, rule_id, agent_id, at) values (?1, ?2, ?3, ?4, ?5)",
            sender.Account.Provider.Name(),
            sender.Account.Email,
            sender.RuleId,
            sender.AgentId,
            Milliseconds(time.GetUtcNow()));
        writer.Execute("delete from automatic_mails where at < ?1", Milliseconds(time.GetUtcNow() - (2 * Day)));
    }

    private MailException? Over(SqliteReader reader, AutomaticSender sender, int mails)
    {
        const string OfAccount = "provider = ?3 and email = ?4";
        object?[] account = [sender.Account.Provider.Name(), sender.Account.Email];
        (string Name, string Where, object?[] Values, int? Limit, TimeSpan Window)[] limits =
        [
            ("AutomaticMail:RulePerHour", "rule_id = ?3", [sender.RuleId], options.Value.RulePerHour, Hour),
            ("AutomaticMail:AgentPerHour", "agent_id = ?3", [sender.AgentId], sender.AgentId is null ? null : options.Value.AgentPerHour, Hour),
            ("AutomaticMail:AccountPerHour", OfAccount, account, options.Value.AccountPerHour, Hour),
            ("agentPolicy.perHour", $"{OfAccount} and agent_id is not null", account, sender.AgentsPerHour, Hour),
            ("agentPolicy.perDay", $"{OfAccount} and agent_id is not null", account, sender.AgentsPerDay, Day),
        ];
        foreach (var (name, where, values, limit, window) in limits)
        {
            if (limit is { } most && Next(reader, where, values, most, window, mails) is { } next)
                return Reached($"The limit {name} of {most} mails {(window == Day ? "a day" : "an hour")} is reached.", next, isEver: mails <= most);
        }

        return null;
    }

    /// <param name="next">When the limit allows this.</param>
    /// <param name="isEver">Whether it allows so many at all; else somebody may have changed it by then.</param>
    private MailException Reached(string what, DateTimeOffset next, bool isEver)
    {
        var when = isEver ? string.Create(CultureInfo.InvariantCulture, $"It may be tried again at {next:yyyy-MM-dd'T'HH:mm:ss'Z'}.") : "It allows no more at once.";
        return new MailException(MailFault.TooMany, Code, $"{what} {when}") { RetryAfter = next - time.GetUtcNow() };
    }

    /// <summary>When the limit allows this; null when it does now.</summary>
    private DateTimeOffset? Next(SqliteReader reader, string where, object?[] values, int limit, TimeSpan window, int mails)
    {
        if (mails > limit)
            return time.GetUtcNow() + window;
        var at = reader.Number(
            $"select at from automatic_mails where at > ?1 and {where} order by at desc limit 1 offset ?2", [Milliseconds(time.GetUtcNow() - window), limit - mails, .. values]);
        return at is { } oldest ? DateTimeOffset.FromUnixTimeMilliseconds(oldest) + window : null;
    }

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
