using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>Folders that each mailbox has, and that an address can name in place of an id.</summary>
internal static class WellKnownFolders
{
    public const string Root = "msgfolderroot";
    public const string Inbox = "inbox";
    public const string Drafts = "drafts";
    public const string Sent = "sentitems";
    public const string Deleted = "deleteditems";
    public const string Outbox = "outbox";

    /// <summary>Below the root.</summary>
    public static IReadOnlyList<(string Name, string DisplayName)> All { get; } =
    [
        ("archive", "Archive"), ("conversationhistory", "Conversation History"), (Deleted, "Deleted Items"), (Drafts, "Drafts"), (Inbox, "Inbox"),
        ("junkemail", "Junk Email"), (Outbox, "Outbox"), (Sent, "Sent Items"),
    ];

    /// <summary>Null for a folder of the user's.</summary>
    public static string? NameOf(MailFolder folder) => folder.Use switch
    {
        SpecialUse.Archive => "archive",
        SpecialUse.Drafts => Drafts,
        SpecialUse.Junk => "junkemail",
        SpecialUse.Sent => Sent,
        SpecialUse.Trash => Deleted,
        _ => folder.Path == "INBOX" ? Inbox : null,
    };
}
