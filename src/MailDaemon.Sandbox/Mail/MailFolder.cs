using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Mail;

/// <summary>
/// A folder of a user with its messages in the order of their UIDs, and what it remembers of those that are gone.
/// May be used from any thread; every change is told to the sessions that have the folder open.
/// </summary>
public sealed class MailFolder
{
    private const int MaxTombstones = 100_000;

    private readonly MailUser user;
    private readonly List<StoredMessage> messages = [];
    private readonly Dictionary<string, uint> uids = new(StringComparer.Ordinal);
    private readonly Queue<(uint Uid, long ModSeq)> tombstones = new();
    private StoredMessage[]? snapshot;
    private TaskCompletionSource changed = NewSignal();
    private uint uidNext = 1;
    private uint uidValidity;
    private uint recentFrom = 1;
    private long highestModSeq = 1;
    private long forgottenModSeq;
    private long version;

    internal MailFolder(MailUser user, string path, SpecialUse use, uint uidValidity)
    {
        this.user = user;
        this.uidValidity = uidValidity;
        Path = path;
        Use = use;
        MailboxId = $"F{uidValidity}";
    }

    /// <summary>The full name, levels parted by <c>/</c>, in Unicode.</summary>
    public string Path { get; internal set; }

    public SpecialUse Use { get; }

    /// <summary>False for a level of the hierarchy that holds no messages (<c>\Noselect</c>).</summary>
    public bool IsSelectable { get; internal set; } = true;

    /// <summary>Names the folder through renames (RFC 8474).</summary>
    public string MailboxId { get; }

    public uint UidValidity => Locked(() => uidValidity);

    public uint UidNext => Locked(() => uidNext);

    public long HighestModSeq => Locked(() => highestModSeq);

    /// <summary>The messages of this moment, by rising UID.</summary>
    public IReadOnlyList<StoredMessage> Messages => State().Messages;

    /// <summary>Adds a message.</summary>
    /// <param name="flags">Null for none.</param>
    /// <param name="internalDate">Null for now.</param>
    public StoredMessage Append(ReadOnlyMemory<byte> raw, IEnumerable<string>? flags = null, DateTimeOffset? internalDate = null) =>
        Locked(() =>
        {
            var emailId = user.NextEmailId();
            var message = Add(new StoredMessage
            {
                Uid = uidNext,
                Raw = raw,
                Flags = MessageFlags.Set(flags ?? []),
                InternalDate = internalDate ?? user.Now,
                ModSeq = ++highestModSeq,
                EmailId = emailId,
                ThreadId = user.ThreadOf(raw, emailId),
            });
            Announce();
            user.Gmail?.Placed(this, message);
            user.PassOn?.Invoke(this, message);
            return message;
        });

    /// <summary>Changes the flags of messages; those unchanged keep their modification sequence, unknown UIDs are passed over.</summary>
    /// <param name="change">Gets the present flags and returns the new ones.</param>
    /// <param name="unchangedSince">Messages with a higher modification sequence are left alone; null for no condition.</param>
    /// <returns>The UIDs left alone because of <paramref name="unchangedSince"/>.</returns>
    public IReadOnlyList<uint> ChangeFlags(
        IEnumerable<uint> uids, Func<ImmutableSortedSet<string>, ImmutableSortedSet<string>> change, long? unchangedSince = null) =>
        Locked(() =>
        {
            var refused = new List<uint>();
            var modSeq = highestModSeq + 1;
            foreach (var uid in uids)
            {
                var index = IndexOf(uid);
                if (index < 0)
                {
                    continue;
                }

                var message = messages[index];
                if (message.ModSeq > unchangedSince)
                {
                    refused.Add(uid);
                    continue;
                }

                var flags = change(message.Flags);
                if (!flags.SetEquals(message.Flags))
                {
                    messages[index] = message with { Flags = flags, ModSeq = modSeq };
                    highestModSeq = modSeq;
                    user.Gmail?.Flagged(this, message.EmailId, flags);
                }
            }

            if (highestModSeq == modSeq)
            {
                Announce();
            }

            return refused;
        });

    /// <summary>Removes messages for good; unknown UIDs are passed over.</summary>
    public void Expunge(IEnumerable<uint> uids) => Locked(() => RemoveForGood(uids));

    /// <summary>Copies messages to a folder of the same user, which may be this one.</summary>
    /// <returns>Old and new UID of each message that was there.</returns>
    public IReadOnlyList<(uint From, uint To)> CopyTo(MailFolder target, IEnumerable<uint> uids) =>
        Locked(() => Copy(target, uids));

    /// <summary>Moves messages to a folder of the same user in one step, which no other session sees half done (RFC 6851).</summary>
    /// <returns>Old and new UID of each message that was there.</returns>
    public IReadOnlyList<(uint From, uint To)> MoveTo(MailFolder target, IEnumerable<uint> uids) =>
        Locked(() =>
        {
            var pairs = Copy(target, uids);
            RemoveForGood(pairs.Select(p => p.From));
            return pairs;
        });

    /// <summary>
    /// What a server does after its index was lost: all messages stay and get other UIDs, under a new UIDVALIDITY.
    /// Sessions that have the folder open are told nothing of it until they open it again.
    /// </summary>
    public void RebuildWithNewUidValidity() => Locked(() =>
    {
        var old = messages.ToArray();
        messages.Clear();
        uids.Clear();
        tombstones.Clear();
        uidValidity = user.NextUidValidity();
        uidNext = recentFrom = 1;
        highestModSeq = 1;
        forgottenModSeq = 0;
        foreach (var message in old)
        {
            Add(message with { Uid = uidNext, ModSeq = highestModSeq });
        }

        Announce();
    });

    /// <summary>
    /// What a server does after the modification sequences of its index were lost: all messages stay as they are, under their UIDs, and
    /// HIGHESTMODSEQ begins anew. Which messages are gone is forgotten.
    /// </summary>
    public void RestartModSeqs() => Locked(() =>
    {
        tombstones.Clear();
        highestModSeq = 1;
        forgottenModSeq = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            messages[i] = messages[i] with { ModSeq = 1 };
        }

        Announce();
    });

    /// <summary>All of the folder at one moment.</summary>
    internal FolderState State() => Locked(() =>
        new FolderState(snapshot ??= [.. messages], uidValidity, uidNext, highestModSeq, version));

    /// <summary>
    /// The UIDs removed after <paramref name="modSeq"/>. When the folder does not remember that far back, every UID that is not there now.
    /// </summary>
    internal IReadOnlyList<uint> VanishedSince(long modSeq) => Locked<IReadOnlyList<uint>>(() =>
    {
        if (modSeq >= forgottenModSeq)
        {
            return [.. tombstones.Where(t => t.ModSeq > modSeq).Select(t => t.Uid).Order()];
        }

        var present = messages.Select(m => m.Uid).ToHashSet();
        var gone = new List<uint>();
        for (uint uid = 1; uid < uidNext; uid++)
        {
            if (!present.Contains(uid))
            {
                gone.Add(uid);
            }
        }

        return gone;
    });

    /// <summary>The first UID that no session has been told of yet; with <paramref name="claim"/> the caller is the one that is told.</summary>
    internal uint RecentFrom(bool claim) => Locked(() =>
    {
        var first = recentFrom;
        recentFrom = claim ? uidNext : recentFrom;
        return first;
    });

    /// <summary>Ends when the folder is no longer as it was at <paramref name="seen"/>.</summary>
    internal Task WaitForChangeAsync(long seen, CancellationToken ct) =>
        Locked(() => version == seen ? changed.Task : Task.CompletedTask).WaitAsync(ct);

    /// <summary>Empties the folder, as DELETE and RENAME of a folder do; the sessions see every message go.</summary>
    internal void Clear() => Locked(() => RemoveForGood(messages.Select(m => m.Uid)));

    /// <summary>The message of this content, null when it is not here.</summary>
    internal StoredMessage? Find(string emailId) =>
        Locked(() => uids.TryGetValue(emailId, out var uid) ? messages[IndexOf(uid)] : null);

    /// <summary>Adds a message that is in another folder too, and nothing more.</summary>
    internal StoredMessage Put(StoredMessage message) => Locked(() =>
    {
        var added = Add(message with { Uid = uidNext, ModSeq = ++highestModSeq });
        Announce();
        return added;
    });

    /// <summary>Makes the message of this content another, under a new modification sequence, if it is here.</summary>
    internal void Replace(string emailId, Func<StoredMessage, StoredMessage> change) => Locked(() =>
    {
        if (uids.TryGetValue(emailId, out var uid))
        {
            var index = IndexOf(uid);
            messages[index] = change(messages[index]) with { ModSeq = ++highestModSeq };
            Announce();
        }
    });

    /// <summary>Removes the message of this content, and nothing more.</summary>
    internal void Drop(string emailId) => Locked(() =>
    {
        if (uids.TryGetValue(emailId, out var uid))
        {
            Remove([uid]);
        }
    });

    /// <summary>Removes the message of this content for good, as <see cref="Expunge(IEnumerable{uint})"/> does.</summary>
    internal void Expunge(string emailId) => Locked(() =>
    {
        if (uids.TryGetValue(emailId, out var uid))
        {
            RemoveForGood([uid]);
        }
    });

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<(uint From, uint To)> Copy(MailFolder target, IEnumerable<uint> uids)
    {
        var pairs = new List<(uint, uint)>();
        var modSeq = target.highestModSeq + 1;
        foreach (var uid in uids.Order().ToArray())
        {
            var index = IndexOf(uid);
            if (index >= 0)
            {
                pairs.Add((uid, Place(target, messages[index], modSeq)));
            }
        }

        if (pairs.Count > 0)
        {
            target.highestModSeq = Math.Max(target.highestModSeq, modSeq);
            target.Announce();
        }

        return pairs;
    }

    private uint Place(MailFolder target, StoredMessage message, long modSeq)
    {
        if (user.Gmail is not { } gmail)
        {
            return target.Add(message with { Uid = target.uidNext, ModSeq = modSeq }).Uid;
        }

        // A label is given once.
        if (target.Find(message.EmailId) is { } present)
        {
            return present.Uid;
        }

        var placed = target.Put(message);
        gmail.Placed(target, placed);
        return placed.Uid;
    }

    private StoredMessage Add(StoredMessage message)
    {
        uidNext = message.Uid + 1;
        messages.Add(message);
        uids[message.EmailId] = message.Uid;
        return message;
    }

    private void RemoveForGood(IEnumerable<uint> uids)
    {
        if (user.Gmail is null)
        {
            Remove(uids.ToHashSet());
        }
        else if (!GmailLabels.Keeps(this))
        {
            user.Gmail.Taken(this, Remove(uids.ToHashSet()));
        }
    }

    /// <returns>The content ids of those that were there.</returns>
    private List<string> Remove(HashSet<uint> which)
    {
        // One message is the usual case, and must not cost a walk through the folder.
        var only = which.Count == 1 ? IndexOf(which.First()) : -1;
        var gone = only >= 0 ? [messages[only]] : which.Count == 1 ? [] : messages.Where(m => which.Contains(m.Uid)).ToList();
        if (gone.Count == 0)
        {
            return [];
        }

        highestModSeq++;
        if (only >= 0)
        {
            messages.RemoveAt(only);
        }
        else
        {
            messages.RemoveAll(m => which.Contains(m.Uid));
        }

        foreach (var message in gone)
        {
            tombstones.Enqueue((message.Uid, highestModSeq));
            if (uids.GetValueOrDefault(message.EmailId) == message.Uid)
            {
                uids.Remove(message.EmailId);
            }
        }

        while (tombstones.Count > MaxTombstones)
        {
            forgottenModSeq = tombstones.Dequeue().ModSeq;
        }

        Announce();
        return gone.ConvertAll(m => m.EmailId);
    }

    private int IndexOf(uint uid)
    {
        var (low, high) = (0, messages.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (messages[middle].Uid == uid)
            {
                return middle;
            }

            (low, high) = messages[middle].Uid < uid ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private void Announce()
    {
        version++;
        snapshot = null;
        changed.SetResult();
        changed = NewSignal();
    }

    private T Locked<T>(Func<T> action)
    {
        lock (user.Gate)
        {
            return action();
        }
    }

    private void Locked(Action action)
    {
        lock (user.Gate)
        {
            action();
        }
    }
}

/// <param name="Version">Rises with every change of the folder.</param>
internal sealed record FolderState(StoredMessage[] Messages, uint UidValidity, uint UidNext, long HighestModSeq, long Version)
{
    /// <summary>The message with this UID, null when it is gone.</summary>
    public StoredMessage? Find(uint uid)
    {
        var (low, high) = (0, Messages.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var message = Messages[middle];
            if (message.Uid == uid)
            {
                return message;
            }

            (low, high) = message.Uid < uid ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
