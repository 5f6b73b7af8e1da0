namespace MailDaemon.Engine.Messages;

/// <summary>
/// One page of what a server says has changed in a scope since a cursor. A scope is what carries a cursor of its own:
/// a folder for IMAP and Graph, the whole account (<c>""</c>) for Gmail. Applied in one transaction together with <see cref="Next"/>.
/// </summary>
public sealed record Delta
{
    /// <summary>The scope this page belongs to.</summary>
    public required string Scope { get; init; }

    /// <summary>The cursor after this page, in the provider's own form; a crash resumes here. Null: the cursor stays where it is.</summary>
    public required string? Next { get; init; }

    /// <summary>The ids of before mean nothing any more (UIDVALIDITY changed): forget the scope's rows, keep their keys for mapping.</summary>
    public bool IsReset { get; init; }

    /// <summary>New messages, in the order in which they are stored. One that is known already is replaced.</summary>
    public IReadOnlyList<RemoteMessage> Added { get; init; } = [];

    public IReadOnlyList<RemoteChange> Changed { get; init; } = [];

    /// <summary>Ids of messages that left the scope.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Messages that the server refuses to give: set aside until they are read, or gone.</summary>
    public IReadOnlyList<RefusedMessage> Refused { get; init; } = [];

    /// <summary>The scope could not be read and <see cref="Next"/> is where it stood; null when all went well.</summary>
    public MailException? Failure { get; init; }

    /// <summary>The only folder that <see cref="Failure"/> concerns, where a scope has several; null: all of the scope.</summary>
    public string? FailedFolder { get; init; }

    /// <summary>Messages done and to do in this scope during a long pass; null when there is nothing to wait for.</summary>
    public SyncProgress? Progress { get; init; }
}

/// <summary>How far a long pass is, in messages.</summary>
public sealed record SyncProgress(int Done, int Total);

/// <summary>A message as read from its server.</summary>
public sealed record RemoteMessage
{
    /// <summary>The provider's id, unique within the scope: IMAP UID in decimal, Gmail id, Graph immutable id.</summary>
    public required string RemoteId { get; init; }

    /// <summary>
    /// What the key is derived from: Message-ID, date and size for IMAP, the id where the provider never changes it.
    /// Equal for copies of one mail.
    /// </summary>
    public required string Identity { get; init; }

    /// <summary>The server's own id of the mail, which its moves and copies keep (RFC 8474 §5.1, X-GM-MSGID); null where it has none.</summary>
    public string? ObjectId { get; init; }

    /// <summary>The folder that shows the message.</summary>
    public required string FolderPath { get; init; }

    /// <summary>IMAP only.</summary>
    public long? Uid { get; init; }

    public required string Subject { get; init; }

    public required EmailAddress From { get; init; }

    public required IReadOnlyList<EmailAddress> To { get; init; }

    public required DateTimeOffset Date { get; init; }

    public required DateTimeOffset? SentDate { get; init; }

    /// <summary>Null when what the server said of flags and labels cannot be read: those that are known stay.</summary>
    public required MessageFlags? Flags { get; init; }

    /// <summary>Which flags the server has a word for; of the others those that are known stay.</summary>
    public MessageFlags ToldFlags { get; init; } = RemoteChange.AllFlags;

    /// <summary>Gmail labels, Outlook categories or IMAP keywords.</summary>
    public IReadOnlyList<string> NativeLabels { get; init; } = [];

    public required bool HasAttachments { get; init; }

    /// <summary>The provider's conversation id; null where it has none and ours is derived.</summary>
    public string? ThreadId { get; init; }

    /// <summary>With angle brackets; null when missing.</summary>
    public required string? InternetMessageId { get; init; }

    public required long Size { get; init; }

    public required MessageContent Content { get; init; }

    /// <summary>Its fields Authentication-Results, whoever wrote them.</summary>
    public IReadOnlyList<AuthenticationResult> Authentication { get; init; } = [];

    /// <summary>It was there before the account was first read: rules do not run on it.</summary>
    public required bool IsBaseline { get; init; }
}

/// <summary>A known message whose state changed. Null means: not said, keep what is known.</summary>
public sealed record RemoteChange(string RemoteId, MessageFlags Flags, IReadOnlyList<string>? NativeLabels = null, string? FolderPath = null)
{
    public const MessageFlags AllFlags = MessageFlags.Read | MessageFlags.Starred | MessageFlags.Answered | MessageFlags.Forwarded | MessageFlags.Draft;

    /// <inheritdoc cref="RemoteMessage.ToldFlags"/>
    public MessageFlags ToldFlags { get; init; } = AllFlags;
}

/// <summary>What the cache knows of a message, for servers that cannot say what changed.</summary>
/// <param name="FolderPath">The folder that shows it; <c>""</c> where the scope is the folder.</param>
public readonly record struct KnownMessage(string RemoteId, MessageFlags Flags, IReadOnlyList<string> NativeLabels, string FolderPath = "");
