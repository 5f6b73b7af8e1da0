namespace MailDaemon.Engine.Messages;

/// <summary>
/// What Gmail's label ids say of a message, and back. A message has one place (inbox, sent, drafts, trash, spam; archive where none of
/// these labels is on it) and flags; all other labels are kept as they are, so that nothing is lost on the way there and back. Pure.
/// </summary>
public static class GmailLabelIds
{
    public const string Inbox = "INBOX";
    public const string Unread = "UNREAD";
    public const string Starred = "STARRED";
    public const string Trash = "TRASH";
    public const string Spam = "SPAM";
    public const string Draft = "DRAFT";
    public const string Sent = "SENT";

    /// <summary>The place of messages that have no label of a place.</summary>
    public const string Archive = "ARCHIVE";

    /// <summary>The flags that a label stands for.</summary>
    public const MessageFlags Flags = MessageFlags.Read | MessageFlags.Starred | MessageFlags.Draft;

    /// <summary>What wins where a message has several: bins first; one that we sent to ourselves is in the inbox.</summary>
    private static readonly string[] Precedence = [Trash, Spam, Draft, Inbox, Sent];

    /// <summary>The fixed folders of an account, in the order in which they are shown.</summary>
    public static IReadOnlyList<Folder> Places { get; } =
    [
        new(Inbox, "Inbox", FolderRole.Inbox, null, [], IsSelectable: true),
        new(Sent, "Sent", FolderRole.Sent, "\\Sent", [], IsSelectable: true),
        new(Draft, "Drafts", FolderRole.Drafts, "\\Drafts", [], IsSelectable: true),
        new(Archive, "Archive", FolderRole.Archive, "\\Archive", [], IsSelectable: true),
        new(Spam, "Spam", FolderRole.Spam, "\\Junk", [], IsSelectable: true),
        new(Trash, "Trash", FolderRole.Trash, "\\Trash", [], IsSelectable: true),
    ];

    public static string PlaceOf(IReadOnlyCollection<string> labelIds) => Array.Find(Precedence, labelIds.Contains) ?? Archive;

    public static MessageFlags FlagsOf(IReadOnlyCollection<string> labelIds) =>
        (labelIds.Contains(Unread) ? MessageFlags.None : MessageFlags.Read)
        | (labelIds.Contains(Starred) ? MessageFlags.Starred : MessageFlags.None)
        | (labelIds.Contains(Draft) ? MessageFlags.Draft : MessageFlags.None);

    /// <summary>What place and flags do not say, sorted.</summary>
    public static IReadOnlyList<string> OthersOf(IReadOnlyCollection<string> labelIds)
    {
        var place = PlaceOf(labelIds);
        return [.. labelIds.Where(id => id is not (Unread or Starred or Draft) && id != place).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>All label ids of a message, sorted.</summary>
    public static IReadOnlyList<string> All(string place, MessageFlags flags, IReadOnlyCollection<string> others)
    {
        var ids = new SortedSet<string>(others, StringComparer.Ordinal);
        if (place != Archive)
            ids.Add(place);
        if (!flags.HasFlag(MessageFlags.Read))
            ids.Add(Unread);
        if (flags.HasFlag(MessageFlags.Starred))
            ids.Add(Starred);
        if (flags.HasFlag(MessageFlags.Draft))
            ids.Add(Draft);
        return [.. ids];
    }

    /// <summary>The labels that moving a message to a place adds and removes; null for a place that mail cannot be moved to.</summary>
    public static (string[] Add, string[] Remove)? Moving(string place) => place switch
    {
        Inbox => ([Inbox], [Trash, Spam]),
        Archive => ([], [Inbox, Trash, Spam]),
        Trash => ([Trash], [Inbox, Spam]),
        Spam => ([Spam], [Inbox, Trash]),
        _ => null,
    };
}
