using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>How a rule judges a message, and what it would do; nothing is done.</summary>
public sealed record RuleTest(bool IsMatched, IReadOnlyList<ConditionResult> Conditions, IReadOnlyList<RuleAction> Actions);

/// <summary>A rule that matched a message, and what its actions came to.</summary>
public sealed record RuleExecution(Rule Rule, IReadOnlyList<RuleRun> Runs);

/// <summary>How far a rule is in old mail.</summary>
public sealed record RuleApplication
{
    public required string RuleId { get; init; }

    /// <summary><c>running, done</c> or <c>failed</c>.</summary>
    public string State { get; init; } = "running";

    /// <summary>Matches are counted and nothing is done with them.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Messages to be judged.</summary>
    public int Total { get; init; }

    /// <summary>Messages judged.</summary>
    public int Done { get; init; }

    public int Matched { get; init; }

    /// <summary>Messages that could not be judged or worked on; applied again, the rule is tried on them again.</summary>
    public int Failed { get; init; }

    /// <summary>The first that matched.</summary>
    public IReadOnlyList<MessageItem> Samples { get; init; } = [];

    public MailException? Error { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
