namespace MailDaemon.Engine.Cache;

/// <summary>What our own actions did, which no pass need find out.</summary>
internal sealed partial class DeltaWriter
{
    public void Apply(LocalChange change)
    {
        if (FindByKey(change.Key) is not { } known)
            return;
        if (change.IsMissing)
        {
            RemoveKnown(known);
            return;
        }

        if (change.ReplacedBy is { } heirId)
        {
            Replace(known, heirId);
            return;
        }

        if (change.IsRemoved || change.Move is { RemoteId: null })
        {
            Remove(known);
            return;
        }

        var flags = change.Flags is { } given ? (int)given : known.Flags;
        var labels = change.NativeLabels is null ? known.Labels : RowMapper.Pack(change.NativeLabels);
        if (change.Move is null)
        {
            SetState(known, flags, labels, change.ShownIn is { } shown ? FolderId(shown) : known.FolderId);
            return;
        }

        Move(known, change.Move, flags, labels);
    }

    /// <summary>A content that was read again; its words were not in the search index while it was missing.</summary>
    public bool SaveContent(string key, byte[] content)
    {
        if (FindByKey(key) is not { } known)
            return false;
        writer.Execute("update messages set id = ?3, content = ?2 where id = ?1", known.Id, content, NextNumber());
        return true;
    }

    private void Replace(Known known, string heirId)
    {
        var scope = writer.Number("select scope_id from messages where id = ?1", known.Id)!.Value;
        if (Find(scope, heirId) is { } heir && heir.Id != known.Id)
        {
            writer.Execute("update former_ids set message_id = ?2 where message_id = ?1", known.Id, heir.Id);
            writer.Execute("insert or replace into former_ids (remote_id, scope_id, message_id) select remote_id, scope_id, ?2 from messages where id = ?1", known.Id, heir.Id);
            Bequeath(known, heir, awaitsRules: false);
        }
        else
            Remove(known);
    }

    private void Move(Known known, LocalMove move, int flags, string labels)
    {
        var scope = ScopeId(move.Scope);
        var folder = FolderId(move.FolderPath);
        var awaitsRules = CarryMark(known, folder);
        if (Find(scope, move.RemoteId!) is { } arrived && arrived.Id != known.Id)
        {
            // A pass was quicker and has it in its new folder already.
            Bequeath(known, arrived, awaitsRules);
            SetState(FindByKey(known.Key)!, flags, labels, folder);
        }
        else
        {
            writer.Execute(
                """
                update messages set scope_id = ?2, remote_id = ?3, uid = ?4, folder_id = ?5, flags = ?6, labels = ?7, awaits_rules = ?8, was_moved = 1
                where id = ?1
                """,
                known.Id,
                scope,
                move.RemoteId,
                move.Uid,
                folder,
                flags,
                labels,
                awaitsRules ? 1 : 0);
            MarkUpdated(known.Key);
        }

        HandMarkOn(known, awaitsRules);
    }

    private Known? FindByKey(string key) =>
        writer.First($"select {Known.Columns} from messages where key = ?1", Known.Map, key)
        ?? writer.First($"select {Known.Columns} from messages where id = (select message_id from aliases where key = ?1)", Known.Map, key);
}
