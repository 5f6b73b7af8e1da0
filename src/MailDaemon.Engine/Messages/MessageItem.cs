using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// A message as lists show it, with the field names of both versions of the API side by side
/// (<c>to</c> and <c>toRecipients</c>, <c>date</c> and <c>receivedDateTime</c>, <c>snippet</c> and <c>bodyPreview</c>).
/// Not sealed: <see cref="MessageDetail"/> is the same item with its content.
/// </summary>
public record MessageItem
{
    /// <summary>The provider's id; for IMAP <c>imap:&lt;uid&gt;</c>, valid within <see cref="FolderPath"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The daemon's own id, unique over all accounts and stable over moves and cache rebuilds.</summary>
    public required string Key { get; init; }

    public required string Provider { get; init; }

    public required string Email { get; init; }

    public required string Subject { get; init; }

    public required EmailAddress From { get; init; }

    public required IReadOnlyList<EmailAddress> To { get; init; }

    public IReadOnlyList<EmailAddress> ToRecipients => To;

    /// <summary>Where its sender wants answers; null for a message that was read before this was kept.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EmailAddress>? ReplyTo { get; init; }

    /// <summary>Answers would go to another address than that of From; null when it is not known.</summary>
    public bool? ReplyToDiffers => ReplyTo?.Any(address => !string.Equals(address.Address, From.Address, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the account's own server found of who sent it; null when it says nothing, or it is not known which server that is.</summary>
    public Authentication? Authentication { get; init; }

    /// <summary>When the server received it, UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    public DateTimeOffset ReceivedDateTime => Date;

    /// <summary>The sender's Date header, UTC; null when missing or unreadable.</summary>
    public required DateTimeOffset? SentDateTime { get; init; }

    /// <summary>The first 200 characters of the text, white space collapsed.</summary>
    public required string Snippet { get; init; }

    public string BodyPreview => Snippet;

    public required bool IsRead { get; init; }

    public required bool IsStarred { get; init; }

    /// <summary>It was answered, by whatever program.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>It was sent on, by whatever program.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Whether there is an attachment that a person would call one: inline images and signatures do not count.</summary>
    public required bool HasAttachments { get; init; }

    /// <summary>One of <c>inbox, sent, drafts, trash, spam, archive, other</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The server's own name of the folder.</summary>
    public required string FolderPath { get; init; }

    /// <summary>IMAP only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Uid { get; init; }

    /// <summary>Label ids, native and local.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Gmail only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LabelIds { get; init; }

    /// <summary>Outlook only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Categories { get; init; }

    public required string ThreadId { get; init; }

    /// <summary>The Message-ID header with its angle brackets; null when missing.</summary>
    public required string? InternetMessageId { get; init; }

    /// <summary>Bytes on the server.</summary>
    public required long Size { get; init; }

    /// <summary>The server could not be reached and hears of the change that was asked for later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Queued { get; init; }

    /// <summary>Why it is queued.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>In lists and searches only when it was asked for.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageBody? Body { get; init; }
}
