using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Graph.Mailboxes;

/// <content>Folders: a tree below a root, with those that each mailbox has.</content>
public sealed partial class GraphMailbox
{
    private const int MaxName = 255;

    private readonly Dictionary<long, GraphFolder> folders = [];
    private readonly Dictionary<long, FolderContent> contents = [];
    private readonly List<GraphRemoval> removedFolders = [];
    private readonly Dictionary<long, long> countChanges = [];
    private long rootKey;

    /// <summary>All folders but the root, those above first.</summary>
    public IReadOnlyList<GraphFolder> Folders
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return [.. folders.Values.Where(folder => folder.ParentKey is not null).OrderBy(folder => folder.Key)];
        }
    }

    /// <summary>The folder of a well-known name or an id.</summary>
    /// <exception cref="GraphException">There is none, or the text can be no id.</exception>
    public GraphFolder Folder(string nameOrId)
    {
        using var gate = user.Gate.EnterScope();
        if (folders.Values.FirstOrDefault(folder => folder.WellKnownName?.Equals(nameOrId, StringComparison.OrdinalIgnoreCase) == true) is { } known)
        {
            return known;
        }

        var id = Ids.Read(nameOrId) ?? throw GraphException.MalformedId();
        return id.Kind == GraphIdKind.Folder && folders.GetValueOrDefault(id.Key) is { } found ? found : throw GraphException.NotFound();
    }

    /// <summary>Creates a folder.</summary>
    /// <param name="parent">A well-known name or the id of a folder; null for the root.</param>
    /// <exception cref="GraphException">There is one of the same name, or no such parent, or the name can be none.</exception>
    public GraphFolder CreateFolder(string displayName, string? parent = null, bool isHidden = false)
    {
        using var gate = user.Gate.EnterScope();
        var above = Folder(parent ?? WellKnownFolders.Root);
        ThrowIfBadName(displayName, above.Key);
        return AddFolder(displayName, above.Key, null, isHidden);
    }

    /// <exception cref="GraphException">There is one of the same name, or it is one that each mailbox has.</exception>
    public GraphFolder RenameFolder(string folder, string displayName)
    {
        using var gate = user.Gate.EnterScope();
        var found = OfUser(folder);
        if (found.DisplayName != displayName)
        {
            ThrowIfBadName(displayName, found.ParentKey!.Value, found.Key);
        }

        return StoreFolder(found with { DisplayName = displayName });
    }

    /// <exception cref="GraphException">There is one of the same name, or it would be below itself, or it is one that each mailbox has.</exception>
    public GraphFolder MoveFolder(string folder, string parent)
    {
        using var gate = user.Gate.EnterScope();
        var (found, above) = (OfUser(folder), Folder(parent));
        if (IsBelowOrSame(above.Key, found.Key))
        {
            throw GraphException.InvalidRequest("A folder cannot be moved below itself.");
        }

        ThrowIfBadName(found.DisplayName, above.Key, found.Key);
        return StoreFolder(found with { ParentKey = above.Key, ParentId = above.Id });
    }

    /// <summary>Copies a folder with its messages and the folders below it.</summary>
    /// <exception cref="GraphException">There is one of the same name, or it would be below itself.</exception>
    public GraphFolder CopyFolder(string folder, string parent)
    {
        using var gate = user.Gate.EnterScope();
        var (found, above) = (Folder(folder), Folder(parent));
        if (IsBelowOrSame(above.Key, found.Key))
        {
            throw GraphException.InvalidRequest("A folder cannot be copied below itself.");
        }

        var copy = CreateFolder(found.DisplayName, above.Id);
        foreach (var message in contents[found.Key].NewestFirst)
        {
            CopyTo(message, copy);
        }

        foreach (var child in ChildrenOf(found))
        {
            CopyFolder(child.Id, copy.Id);
        }

        return copy;
    }

    /// <summary>Deletes a folder as a person does: it goes below Deleted Items, and from there it is gone with all that is in it.</summary>
    /// <exception cref="GraphException">It is one that each mailbox has, or is not there.</exception>
    public void DeleteFolder(string folder)
    {
        using var gate = user.Gate.EnterScope();
        var (found, deleted) = (OfUser(folder), Folder(WellKnownFolders.Deleted));
        if (IsBelowOrSame(found.Key, deleted.Key))
        {
            RemoveFolder(found);
            return;
        }

        var taken = ChildrenOf(deleted).Select(child => child.DisplayName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var name = Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? found.DisplayName : $"{found.DisplayName}{number}").First(free => !taken.Contains(free));
        StoreFolder(found with { DisplayName = name, ParentKey = deleted.Key, ParentId = deleted.Id });
    }

    /// <summary>Deletes a folder with all that is in it.</summary>
    /// <exception cref="GraphException">It is one that each mailbox has, or is not there.</exception>
    public void DeleteFolderForGood(string folder)
    {
        using var gate = user.Gate.EnterScope();
        RemoveFolder(OfUser(folder));
    }

    /// <summary>How many messages are in a folder, and how many of them are unread.</summary>
    internal (int Total, int Unread) CountsOf(GraphFolder folder)
    {
        using var gate = user.Gate.EnterScope();
        return (contents[folder.Key].Count, contents[folder.Key].Unread);
    }

    internal IReadOnlyList<GraphFolder> ChildrenOf(GraphFolder folder)
    {
        using var gate = user.Gate.EnterScope();
        return [.. folders.Values.Where(child => child.ParentKey == folder.Key).OrderBy(child => child.DisplayName, StringComparer.OrdinalIgnoreCase)];
    }

    private void AddWellKnownFolders()
    {
        using var gate = user.Gate.EnterScope();
        rootKey = lastKey + 1;
        AddFolder("Top of Information Store", null, WellKnownFolders.Root, isHidden: false);
        foreach (var (name, displayName) in WellKnownFolders.All)
        {
            AddFolder(displayName, rootKey, name, isHidden: false);
        }
    }

    /// <summary>The folder at a path of the sandbox's user, with those above it; what is missing is created.</summary>
    private GraphFolder FolderAt(string path)
    {
        var folder = folders[rootKey];
        foreach (var name in path.Split(MailUser.Delimiter))
        {
            folder = ChildrenOf(folder).FirstOrDefault(child => child.DisplayName.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? AddFolder(name, folder.Key, null, isHidden: false);
        }

        return folder;
    }

    private GraphFolder AddFolder(string displayName, long? parent, string? wellKnownName, bool isHidden)
    {
        var key = ++lastKey;
        contents[key] = new FolderContent();
        return StoreFolder(new GraphFolder
        {
            Key = key,
            Id = Ids.Write(new GraphId(GraphIdKind.Folder, key, 0)),
            ParentKey = parent,
            ParentId = parent is { } above ? folders[above].Id : null,
            DisplayName = displayName,
            WellKnownName = wellKnownName,
            IsHidden = isHidden,
            CreatedBy = lastChange + 1,
        });
    }

    private GraphFolder StoreFolder(GraphFolder folder) => folders[folder.Key] = folder with { Change = ++lastChange };

    private void RemoveFolder(GraphFolder folder)
    {
        foreach (var child in ChildrenOf(folder))
        {
            RemoveFolder(child);
        }

        foreach (var message in contents[folder.Key].NewestFirst)
        {
            Remove(message, isMoved: false);
        }

        folders.Remove(folder.Key);
        contents.Remove(folder.Key);
        removedFolders.Add(new GraphRemoval(++lastChange, folder.Key, 0, IsMoved: false));
    }

    /// <summary>The numbers of messages of a folder are others now.</summary>
    private void Touch(long folderKey) => countChanges[folderKey] = lastChange;

    private GraphFolder OfUser(string folder)
    {
        var found = Folder(folder);
        return found.WellKnownName is null ? found : throw new GraphException(403, "ErrorAccessDenied", "Distinguished folders cannot be changed or deleted.");
    }

    private void ThrowIfBadName(string displayName, long parent, long? except = null)
    {
        if (displayName.Trim().Length == 0 || displayName.Length > MaxName || displayName.Any(char.IsControl))
        {
            throw GraphException.InvalidRequest("The folder name is invalid.");
        }

        if (folders.Values.Any(folder => folder.ParentKey == parent && folder.Key != except && folder.DisplayName.Equals(displayName, StringComparison.OrdinalIgnoreCase)))
        {
            throw GraphException.FolderExists(displayName);
        }
    }

    private bool IsBelowOrSame(long key, long above)
    {
        for (long? at = key; at is { } one; at = folders[one].ParentKey)
        {
            if (one == above)
            {
                return true;
            }
        }

        return false;
    }
}
