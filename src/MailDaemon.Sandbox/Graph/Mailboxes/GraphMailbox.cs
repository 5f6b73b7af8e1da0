using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>
/// The mailbox of an Outlook user: folders, messages, the master list of categories, and what has changed since when. Its methods do what
/// another client of the user does; ids may be of either kind, folders also well-known names. What is delivered to the user arrives in it.
/// May be used from any thread.
/// </summary>
public sealed partial class GraphMailbox
{
    private readonly MailUser user;
    private readonly Dictionary<long, GraphMessage> messages = [];
    private long lastKey;
    private long lastChange;

    internal GraphMailbox(MailUser user)
    {
        this.user = user;
        Ids = new GraphIds(user.Address);
        AddWellKnownFolders();
        user.PassOn = TakeOver;
    }

    public string Address => user.Address;

    public string DisplayName => user.DisplayName;

    /// <summary>The messages of this moment, the newest first.</summary>
    /// <param name="folder">A well-known name or the id of a folder; null for all.</param>
    /// <exception cref="GraphException">There is no such folder.</exception>
    public IReadOnlyList<GraphMessage> Messages(string? folder = null)
    {
        using var gate = user.Gate.EnterScope();
        return folder is null ? [.. contents.Values.SelectMany(content => content.NewestFirst).Order(GraphOrder.NewestFirst)] : contents[Folder(folder).Key].NewestFirst;
    }

    /// <summary>The message of this id, null when it is gone or never was.</summary>
    public GraphMessage? Find(string id)
    {
        using var gate = user.Gate.EnterScope();
        return Ids.Read(id) is { Kind: not GraphIdKind.Folder } read && messages.GetValueOrDefault(read.Key) is { } message
            && (read.Kind == GraphIdKind.ImmutableMessage || read.Moves == message.Moves) ? message : null;
    }

    /// <summary>Delivers a message, unread.</summary>
    /// <param name="folder">A well-known name or the id of a folder; null for the inbox.</param>
    public GraphMessage Deliver(ReadOnlyMemory<byte> raw, string? folder = null) => Add(new GraphMail(raw) { Folder = folder ?? WellKnownFolders.Inbox });

    /// <summary>Puts a message into the mailbox.</summary>
    /// <exception cref="GraphException">There is no such folder.</exception>
    public GraphMessage Add(GraphMail mail)
    {
        using var gate = user.Gate.EnterScope();
        var folder = Folder(mail.Folder);
        var content = new MailContent(mail.Raw);
        var key = ++lastKey;
        return Store(new GraphMessage
        {
            Key = key,
            Id = Ids.Write(new GraphId(GraphIdKind.ImmutableMessage, key, 0)),
            FolderKey = folder.Key,
            FolderId = folder.Id,
            Content = content,
            ConversationId = ConversationOf(user.ThreadOf(mail.Raw, mail.EmailId ?? user.NextEmailId())),
            ReceivedAt = mail.ReceivedAt ?? user.Now,
            CreatedAt = user.Now,
            IsRead = mail.IsRead,
            IsDraft = mail.IsDraft,
            Flag = mail.Flag,
            Categories = [.. mail.Categories],
            Importance = mail.Importance ?? ImportanceOf(content),
            Answers = mail.Answers,
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
            Add(new GraphMail(Encoding.UTF8.GetBytes(raw)) { ReceivedAt = date, IsRead = i % 4 == 0 });
        }
    }

    public GraphMessage SetRead(string id, bool isRead = true) => Change(id, message => message with { IsRead = isRead });

    public GraphMessage SetFlag(string id, GraphFlag flag = GraphFlag.Flagged) => Change(id, message => message with { Flag = flag });

    public GraphMessage SetCategories(string id, params IReadOnlyList<string> names) => Change(id, message => message with { Categories = [.. names] });

    /// <summary>Moves a message; its immutable id stays and its other id changes.</summary>
    /// <param name="folder">A well-known name or the id of a folder.</param>
    /// <exception cref="GraphException">There is no such message or folder.</exception>
    public GraphMessage Move(string id, string folder)
    {
        using var gate = user.Gate.EnterScope();
        return MoveTo(Required(id), Folder(folder));
    }

    /// <summary>Deletes a message as a person does: it goes to Deleted Items, and from there it is gone.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public void Delete(string id)
    {
        using var gate = user.Gate.EnterScope();
        var message = Required(id);
        var deleted = Folder(WellKnownFolders.Deleted);
        if (IsBelowOrSame(message.FolderKey, deleted.Key))
        {
            Remove(message, isMoved: false);
        }
        else
        {
            MoveTo(message, deleted);
        }
    }

    /// <summary>Removes a message for good.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public void DeleteForGood(string id)
    {
        using var gate = user.Gate.EnterScope();
        Remove(Required(id), isMoved: false);
    }

    /// <summary>What happens when Outlook moves a message by export and import, or to the archive and back: it has another immutable id (12).</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public GraphMessage ChangeImmutableId(string id)
    {
        using var gate = user.Gate.EnterScope();
        var old = Required(id);
        Remove(old, isMoved: false);
        var key = ++lastKey;
        return Store(old with { Key = key, Id = Ids.Write(new GraphId(GraphIdKind.ImmutableMessage, key, 0)), Moves = 0 });
    }

    internal GraphIds Ids { get; }

    internal Lock Gate => user.Gate;

    internal DateTimeOffset Now => user.Now;

    internal GraphMessage? Find(long key)
    {
        using var gate = user.Gate.EnterScope();
        return messages.GetValueOrDefault(key);
    }

    /// <exception cref="GraphException">There is none.</exception>
    internal GraphMessage Required(string id) => Find(id) ?? throw GraphException.NotFound();

    /// <exception cref="GraphException">There is none.</exception>
    internal GraphMessage Change(string id, Func<GraphMessage, GraphMessage> change)
    {
        using var gate = user.Gate.EnterScope();
        return Store(change(Required(id)));
    }

    internal GraphMessage MoveTo(GraphMessage message, GraphFolder folder)
    {
        using var gate = user.Gate.EnterScope();
        if (message.FolderKey == folder.Key)
        {
            return message;
        }

        Remove(message, isMoved: true);
        return Store(message with { FolderKey = folder.Key, FolderId = folder.Id, Moves = message.Moves + 1 });
    }

    /// <summary>Another message with the same content.</summary>
    internal GraphMessage CopyTo(GraphMessage message, GraphFolder folder)
    {
        using var gate = user.Gate.EnterScope();
        var key = ++lastKey;
        return Store(message with
        {
            Key = key,
            Id = Ids.Write(new GraphId(GraphIdKind.ImmutableMessage, key, 0)),
            FolderKey = folder.Key,
            FolderId = folder.Id,
            Moves = 0,
            CreatedAt = Now,
        });
    }

    private static string ImportanceOf(MailContent content) =>
        content.Header.Get("Importance")?.ToLowerInvariant() is ("low" or "high") and var named ? named
            : content.Header.Get("X-Priority") is { Length: > 0 } priority && priority[0] is '1' or '2' ? "high" : "normal";

    private static string ConversationOf(string thread) =>
        $"AAQkAGI{Convert.ToBase64String(Encoding.ASCII.GetBytes(thread.PadRight(20, '.'))).Replace('/', '_').Replace('+', '-')}";

    /// <summary>What came into a folder of the sandbox's user, by delivery or as sample mail, is a message here and nowhere else.</summary>
    private void TakeOver(MailFolder folder, StoredMessage mail)
    {
        Add(new GraphMail(mail.Raw)
        {
            Folder = (WellKnownFolders.NameOf(folder) is { } name ? Folder(name) : FolderAt(folder.Path)).Id,
            IsRead = mail.Has(MessageFlags.Seen),
            IsDraft = mail.Has(MessageFlags.Draft),
            Flag = mail.Has(MessageFlags.Flagged) ? GraphFlag.Flagged : GraphFlag.NotFlagged,
            ReceivedAt = mail.InternalDate,
            EmailId = mail.EmailId,
        });
        folder.Drop(mail.EmailId);
    }

    /// <summary>Keeps a message as it is now.</summary>
    private GraphMessage Store(GraphMessage message)
    {
        var old = messages.GetValueOrDefault(message.Key);
        if (old == message)
        {
            return old;
        }

        var change = ++lastChange;
        var stored = message with
        {
            Change = change,
            ChangeBeyondRead = old is not null && message with { IsRead = old.IsRead } == old ? old.ChangeBeyondRead : change,
            EnteredBy = old is null ? change : message.EnteredBy,
            ModifiedAt = Now,
        };
        messages[stored.Key] = stored;
        contents[stored.FolderKey].Put(stored);
        Touch(stored.FolderKey);
        return stored;
    }

    private void Remove(GraphMessage message, bool isMoved)
    {
        messages.Remove(message.Key);
        contents[message.FolderKey].Remove(message, new GraphRemoval(++lastChange, message.Key, message.Moves, isMoved));
        Touch(message.FolderKey);
    }
}
