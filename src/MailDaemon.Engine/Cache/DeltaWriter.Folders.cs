using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Folders that come, go and change their names.</summary>
internal sealed partial class DeltaWriter
{
    /// <summary>Gives folders that the server knows by the same id the names they have now, whatever was called so before.</summary>
    /// <returns>The numbers of those that were renamed.</returns>
    public IReadOnlySet<long> RenameFolders(IReadOnlyList<CachedFolder> before, IReadOnlyList<Folder> folders)
    {
        var known = before.Where(folder => folder.Folder.ObjectId is not null).ToLookup(folder => folder.Folder.ObjectId!, StringComparer.Ordinal);
        var renamed = folders
            .Where(folder => folder.ObjectId is not null)
            .Select(folder => (Old: known[folder.ObjectId!].FirstOrDefault(), New: folder.Path))
            .Where(rename => rename.Old is not null && rename.Old.Folder.Path != rename.New)
            .Select(rename => (rename.Old!.Id, Old: rename.Old.Folder.Path, rename.New))
            .ToList();

        // First out of each other's way: two may have changed names with one another.
        foreach (var (id, old, _) in renamed)
            Rename(id, old, Passing(id));
        foreach (var (id, _, path) in renamed)
        {
            // What was called so and is not renamed itself is gone.
            Vacate(path);
            Rename(id, Passing(id), path);
            MarkAllUpdated(id);
        }

        return renamed.Select(rename => rename.Id).ToHashSet();
    }

    /// <summary>Gives folders the paths that they have now, by those that they had.</summary>
    public void RenameFolders(IReadOnlyDictionary<string, string> renamed)
    {
        foreach (var (old, path) in renamed.Where(rename => rename.Key != rename.Value))
        {
            if (writer.Number("select id from folders where path = ?1", old) is not { } id)
                continue;
            Vacate(path);
            Rename(id, old, path);
            MarkAllUpdated(id);
        }
    }

    /// <param name="isWanted">Of a folder that is not to be read all mail is old by the time it is.</param>
    public void PutFolder(Folder folder, int position, bool isWanted) => writer.Execute(
        """
        insert into folders (path, name, role, special_use, attributes, selectable, position, object_id, since)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, case when ?9 then coalesce((select listed from passes), ?10) end)
        on conflict (path) do update set name = ?2, role = ?3, special_use = ?4, attributes = ?5, selectable = ?6, position = ?7, object_id = ?8,
            since = case when ?9 then since end
        """,
        folder.Path,
        folder.Name,
        (int)folder.Role,
        folder.SpecialUse,
        RowMapper.Pack(folder.Flags),
        folder.IsSelectable ? 1 : 0,
        position,
        folder.ObjectId,
        isWanted ? 1 : 0,
        now);

    /// <summary>
    /// A folder that the server no longer has: its own messages and cursor go. Where the account is one scope, its messages may live on
    /// elsewhere; the folder then stays, unselectable, until changes have moved them.
    /// </summary>
    public void RemoveFolder(long folder, string path)
    {
        if (writer.Number("select id from scopes where name = ?1", path) is { } scope)
        {
            foreach (var known in MovedOutOf(folder, scope))
                RemoveKnown(known);
            foreach (var key in writer.Query("select key from messages where folder_id = ?1 and scope_id = ?2", row => row.GetString(0), folder, scope))
                _removed.Add(key);
            writer.Execute(
                """
                insert or replace into departed (identity, ordinal, object_id, awaits_rules, was_reset, at)
                select identity, ordinal, object_id, awaits_rules, 0, ?3 from messages where folder_id = ?1 and scope_id = ?2
                """,
                folder,
                scope,
                now);
            var marked = Marked("folder_id = ?1 and scope_id = ?2", folder, scope);
            writer.Execute("delete from messages where folder_id = ?1 and scope_id = ?2", folder, scope);
            marked.ForEach(HandMarkOn);
            writer.Execute("delete from scopes where id = ?1 and not exists (select 1 from messages where scope_id = ?1)", scope);
        }

        writer.Execute("update folders set selectable = 0 where id = ?1", folder);
        writer.Execute("delete from folders where id = ?1 and total = 0", folder);
    }

    /// <summary>Messages that may have been seen elsewhere already, as a move looks that is not over.</summary>
    private List<Known> MovedOutOf(long folder, long scope) => writer.Query(
        $"""
        select {Known.Columns} from messages m where folder_id = ?1 and scope_id = ?2
          and exists (select 1 from messages o where o.identity = m.identity and o.ordinal > m.ordinal and o.folder_id <> ?1)
        """,
        Known.Map,
        folder,
        scope);

    /// <summary>Removes the folder of this path; one that stays because its messages may live on elsewhere gives up its name.</summary>
    private void Vacate(string path)
    {
        if (writer.Number("select id from folders where path = ?1", path) is not { } folder)
            return;
        RemoveFolder(folder, path);
        writer.Execute("update folders set path = ?2 where id = ?1", folder, Passing(folder));
        _folders.Remove(path);
    }

    private void Rename(long folder, string old, string path)
    {
        writer.Execute("update folders set path = ?2 where id = ?1", folder, path);
        _folders.Remove(old);
        writer.Execute("update scopes set name = ?2 where name = ?1", old, path);
    }

    private void MarkAllUpdated(long folder)
    {
        foreach (var key in writer.Query("select key from messages where folder_id = ?1", row => row.GetString(0), folder))
            MarkUpdated(key);
    }

    /// <summary>A name that no server can give: paths have no control characters.</summary>
    private static string Passing(long folder) => $"\u0001{folder}";

    /// <summary>A message may name a folder that the list of folders did not have yet. INBOX is the inbox everywhere (RFC 9051 §5.1).</summary>
    private long FolderId(string path)
    {
        if (_folders.TryGetValue(path, out var id))
            return id;
        id = writer.Number("select id from folders where path = ?1", path)
            ?? writer.Insert(
                "insert into folders (path, name, role, attributes, selectable, position) values (?1, ?1, ?2, '', 1, 1000000)",
                path,
                (int)(string.Equals(path, "INBOX", StringComparison.OrdinalIgnoreCase) ? FolderRole.Inbox : FolderRole.Other));
        _folders.Add(path, id);
        return id;
    }
}
