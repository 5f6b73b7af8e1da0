namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>That a message left a folder.</summary>
/// <param name="Change">The mailbox's change that did it.</param>
/// <param name="Moves">What its id in the folder was made of.</param>
/// <param name="IsMoved">Whether it went to another folder; else it is gone.</param>
internal readonly record struct GraphRemoval(long Change, long Key, int Moves, bool IsMoved);

/// <summary>The newest first; messages of the same second by their ids, as a list in pages needs an order without doubt.</summary>
internal static class GraphOrder
{
    public static Comparer<GraphMessage> NewestFirst { get; } = Comparer<GraphMessage>.Create((left, right) =>
        right.ReceivedAt.CompareTo(left.ReceivedAt) is not 0 and var order ? order : right.Key.CompareTo(left.Key));
}

/// <summary>The messages of a folder, and which have left it. Used under the mailbox's lock.</summary>
internal sealed class FolderContent
{
    private const int MaxRemovals = 200_000;

    private readonly Dictionary<long, GraphMessage> messages = [];
    private readonly List<GraphRemoval> removals = [];
    private GraphMessage[]? newestFirst;

    public GraphMessage[] NewestFirst
    {
        get
        {
            if (newestFirst is null)
            {
                newestFirst = [.. messages.Values];
                Array.Sort(newestFirst, GraphOrder.NewestFirst);
            }

            return newestFirst;
        }
    }

    public int Count => messages.Count;

    public int Unread { get; private set; }

    /// <summary>The change of the newest removal that is forgotten.</summary>
    public long ForgottenUntil { get; private set; }

    public bool Holds(long key) => messages.ContainsKey(key);

    public void Put(GraphMessage message)
    {
        if (messages.TryGetValue(message.Key, out var old))
        {
            Unread -= old.IsRead ? 0 : 1;
        }

        Unread += message.IsRead ? 0 : 1;
        messages[message.Key] = message;
        newestFirst = null;
    }

    public void Remove(GraphMessage message, GraphRemoval removal)
    {
        messages.Remove(message.Key);
        Unread -= message.IsRead ? 0 : 1;
        newestFirst = null;
        removals.Add(removal);
        if (removals.Count > MaxRemovals)
        {
            ForgottenUntil = removals[MaxRemovals / 2].Change;
            removals.RemoveRange(0, (MaxRemovals / 2) + 1);
        }
    }

    /// <summary>The messages that were changed after a change, and those that left, in the order of the changes.</summary>
    public IEnumerable<GraphMessage> ChangedAfter(long change) => messages.Values.Where(message => message.Change > change).OrderBy(message => message.Change);

    public IEnumerable<GraphRemoval> RemovedAfter(long change)
    {
        var first = removals.Count;
        while (first > 0 && removals[first - 1].Change > change)
        {
            first--;
        }

        return removals.Skip(first);
    }
}
