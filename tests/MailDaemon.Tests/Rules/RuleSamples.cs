using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Tests.Rules;

/// <summary>Rules and messages for tests of what judges them.</summary>
internal static class RuleSamples
{
    public static Rule Rule(params RuleCondition[] conditions) => new() { Id = "r_1", Name = "test", Conditions = conditions, Actions = [new RuleAction { Type = "star" }] };

    public static MessageDetail Mail(
        string text = "单价 138 元/套，含税。", string from = "chen@huaxin.example", string folder = "inbox", string to = "lina@example.com") => new(
        new MessageItem
        {
            Id = "imap:1",
            Key = "m_1",
            Provider = "imap",
            Email = "lina@example.com",
            Subject = "回复：报价单 LED Panel",
            From = new EmailAddress("陈静", from),
            To = [new EmailAddress("李娜", to), new EmailAddress("", "second@example.com")],
            Date = new DateTimeOffset(2026, 3, 4, 5, 6, 0, TimeSpan.Zero),
            SentDateTime = null,
            Snippet = "",
            IsRead = false,
            IsStarred = false,
            HasAttachments = true,
            Folder = folder,
            FolderPath = folder == "inbox" ? "INBOX" : folder,
            ThreadId = "t_1",
            InternetMessageId = "<1@huaxin.example>",
            Size = 2500,
        },
        new MessageContent
        {
            Text = text,
            Cc = [new EmailAddress("Boss", "boss@xn--bcher-kva.example")],
            Headers = new MessageHeaders { ListId = "<announce.huaxin.example>" },
            Attachments = [new Attachment { Id = "0", Filename = "报价单 2026.pdf", MimeType = "application/pdf", Size = 10, IsInline = false }],
        },
        BodyOptions.AsSent);
}
