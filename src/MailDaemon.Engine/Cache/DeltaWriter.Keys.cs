using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>Leaving, arriving and moving: who has which key.</summary>
internal sealed partial class DeltaWriter
{
    /// <summary>
    /// The place of one that departed, else the smallest that no message of this identity has or is known by. Where the server has ids of
    /// its own (RFC 8474 §5.1), one of another id is another message.
    /// </summary>
    private (int Ordinal, Departed? Departed) ChooseOrdinal(byte[] identity, string? objectId, out IReadOnlyList<Departed> left)
    {
        var equals = writer.Query(
            """
            select ordinal, null, null, null from messages where identity = ?1
            union all select ordinal, null, null, null from aliases where identity = ?1
            union all select ordinal, awaits_rules, was_reset, object_id from departed where identity = ?1
            """,
            row => (
                Ordinal: row.GetInt32(0),
                Departed: row.IsDBNull(1) ? null : new Departed(row.GetInt32(0), row.GetInt64(1) != 0, row.GetInt64(2) != 0, RowMapper.TextOrNull(row, 3))),
            identity);
        if (equals.Count == 0)
        {
            left = [];
            return (0, null);
        }

        left = [.. equals.Select(equal => equal.Departed).OfType<Departed>().Where(one => MayBe(one.ObjectId, objectId))];
        var used = equals.Where(equal => equal.Departed is null).Select(equal => equal.Ordinal).ToHashSet();
        if (left.Where(one => !used.Contains(one.Ordinal)).OrderBy(one => one.ObjectId is null).ThenBy(one => one.Ordinal).FirstOrDefault() is { } departed)
            return (departed.Ordinal, departed);

        // Places of others that departed are kept for them.
        used.UnionWith(equals.Select(equal => equal.Ordinal));
        var ordinal = 0;
        while (used.Contains(ordinal))
            ordinal++;
        return (ordinal, null);
    }

    /// <summary>Ids that are not known may be the same.</summary>
    private static bool MayBe(string? one, string? other) => one is null || other is null || one == other;

    private void RemoveRemote(long scope, string remoteId)
    {
        if (Find(scope, remoteId) is { } known)
            RemoveKnown(known);
    }

    private void RemoveKnown(Known known)
    {
        if (FindHeir(known) is { } heir)
            Bequeath(known, heir, known.AwaitsRules || heir.AwaitsRules);
        else
            Remove(known);
    }

    /// <summary>The row goes; for a day an equal message is taken for this one.</summary>
    private void Remove(Known known)
    {
        Depart(known);
        Drop(known);
        if (known.AwaitsRules)
            HandMarkOn(known);
        _updated.Remove(known.Key);
        if (!_added.Remove(known.Key))
            _removed.Add(known.Key);
    }

    private void Depart(Known known) => writer.Execute(
        """
        insert into departed (identity, ordinal, awaits_rules, was_reset, at, object_id) values (?1, ?2, ?3, 0, ?4, ?5)
        on conflict (identity, ordinal) do update set awaits_rules = max(awaits_rules, ?3), was_reset = 0, at = ?4, object_id = ?5
        """,
        known.Identity,
        known.Ordinal,
        known.AwaitsRules ? 1 : 0,
        now,
        known.ObjectId);

    /// <summary>
    /// An equal message that came into another folder a moment ago: the server's move, seen from its far end first; by now we may have
    /// moved it back. What was sent is left out: a mail to oneself is in two folders by right. Where one scope is the whole account, one of
    /// another id that came later into the same folder is the same mail too: Outlook gave it another id.
    /// </summary>
    private Known? FindHeir(Known known) => writer.First(
        $"""
        select {Known.Columns} from messages
        where identity = ?1 and ordinal > ?2 and added_at >= ?3
          and (folder_id <> ?4 or was_moved = 1 or (added_at > ?7 and exists (select 1 from scopes where id = messages.scope_id and name = '')))
          and ?5 not in (select role from folders where id = messages.folder_id)
          and ?5 not in (select role from folders where id = ?4)
          and (object_id is null or ?6 is null or object_id = ?6)
        order by object_id is null, ordinal limit 1
        """,
        Known.Map,
        known.Identity,
        known.Ordinal,
        Math.Max(known.AddedAt, now - HeirLifetime),
        known.FolderId,
        (int)FolderRole.Sent,
        known.ObjectId,
        known.AddedAt);

    /// <summary>The heir takes the older identity and key and is still found by its own.</summary>
    private void Bequeath(Known known, Known heir, bool awaitsRules)
    {
        writer.Execute("update aliases set message_id = ?2 where message_id = ?1", known.Id, heir.Id);
        writer.Execute(
            "insert into aliases (key, identity, ordinal, message_id) values (?1, ?2, ?3, ?4)", heir.Key, heir.Identity, heir.Ordinal, heir.Id);
        Drop(known);
        writer.Execute(
            "update messages set key = ?2, identity = ?3, ordinal = ?4, added_at = ?5, awaits_rules = ?6 where id = ?1",
            heir.Id,
            known.Key,
            known.Identity,
            known.Ordinal,
            known.AddedAt,
            awaitsRules ? 1 : 0);
        _added.Remove(heir.Key);
        _updated.Remove(heir.Key);
        _updated.Add(known.Key);
    }

    private void Drop(Known known)
    {
        writer.Execute("delete from messages where id = ?1", known.Id);
        _droppedContents.Add(known.Content);
    }

    private sealed record Departed(int Ordinal, bool AwaitsRules, bool WasReset, string? ObjectId);
}
