namespace MailDaemon.Sandbox.Mail;

/// <summary>A user with folders and subscriptions. May be used from any thread.</summary>
public sealed class MailUser
{
    /// <summary>Parts the levels of a folder's path.</summary>
    public const char Delimiter = '/';

    private const string InboxName = "INBOX";

    private readonly MailWorld world;
    private readonly Dictionary<string, MailFolder> folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> subscriptions = new(StringComparer.Ordinal);
    private readonly MailThreads threads;

    internal MailUser(MailWorld world, string address, string password, string displayName, bool isGmail)
    {
        this.world = world;
        Gmail = isGmail ? new GmailLabels(this) : null;
        threads = new MailThreads(needsSameSubject: isGmail);
        Address = address;
        Password = password;
        DisplayName = displayName;
        Inbox = CreateFolder(InboxName);
        Subscribe(InboxName);
    }

    public string Address { get; }

    public string Password { get; }

    public string DisplayName { get; }

    public MailFolder Inbox { get; }

    /// <summary>All folders by path, the levels that hold no messages included.</summary>
    public IReadOnlyList<MailFolder> Folders
    {
        get
        {
            lock (Gate)
            {
                return [.. folders.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The folders' paths and others that the user is subscribed to; they need not exist.</summary>
    public IReadOnlyList<string> Subscriptions
    {
        get
        {
            lock (Gate)
            {
                return [.. subscriptions.Order(StringComparer.Ordinal)];
            }
        }
    }

    internal Lock Gate { get; } = new();

    /// <summary>Null where folders are folders.</summary>
    internal GmailLabels? Gmail { get; }

    /// <summary>Where the mailbox lives that each appended message goes on to; called under <see cref="Gate"/>. Null where the folders are the mailbox.</summary>
    internal Action<MailFolder, StoredMessage>? PassOn { get; set; }

    internal DateTimeOffset Now => world.Now;

    /// <summary>Rises when a folder comes, goes, or begins or ceases to hold messages.</summary>
    internal long FoldersVersion { get; private set; }

    public MailFolder? Find(string path)
    {
        lock (Gate)
        {
            return folders.GetValueOrDefault(Normalize(path));
        }
    }

    /// <summary>Creates a folder, and the levels above it that are missing.</summary>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    /// <exception cref="ArgumentException">The path has an empty level or a control character, or is longer than 1,000 characters.</exception>
    public MailFolder CreateFolder(string path, SpecialUse use = SpecialUse.None)
    {
        path = Normalize(path);
        ThrowIfBad(path);
        lock (Gate)
        {
            if (folders.TryGetValue(path, out var present))
            {
                if (present.IsSelectable)
                {
                    throw new InvalidOperationException($"The folder {path} is there already");
                }

                present.IsSelectable = true;
                FoldersVersion++;
                return present;
            }

            AddLevelsAbove(path);
            return AddIfMissing(path, use);
        }
    }

    /// <summary>Creates a level of the hierarchy that holds folders and no messages (<c>\Noselect</c>).</summary>
    public void CreateLevel(string path)
    {
        lock (Gate)
        {
            CreateFolder(path).IsSelectable = false;
            FoldersVersion++;
        }
    }

    /// <summary>Deletes a folder with its messages; one that has folders below it stays as a level without messages.</summary>
    /// <exception cref="InvalidOperationException">It is INBOX, is not there, or is only a level with folders below.</exception>
    public void DeleteFolder(string path)
    {
        lock (Gate)
        {
            var folder = Find(path) ?? throw new InvalidOperationException($"There is no folder {path}");
            var hasChildren = folders.Keys.Any(k => IsBelow(k, folder.Path));
            if (folder == Inbox || (hasChildren && !folder.IsSelectable))
            {
                throw new InvalidOperationException($"The folder {path} cannot be deleted");
            }

            folder.Clear();
            folders.Remove(folder.Path);
            FoldersVersion++;
            if (hasChildren)
            {
                AddIfMissing(folder.Path, SpecialUse.None).IsSelectable = false;
            }
        }
    }

    /// <summary>Renames a folder and all below it; renaming INBOX moves its messages to a new folder instead (RFC 3501 §6.3.5).</summary>
    /// <exception cref="InvalidOperationException">There is none of the old name, or one of the new name, or the new lies below the old.</exception>
    public void RenameFolder(string from, string to)
    {
        to = Normalize(to);
        ThrowIfBad(to);
        lock (Gate)
        {
            var folder = Find(from) ?? throw new InvalidOperationException($"There is no folder {from}");
            if (folders.ContainsKey(to) || IsBelow(to, folder.Path))
            {
                throw new InvalidOperationException($"The folder {from} cannot become {to}");
            }

            if (folder == Inbox)
            {
                Inbox.MoveTo(CreateFolder(to), Inbox.Messages.Select(m => m.Uid));
                return;
            }

            var old = folder.Path;
            AddLevelsAbove(to);
            foreach (var moved in folders.Values.Where(f => f.Path == old || IsBelow(f.Path, old)).ToArray())
            {
                folders.Remove(moved.Path);
                moved.Path = to + moved.Path[old.Length..];
                folders.Add(moved.Path, moved);
            }
        }
    }

    public void Subscribe(string path)
    {
        lock (Gate)
        {
            subscriptions.Add(Normalize(path));
        }
    }

    public void Unsubscribe(string path)
    {
        lock (Gate)
        {
            subscriptions.Remove(Normalize(path));
        }
    }

    internal uint NextUidValidity() => world.NextUidValidity();

    internal string NextEmailId() => world.NextEmailId();

    internal string ThreadOf(ReadOnlyMemory<byte> message, string emailId) => threads.ThreadOf(message.Span, emailId);

    internal static bool IsBelow(string path, string parent) =>
        path.Length > parent.Length && path[parent.Length] == Delimiter && path.StartsWith(parent, StringComparison.Ordinal);

    /// <summary>INBOX in any case is INBOX, also as the first level.</summary>
    private static string Normalize(string path)
    {
        path = path.TrimEnd(Delimiter);
        var isInbox = path.StartsWith(InboxName, StringComparison.OrdinalIgnoreCase)
            && (path.Length == InboxName.Length || path[InboxName.Length] == Delimiter);
        return isInbox ? string.Concat(InboxName, path.AsSpan(InboxName.Length)) : path;
    }

    private static void ThrowIfBad(string path)
    {
        if (path.Length is 0 or > 1000 || path.Any(char.IsControl) || path.Split(Delimiter).Any(level => level.Length == 0))
        {
            throw new ArgumentException("A folder needs a name without empty levels and control characters, of at most 1,000 characters", nameof(path));
        }
    }

    /// <summary>At Gmail the label a/b makes no label a: the level above holds no messages.</summary>
    private void AddLevelsAbove(string path)
    {
        for (var end = path.IndexOf(Delimiter, StringComparison.Ordinal); end > 0; end = path.IndexOf(Delimiter, end + 1))
        {
            if (!folders.ContainsKey(path[..end]))
            {
                AddIfMissing(path[..end], SpecialUse.None).IsSelectable = Gmail is null;
            }
        }
    }

    private MailFolder AddIfMissing(string path, SpecialUse use)
    {
        if (!folders.TryGetValue(path, out var folder))
        {
            folder = new MailFolder(this, path, use, world.NextUidValidity());
            folders.Add(path, folder);
            FoldersVersion++;
        }

        return folder;
    }
}
