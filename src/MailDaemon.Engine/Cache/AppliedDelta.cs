using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What a page of changes did to the cache. Nothing is named twice; a page applied again names nothing.</summary>
public sealed record AppliedDelta
{
    public static AppliedDelta Nothing { get; } = new();

    /// <summary>Messages that were not there before, in the order of the page.</summary>
    public IReadOnlyList<MessageItem> Added { get; init; } = [];

    /// <summary>Keys of those added that were on the server before the account was first read.</summary>
    public IReadOnlySet<string> Old { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Keys of messages whose flags, labels, folder or content changed; a message that moved is one of these.</summary>
    public IReadOnlyList<string> Updated { get; init; } = [];

    /// <summary>Keys of messages that are gone. Those of a reset are not among them: they are expected back under their keys.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    public bool IsEmpty => Added.Count == 0 && Updated.Count == 0 && Removed.Count == 0;
}
