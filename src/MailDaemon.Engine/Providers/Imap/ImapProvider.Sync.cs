using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Reading what changed: the plan decides, these steps carry it out.</summary>
internal sealed partial class ImapProvider
{
    /// <summary>Folders that are read at a time; a connection is left for what the user does.</summary>
    private const int Readers = 2;

    /// <summary>Pages that wait for the one who applies them; each reader holds some more.</summary>
    private const int ReadAhead = 2;

    /// <summary>Mail that is read at once where it was announced; more is a pass's work.</summary>
    private const int MostArrivals = 50;

    /// <summary>By so much the clock of a server may be behind ours: what came before a pass ended may have come after the server was asked.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);

    /// <summary>So many folders in a row that fail for want of an answer: the server is slow as a whole, and each more would cost a time-out.</summary>
    private const int MaxUnanswered = 3;

    /// <summary>Folders side by side, the pages of each in order.</summary>
    public async IAsyncEnumerable<Delta> ReadChangesAsync(
        IReadOnlyList<ScopeRequest> scopes, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var pages = Channel.CreateBounded<Delta>(ReadAhead);
        var waiting = new ConcurrentQueue<ScopeRequest>(scopes);
        var reading = ReadAllAsync(waiting, pages.Writer, Math.Min(Readers, scopes.Count), stop);
        try
        {
            await foreach (var delta in pages.Reader.ReadAllAsync(ct))
            {
                yield return delta;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAllAsync(ConcurrentQueue<ScopeRequest> waiting, ChannelWriter<Delta> pages, int readers, CancellationTokenSource stop)
    {
        var unanswered = 0;
        await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => ReadWaitingAsync()));
        pages.TryComplete();

        async Task ReadWaitingAsync()
        {
            try
            {
                while (waiting.TryDequeue(out var scope))
                {
                    await foreach (var delta in Guarded(scope, ReadScopeAsync(scope, stop.Token), stop.Token))
                    {
                        await pages.WriteAsync(delta, stop.Token);
                        if (delta.Failure is not { IsOffline: true } failure)
                            Volatile.Write(ref unanswered, 0);
                        else if (Interlocked.Increment(ref unanswered) >= MaxUnanswered)
                            throw failure;
                    }
                }
            }
            catch (Exception e)
            {
                // The first failure is the one the consumer is told; the other reader has nothing to go on for.
                pages.TryComplete(e);
                await stop.CancelAsync();
            }
        }
    }

    public Task<RemotePage> ReadPageAsync(RemotePageRequest request, CancellationToken ct) => InFolderAsync(
        request.Folder,
        request.Cursor,
        async (session, token) =>
        {
            var all = await session.Client.SearchAsync(SearchQuery.All, token);
            var page = all.OrderDescending().Skip(request.Offset).Take(request.Limit).ToList();
            var wanted = await OnlyHereAsync(session.Client, await AllMailAtAsync(session.Client, request.Folder, token), page, token);
            var (messages, refused) = await ReadAsync(session, wanted, request.Cursor, token);
            return new RemotePage(request.Folder, messages, (int)all.Count) { Refused = refused };
        },
        ct);

    /// <summary>Does a piece of reading in a folder. Failures come out as <see cref="MailException"/>.</summary>
    private async Task<T> InFolderAsync<T>(string path, string? cursor, Func<ImapFolderSession, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, connections.Closed);
        try
        {
            await using var session = await ImapFolderSession.OpenAsync(account, connections, path, linked.Token);
            RequireNumbers(session.Client.Selected!, path, cursor);
            return await work(session, linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw ImapConnections.AccountChanged();
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault && !ReferenceEquals(fault, e))
        {
            throw fault;
        }
    }

    /// <summary>Reads messages of the open folder.</summary>
    private static async Task<(IReadOnlyList<RemoteMessage> Messages, IReadOnlyList<RefusedMessage> Refused)> ReadAsync(
        ImapFolderSession session, IReadOnlyList<uint> uids, string? cursor, CancellationToken ct)
    {
        var read = ImapCursor.Read(cursor);
        var messages = new List<RemoteMessage>(uids.Count);
        var refused = new List<RefusedMessage>();
        await foreach (var page in new ImapMessageReader(session, (uid, received) => read?.IsBaseline(uid, received) ?? true).ReadAsync(uids, ct))
        {
            messages.AddRange(page.Messages);
            refused.AddRange(page.Refused);
        }

        return (messages, refused);
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
                if (fault.Fault == MailFault.NotAuthorized || (fault.IsOffline && !await AnswersAsync(fault, ct)))
                {
                    throw ReferenceEquals(fault, e) ? e : fault;
                }

                failure = fault;
            }

            if (failure is { Code: ImapFaults.FolderNotFound })
            {
                // QUIRK: a server may go on listing a folder that it has deleted. What the cache had of it is there no more; should it
                // come back after all, it is read again.
                foreach (var window in Windows(uint.MaxValue, scope.Known))
                {
                    yield return new Delta { Scope = scope.State.Scope, Next = null, Removed = [.. window.Messages.Select(k => k.RemoteId)] };
                }

                yield return new Delta { Scope = scope.State.Scope, Next = ImapCursor.Read(scope.Cursor)?.Anew().Write() };
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

    /// <summary>Whether the server, which failed in one folder, can be spoken to: then the others are read all the same.</summary>
    private async Task<bool> AnswersAsync(MailException fault, CancellationToken ct)
    {
        if (fault.Fault == MailFault.Unreachable)
        {
            return false;
        }

        try
        {
            await connections.RunAsync((client, token) => client.NoopAsync(token), ct);
            return true;
        }
        catch (MailException)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<Delta> ReadScopeAsync(ScopeRequest scope, [EnumeratorCancellation] CancellationToken ct)
    {
        var arrivals = await ReadArrivalsAsync(scope, ct);
        foreach (var delta in arrivals ?? [])
        {
            yield return delta;
            scope = scope with { Cursor = delta.Next ?? scope.Cursor, Held = scope.Held + delta.Added.Count - delta.Removed.Count };
        }

        var path = scope.State.Scope;
        await using var session = await ImapFolderSession.OpenAsync(account, connections, path, ct);
        var allMail = await AllMailAtAsync(session.Client, path, ct);
        var server = await StateAsync(session.Client, session.Client.Selected!, ct);
        var refused = UidSet.Of(scope.Refused.Select(Uid));
        if (arrivals is not null && IsBehind(server, ImapCursor.Read(scope.Cursor)!))
        {
            yield break;
        }

        var before = ImapCursor.Read(scope.Cursor)?.Reaching(Horizon()).LeavingOut(allMail?.LeftOut).Recounting(server, scope.Held, time.GetUtcNow());
        var plan = ImapSyncPlan.Choose(before, server);
        var cursor = before is null ? ImapSyncPlan.Begin(server, scope.Since, Horizon(), allMail?.LeftOut)
            : plan.Reset ? ImapSyncPlan.Begin(server, scope.LastRead - Leeway ?? scope.Since, Horizon(), allMail?.LeftOut)
            : before;

        if (before is null || plan.Reset)
        {
            yield return new Delta { Scope = path, Next = cursor.Write(), IsReset = plan.Reset };
        }

        if (plan.Reconcile != ImapReconcile.None)
        {
            await foreach (var delta in ReconcileAsync(session, allMail, cursor, server, plan.Reconcile, scope.Known, refused, ct))
            {
                yield return delta;
            }

            cursor = cursor with { ModSeq = server.ModSeq };
            yield return new Delta { Scope = path, Next = cursor.Write() };
        }

        if (plan.ReadsNew)
        {
            await foreach (var (next, delta) in ReadNewAsync(session, allMail, cursor, server, refused, ct))
            {
                cursor = next;
                yield return delta;
            }
        }

        if (plan.ReadsBackfill)
        {
            // Where the first pass is done and only older mail wanted, what is known is left out. A first pass reads all: what we moved here
            // ourselves has the flags that we knew then.
            var read = (cursor.BackfillTotal == 0 ? UidsOf(scope.Known, cursor.Backfill) : UidSet.Empty).Union(refused);
            await foreach (var (next, delta) in ReadBackfillAsync(session, allMail, cursor, read, ct))
            {
                cursor = next;
                yield return delta;
            }
        }

        if (!plan.Reset)
        {
            await foreach (var delta in RetryAsync(session, cursor, scope.Retried, ct))
            {
                yield return delta;
            }
        }

        // The counts as of the SELECT and before: whatever came since shows up as a difference at the next pass.
        var end = cursor with
        {
            Exists = server.Exists,
            ModSeq = server.ModSeq,
            Compared = server.ModSeq == 0 ? time.GetUtcNow() : null,
            ComparedToken = server.ModSeq == 0 ? scope.State.Token : null,
        };
        if (end != cursor)
        {
            yield return new Delta { Scope = path, Next = end.Write() };
        }
    }

    /// <summary>
    /// New mail of the inbox, on the connection that was told of it. The cursor counts it as read and nothing else: what else changed until
    /// then is asked for again.
    /// </summary>
    /// <returns>Null when there is none, or too much, or the server cannot say what left: what is back must not be taken for new.</returns>
    private async Task<IReadOnlyList<Delta>?> ReadArrivalsAsync(ScopeRequest scope, CancellationToken ct)
    {
        // Another folder may be called something else by now, and still be open there.
        if (!ImapFolders.IsInbox(scope.State.Scope) || ImapCursor.Read(scope.Cursor) is not { IsBackfilled: true, ModSeq: > 0 } cursor)
        {
            return null;
        }

        return await listener.TryReadAsync(scope.State.Scope, client => ReadArrivalsAsync(client, scope.State.Scope, cursor, ct), ct);
    }

    private async Task<IReadOnlyList<Delta>?> ReadArrivalsAsync(ImapClient client, string path, ImapCursor cursor, CancellationToken ct)
    {
        if (client.Selected?.UidValidity != cursor.UidValidity || !client.Enabled.Contains("QRESYNC", StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var found = await client.SearchAsync(SearchQuery.Uids(UidSet.From(cursor.UidNext)), ct);
        var uids = found.Where(u => u >= cursor.UidNext).Order().Take(MostArrivals + 1).ToList();
        if (uids.Count is 0 or > MostArrivals || await ReadDeparturesAsync(client, path, cursor, ct) is not { } departures)
        {
            return null;
        }

        var messages = new List<RemoteMessage>(uids.Count);
        var refused = new List<RefusedMessage>();
        await foreach (var page in new ImapMessageReader(ImapFolderSession.Over(account, client, path), cursor.IsBaseline).ReadAsync(uids, ct))
        {
            messages.AddRange(page.Messages);
            refused.AddRange(page.Refused);
        }

        var next = cursor with { UidNext = uids[^1] + 1, Exists = cursor.Exists + (uint)uids.Count };
        return [departures, new Delta { Scope = path, Next = next.Write(), Added = messages, Refused = refused }];
    }

    /// <summary>What left, before what came: a message that was moved to and fro is the same.</summary>
    /// <returns>Null when it is too much.</returns>
    private static async Task<Delta?> ReadDeparturesAsync(ImapClient client, string path, ImapCursor cursor, CancellationToken ct)
    {
        client.TakeMailboxUpdates();
        var changed = new List<RemoteChange>();
        var request = new FetchRequest { Flags = true, ChangedSince = cursor.ModSeq, Vanished = true };
        await foreach (var message in client.FetchAsync(UidSet.Range(1, Math.Max(1, cursor.UidNext - 1)), request, ct))
        {
            if (message is { Uid: { } uid, Flags: { } flags } && changed.Count <= Window)
            {
                changed.Add(Change(uid, flags));
            }
        }

        var updates = client.TakeMailboxUpdates();
        return updates.Overflowed || updates.Vanished.Count > FewVanished || changed.Count > Window
            ? null
            : new Delta { Scope = path, Next = null, Changed = changed, Removed = [.. updates.Vanished.Select(RemoteId)] };
    }

    /// <summary>
    /// QUIRK: servers of many machines tell one connection of a mail that another is not shown yet. To take that for new numbers would
    /// mean to read the folder anew; it is read on at the next pass.
    /// </summary>
    private static bool IsBehind(ImapFolderState server, ImapCursor cursor) => server.UidValidity == cursor.UidValidity && server.UidNext < cursor.UidNext;

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

    /// <summary>Mail that came since: oldest first, so that the cursor can follow page by page.</summary>
    private static async IAsyncEnumerable<(ImapCursor Cursor, Delta Delta)> ReadNewAsync(
        ImapFolderSession session, GmailAllMail? allMail, ImapCursor cursor, ImapFolderState server, UidSet refused, [EnumeratorCancellation] CancellationToken ct)
    {
        // QUIRK: "n:*" names the last message even when it is below n (RFC 3501 §6.4.8); and some servers ignore SEARCH criteria.
        var path = session.Path;
        var found = await session.Client.SearchAsync(SearchQuery.Uids(UidSet.From(cursor.UidNext)), ct);
        var uids = await OnlyHereAsync(session.Client, allMail, [.. found.Where(u => u >= cursor.UidNext && u < server.UidNext && !refused.Contains(u)).Order()], ct);
        var reader = new ImapMessageReader(session, cursor.IsBaseline);
        await foreach (var page in reader.ReadAsync(uids, ct))
        {
            cursor = cursor with { UidNext = page.Uids[^1] + 1 };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write(), Added = page.Messages, Refused = page.Refused });
        }

        if (cursor.UidNext < server.UidNext)
        {
            cursor = cursor with { UidNext = server.UidNext };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write() });
        }
    }

    /// <summary>The first pass: newest first, from where the last attempt ended.</summary>
    private async IAsyncEnumerable<(ImapCursor Cursor, Delta Delta)> ReadBackfillAsync(
        ImapFolderSession session, GmailAllMail? allMail, ImapCursor cursor, UidSet read, [EnumeratorCancellation] CancellationToken ct)
    {
        var path = session.Path;
        var found = await session.Client.SearchAsync(BackfillQuery(cursor.Horizon), ct);
        var uids = await OnlyHereAsync(session.Client, allMail, [.. found.Where(u => u < cursor.Backfill && !read.Contains(u)).OrderDescending()], ct);
        var reader = new ImapMessageReader(session, cursor.IsBaseline);
        var total = Math.Max(cursor.BackfillTotal, uids.Count);
        var done = total - uids.Count;
        await foreach (var page in reader.ReadAsync(uids, ct))
        {
            done += page.Uids.Count;
            cursor = cursor with { Backfill = done == total ? 1 : page.Uids[^1] };
            yield return (cursor, new Delta
            {
                Scope = path,
                Next = cursor.Write(),
                Added = page.Messages,
                Refused = page.Refused,
                Progress = done == total ? null : new SyncProgress(done, total),
            });
        }

        if (!cursor.IsBackfilled)
        {
            cursor = cursor with { Backfill = 1 };
            yield return (cursor, new Delta { Scope = path, Next = cursor.Write() });
        }
    }

    /// <summary>Messages that were refused before: what comes is kept, and what has gone is not asked for again.</summary>
    private static async IAsyncEnumerable<Delta> RetryAsync(
        ImapFolderSession session, ImapCursor cursor, IReadOnlyList<string> retried, [EnumeratorCancellation] CancellationToken ct)
    {
        if (retried.Count == 0)
        {
            yield break;
        }

        var reader = new ImapMessageReader(session, cursor.IsBaseline);
        await foreach (var page in reader.ReadAsync([.. retried.Select(Uid).Order()], ct))
        {
            var there = page.Messages.Select(m => m.RemoteId).Concat(page.Refused.Select(r => r.RemoteId));
            yield return new Delta
            {
                Scope = session.Path,
                Next = null,
                Added = page.Messages,
                Refused = page.Refused,
                Removed = [.. page.Uids.Select(RemoteId).Except(there, StringComparer.Ordinal)],
            };
        }
    }

    /// <summary>Of these messages those that no other folder shows, in the same order.</summary>
    private static async Task<List<uint>> OnlyHereAsync(ImapClient client, GmailAllMail? allMail, List<uint> uids, CancellationToken ct)
    {
        if (allMail is null || uids.Count == 0)
        {
            return uids;
        }

        var elsewhere = new HashSet<uint>();
        await foreach (var message in client.FetchAsync(UidSet.Of(uids), new FetchRequest { GmailIds = true }, ct))
        {
            if (message is { Uid: { } uid, GmailLabels: { } labels } && allMail.IsElsewhere(labels))
            {
                elsewhere.Add(uid);
            }
        }

        return [.. uids.Where(u => !elsewhere.Contains(u))];
    }

    /// <summary>The first day that the account's settings want mail of; null for all.</summary>
    private DateOnly? Horizon() =>
        account.Settings.SyncDays is > 0 and var days ? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-days) : null;

    private static SearchQuery BackfillQuery(DateOnly? horizon) => horizon is { } day ? SearchQuery.Since(day) : SearchQuery.All;
}
