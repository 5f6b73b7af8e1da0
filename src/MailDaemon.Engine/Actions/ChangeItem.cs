using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>A change of messages that their server has not heard of yet, or has refused.</summary>
public sealed record ChangeItem
{
    public required string Id { get; init; }

    public required AccountKey Account { get; init; }

    public required MessageChange Change { get; init; }

    /// <summary>The messages, as they stood before.</summary>
    public required IReadOnlyList<BeforeChange> Before { get; init; }

    /// <summary>The server refused it for good, and the cache shows the messages as they were.</summary>
    public required bool IsFailed { get; init; }

    /// <summary>Tries that failed.</summary>
    public int Attempts { get; init; }

    public required DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>Why the last try failed; null when none did.</summary>
    public MailException? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
