namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <summary>What a delta query tells of a folder: a message as it is now, or that one has left.</summary>
internal readonly record struct GraphChange(long Change, GraphMessage? Message, GraphRemoval Removal);

/// <content>What has changed since a change.</content>
public sealed partial class GraphMailbox
{
    /// <summary>Rises when the server forgets what its links for delta queries stand for.</summary>
    internal int SyncGeneration { get; private set; }

    internal long LastChange
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return lastChange;
        }
    }

    /// <summary>All links of delta queries of now are answered 410 from now on, nextLinks too (10).</summary>
    public void ForgetSyncState()
    {
        using var gate = user.Gate.EnterScope();
        SyncGeneration++;
    }

    /// <summary>Changes of a folder's messages after a change, in their order; a message that was changed twice is told once.</summary>
    /// <param name="losesReturned">Whether a message that left and came back is told as gone only (11).</param>
    internal IReadOnlyList<GraphChange> ChangesAfter(GraphFolder folder, long change, bool losesReturned)
    {
        using var gate = user.Gate.EnterScope();
        var content = contents[folder.Key];
        if (change < content.ForgottenUntil)
        {
            throw new GraphException(GraphError.SyncStateNotFound);
        }

        var removed = content.RemovedAfter(change).GroupBy(removal => removal.Key).Select(group => group.Last()).Where(removal => losesReturned || !content.Holds(removal.Key)).ToArray();
        var lost = losesReturned ? removed.Select(removal => removal.Key).ToHashSet() : [];
        return
        [
            .. content.ChangedAfter(change).Where(message => !lost.Contains(message.Key)).Select(message => new GraphChange(message.Change, message, default))
                .Concat(removed.Select(removal => new GraphChange(removal.Change, null, removal)))
                .OrderBy(one => one.Change),
        ];
    }

    /// <summary>Folders that were created, renamed or moved after a change, and the keys of those that are gone.</summary>
    /// <param name="tellsCounts">Whether a folder whose numbers of messages changed is one of them.</param>
    internal (IReadOnlyList<GraphFolder> Changed, IReadOnlyList<long> Removed) FolderChangesAfter(long change, bool tellsCounts)
    {
        using var gate = user.Gate.EnterScope();
        var changed = Folders.Where(folder => folder.Change > change || (tellsCounts && countChanges.GetValueOrDefault(folder.Key) > change));
        return ([.. changed], [.. removedFolders.Where(removal => removal.Change > change).Select(removal => removal.Key)]);
    }
}
