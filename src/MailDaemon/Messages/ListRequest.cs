using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Messages;

/// <summary>Which part of which list; what the list of one account and that of all share.</summary>
public abstract record ListRequest : BodyRequest
{
    [Description("Messages to leave out from the newest on"), Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }

    [Description("Messages to list"), Range(1, MessageQuery.MostItems), Alias("pageSize", "maxResults"), NotCalled("top", "count", "size")]
    public int Limit { get; init; } = 50;

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

    [Description("Only those that the server received at this instant or later"), NotCalled("after", "dateFrom", "from"), Example("2026-01-31T00:00:00Z")]
    public DateTimeOffset? Since { get; init; }

    [Description("Only those with this label, by its id"), Alias("labelId"), Example("l_5d41402abc4b2a76")]
    public string? Label { get; init; }

    internal ListFilter Filter => new(IsUnread, IsStarred, HasAttachment, Label) { IsAnswered = IsAnswered, IsForwarded = IsForwarded };

    internal MessageQuery Query => new() { Folder = Folder, Offset = Offset, Limit = Limit, Since = Since };
}
