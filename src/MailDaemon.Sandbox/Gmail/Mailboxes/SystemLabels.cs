using System.Collections.Frozen;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>The labels that every mailbox has. Their names are their ids.</summary>
internal static class SystemLabels
{
    public const string Draft = "DRAFT";
    public const string Important = "IMPORTANT";
    public const string Inbox = "INBOX";
    public const string Sent = "SENT";
    public const string Spam = "SPAM";
    public const string Starred = "STARRED";
    public const string Trash = "TRASH";
    public const string Unread = "UNREAD";

    /// <summary>Whether a message is in Spam or in Trash, and so in no other folder of IMAP.</summary>
    public static IReadOnlyList<string> Bins { get; } = [Spam, Trash];

    public static IReadOnlyList<string> All { get; } =
    [
        "CHAT", Sent, Inbox, Important, Trash, Draft, Spam, "CATEGORY_FORUMS", "CATEGORY_UPDATES", "CATEGORY_PERSONAL", "CATEGORY_PROMOTIONS",
        "CATEGORY_SOCIAL", Starred, Unread,
    ];

    /// <summary>Those that IMAP shows as a folder.</summary>
    public static FrozenDictionary<string, SpecialUse> Folders { get; } = new Dictionary<string, SpecialUse>(StringComparer.Ordinal)
    {
        [Inbox] = SpecialUse.None,
        [Draft] = SpecialUse.Drafts,
        [Important] = SpecialUse.Important,
        [Sent] = SpecialUse.Sent,
        [Starred] = SpecialUse.Flagged,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Has(string id) => All.Contains(id, StringComparer.Ordinal);

    /// <summary>Whether a client may give and take it; the others are the server's business.</summary>
    public static bool IsForClients(string id) => id is not (Draft or Sent or "CHAT");

    /// <summary>Shown in the list of messages as rows of the web page do.</summary>
    public static bool IsHidden(string id) => id.StartsWith("CATEGORY_", StringComparison.Ordinal) || id == "CHAT";
}
