using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Flag changes and removals among the messages that are known, a window at a time: memory does not grow with the folder.</summary>
internal sealed partial class ImapProvider
{
    /// <summary>Known messages that are compared, and changes that are told, at a time.</summary>
    private const int Window = 2_000;

    /// <summary>UIDs of vanished messages that are named without asking what is known.</summary>
    private const int FewVanished = 200;

    private IAsyncEnumerable<Delta> ReconcileAsync(
        ImapFolderSession session,
        GmailAllMail? allMail,
        ImapCursor cursor,
        ImapFolderState server,
        ImapReconcile how,
        KnownMessages known,
        UidSet refused,
        CancellationToken ct) =>
        allMail is not null ? ReadAllMailChangesAsync(session, allMail, cursor, server, how, known, refused, ct)
            : how == ImapReconcile.Everything ? CompareAsync(session.Client, session.Path, server, known, ct)
            : ReadChangesAsync(session.Client, session.Path, cursor, server, how, known, ct);

    /// <summary>What changed since the cursor's mod-sequence (RFC 7162 §3.1.4.1, §3.2.6).</summary>
    private static async IAsyncEnumerable<Delta> ReadChangesAsync(
        ImapClient client, string path, ImapCursor cursor, ImapFolderState server, ImapReconcile how, KnownMessages known, [EnumeratorCancellation] CancellationToken ct)
    {
        var changed = new List<RemoteChange>();
        client.TakeUpdates();
        var request = new FetchRequest { Flags = true, ChangedSince = cursor.ModSeq, Vanished = how == ImapReconcile.ChangesAndVanished };
        await foreach (var message in client.FetchAsync(AllUids(server), request, ct))
        {
            if (message is { Uid: { } uid, Flags: { } flags })
            {
                changed.Add(Change(uid, flags));
            }

            if (changed.Count == Window)
            {
                yield return new Delta { Scope = path, Next = null, Changed = changed };
                changed = [];
            }
        }

        yield return new Delta { Scope = path, Next = null, Changed = changed };
        var updates = client.TakeUpdates();
        var removals = updates.Overflowed ? CompareAsync(client, path, server, known, ct)
            : how == ImapReconcile.ChangesAndVanished ? VanishedAsync(path, server, updates.Vanished, known)
            : MissingAsync(client, path, cursor, server, known, ct);
        await foreach (var delta in removals)
        {
            yield return delta;
        }
    }

    /// <summary>
    /// As <see cref="ReadChangesAsync(ImapClient, string, ImapCursor, ImapFolderState, ImapReconcile, KnownMessages, CancellationToken)"/>
    /// for All Mail, where labels are changes too: one that got the label of another folder is shown there from now on, and one that lost
    /// the last of them is read.
    /// </summary>
    private async IAsyncEnumerable<Delta> ReadAllMailChangesAsync(
        ImapFolderSession session,
        GmailAllMail allMail,
        ImapCursor cursor,
        ImapFolderState server,
        ImapReconcile how,
        KnownMessages known,
        UidSet refused,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var client = session.Client;
        var changed = new List<RemoteChange>();
        var gone = new List<string>();
        var appeared = new List<uint>();
        var request = new FetchRequest { Flags = true, GmailIds = true, ChangedSince = how == ImapReconcile.Everything ? null : cursor.ModSeq };
        await foreach (var message in client.FetchAsync(AllUids(server), request, ct))
        {
            if (message is not { Uid: { } uid, Flags: { } flags, GmailLabels: { } labels })
            {
                continue;
            }

            if (allMail.IsElsewhere(labels))
            {
                gone.Add(RemoteId(uid));
            }
            else if (known(uid, uid, 1).Count > 0)
            {
                changed.Add(Change(uid, flags));
            }
            else if (uid >= cursor.Backfill && uid < cursor.UidNext && !refused.Contains(uid))
            {
                appeared.Add(uid);
            }

            if (changed.Count == Window || gone.Count == Window)
            {
                yield return new Delta { Scope = allMail.Path, Next = null, Changed = changed, Removed = gone };
                (changed, gone) = ([], []);
            }
        }

        yield return new Delta { Scope = allMail.Path, Next = null, Changed = changed, Removed = gone };
        var removals = how == ImapReconcile.Everything
            ? AbsentAsync(client, allMail.Path, server, known, ct)
            : MissingAsync(client, allMail.Path, cursor, server, known, ct);
        await foreach (var delta in removals)
        {
            yield return delta;
        }

        if (appeared.Count > 0 && cursor.Horizon is { } horizon)
        {
            var wanted = await client.SearchAsync(BackfillQuery(horizon), ct);
            appeared.RemoveAll(uid => uid < cursor.Baseline && !wanted.Contains(uid));
        }

        await foreach (var page in new ImapMessageReader(session, cursor.IsBaseline).ReadAsync(appeared, ct))
        {
            yield return new Delta { Scope = allMail.Path, Next = null, Added = page.Messages, Refused = page.Refused };
        }
    }

    /// <summary>Few UIDs are named as they are; of a flood, which may be all that ever were, only those that are known.</summary>
    private static async IAsyncEnumerable<Delta> VanishedAsync(string path, ImapFolderState server, UidSet vanished, KnownMessages known)
    {
        await Task.CompletedTask;
        if (vanished.Count <= FewVanished)
        {
            yield return new Delta { Scope = path, Next = null, Removed = [.. vanished.Select(RemoteId)] };
            yield break;
        }

        foreach (var window in Windows(LastUid(server), known))
        {
            yield return new Delta { Scope = path, Next = null, Removed = [.. window.Messages.Where(k => vanished.Contains(Uid(k.RemoteId))).Select(k => k.RemoteId)] };
        }
    }

    /// <summary>
    /// Without QRESYNC removals are found by comparing UIDs, and only when the count says that something is gone or does not cover what
    /// we moved here ourselves since the last pass.
    /// </summary>
    private static async IAsyncEnumerable<Delta> MissingAsync(
        ImapClient client, string path, ImapCursor cursor, ImapFolderState server, KnownMessages known, [EnumeratorCancellation] CancellationToken ct)
    {
        var isCountRight = server.Exists == cursor.Exists + await CountNewAsync(client, cursor, server, ct);
        if (isCountRight && known(cursor.UidNext, uint.MaxValue, 1).Count == 0)
        {
            yield break;
        }

        await foreach (var delta in AbsentAsync(client, path, server, known, ct))
        {
            yield return delta;
        }
    }

    private static async IAsyncEnumerable<Delta> AbsentAsync(
        ImapClient client, string path, ImapFolderState server, KnownMessages known, [EnumeratorCancellation] CancellationToken ct)
    {
        var present = await client.SearchAsync(SearchQuery.All, ct);
        foreach (var window in Windows(LastUid(server), known))
        {
            yield return new Delta { Scope = path, Next = null, Removed = [.. window.Messages.Where(k => !present.Contains(Uid(k.RemoteId))).Select(k => k.RemoteId)] };
        }
    }

    private static async Task<uint> CountNewAsync(ImapClient client, ImapCursor cursor, ImapFolderState server, CancellationToken ct) =>
        server.UidNext == cursor.UidNext ? 0 : (uint)(await client.SearchAsync(SearchQuery.Uids(UidSet.From(cursor.UidNext)), ct)).Count(u => u >= cursor.UidNext);

    /// <summary>For servers without mod-sequences: every UID with its flags against what is known.</summary>
    private static async IAsyncEnumerable<Delta> CompareAsync(
        ImapClient client, string path, ImapFolderState server, KnownMessages known, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var window in Windows(LastUid(server), known))
        {
            var missing = window.Messages.ToDictionary(k => k.RemoteId, StringComparer.Ordinal);
            var changed = new List<RemoteChange>();
            await foreach (var message in client.FetchAsync(window.Uids, new FetchRequest { Flags = true }, ct))
            {
                // Flags that cannot be read are no sign that the message has gone.
                if (message.Uid is { } uid
                    && missing.Remove(RemoteId(uid), out var before)
                    && message.Flags is { } flags
                    && Change(before, flags) is { } change)
                {
                    changed.Add(change);
                }
            }

            yield return new Delta { Scope = path, Next = null, Changed = changed, Removed = [.. missing.Keys] };
        }
    }

    private static RemoteChange Change(uint uid, IReadOnlyList<string> flags) => new(RemoteId(uid), ImapFlags.Read(flags), ImapFlags.Keywords(flags));

    private static RemoteChange? Change(KnownMessage before, IReadOnlyList<string> flags)
    {
        var keywords = ImapFlags.Keywords(flags);
        return before.Flags == ImapFlags.Read(flags) && before.NativeLabels.SequenceEqual(keywords, StringComparer.Ordinal)
            ? null
            : new RemoteChange(before.RemoteId, ImapFlags.Read(flags), keywords);
    }

    /// <summary>The known messages by UID, and the range of UIDs that each window of them stands for.</summary>
    private static IEnumerable<(UidSet Uids, IReadOnlyList<KnownMessage> Messages)> Windows(uint last, KnownMessages known)
    {
        for (long first = 1; first <= last;)
        {
            var messages = known(first, last, Window);
            if (messages.Count == 0)
            {
                yield break;
            }

            var end = messages.Count < Window ? last : Uid(messages[^1].RemoteId);
            yield return (UidSet.Range(Uid(messages[0].RemoteId), Math.Max(end, Uid(messages[^1].RemoteId))), messages);
            first = end + 1L;
        }
    }

    /// <summary>What is known of a folder below a UID: read before, or moved here by ourselves.</summary>
    private static UidSet UidsOf(KnownMessages known, uint below)
    {
        var all = new List<uint>();
        for (long first = 1; first < below;)
        {
            var window = known(first, below - 1, Window);
            if (window.Count == 0)
            {
                break;
            }

            all.AddRange(window.Select(k => Uid(k.RemoteId)));
            first = all[^1] + 1L;
        }

        return UidSet.Of(all);
    }

    /// <summary>Not only those that passes have read: what we moved here ourselves is known before, and may have gone before a pass came by.</summary>
    private static UidSet AllUids(ImapFolderState server) => UidSet.Range(1, Math.Max(1, LastUid(server)));

    private static uint LastUid(ImapFolderState server) => Math.Max(1, server.UidNext) - 1;
}
