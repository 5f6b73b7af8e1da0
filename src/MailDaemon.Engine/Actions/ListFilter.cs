namespace MailDaemon.Engine.Actions;

/// <summary>What must be so of the messages of a list, beside the folder and the time. Null: it does not matter.</summary>
/// <param name="Label">A label's id.</param>
public sealed record ListFilter(bool? IsUnread = null, bool? IsStarred = null, bool? HasAttachment = null, string? Label = null)
{
    public bool? IsAnswered { get; init; }

    public bool? IsForwarded { get; init; }

    /// <summary>Whether the order of a list, in which the unread ones are known, answers alone.</summary>
    internal bool IsSimple => this is { IsUnread: not false, IsStarred: null, HasAttachment: null, Label: null, IsAnswered: null, IsForwarded: null };
}
