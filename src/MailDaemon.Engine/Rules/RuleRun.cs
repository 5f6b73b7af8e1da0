using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>One action of one version of a rule on one message: planned once, done once.</summary>
/// <param name="Step">The action's place in the rule, from 0.</param>
public sealed record RuleRun(string Key, string RuleId, int Version, int Step, AccountKey Account, RuleAction Action)
{
    /// <summary><c>planned, done, queued</c> (its server or receiver hears of it later), <c>skipped, failed</c> or <c>uncertain</c> (of a mail: it may have gone out).</summary>
    public string State { get; init; } = "planned";

    /// <summary>The id of what came of it: of a mail in the outbox, an agent's task, a webhook.</summary>
    public string? Effect { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>Why it failed or was left out.</summary>
    public string? Error { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>What became of an action.</summary>
internal sealed record RunOutcome(string State, string? Effect = null, string? ErrorCode = null, string? Error = null)
{
    private const string Waits = "The mail server cannot be reached and hears of it later; GET /api/offline/queue says why";

    public static RunOutcome Done(bool isQueued = false, string? effect = null) =>
        isQueued ? new("queued", effect, null, effect is null ? Waits : $"It waits as {effect}") : new("done", effect);

    public static RunOutcome Skipped(string code, string why) => new("skipped", null, code, why);

    public static RunOutcome Failed(MailException e) => new("failed", null, e.Code, e.Message);
}
