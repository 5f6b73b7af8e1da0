using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Messages;

/// <summary>Which messages of a list or a search: the filters are the same everywhere.</summary>
public abstract record FilterRequest : BodyRequest
{
    [Description("Only this folder: inbox, sent, drafts, trash, spam, archive, other, or a path"), Alias("folderPath"), Example("inbox")]
    public string? Folder { get; init; }

    [Description("true: only unread ones; false: only read ones"), Alias("unread"), NotCalled("unreadOnly", "onlyUnread", "isRead"), Example("true")]
    public bool? IsUnread { get; init; }

    [Description("true: only those with a star; false: only those without"), Alias("starred"), NotCalled("isFlagged", "flagged"), Example("true")]
    public bool? IsStarred { get; init; }

    [Description("true: only answered ones; false: only those that were not"), Alias("answered"), NotCalled("isReplied", "replied"), Example("true")]
    public bool? IsAnswered { get; init; }

    [Description("true: only those that were sent on; false: only those that were not"), Alias("forwarded"), Example("true")]
    public bool? IsForwarded { get; init; }

    [Description("true: only those with attachments; false: only those without"), Alias("hasAttachments"), Example("true")]
    public bool? HasAttachment { get; init; }

    [Description("Only those with this label, by its id"), Alias("labelId"), Example("l_5d41402abc4b2a76")]
    public string? Label { get; init; }

    internal ListFilter Filter => new(IsUnread, IsStarred, HasAttachment, Label) { IsAnswered = IsAnswered, IsForwarded = IsForwarded };
}
