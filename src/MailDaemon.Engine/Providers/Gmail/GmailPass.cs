using System.Runtime.CompilerServices;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// One pass over one account. The point of the history is taken before anything is read, and what changed since is read from there: a
/// page of a list that is wrong by then is put right by the history. What the history no longer tells is found by holding all ids and
/// labels against the cache. Each page is applied before the next is read; a crash resumes there.
/// </summary>
internal sealed partial class GmailPass(
    GmailClient client, IGmailBaseline bodies, ScopeRequest scope, GmailWants wants, GmailLabelList labels, OwnChanges own, TimeProvider time)
{
    /// <summary>Messages that are listed at a time.</summary>
    private const int PageSize = 100;

    /// <summary>Messages that are read and applied at a time; the first are what the user waits for.</summary>
    private const int Few = 25;

    private const int ComparedAtOnce = 500;

    /// <summary>The history was lost so often in a row, and nothing of it could be read between.</summary>
    private const int MaxLosses = 2;

    /// <summary>Pages of the history in a row that bring nothing: more would be a server that never ends.</summary>
    private const int MaxEmptyPages = 1_000;

    /// <summary>By so much the clocks may differ.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);

    private readonly GmailBodies api = new(client);
    private readonly HashSet<string> refused = new(scope.Refused, StringComparer.Ordinal);
    private GmailCursor cursor = null!;
    private bool hasListed;

    public async IAsyncEnumerable<Delta> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var before = GmailCursor.Read(scope.Cursor);
        if (before is null)
        {
            yield return Moved(await BeginAsync(ct));
        }
        else if (before.Wants != wants.Fingerprint)
        {
            // A first pass that was under way has its lists by other settings now, and begins again; what is there is not read twice.
            yield return Moved(before.Phase == GmailPhase.Listing
                ? before with { Wants = wants.Fingerprint, List = 0, Page = null }
                : before with { Wants = wants.Fingerprint, Phase = GmailPhase.Comparing, IsMissingOld = true });
        }
        else
        {
            cursor = before;
        }

        await foreach (var delta in ReadHistoryAsync(ct))
            yield return delta;
        if (cursor.Phase == GmailPhase.Listing)
        {
            await foreach (var delta in ListAsync(ct))
                yield return delta;
        }

        if (cursor.Phase == GmailPhase.Comparing)
        {
            await foreach (var delta in CompareAsync(ct))
                yield return delta;
        }

        await foreach (var delta in RetryAsync(ct))
            yield return delta;
    }

    private async Task<GmailCursor> BeginAsync(CancellationToken ct)
    {
        // Messages have their time in seconds.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var profile = await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), ct);
        return new GmailCursor
        {
            History = profile.HistoryId ?? throw GmailFaults.Odd(),
            Phase = GmailPhase.Listing,
            Began = now,
            ReadAt = now,
            Wants = wants.Fingerprint,
            Total = profile.MessagesTotal ?? 0,
        };
    }

    /// <summary>Moves the cursor, by itself.</summary>
    private Delta Moved(GmailCursor next)
    {
        cursor = next;
        return new Delta { Scope = GmailMessages.Scope, Next = next.Write() };
    }

    /// <summary>All pages of what changed since the cursor. Where the history does not reach back that far, everything is to be compared.</summary>
    private async IAsyncEnumerable<Delta> ReadHistoryAsync([EnumeratorCancellation] CancellationToken ct)
    {
        string? token = null;
        var empty = 0;
        do
        {
            if (await TryReadHistoryAsync(token, ct) is not { } page)
            {
                yield return Moved(await LostAsync(ct));
                yield break;
            }

            token = string.IsNullOrEmpty(page.NextPageToken) ? null : page.NextPageToken;
            empty = page.History is { Count: > 0 } ? 0 : empty + 1;
            if (empty > MaxEmptyPages)
                throw GmailFaults.Odd();
            await foreach (var delta in ApplyAsync(page.History ?? [], ct))
                yield return delta;

            // Records come in their order; the mailbox's own point is that of the last page.
            var reached = token is null ? page.HistoryId ?? cursor.History : page.History?.Max(record => record.Id) ?? cursor.History;
            if (reached > cursor.History || cursor.Losses > 0)
                yield return Moved(cursor with { History = Math.Max(reached, cursor.History), ReadAt = KnownUntil(time.GetUtcNow()), Losses = 0 });
        }
        while (token is not null);
    }

    /// <summary>While all is compared, something may be missing from before the history that is read now.</summary>
    private DateTimeOffset KnownUntil(DateTimeOffset read) => cursor.Phase == GmailPhase.Comparing ? cursor.ReadAt : read;

    private async Task<ListHistoryResponse?> TryReadHistoryAsync(string? token, CancellationToken ct)
    {
        var request = client.Users.History.List("me");
        request.StartHistoryId = cursor.History;
        request.PageToken = token;
        request.MaxResults = ComparedAtOnce;
        try
        {
            return await client.RunAsync(GmailLane.Pass, request, ct);
        }
        catch (MailException e) when (e.Code == GmailFaults.HistoryExpired)
        {
            return null;
        }
    }

    /// <exception cref="MailException">Refused <c>history_lost</c>: it was lost again and again.</exception>
    private async Task<GmailCursor> LostAsync(CancellationToken ct)
    {
        if (cursor.Losses >= MaxLosses)
            throw new MailException(MailFault.Refused, "history_lost", "Gmail gives no history of this mailbox, though it was read anew. It is tried again; POST /api/sync tries at once.");
        var profile = await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), ct);
        return cursor with
        {
            History = profile.HistoryId ?? throw GmailFaults.Odd(),
            Losses = cursor.Losses + 1,
            Phase = cursor.Phase == GmailPhase.Listing ? GmailPhase.Listing : GmailPhase.Comparing,
            IsMissingOld = cursor.Phase == GmailPhase.Comparing && cursor.IsMissingOld,
        };
    }

    private async IAsyncEnumerable<Delta> ApplyAsync(IList<History> records, [EnumeratorCancellation] CancellationToken ct)
    {
        var changes = new GmailChanges(scope.KnownByIds, hasAll: cursor.Phase != GmailPhase.Listing);
        changes.Take(records);
        labels.Expect(changes.LabelIds);
        var (changed, left) = (new List<RemoteChange>(), new List<string>(changes.Deleted));
        var told = changes.Changed.ToList();

        // The history may lag behind what we changed ourselves: of that it tells an older state, and nothing of the change that undid it.
        var now = await api.ReadLabelsAsync(GmailLane.Pass, [.. told.Select(message => message.Id).Where(own.Contains)], ct);
        foreach (var (id, labelIds) in told)
            Sort(id, now.GetValueOrDefault(id, labelIds), changed, left);
        if (changed.Count + left.Count > 0)
            yield return new Delta { Scope = GmailMessages.Scope, Next = null, Changed = changed, Removed = left };

        // Mail of before that was put where we read is not new; neither is what another program brought in with an old date.
        foreach (var ids in changes.Unknown.Where(id => !refused.Contains(id)).Chunk(Few))
        {
            var read = await ReadNewAsync(ids, date => date < cursor.Began, ct);

            // QUIRK: Gmail tells of a message and does not have it yet. It is asked for once more before it counts as deleted.
            var answered = read.Read.Messages.Select(m => m.RemoteId).Concat(read.Read.Refused.Select(m => m.RemoteId));
            yield return read.Delta with { Refused = [.. read.Read.Refused, .. ids.Except(answered, StringComparer.Ordinal).Select(NotYet)] };
        }
    }

    private static RefusedMessage NotYet(string id) => new(id, "message_gone", "Gmail told of this message and does not have it. It is asked for once more.");

    /// <summary>What became of a message of the cache.</summary>
    private void Sort(string id, IReadOnlyCollection<string>? labelIds, List<RemoteChange> changed, List<string> left)
    {
        if (labelIds is not null && wants.Has(GmailLabelIds.PlaceOf(labelIds)))
            changed.Add(GmailMessages.Change(id, labelIds));
        else
            left.Add(id);
    }

    private async Task<(Delta Delta, GmailRead Read)> ReadNewAsync(IReadOnlyList<string> ids, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct)
    {
        var read = await api.ReadAsync(GmailLane.Pass, ids, isBaseline, ct);
        return (new Delta { Scope = GmailMessages.Scope, Next = null, Added = [.. read.Messages.Where(IsWanted)], Refused = read.Refused }, read);
    }

    private bool IsWanted(RemoteMessage message) => wants.Has(message.FolderPath) && wants.Has(message.Date);

    /// <summary>The first pass. What is there is not read again, so that it goes on where it was cut off even when the page's token is no longer good.</summary>
    private async IAsyncEnumerable<Delta> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (cursor.List < wants.Lists.Count)
        {
            var (ids, next) = await ListPageAsync(ct);

            // What arrived before the page was answered is told by the history by now: as new mail, not as mail of before.
            await foreach (var delta in ReadHistoryAsync(ct))
                yield return delta;
            var known = scope.KnownByIds(ids);
            var done = cursor.Done + ids.Count;
            await foreach (var read in bodies.ReadAsync([.. ids.Where(id => !known.ContainsKey(id) && !refused.Contains(id))], Few, _ => true, ct))
            {
                yield return new Delta
                {
                    Scope = GmailMessages.Scope,
                    Next = null,
                    Added = [.. read.Messages.Where(IsWanted)],
                    Refused = read.Refused,
                    Progress = new SyncProgress(Math.Min(done, cursor.Total), cursor.Total),
                };
            }

            var moved = next is null ? cursor with { List = cursor.List + 1, Page = null, Done = done } : cursor with { Page = next, Done = done };
            yield return Moved(moved) with { Progress = new SyncProgress(Math.Min(done, cursor.Total), cursor.Total) };
        }

        // Lists that shift while they are read may have left something out.
        yield return Moved(cursor with { Phase = GmailPhase.Comparing, IsMissingOld = true, List = 0, Page = null, Done = 0, Total = 0 });
    }

    private async Task<(IReadOnlyList<string> Ids, string? Next)> ListPageAsync(CancellationToken ct)
    {
        var list = wants.Lists[cursor.List];
        var isOldToken = !hasListed && cursor.Page is not null;
        hasListed = true;
        try
        {
            return await GmailSnapshot.PageAsync(client, GmailLane.Pass, list, cursor.Page, PageSize, ct);
        }
        catch (MailException e) when (isOldToken && (e.Fault is MailFault.InvalidInput or MailFault.NotFound))
        {
            // The token of a page from an earlier day. One of this pass must do, or the list would begin again and again.
            return await GmailSnapshot.PageAsync(client, GmailLane.Pass, list, null, PageSize, ct);
        }
    }

    /// <summary>Messages that were refused before are asked for again when they are due.</summary>
    private async IAsyncEnumerable<Delta> RetryAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var ids in scope.Retried.Chunk(Few))
        {
            var (delta, read) = await ReadNewAsync(ids, date => date < cursor.Began, ct);
            var answered = read.Messages.Where(IsWanted).Select(m => m.RemoteId).Concat(read.Refused.Select(m => m.RemoteId));
            yield return delta with { Removed = [.. ids.Except(answered, StringComparer.Ordinal)] };
        }
    }
}
