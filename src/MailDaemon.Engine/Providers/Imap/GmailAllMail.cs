using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>
/// All Mail of a Gmail account. A message is in it once, and again in the folder of each of its labels (X-GM-LABELS of X-GM-EXT-1). Of
/// All Mail only that is read which no other folder shows: a mail is listed once for each place that people put it.
/// </summary>
internal sealed class GmailAllMail
{
    private readonly HashSet<string> labels;

    private GmailAllMail(string path, HashSet<string> labels)
    {
        this.labels = labels;
        Path = path;
        var sorted = string.Join('\n', labels.Select(l => l.ToUpperInvariant()).Order(StringComparer.Ordinal));
        LeftOut = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sorted)).AsSpan(0, 8));
    }

    public string Path { get; }

    /// <summary>Changes when other folders are read than before, so that other messages are to be left out.</summary>
    public string LeftOut { get; }

    public static bool IsOffered(ImapClient client) => client.Capabilities.Has("X-GM-EXT-1");

    /// <summary>Whether this shows nothing but messages of other folders, by their flag or by Gmail's own judgement.</summary>
    public static bool IsView(MailboxListing listing) => listing.SpecialUse is SpecialUse.Flagged or SpecialUse.Important;

    /// <summary>Null when the user has not let All Mail be shown over IMAP.</summary>
    public static GmailAllMail? Of(IReadOnlyList<MailboxListing> listings, AccountSettings settings)
    {
        var all = listings.FirstOrDefault(l => l.SpecialUse == SpecialUse.All);
        var read = ImapFolders.Resolve([.. listings.Where(l => !IsView(l))], settings.FolderRoles).Where(f => f.IsSelectable && settings.Wants(f) && f.Path != all?.Name);
        return all is null ? null : new GmailAllMail(all.Name, read.Select(LabelOf).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Whether a message with these labels is in a folder that is read beside All Mail.</summary>
    public bool IsElsewhere(IReadOnlyList<string> given) => given.Any(labels.Contains);

    /// <summary>Spam and trash have labels too, but what is in them is not in All Mail.</summary>
    private static string LabelOf(Folder folder) => folder.SpecialUse switch
    {
        "\\Sent" => "\\Sent",
        "\\Drafts" => "\\Draft",
        _ => folder.Role == FolderRole.Inbox ? "\\Inbox" : folder.Path,
    };
}
