using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <summary>
/// The mailbox of a Gmail user: messages with labels, and the history of their changes. Its methods do what another client of the user
/// does. IMAP's folders are a view of it: what is changed on one side is seen on the other. May be used from any thread.
/// </summary>
public sealed partial class GmailMailbox
{
    /// <summary>Labels that one request may give or take (Gmail API v1, messages.modify).</summary>
    private const int MaxLabelsPerChange = 100;

    private readonly MailUser user;
    private readonly Dictionary<string, GmailMessage> messages = new(StringComparer.Ordinal);
    private GmailMessage[]? newestFirst;

    internal GmailMailbox(MailUser user)
    {
        this.user = user;
        folders = new ViewFolders(user);
        user.Gmail!.Changed = Absorb;
    }

    public string Address => user.Address;

    public string DisplayName => user.DisplayName;

    /// <summary>The mailbox as IMAP's folders show it.</summary>
    public MailUser User => user;

    /// <summary>The messages of this moment, the newest first, those in Spam and Trash included.</summary>
    public IReadOnlyList<GmailMessage> Messages
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return newestFirst ??= [.. messages.Values.OrderByDescending(m => m.InternalDate).ThenByDescending(m => m.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>The message of this id, null when it is gone or never was.</summary>
    public GmailMessage? Find(string id)
    {
        using var gate = user.Gate.EnterScope();
        return GmailIds.EmailId(id) is { } emailId ? messages.GetValueOrDefault(emailId) : null;
    }

    /// <summary>Delivers a message to the inbox, unread.</summary>
    /// <param name="labelIds">Further labels, <c>CATEGORY_PERSONAL</c> or those that a filter of the user gives for instance.</param>
    public GmailMessage Deliver(ReadOnlyMemory<byte> raw, params IReadOnlyList<string> labelIds) =>
        Add(new GmailMail(raw) { LabelIds = [SystemLabels.Inbox, SystemLabels.Unread, .. labelIds] });

    /// <summary>Puts a message into the mailbox.</summary>
    /// <exception cref="GmailException">A label is unknown.</exception>
    public GmailMessage Add(GmailMail mail)
    {
        using var gate = user.Gate.EnterScope();
        ThrowIfUnknown(mail.LabelIds);
        var emailId = user.NextEmailId();
        return Store(new GmailMessage
        {
            EmailId = emailId,
            Thread = user.ThreadOf(mail.Raw, emailId),
            Raw = mail.Raw,
            InternalDate = mail.InternalDate ?? user.Now,
            LabelIds = Set(mail.LabelIds),
        });
    }

    /// <summary>Puts small plain messages into the inbox, one for each minute before now, the oldest first; every fourth is read.</summary>
    /// <param name="count">How many; 20,000 take a second or two.</param>
    public void Fill(int count)
    {
        using var gate = user.Gate.EnterScope();
        var now = user.Now;
        for (var i = count; i > 0; i--)
        {
            var date = now.AddMinutes(-i);
            var number = i.ToString(CultureInfo.InvariantCulture);
            var raw = $"From: Sender {number} <sender{i % 50}@bulk.example>\r\nTo: {Address}\r\nSubject: Bulk message {number}\r\n"
                + $"Date: {date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}\r\nMessage-ID: <{number}.{Guid.NewGuid():N}@bulk.example>\r\n"
                + $"Content-Type: text/plain; charset=utf-8\r\n\r\nThis is message {number}.\r\n";
            Add(new GmailMail(Encoding.UTF8.GetBytes(raw)) { InternalDate = date, LabelIds = i % 4 == 0 ? [SystemLabels.Inbox] : [SystemLabels.Inbox, SystemLabels.Unread] });
        }
    }

    /// <summary>Gives and takes labels of a message.</summary>
    /// <exception cref="GmailException">The message or a label is unknown, or a label is the server's business.</exception>
    public GmailMessage Modify(string id, IReadOnlyList<string> add, IReadOnlyList<string> remove)
    {
        using var gate = user.Gate.EnterScope();
        ThrowIfNotForClients(add, remove);
        var message = Find(id) ?? throw GmailException.NotFound();
        var labelIds = message.LabelIds.Union(add).Except(remove);
        var isPutInBin = add.Any(id => SystemLabels.Bins.Contains(id, StringComparer.Ordinal)) && !add.Contains(SystemLabels.Inbox, StringComparer.Ordinal);
        return Store(message with { LabelIds = isPutInBin ? labelIds.Remove(SystemLabels.Inbox) : labelIds });
    }

    public GmailMessage Star(string id) => Modify(id, [SystemLabels.Starred], []);

    public GmailMessage MarkRead(string id) => Modify(id, [], [SystemLabels.Unread]);

    public GmailMessage Archive(string id) => Modify(id, [], [SystemLabels.Inbox]);

    public GmailMessage MoveToSpam(string id) => Modify(id, [SystemLabels.Spam], [SystemLabels.Inbox]);

    /// <summary>Moves a message to Trash; its labels stay, INBOX and SPAM aside.</summary>
    public GmailMessage Trash(string id) => Modify(id, [SystemLabels.Trash], [SystemLabels.Inbox, SystemLabels.Spam]);

    /// <summary>Takes a message out of Trash; it does not come back to the inbox.</summary>
    public GmailMessage Untrash(string id) => Modify(id, [], [SystemLabels.Trash]);

    /// <summary>Removes a message for good.</summary>
    /// <exception cref="GmailException">There is none.</exception>
    public void Delete(string id)
    {
        using var gate = user.Gate.EnterScope();
        Remove(Find(id) ?? throw GmailException.NotFound());
    }

    /// <summary>Checks the labels of a change that a client wants.</summary>
    internal void ThrowIfNotForClients(IReadOnlyList<string> add, IReadOnlyList<string> remove)
    {
        using var gate = user.Gate.EnterScope();
        if (add.Count > MaxLabelsPerChange || remove.Count > MaxLabelsPerChange)
        {
            throw GmailException.InvalidArgument("Too many labels");
        }

        ThrowIfUnknown([.. add, .. remove]);
        if (add.Concat(remove).FirstOrDefault(id => !SystemLabels.IsForClients(id)) is { } bad)
        {
            throw GmailException.InvalidArgument($"Invalid label: {bad}");
        }
    }

    internal void ThrowIfUnknown(IEnumerable<string> labelIds)
    {
        using var gate = user.Gate.EnterScope();
        if (labelIds.FirstOrDefault(id => !SystemLabels.Has(id) && FindLabel(id) is null) is { } unknown)
        {
            throw GmailException.InvalidArgument($"labelId not found: {unknown}");
        }
    }

    private static ImmutableSortedSet<string> Set(IEnumerable<string> labelIds) => labelIds.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>Keeps a message as it is now, with a history record of what is new about it, and shows it in the folders.</summary>
    private GmailMessage Store(GmailMessage message)
    {
        var old = messages.GetValueOrDefault(message.EmailId);
        if (old is not null && old.LabelIds.SetEquals(message.LabelIds))
        {
            return old;
        }

        var stored = message with { HistoryId = NextHistoryId() };
        messages[stored.EmailId] = stored;
        newestFirst = null;
        Record(old is null
            ? new GmailHistory(stored.HistoryId, stored) { IsAdded = true }
            : new GmailHistory(stored.HistoryId, stored) { LabelsAdded = [.. stored.LabelIds.Except(old.LabelIds)], LabelsRemoved = [.. old.LabelIds.Except(stored.LabelIds)] });
        KeepDraft(stored);
        Show(stored);
        return stored;
    }

    private void Remove(GmailMessage message)
    {
        messages.Remove(message.EmailId);
        newestFirst = null;
        Record(new GmailHistory(NextHistoryId(), message) { IsDeleted = true });
        ForgetDraft(message);
        Hide(message);
    }
}
