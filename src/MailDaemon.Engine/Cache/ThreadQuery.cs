using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Which conversations to list, those with the newest messages first.</summary>
public sealed record ThreadQuery
{
    /// <summary>Those with a message in this folder, by path or role; null means all.</summary>
    public string? Folder { get; init; }

    /// <summary>Only those with an unread message.</summary>
    public bool? IsUnread { get; init; }

    public int Offset { get; init; }

    /// <summary>1–500.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A part of the list of conversations and the length of the whole.</summary>
public sealed record ThreadPage(IReadOnlyList<ThreadSummary> Threads, int Total, int Offset, int Limit);

/// <summary>A conversation as lists show it.</summary>
/// <param name="Subject">That of its first message.</param>
/// <param name="Participants">Who wrote, by when they first did.</param>
/// <param name="Date">When its newest message was received.</param>
/// <param name="Snippet">The start of its newest message.</param>
/// <param name="NewestKey">The key of its newest message.</param>
public sealed record ThreadSummary(
    string ThreadId,
    string Provider,
    string Email,
    string Subject,
    IReadOnlyList<EmailAddress> Participants,
    int MessageCount,
    int UnreadCount,
    bool HasAttachments,
    DateTimeOffset Date,
    string Snippet,
    string NewestKey);
