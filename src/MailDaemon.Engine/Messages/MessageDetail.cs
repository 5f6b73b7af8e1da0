using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>A list item together with what the message says.</summary>
public sealed record MessageDetail : MessageItem
{
    /// <summary>Counted when somebody asks: rules read details whose text nobody looks at.</summary>
    private readonly Lazy<int> _hidden;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public MessageDetail(MessageItem item, MessageContent content, BodyOptions options)
        : base(item)
    {
        Body = MessageBody.Of(content, options, item.Subject);
        Text = Body?.ContentType == "text" ? Body.Content : MessageBody.Of(content, options with { Format = options.Format == BodyFormat.None ? BodyFormat.None : BodyFormat.Text }, item.Subject)?.Content;
        Cc = content.Cc;
        Bcc = content.Bcc;
        ReplyTo = content.ReplyTo;
        Headers = content.Headers;
        Attachments = content.Attachments;
        Defects = Body?.Defect is { } defect ? [.. content.Defects, defect] : content.Defects;
        _hidden = new Lazy<int>(() => content.Html is { } html ? HtmlText.Hidden(html) : content.HiddenTextRemoved);
    }

    /// <summary>Plain text, always there unless no body was wanted.</summary>
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(LongTextConverter))]
    public string? Text { get; }

    /// <summary>How many characters of the mail a person would not see who opens it; they are in no text and no Markdown of it.</summary>
    [JsonPropertyOrder(1)]
    public int HiddenTextRemoved => _hidden.Value;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> Cc { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> CcRecipients => Cc;

    [JsonPropertyOrder(1)]
    public IReadOnlyList<EmailAddress> Bcc { get; }

    /// <summary>Where its sender wants answers; empty where to From.</summary>
    public new IReadOnlyList<EmailAddress> ReplyTo
    {
        get => base.ReplyTo ?? [];
        init => base.ReplyTo = value;
    }

    [JsonPropertyOrder(1)]
    public MessageHeaders Headers { get; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<Attachment> Attachments { get; init; }

    [JsonPropertyOrder(1)]
    public IReadOnlyList<string> Defects { get; }
}
