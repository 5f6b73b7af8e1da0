using System.Collections.Immutable;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <content>IMAP's folders as a view of the mailbox: a message is once in All Mail, or else in Spam or Trash, and in a folder for each label.</content>
public sealed partial class GmailMailbox
{
    private readonly ViewFolders folders;

    /// <summary>Puts a message where its labels say and nowhere else.</summary>
    private void Show(GmailMessage message)
    {
        var home = HomeOf(message);
        var wanted = new HashSet<MailFolder> { home };
        if (home == folders.All)
        {
            wanted.UnionWith(folders.Labels.Where(label => message.Has(label.Key)).Select(label => label.Value));
            wanted.UnionWith(UserLabels().Where(label => message.Has(label.Id)).Select(label => label.Folder));
        }

        var shown = Placed(message) ?? NewMail(message);
        var now = shown with { Flags = FlagsOf(message, shown.Flags) };
        var isChanged = !now.Flags.SetEquals(shown.Flags);
        foreach (var folder in FoldersOfMessages().ToArray())
        {
            var isThere = folder.Find(message.EmailId) is not null;
            isChanged |= isThere != wanted.Contains(folder);
            if (isThere && !wanted.Contains(folder))
            {
                folder.Drop(message.EmailId);
            }
            else if (!isThere && wanted.Contains(folder))
            {
                folder.Put(now);
                wanted.Remove(folder);
            }
        }

        // Labels and flags are the message's: a change of them is one in each folder that had it before.
        foreach (var folder in isChanged ? wanted : [])
        {
            folder.Replace(message.EmailId, old => old with { Flags = now.Flags });
        }
    }

    private void Hide(GmailMessage message)
    {
        foreach (var folder in FoldersOfMessages().ToArray())
        {
            folder.Drop(message.EmailId);
        }
    }

    /// <summary>Takes over what was done to a message through IMAP's folders.</summary>
    private void Absorb(string emailId)
    {
        var old = messages.GetValueOrDefault(emailId);
        if (folders.Homes.Select(home => (Home: home, Mail: home.Find(emailId))).FirstOrDefault(found => found.Mail is not null) is not { Mail: { } mail } at)
        {
            if (old is not null)
            {
                Remove(old);
            }

            return;
        }

        var labelIds = LabelsAt(at.Home, emailId, old?.LabelIds ?? Set([]));
        labelIds = With(labelIds, SystemLabels.Unread, !mail.Has(MessageFlags.Seen));
        labelIds = With(labelIds, SystemLabels.Starred, mail.Has(MessageFlags.Flagged));
        Store((old ?? new GmailMessage { EmailId = emailId, Thread = mail.ThreadId, Raw = mail.Raw, InternalDate = mail.InternalDate, LabelIds = labelIds }) with { LabelIds = labelIds });
    }

    private ImmutableSortedSet<string> LabelsAt(MailFolder home, string emailId, ImmutableSortedSet<string> old)
    {
        if (home == folders.Trash)
        {
            return old.Remove(SystemLabels.Inbox).Remove(SystemLabels.Spam).Add(SystemLabels.Trash);
        }

        if (home == folders.Spam)
        {
            return old.Remove(SystemLabels.Inbox).Remove(SystemLabels.Trash).Add(SystemLabels.Spam);
        }

        // What is in a bin has labels that no folder shows: out of it, they come back.
        var wasInBin = SystemLabels.Bins.Any(old.Contains);
        var shown = folders.Labels.Select(label => (label.Key, Folder: label.Value)).Concat(UserLabels().Select(label => (Key: label.Id, label.Folder)));
        var labelIds = old.Except(SystemLabels.Bins);
        foreach (var (labelId, folder) in shown.ToArray())
        {
            labelIds = With(labelIds, labelId, folder.Find(emailId) is not null || (wasInBin && old.Contains(labelId)));
        }

        return labelIds;
    }

    private MailFolder HomeOf(GmailMessage message) =>
        message.Has(SystemLabels.Trash) ? folders.Trash : message.Has(SystemLabels.Spam) ? folders.Spam : folders.All;

    private StoredMessage? Placed(GmailMessage message) => folders.Homes.Select(home => home.Find(message.EmailId)).FirstOrDefault(found => found is not null);

    /// <summary>Folder and UID come when it is put somewhere.</summary>
    private static StoredMessage NewMail(GmailMessage message) => new()
    {
        Uid = 0,
        Raw = message.Raw,
        Flags = MessageFlags.Set([]),
        InternalDate = message.InternalDate,
        ModSeq = 0,
        EmailId = message.EmailId,
        ThreadId = message.Thread,
    };

    private static ImmutableSortedSet<string> FlagsOf(GmailMessage message, ImmutableSortedSet<string> flags)
    {
        flags = With(flags, MessageFlags.Seen, !message.Has(SystemLabels.Unread));
        flags = With(flags, MessageFlags.Draft, message.Has(SystemLabels.Draft));
        return With(flags, MessageFlags.Flagged, message.Has(SystemLabels.Starred));
    }

    private static ImmutableSortedSet<string> With(ImmutableSortedSet<string> set, string item, bool isIn) => isIn ? set.Add(item) : set.Remove(item);

    private IEnumerable<GmailLabel> UserLabels()
    {
        LearnLabels();
        return labels.Values;
    }

    private IEnumerable<MailFolder> FoldersOfMessages() => folders.Homes.Concat(folders.Labels.Values).Concat(UserLabels().Select(label => label.Folder));

    /// <summary>The folders that every mailbox has.</summary>
    private sealed class ViewFolders
    {
        public ViewFolders(MailUser user)
        {
            All = Used(user, SpecialUse.All);
            Trash = Used(user, SpecialUse.Trash);
            Spam = Used(user, SpecialUse.Junk);
            Homes = [All, Trash, Spam];
            Labels = SystemLabels.Folders.ToDictionary(
                label => label.Key, label => label.Value == SpecialUse.None ? user.Inbox : Used(user, label.Value), StringComparer.Ordinal);
        }

        public MailFolder All { get; }

        public MailFolder Trash { get; }

        public MailFolder Spam { get; }

        public MailFolder[] Homes { get; }

        /// <summary>By the id of the system label.</summary>
        public Dictionary<string, MailFolder> Labels { get; }

        private static MailFolder Used(MailUser user, SpecialUse use) => user.Folders.First(folder => folder.Use == use);
    }
}
