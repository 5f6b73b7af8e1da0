using System.Text.Json.Serialization;

namespace MailDaemon.Engine.Messages;

/// <summary>A list item together with what the message says.</summary>
public sealed record MessageDetail : MessageItem
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public MessageDetail(MessageItem item, MessageContent content)
        : base(item)
    {
        Body = content.Html is null ? new MessageBody(content.Text, "text") : new MessageBody(content.Html, "html");
        Text = content.Text;
        Cc = content.Cc;
        Bcc = content.Bcc;
        ReplyTo = content.ReplyTo;
        Headers = content.Headers;
        Attachments = content.Attachments;
        Defects = content.Defects;
    }

    [JsonPropertyOrder(1)]
    public MessageBody Body { get; }

    /// <summary>Plain text, always there.</summary>
    [JsonPropertyOrder(1)]
    public string Text { get; }

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

/// <summary>The body that a mail program would show.</summary>
/// <param name="Content">The body as sent.</param>
/// <param name="ContentType"><c>html</c> or <c>text</c>.</param>
public sealed record MessageBody(string Content, string ContentType);
