using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Which message awaits rules. Copies of one mail share one mark, so that rules run once whoever copies and moves it; what was sent is
/// left out: a mail to oneself arrives although it is in Sent already.
/// </summary>
internal sealed partial class DeltaWriter
{
    /// <summary>
    /// Whether a message that came in awaits rules: one that left a folder a short while ago awaits them if that one did, and then it is
    /// not waited for any more. A copy in Sent takes a key and leaves the mark to what arrives elsewhere.
    /// </summary>
    private bool TakeMark(PreparedMessage message, long folder, Departed? departed, IReadOnlyList<Departed> left)
    {
        if (left.Count == 0)
            return !message.Remote.IsBaseline && !IsCopy(message.Identity, message.Remote.ObjectId);
        if (!IsNotSent(folder) && departed is not { WasReset: true })
            return false;

        // Whose place was taken by a copy in Sent is forgotten too: what was waited for has come.
        foreach (var one in left.Where(one => one == departed || one.AwaitsRules || departed is null))
            writer.Execute("delete from departed where identity = ?1 and ordinal = ?2", message.Identity, one.Ordinal);
        return left.Any(one => one.AwaitsRules);
    }

    /// <summary>Whether an equal message is there that arrived before: rules were run on it, or will be.</summary>
    private bool IsCopy(byte[] identity, string? objectId) => writer.Number(
        """
        select 1 from messages m join folders f on f.id = m.folder_id
        where m.identity = ?1 and f.role <> ?2 and (m.object_id is null or ?3 is null or m.object_id = ?3) limit 1
        """,
        identity,
        (int)FolderRole.Sent,
        objectId) is not null;

    private bool IsNotSent(long folder) => writer.Number("select role from folders where id = ?1", folder) != (int)FolderRole.Sent;

    /// <summary>The identities of these rows that await rules, those in Sent left out.</summary>
    private List<byte[]> Marked(string where, params object?[] values) => writer.Query(
        $"select identity from messages where awaits_rules = 1 and {where} and folder_id not in (select id from folders where role = {(int)FolderRole.Sent})",
        row => row.GetFieldValue<byte[]>(0),
        values);

    /// <summary>
    /// Whether a message that goes to another folder awaits rules there. Into Sent it goes as if it had left and a copy had come: the mark
    /// waits for what comes out of Sent again, and an equal message that comes elsewhere is no new mail.
    /// </summary>
    private bool CarryMark(Known known, long folder)
    {
        if (known.FolderId == folder)
            return known.AwaitsRules;
        var (wasSent, isSent) = (!IsNotSent(known.FolderId), !IsNotSent(folder));
        if (wasSent == isSent)
            return known.AwaitsRules;
        if (isSent)
        {
            Depart(known);
            return false;
        }

        var awaits = known.AwaitsRules && !IsCopy(known.Identity, known.ObjectId);
        foreach (var one in DepartedLike(known.Identity, known.ObjectId).Where(one => one.Ordinal == known.Ordinal || one.AwaitsRules))
        {
            writer.Execute("delete from departed where identity = ?1 and ordinal = ?2", known.Identity, one.Ordinal);
            awaits |= one.AwaitsRules;
        }

        return awaits;
    }

    private List<Departed> DepartedLike(byte[] identity, string? objectId) =>
        [.. writer.Query(
            "select ordinal, awaits_rules, was_reset, object_id from departed where identity = ?1",
            row => new Departed(row.GetInt32(0), row.GetInt64(1) != 0, row.GetInt64(2) != 0, RowMapper.TextOrNull(row, 3)),
            identity).Where(one => MayBe(one.ObjectId, objectId))];

    private void HandMarkOn(Known gone)
    {
        if (IsNotSent(gone.FolderId))
            HandMarkOn(gone.Identity);
        else if (IsCopy(gone.Identity, gone.ObjectId) || writer.Number("select 1 from departed where identity = ?1 and ordinal <> ?2", gone.Identity, gone.Ordinal) is not null)
            writer.Execute("update departed set awaits_rules = 0 where identity = ?1 and ordinal = ?2", gone.Identity, gone.Ordinal);
    }

    /// <summary>A message that gave up its mark on its way into Sent leaves it to a copy, if there is one.</summary>
    private void HandMarkOn(Known before, bool awaitsRules)
    {
        if (before.AwaitsRules && !awaitsRules && IsNotSent(before.FolderId))
            HandMarkOn(before.Identity);
    }

    /// <summary>The message that awaited rules has gone: a copy that is left awaits them now, in a folder where they run if there is one.</summary>
    private void HandMarkOn(byte[] identity)
    {
        var isHandedOn = writer.Execute(
            """
            update messages set awaits_rules = 1 where id = (
                select m.id from messages m join folders f on f.id = m.folder_id where m.identity = ?1 and f.role <> ?2
                order by f.role in (?3, ?4, ?5), m.ordinal limit 1)
            """,
            identity,
            (int)FolderRole.Sent,
            (int)FolderRole.Drafts,
            (int)FolderRole.Trash,
            (int)FolderRole.Spam) > 0;
        if (isHandedOn)
            writer.Execute("update departed set awaits_rules = 0 where identity = ?1", identity);
    }
}
