using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Events;

/// <summary>Something that happened to an account.</summary>
/// <param name="Number">Counts up by one from 1 within a run of the daemon.</param>
/// <param name="Type">Family and what happened, such as <c>message.added</c>.</param>
/// <param name="Key">The message it happened to; null when it is not about one.</param>
/// <param name="Data">What there is to tell as it was then; null when the key says it all, and the message tells the rest as it is by now.</param>
public sealed record MailEvent(long Number, DateTimeOffset At, string Type, AccountKey Account, string? Key, object? Data);

/// <summary>The types of events.</summary>
public static class EventTypes
{
    /// <summary>New mail; mail that was there before the account was added is none.</summary>
    public const string MessageAdded = "message.added";

    /// <summary>Its flags, labels, folder or content changed.</summary>
    public const string MessageUpdated = "message.updated";

    public const string MessageRemoved = "message.removed";

    /// <summary>How far a long pass is, about once a second.</summary>
    public const string SyncProgress = "sync.progress";

    /// <summary>A pass changed something, or went well after one that failed.</summary>
    public const string SyncDone = "sync.done";

    public const string SyncFailed = "sync.failed";

    /// <summary>Followed by the state that a mail in the outbox came to.</summary>
    public const string Outbox = "outbox.";

    public const string OutboxRemoved = "outbox.removed";

    /// <summary>A change waits for its server, which cannot be reached.</summary>
    public const string OfflineQueued = "offline.queued";

    public const string OfflineDone = "offline.done";

    /// <summary>The server refused the change for good, and it was taken back.</summary>
    public const string OfflineFailed = "offline.failed";

    public const string OfflineRemoved = "offline.removed";

    /// <summary>A rule matched a message, and its actions are being done.</summary>
    public const string RuleMatched = "rule.matched";

    /// <summary>All that rules did to a message is done, or as far as it can be.</summary>
    public const string RuleDone = "rule.done";

    /// <summary>Followed by the state that an agent's task came to.</summary>
    public const string Task = "task.";

    /// <summary>Followed by the state that a mail's record in the CRM came to.</summary>
    public const string Trail = "trail.";

    /// <summary>What an event's type begins with, up to the point.</summary>
    public static IReadOnlyList<string> Families { get; } = ["message", "sync", "outbox", "offline", "rule", "task", "trail"];
}
