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

    public MessageBody Body { get; }

    /// <summary>Plain text, always there.</summary>
    public string Text { get; }

    public IReadOnlyList<EmailAddress> Cc { get; }

    public IReadOnlyList<EmailAddress> CcRecipients => Cc;

    public IReadOnlyList<EmailAddress> Bcc { get; }

    public IReadOnlyList<EmailAddress> ReplyTo { get; }

    public MessageHeaders Headers { get; }

    public IReadOnlyList<Attachment> Attachments { get; }

    public IReadOnlyList<string> Defects { get; }
}

/// <summary>The body that a mail program would show.</summary>
/// <param name="Content">The body as sent.</param>
/// <param name="ContentType"><c>html</c> or <c>text</c>.</param>
public sealed record MessageBody(string Content, string ContentType);
