using System.Globalization;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>What a caller wants to send or to keep as a draft.</summary>
public sealed record Draft
{
    public IReadOnlyList<EmailAddress> To { get; init; } = [];

    public IReadOnlyList<EmailAddress> Cc { get; init; } = [];

    public IReadOnlyList<EmailAddress> Bcc { get; init; } = [];

    public string Subject { get; init; } = "";

    public string Body { get; init; } = "";

    public bool IsHtml { get; init; }

    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>The account's signature goes under the body, unless it stands there.</summary>
    public bool IncludeSignature { get; init; }

    /// <summary>A mail with neither body nor attachment is meant so.</summary>
    public bool AllowEmpty { get; init; }

    /// <summary>Send to the others when some recipients are refused.</summary>
    public bool AllowPartial { get; init; }
}

/// <summary>When and how often a mail is to be sent.</summary>
/// <param name="SendAt">Not before this; null for now.</param>
/// <param name="IdempotencyKey">Who repeats a request under the same key gets what became of the first.</param>
/// <param name="RequestHash">Tells another request under that key from the same one.</param>
public sealed record SendOptions(DateTimeOffset? SendAt = null, string? IdempotencyKey = null, byte[]? RequestHash = null);

/// <summary>What became of a mail.</summary>
/// <param name="Id">The id of the copy in Sent; null when it is not sent yet or the server did not say.</param>
/// <param name="MessageId">The Message-ID, with angle brackets.</param>
/// <param name="Status"><c>sent, queued</c> or <c>uncertain</c>.</param>
/// <param name="OutboxId">Its id in the outbox.</param>
/// <param name="Refused">Addresses that were refused, with the server's words.</param>
public sealed record SentMail(string? Id, string MessageId, string Status, string OutboxId, IReadOnlyDictionary<string, string> Refused)
{
    /// <summary>Why it is queued or uncertain; null when it is sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What the sender should know, such as that no copy could be kept; null when there is nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>The role of the folder that <see cref="Id"/> belongs to; null without an id.</summary>
    public string? Folder { get; init; }

    /// <summary>Its path.</summary>
    public string? FolderPath { get; init; }

    /// <summary>Of a reply to all: recipients of the original that are no mail addresses, and did not get it.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>What became of it for each recipient.</summary>
    public IReadOnlyList<RecipientResult> Recipients { get; init; } = [];

    /// <param name="sentFolder">The path of the account's folder for sent mail; null when it has none.</param>
    /// <exception cref="MailException">It failed for good.</exception>
    public static SentMail Of(OutboxItem item, string? sentFolder) => new(
        item.SentId,
        item.Envelope.MessageId,
        item.State switch
        {
            OutboxState.Sent => "sent",
            OutboxState.Uncertain => "uncertain",
            OutboxState.Failed => throw item.Error!,
            _ => "queued",
        },
        item.Id,
        item.Refused)
    {
        Reason = item.State == OutboxState.Sent ? null
            : item.Error?.Message ?? string.Create(CultureInfo.InvariantCulture, $"It is to be sent at {item.NextAttemptAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}."),
        Notice = item.Notice,
        Folder = item.SentId is null ? null : FolderRole.Sent.Name(),
        FolderPath = item.SentId is null ? null : sentFolder,
        Recipients = item.Results,
    };
}
