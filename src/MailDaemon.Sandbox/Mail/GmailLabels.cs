using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Mail;

/// <summary>
/// Mail as Gmail keeps it: each message is once in All Mail, or else in Spam or Trash, and the other folders are its labels. What
/// happens to it in one folder is seen in all.
/// </summary>
internal sealed class GmailLabels(MailUser user)
{
    private const string Root = "[Gmail]";

    /// <summary>Called under the user's lock with the content id of each message whose folders or flags were changed through a folder.</summary>
    public Action<string>? Changed { get; set; }

    public static void AddFolders(MailUser user)
    {
        user.CreateLevel(Root);
        (string Name, SpecialUse Use)[] folders =
        [
            ("All Mail", SpecialUse.All), ("Drafts", SpecialUse.Drafts), ("Important", SpecialUse.Important), ("Sent Mail", SpecialUse.Sent),
            ("Spam", SpecialUse.Junk), ("Starred", SpecialUse.Flagged), ("Trash", SpecialUse.Trash),
        ];
        foreach (var (name, use) in folders)
        {
            user.Subscribe(user.CreateFolder($"{Root}/{name}", use).Path);
        }
    }

    /// <summary>Whether a message stays in the folder whatever is done to it there.</summary>
    public static bool Keeps(MailFolder folder) => folder.Use == SpecialUse.All;

    /// <summary>The labels of a message, without that of the folder they are asked in.</summary>
    public IReadOnlyList<string> Of(string emailId, MailFolder askedIn) =>
        [.. user.Folders.Where(f => f != askedIn && IsLabel(f) && f.Find(emailId) is not null).Select(LabelOf)];

    /// <summary>The folder has got a message.</summary>
    public void Placed(MailFolder folder, StoredMessage message)
    {
        var others = user.Folders.Where(f => f != folder).ToArray();
        foreach (var other in others.Where(f => IsBin(folder) || IsBin(f)))
        {
            other.Drop(message.EmailId);
        }

        if (!IsBin(folder) && !Keeps(folder) && others.FirstOrDefault(Keeps) is { } all && all.Find(message.EmailId) is null)
        {
            all.Put(message);
        }

        if (folder.Use == SpecialUse.Flagged)
        {
            Star(message.EmailId, flags => flags.Add(MessageFlags.Flagged));
        }
        else
        {
            ShowStar(folder, message.EmailId, message.Flags);
        }

        Touch(message.EmailId, folder);
        Changed?.Invoke(message.EmailId);
    }

    /// <summary>The folder has lost messages: their labels are others now, which counts as a change of them wherever else they are.</summary>
    public void Taken(MailFolder folder, IEnumerable<string> emailIds)
    {
        foreach (var emailId in emailIds)
        {
            Touch(emailId, folder);
            if (folder.Use == SpecialUse.Flagged)
            {
                Star(emailId, flags => flags.Remove(MessageFlags.Flagged));
            }

            Changed?.Invoke(emailId);
        }
    }

    /// <summary>Flags belong to the message and not to the folder.</summary>
    public void Flagged(MailFolder folder, string emailId, ImmutableSortedSet<string> flags)
    {
        foreach (var other in user.Folders.Where(f => f != folder))
        {
            other.Replace(emailId, message => message with { Flags = flags });
        }

        ShowStar(folder, emailId, flags);
        Changed?.Invoke(emailId);
    }

    /// <summary>Gives and takes labels of a message; a label that is new becomes a folder.</summary>
    public void Change(StoredMessage message, IEnumerable<string> given, IEnumerable<string> taken)
    {
        using var gate = user.Gate.EnterScope();
        foreach (var label in taken)
        {
            FolderOf(label)?.Expunge(message.EmailId);
        }

        foreach (var label in given)
        {
            var target = FolderOf(label) ?? user.CreateFolder(label);
            if (target.Find(message.EmailId) is null)
            {
                Placed(target, target.Put(message));
            }
        }
    }

    private static bool IsBin(MailFolder folder) => folder.Use is SpecialUse.Trash or SpecialUse.Junk;

    private static bool IsLabel(MailFolder folder) => !IsBin(folder) && !Keeps(folder);

    private static string LabelOf(MailFolder folder) => folder.Use switch
    {
        SpecialUse.Drafts => "\\Draft",
        SpecialUse.Flagged => "\\Starred",
        SpecialUse.Important => "\\Important",
        SpecialUse.Sent => "\\Sent",
        _ => folder.Path == "INBOX" ? "\\Inbox" : folder.Path,
    };

    private MailFolder? FolderOf(string label) => label.ToUpperInvariant() switch
    {
        "\\INBOX" => user.Inbox,
        "\\DRAFT" => Used(SpecialUse.Drafts),
        "\\IMPORTANT" => Used(SpecialUse.Important),
        "\\SENT" => Used(SpecialUse.Sent),
        "\\STARRED" => Used(SpecialUse.Flagged),
        "\\TRASH" => Used(SpecialUse.Trash),
        "\\SPAM" or "\\JUNK" => Used(SpecialUse.Junk),
        _ => user.Find(label),
    };

    private MailFolder? Used(SpecialUse use) => user.Folders.FirstOrDefault(f => f.Use == use);

    /// <summary>What is flagged is in Starred, and the other way round.</summary>
    private void ShowStar(MailFolder folder, string emailId, ImmutableSortedSet<string> flags)
    {
        if (IsBin(folder) || Used(SpecialUse.Flagged) is not { } starred)
        {
            return;
        }

        var (isThere, belongs) = (starred.Find(emailId) is not null, flags.Contains(MessageFlags.Flagged));
        if (isThere && !belongs)
        {
            starred.Drop(emailId);
        }
        else if (!isThere && belongs && folder.Find(emailId) is { } message)
        {
            starred.Put(message);
        }
    }

    private void Star(string emailId, Func<ImmutableSortedSet<string>, ImmutableSortedSet<string>> change)
    {
        foreach (var folder in user.Folders)
        {
            folder.Replace(emailId, message => message with { Flags = change(message.Flags) });
        }
    }

    private void Touch(string emailId, MailFolder except)
    {
        foreach (var other in user.Folders.Where(f => f != except))
        {
            other.Replace(emailId, message => message);
        }
    }
}
