using System.Collections.Immutable;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <summary>
/// A folder as one session sees it: the numbers it has been told, which stay as they are until it is told of a change.
/// </summary>
internal sealed class OpenFolder
{
    private readonly List<StoredMessage> view;
    private readonly HashSet<uint> recent = [];
    private long? upToDateAt;
    private uint lastUid;

    public OpenFolder(MailFolder folder, bool isReadOnly)
    {
        Folder = folder;
        IsReadOnly = isReadOnly;
        var state = folder.State();
        UidValidity = state.UidValidity;
        view = [.. state.Messages];
        lastUid = state.UidNext - 1;
        upToDateAt = state.Version;
        ClaimRecent(view);
        Opened = state;
        Keywords = KeywordsOf(view);
    }

    public MailFolder Folder { get; }

    public bool IsReadOnly { get; }

    public uint UidValidity { get; }

    /// <summary>The folder when it was opened.</summary>
    public FolderState Opened { get; }

    /// <summary>The keywords the session has been told of.</summary>
    public ImmutableSortedSet<string> Keywords { get; private set; }

    public int Count => view.Count;

    public int RecentCount => recent.Count;

    /// <summary>The messages by sequence number less one. Those that are gone and not yet told are among them.</summary>
    public IReadOnlyList<StoredMessage> View => view;

    /// <summary>The largest UID in view, 0 for none.</summary>
    public uint LargestUid => view.Count == 0 ? 0 : view[^1].Uid;

    public bool IsRecent(uint uid) => recent.Contains(uid);

    /// <summary>The sequence number of a UID, 0 when it is not in view.</summary>
    public int SequenceOf(uint uid)
    {
        var (low, high) = (0, view.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (view[middle].Uid == uid)
            {
                return middle + 1;
            }

            (low, high) = view[middle].Uid < uid ? (middle + 1, high) : (low, middle - 1);
        }

        return 0;
    }

    /// <summary>Whether the message has a keyword that the session has not been told of; it counts as told from now on.</summary>
    public bool LearnKeywords(StoredMessage message)
    {
        var keywords = Keywords.Union(KeywordsOf([message]));
        var isNew = keywords.Count > Keywords.Count;
        Keywords = keywords;
        return isNew;
    }

    /// <summary>The session has been told of this state of a message.</summary>
    public void Told(StoredMessage message)
    {
        var sequence = SequenceOf(message.Uid);
        if (sequence > 0)
        {
            view[sequence - 1] = message;
        }
    }

    /// <summary>Ends when there may be something to tell.</summary>
    public Task WaitForChangeAsync(CancellationToken ct) => upToDateAt is { } seen ? Folder.WaitForChangeAsync(seen, ct) : Task.CompletedTask;

    /// <summary>Takes the folder's present state over.</summary>
    /// <param name="withExpunges">False while sequence numbers must not change (RFC 3501 §7.4.1): those gone stay in view.</param>
    /// <returns>What has to be told.</returns>
    /// <exception cref="FolderRebuiltException">It has another UIDVALIDITY.</exception>
    public FolderChanges Refresh(bool withExpunges)
    {
        var state = Folder.State();
        if (state.UidValidity != UidValidity)
        {
            throw new FolderRebuiltException();
        }

        if (state.Version == upToDateAt)
        {
            return FolderChanges.None;
        }

        var (expunged, gone, pending) = (new List<int>(), new List<uint>(), false);
        var changed = new List<uint>();
        var kept = 0;
        var present = 0;
        for (var i = 0; i < view.Count; i++)
        {
            var old = view[i];
            while (present < state.Messages.Length && state.Messages[present].Uid < old.Uid)
            {
                present++;
            }

            var now = present < state.Messages.Length && state.Messages[present].Uid == old.Uid ? state.Messages[present] : null;
            if (now is null && withExpunges)
            {
                expunged.Add(kept + 1);
                gone.Add(old.Uid);
                recent.Remove(old.Uid);
                continue;
            }

            pending |= now is null;
            if (now is not null && now.ModSeq != old.ModSeq)
            {
                changed.Add(old.Uid);
            }

            view[kept++] = now ?? old;
        }

        view.RemoveRange(kept, view.Count - kept);
        var added = state.Messages.SkipWhile(m => m.Uid <= lastUid).ToArray();
        view.AddRange(added);
        lastUid = state.UidNext - 1;
        ClaimRecent(added);
        upToDateAt = pending ? null : state.Version;
        return new FolderChanges(expunged, gone, added.Length, changed);
    }

    private static ImmutableSortedSet<string> KeywordsOf(IEnumerable<StoredMessage> messages) =>
        messages.SelectMany(m => m.Flags).Where(f => !f.StartsWith('\\')).ToImmutableSortedSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>\Recent goes to the first session that is told of a message and may write (RFC 3501 §2.3.2).</summary>
    private void ClaimRecent(IEnumerable<StoredMessage> told)
    {
        var first = Folder.RecentFrom(claim: !IsReadOnly);
        recent.UnionWith(told.Where(m => m.Uid >= first).Select(m => m.Uid));
    }
}

/// <param name="Expunged">Sequence numbers, each counted after those before it are gone.</param>
/// <param name="Gone">The UIDs of the same messages.</param>
/// <param name="Added">How many messages are new.</param>
/// <param name="Changed">UIDs of messages with other flags.</param>
internal sealed record FolderChanges(IReadOnlyList<int> Expunged, IReadOnlyList<uint> Gone, int Added, IReadOnlyList<uint> Changed)
{
    public static FolderChanges None { get; } = new([], [], 0, []);
}

/// <summary>The folder is another one by the same name now; a session cannot go on with it.</summary>
internal sealed class FolderRebuiltException : Exception;
