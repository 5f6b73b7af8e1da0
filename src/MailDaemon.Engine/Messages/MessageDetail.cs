using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>A list item together with what the message says.</summary>
public sealed record MessageDetail : MessageItem
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public MessageDetail(MessageItem item, MessageContent content, BodyOptions options)
        : base(item)
    {
        Body = MessageBody.Of(content, options);
        Text = MessageBody.Of(content, options with { Format = options.Format == BodyFormat.None ? BodyFormat.None : BodyFormat.Text })?.Content;
        Cc = content.Cc;
        Bcc = content.Bcc;
        ReplyTo = content.ReplyTo;
        Headers = content.Headers;
        Attachments = content.Attachments;
        Defects = content.Defects;
    }

    /// <summary>Plain text, always there unless no body was wanted.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(LongTextConverter))]
    public string? Text { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> Cc { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> CcRecipients => Cc;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> Bcc { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> ReplyTo { get; }

    [JsonPropertyOrder(1)]
    public MessageHeaders Headers { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<Attachment> Attachments { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<string> Defects { get; }
}
