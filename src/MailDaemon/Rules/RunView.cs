using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>What became of an action.</summary>
public sealed record RunView(
    [property: Example("add_label")] string Type,
    [property: Description("done; queued: its server or receiver hears of it later; planned: it is tried again; skipped, failed, uncertain (of a mail: it may have gone out): error says why"), Example("done")] string Status)
{
    [Description("What came of it: the id of a mail in the outbox, an agent's task, a webhook"), Example("o_5d41402abc4b2a76b9719d91"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Effect { get; init; }

    [Description("A stable word: limit (an hourly limit of AutomaticMail is reached), too_many_recipients, not_answered, not_forwarded, answered_before, …"), Example("answered_before"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [Description("The same in words; of what is queued, why"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Msg { get; init; }

    internal static RunView Of(RuleRun run) => new(run.Action.Type, run.State) { Effect = run.Effect, Error = run.ErrorCode, Msg = run.Error };
}
