using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>What a message says: the part of it that never changes. Kept as one file per message.</summary>
public sealed record MessageContent
{
    /// <summary>The HTML body as sent; null when the message has none. Written last, so that who wants the text need not read over it.</summary>
    [JsonPropertyOrder(1)]
    [JsonConverter(typeof(LongTextConverter))]
    public string? Html { get; init; }

    /// <summary>The plain text; derived from <see cref="Html"/> when the message is HTML only. Never null.</summary>
    [JsonConverter(typeof(LongTextConverter))]
    public required string Text { get; init; }

    /// <summary>The message has no plain text that says anything: <see cref="Text"/> was made of the HTML.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTextDerived { get; init; }

    /// <summary>How many characters are not in <see cref="Text"/> because nobody would see them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int HiddenTextRemoved { get; init; }

    public IReadOnlyList<EmailAddress> Cc { get; init; } = [];

    public IReadOnlyList<EmailAddress> Bcc { get; init; } = [];

    public IReadOnlyList<EmailAddress> ReplyTo { get; init; } = [];

    public MessageHeaders Headers { get; init; } = new();

    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>What was wrong with the message and how it was read all the same; empty for a clean one.</summary>
    public IReadOnlyList<string> Defects { get; init; } = [];
}

/// <summary>Headers of interest beyond those of the list item.</summary>
public sealed record MessageHeaders
{
    public string? InReplyTo { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    public string? ListId { get; init; }

    public string? AutoSubmitted { get; init; }

    /// <summary>Why it counts as mail of a machine (<see cref="MachineMail"/>); null for that of a person, and for one read before this was kept.</summary>
    public string? Machine { get; init; }
}

/// <summary>A leaf of the message that is not a shown body.</summary>
public sealed record Attachment
{
    /// <summary>The index among the message's attachments as a string (IMAP), or the provider's id.</summary>
    public required string Id { get; init; }

    public required string Filename { get; init; }

    public required string MimeType { get; init; }

    public string ContentType => MimeType;

    /// <summary>Decoded bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The size is reckoned from the encoded one, as the attachment was not downloaded yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SizeIsEstimate { get; init; }

    public required bool IsInline { get; init; }

    /// <summary>Without angle brackets; null when there is none.</summary>
    public string? ContentId { get; init; }
}
