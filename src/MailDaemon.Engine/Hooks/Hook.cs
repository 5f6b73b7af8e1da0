using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Hooks;

/// <summary>A webhook that a rule set off.</summary>
public sealed record Hook
{
    public required string Id { get; init; }

    public required AccountKey Account { get; init; }

    /// <summary>The rule that set it off; null for one of before that was kept.</summary>
    public string? RuleId { get; init; }

    public required string Url { get; init; }

    /// <summary>JSON, the same on every try.</summary>
    public required byte[] Body { get; init; }

    /// <summary><c>pending, sent, failed</c> or <c>cancelled</c>: it is not wanted any more.</summary>
    public string State { get; init; } = "pending";

    /// <summary>Tries that failed.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>The stable word of the last failure.</summary>
    public string? ErrorCode { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
