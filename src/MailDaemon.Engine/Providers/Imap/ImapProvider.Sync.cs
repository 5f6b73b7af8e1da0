using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Reading what changed: the plan decides, these steps carry it out.</summary>
internal sealed partial class ImapProvider
{
    /// <summary>Messages a page: large enough to keep the line busy, small enough to show and to repeat.</summary>
    private const int PageSize = 200;

    /// <summary>The first page is what the user waits for.</summary>
    private const int FirstPageSize = 50;

    public async IAsyncEnumerable<Delta> ReadChangesAsync(
        IReadOnlyList<ScopeRequest> scopes, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var scope in scopes)
        {
            await foreach (var delta in Guarded(scope, ReadScopeAsync(scope, ct), ct))
            {
                yield return delta;
            }
        }
    }

    public Task<RemotePage> ReadPageAsync(RemotePageRequest request, CancellationToken ct)
    {
        if (request.PageToken is not null || request.Query is not null)
        {
            throw MailException.InvalidInput("invalid_parameter", "pageToken and query are for Gmail; on IMAP older mail is read by offset.");
        }

        return connections.RunAsync(
            async (client, token) =>
            {
                await client.SelectAsync(request.Folder, new SelectOptions { ReadOnly = true }, token);
                var all = await client.SearchAsync(SearchQuery.All, token);
                var page = UidSet.Of(all.OrderDescending().Skip(request.Offset).Take(request.Limit));
                var reader = new ImapMessageReader(client, request.Folder, ImapCursor.Read(request.Cursor)?.Baseline ?? uint.MaxValue);
                return new RemotePage(request.Folder, page.Count == 0 ? [] : await reader.ReadAsync(page, token), (int)all.Count);
            },
            ct);
    }

    /// <summary>A folder that fails yields its failure; what concerns the whole account is thrown.</summary>
    private async IAsyncEnumerable<Delta> Guarded(ScopeRequest scope, IAsyncEnumerable<Delta> pages, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var pager = pages.GetAsyncEnumerator(ct);
        while (true)
        {
            MailException? failure = null;
            var hasPage = false;
            try
            {
                hasPage = await pager.MoveNextAsync();
            }
            catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
            {
                if (fault.Fault is MailFault.NotAuthorized or MailFault.Unreachable or MailFault.Timeout || fault.Code == "connection_lost")
                {
                    throw ReferenceEquals(fault, e) ? e : fault;
                }

                failure = fault;
            }

            if (failure is not null)
            {
                yield return new Delta { Scope = scope.State.Scope, Next = null, Failure = failure };
                yield break;
            }

            if (!hasPage)
            {
                yield break;
            }

            yield return pager.Current;
        }
    }

    private async IAsyncEnumerable<Delta> ReadScopeAsync(ScopeRequest scope, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var lease = await connections.RentAsync(ct);
        var client = lease.Client;
        var path = scope.State.Scope;
        var selected = await client.SelectAsync(path, new SelectOptions { ReadOnly = true, CondStore = client.Capabilities.Has("CONDSTORE") }, ct);
        var server = await StateAsync(client, selected, ct);
        var before = ImapCursor.Read(scope.Cursor);
        var plan = ImapSyncPlan.Choose(before, server);
        var cursor = before is null || plan.Reset ? ImapSyncPlan.Begin(server) : before;

        if (before is null || plan.Reset)
        {
            yield return new Delta { Scope = path, Next = cursor.Write(), IsReset = plan.Reset };
        }

        if (plan.Reconcile != ImapReconcile.None)
        {
            var delta = await ReconcileAsync(client, path, cursor, server, plan.Reconcile, scope.Known, ct);
            cursor = cursor with { ModSeq = server.ModSeq };
            yield return delta with { Next = cursor.Write() };
        }

        if (plan.ReadsNew)
        {
            await foreach (var (next, delta) in ReadNewAsync(client, path, cursor, server, ct))
            {
                cursor = next;
                yield return delta;
            }
        }

        if (plan.ReadsBackfill)
        {
            await foreach (var (next, delta) in ReadBackfillAsync(client, path, cursor, ct))
            {
                cursor = next;
                yield return delta;
            }
        }

        // The counts as of the SELECT: whatever came since shows up as a difference at the next pass.
        if (cursor.Exists != server.Exists || cursor.ModSeq != server.ModSeq)
        {
            cursor = cursor with { Exists = server.Exists, ModSeq = server.ModSeq };
            yield return new Delta { Scope = path, Next = cursor.Write() };
        }
    }

    private static async Task<ImapFolderState> StateAsync(ImapClient client, SelectedMailbox selected, CancellationToken ct)
    {
        // QUIRK: 163 leaves UIDNEXT out of its reply to SELECT; STATUS has it, and the highest UID stands in where that has not either.
        var uidNext = selected.UidNext ?? (await client.StatusAsync(selected.Name, ct)).UidNext ?? await AfterLastUidAsync(client, ct);
        return new ImapFolderState(
            selected.UidValidity ?? 0, uidNext, selected.HighestModSeq ?? 0, selected.Exists, client.Enabled.Contains("QRESYNC", StringComparer.OrdinalIgnoreCase));
    }

    private static async Task<uint> AfterLastUidAsync(ImapClient client, CancellationToken ct)
    {
        var all = await client.SearchAsync(SearchQuery.All, ct);
        return all.IsEmpty ? 1 : all.Last + 1;
    }

    /// <summary>Flag changes and removals among the messages that are known.</summary>
    private static async Task<Delta> ReconcileAsync(
        ImapClient client, string path, ImapCursor cursor, ImapFolderState server, ImapReconcile how, Func<IReadOnlyList<KnownMessage>> known, CancellationToken ct)
    {
        var old = UidSet.Range(1, Math.Max(1, cursor.UidNext - 1));
        if (how == ImapReconcile.Everything)
        {
            return await CompareAsync(client, path, old, known(), ct);
        }

        var changed = new List<RemoteChange>();
        var removed = new List<string>();
        client.TakeUpdates();
        var request = new FetchRequest { Flags = true, ChangedSince = cursor.ModSeq, Vanished = how == ImapReconcile.ChangesAndVanished };
        await foreach (var message in client.FetchAsync(old, request, ct))
        {
            if (message is { Uid: { } uid, Flags: { } flags })
            {
                changed.Add(new RemoteChange(RemoteId(uid), ImapFlags.Read(flags), ImapFlags.Keywords(flags)));
            }
        }

        var updates = client.TakeUpdates();
        if (updates.Overflowed)
        {
            return await CompareAsync(client, path, old, known(), ct);
        }

        if (how == ImapReconcile.ChangesAndVanished)
        {
            // The server may report all UIDs that ever were: only the known ones are of interest, and the cache skips the others.
            removed.AddRange(Vanished(updates.Vanished, known));
        }
        else if (server.Exists != cursor.Exists + (uint)await CountNewAsync(client, cursor, server, ct))
        {
            var present = await client.SearchAsync(SearchQuery.All, ct);
            removed.AddRange(known().Where(k => !present.Contains(Uid(k.RemoteId))).Select(k => k.RemoteId));
        }

        return new Delta { Scope = path, Next = null, Changed = changed, Removed = removed };
    }

    private static IEnumerable<string> Vanished(UidSet vanished, Func<IReadOnlyList<KnownMessage>> known)
    {
        if (vanished.Count == 0)
        {
            return [];
        }

        // Few UIDs are named as they are; a flood is cut down to what is known.
        return vanished.Count <= PageSize
            ? vanished.Select(RemoteId)
            : known().Where(k => vanished.Contains(Uid(k.RemoteId))).Select(k => k.RemoteId);
    }

    private static async Task<int> CountNewAsync(ImapClient client, ImapCursor cursor, ImapFolderState server, CancellationToken ct) =>
        server.UidNext == cursor.UidNext ? 0 : (int)(await client.SearchAsync(SearchQuery.Uids(UidSet.From(cursor.UidNext)), ct)).Count;

    /// <summary>For servers without mod-sequences: every UID with its flags against what is known.</summary>
    private static async Task<Delta> CompareAsync(ImapClient client, string path, UidSet uids, IReadOnlyList<KnownMessage> known, CancellationToken ct)
    {
        var missing = known.ToDictionary(k => k.RemoteId, StringComparer.Ordinal);
        var changed = new List<RemoteChange>();
        await foreach (var message in client.FetchAsync(uids, new FetchRequest { Flags = true }, ct))
        {
            if (message is not { Uid: { } uid, Flags: { } flags } || !missing.Remove(RemoteId(uid), out var before))
            {
                continue;
            }

            var keywords = ImapFlags.Keywords(flags);
            if (before.Flags != ImapFlags.Read(flags) || !before.NativeLabels.SequenceEqual(keywords, StringComparer.Ordinal))
            {
                changed.Add(new RemoteChange(before.RemoteId, ImapFlags.Read(flags), keywords));
            }
        }

        return new Delta { Scope = path, Next = null, Changed = changed, Removed = [.. missing.Keys] };
    }

    /// <summary>Mail that came since: oldest first, so that the cursor can follow page by page.</summary>
    private static async IAsyncEnumerable<(ImapCursor Cursor, Delta Delta)> ReadNewAsync(
        ImapClient client, string path, ImapCursor cursor, ImapFolderState server, [EnumeratorCancellation] CancellationToken ct)
    {
        // QUIRK: "n:*" names the last message even when it is below n (RFC 3501 §6.4.8); and some servers ignore SEARCH criteria.
        var found = await client.SearchAsync(SearchQuery.Uids(UidSet.From(cursor.UidNext)), ct);
        var uids = found.Where(u => u >= cursor.UidNext && u < server.UidNext).Order().ToList();
        var reader = new ImapMessageReader(client, path, cursor.Baseline);
        foreach (var page in uids.Chunk(PageSize))
        {
            var messages = await reader.ReadAsync(UidSet.Of(page), ct);
            cursor = cursor with { UidNext = page[^1] + 1 };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write(), Added = messages });
        }

        if (cursor.UidNext < server.UidNext)
        {
            cursor = cursor with { UidNext = server.UidNext };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write() });
        }
    }

    /// <summary>The first pass: newest first, from where the last attempt ended.</summary>
    private async IAsyncEnumerable<(ImapCursor Cursor, Delta Delta)> ReadBackfillAsync(
        ImapClient client, string path, ImapCursor cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        var found = await client.SearchAsync(BackfillQuery(), ct);
        var uids = found.Where(u => u < cursor.Backfill).OrderDescending().ToList();
        var reader = new ImapMessageReader(client, path, cursor.Baseline);
        var total = Math.Max(cursor.BackfillTotal, uids.Count);
        var done = total - uids.Count;
        for (var i = 0; i < uids.Count;)
        {
            var page = uids.GetRange(i, Math.Min(i == 0 ? FirstPageSize : PageSize, uids.Count - i));
            var messages = await reader.ReadAsync(UidSet.Of(page), ct);
            i += page.Count;
            cursor = cursor with { Backfill = i == uids.Count ? 1 : page[^1] };
            yield return (cursor, new Delta
            {
                Scope = path,
                Next = cursor.Write(),
                Added = messages,
                Progress = i == uids.Count ? null : new SyncProgress(done + i, total),
            });
        }

        if (!cursor.IsBackfilled)
        {
            cursor = cursor with { Backfill = 1 };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write() });
        }
    }

    private SearchQuery BackfillQuery() => account.Settings.SyncDays > 0
        ? SearchQuery.Since(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-account.Settings.SyncDays))
        : SearchQuery.All;
}
