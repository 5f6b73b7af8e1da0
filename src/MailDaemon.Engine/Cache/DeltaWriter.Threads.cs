namespace MailDaemon.Engine.Cache;

/// <summary>
/// Conversations. Which messages belong together depends on what they name, not on the order in which they come: whatever names the same
/// id is one conversation, and one that ties two together makes them one. Its id is the smallest of those that its members would have
/// alone, which is that of the message that began it; an id that was given out before still leads to it.
/// </summary>
internal sealed partial class DeltaWriter
{
    /// <summary>The conversation of a message; those that it ties together become one.</summary>
    private string Thread(ThreadLinks links)
    {
        if (links.IsNative)
            return links.Own;
        var tied = Tied(links);
        if (tied.Count == 0 || (tied.Count == 1 && tied[0] == links.Own))
        {
            Keep(links, links.Own);
            return links.Own;
        }

        var thread = tied.Append(links.Own).Min(StringComparer.Ordinal)!;
        foreach (var other in tied.Where(other => other != thread))
            Merge(other, thread);
        Keep(links, thread);
        return thread;
    }

    private List<string> Tied(ThreadLinks links)
    {
        var tied = links.Nodes.Count switch
        {
            0 => [],
            1 => writer.Query("select thread from thread_nodes where node = ?1", row => row.GetString(0), links.Nodes[0]),
            _ => writer.Query(
                "select distinct n.thread from json_each(?1) j cross join thread_nodes n on n.node = j.value",
                row => row.GetString(0),
                RowMapper.Pack(links.Nodes)),
        };
        if (links.Subject is not { } subject)
            return tied;

        // An answer that names nothing belongs to all that began with its subject, and they to it.
        tied.AddRange(writer.Query("select thread from thread_nodes where node = ?1", row => row.GetString(0), ThreadLinks.SubjectNode(subject)));
        if (links.IsOrphan)
            tied.AddRange(writer.Query("select distinct thread from messages indexed by messages_by_subject where subject_hash = ?1", row => row.GetString(0), subject));
        return [.. tied.Distinct(StringComparer.Ordinal)];
    }

    private void Keep(ThreadLinks links, string thread)
    {
        foreach (var node in links.Nodes)
            writer.Execute("insert or ignore into thread_nodes (node, thread) values (?1, ?2)", node, thread);
        if (links is { IsOrphan: true, Subject: { } subject })
            writer.Execute("insert or ignore into thread_nodes (node, thread) values (?1, ?2)", ThreadLinks.SubjectNode(subject), thread);
    }

    private void Merge(string old, string thread)
    {
        foreach (var key in writer.Query("select key from messages where thread = ?1", row => row.GetString(0), old))
            MarkUpdated(key);
        writer.Execute("update messages set thread = ?2 where thread = ?1", old, thread);
        writer.Execute("update thread_nodes set thread = ?2 where thread = ?1", old, thread);
        writer.Execute("update thread_merges set thread = ?2 where thread = ?1", old, thread);
        writer.Execute("insert or replace into thread_merges (old, thread) values (?1, ?2)", old, thread);

        // It may have been merged the other way before its last member left.
        writer.Execute("delete from thread_merges where old = ?1", thread);
    }
}
