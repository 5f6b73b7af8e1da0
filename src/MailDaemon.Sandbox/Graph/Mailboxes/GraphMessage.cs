using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>A message of an Outlook mailbox as it is at one moment. Each change makes a new record.</summary>
public sealed record GraphMessage
{
    /// <summary>The immutable id: it stays when the message is moved or sent.</summary>
    public required string Id { get; init; }

    public required string FolderId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public bool IsRead { get; init; }

    public bool IsDraft { get; init; }

    public GraphFlag Flag { get; init; }

    /// <summary>Names of categories, whether they are in the master list or not.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary><c>low</c>, <c>normal</c> or <c>high</c>.</summary>
    public string Importance { get; init; } = "normal";

    public required string ConversationId { get; init; }

    /// <summary>The message as it was delivered or written, headers included.</summary>
    public ReadOnlyMemory<byte> Raw => Content.Raw;

    public string Subject => Content.Header.Subject ?? "";

    /// <summary>With angle brackets; null when it has none.</summary>
    public string? InternetMessageId => Content.Header.MessageId;

    internal MailContent Content { get; init; } = null!;

    internal long Key { get; init; }

    internal long FolderKey { get; init; }

    /// <summary>How often it was moved: its other id changes each time.</summary>
    internal int Moves { get; init; }

    internal DateTimeOffset CreatedAt { get; init; }

    internal DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The mailbox's change that made it as it is.</summary>
    internal long Change { get; init; }

    /// <summary>The last change that was of more than whether it is read.</summary>
    internal long ChangeBeyondRead { get; init; }

    /// <summary>The change that put it into its folder.</summary>
    internal long EnteredBy { get; init; }

    /// <summary>What was done with it last, as MAPI numbers it: 102 answered, 103 answered to all, 104 forwarded; 0 for nothing.</summary>
    internal int LastVerb { get; init; }

    /// <summary>The message that this draft answers or forwards, and how; null for a draft of its own.</summary>
    internal (long Key, int Verb)? Answers { get; init; }
}
