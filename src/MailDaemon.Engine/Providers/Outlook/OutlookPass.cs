using System.Runtime.CompilerServices;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Item.Messages.Delta;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// One pass over one account. Each folder has a link that tells what changed in it since; a folder without one is walked from its newest
/// message on. Pages may come twice and in any order: what a page says is held against what is known, and nothing is deleted before the
/// message itself was asked for. Each page is applied before the next; a crash resumes there.
/// </summary>
internal sealed partial class OutlookPass(
    GraphClient client, OutlookReader reader, IReadOnlyList<OutlookFolder> folders, ScopeRequest scope, AccountSettings settings, OwnChanges own, TimeProvider time)
{
    /// <summary>Folders that are asked at a time.</summary>
    private const int FoldersAtOnce = 20;

    /// <summary>So often in a row a folder is read again because its links are lost, before it waits.</summary>
    private const int MaxLosses = 3;

    /// <summary>So long a folder waits whose links are lost again and again.</summary>
    private static readonly TimeSpan LossPause = TimeSpan.FromHours(1);

    /// <summary>So often a folder that has nothing new moves the cursor all the same: links do not live for ever.</summary>
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, OutlookFolder> byId = folders.ToDictionary(folder => folder.Id, StringComparer.Ordinal);
    private readonly HashSet<string> refused = new(scope.Refused, StringComparer.Ordinal);
    private readonly DateTimeOffset? horizon = settings.SyncDays > 0 ? time.GetUtcNow() - TimeSpan.FromDays(settings.SyncDays) : null;
    private OutlookCursor cursor = null!;

    /// <summary>When the numbers were last compared before this pass: until then nothing was missing.</summary>
    private DateTimeOffset proven;
    private int walked;
    private int toWalk;

    public async IAsyncEnumerable<Delta> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var plan = OutlookPlan.Of(OutlookCursor.Read(scope.Cursor), folders, settings, scope.HeldIn, time.GetUtcNow());
        await foreach (var delta in LeaveAsync(plan, ct))
            yield return delta;
        (cursor, proven) = (plan.Cursor, plan.Cursor.CountedAt == default ? time.GetUtcNow() : plan.Cursor.CountedAt);
        if (plan.IsChanged)
            yield return Moved();

        await foreach (var delta in ReadChangesAsync(ct))
            yield return delta;
        (walked, toWalk) = (Unread.Sum(entry => entry.Done), Unread.Sum(entry => Math.Max(entry.Done, entry.Total)));
        foreach (var folder in Active.Where(folder => !At(folder).IsRead || At(folder).HasNoDelta || At(folder).DeltaLink is null || At(folder).NextLink is not null).ToList())
        {
            await foreach (var delta in GuardedAsync(folder, WalkAsync(folder, ct)))
                yield return delta;
        }

        await foreach (var delta in ProveAsync(ct))
            yield return delta;
        await foreach (var delta in RetryAsync(ct))
            yield return delta;
    }

    /// <summary>Folders that are wanted and there, in the order in which they are read.</summary>
    private IEnumerable<OutlookFolder> Active => folders.Where(folder => !At(folder).IsOff);

    private IEnumerable<OutlookFolderCursor> Unread => Active.Select(At).Where(entry => !entry.IsRead);

    private OutlookFolderCursor At(OutlookFolder folder) => cursor.Folders[folder.Id];

    private Delta Moved() => new() { Scope = OutlookMessages.Scope, Next = cursor.Write() };

    private Delta Moved(OutlookFolder folder, OutlookFolderCursor next)
    {
        cursor = cursor.With(folder.Id, next);
        return Moved();
    }

    /// <summary>What is new in all folders that have a link, in few requests.</summary>
    private async IAsyncEnumerable<Delta> ReadChangesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // The server named another one, or the settings do now.
        foreach (var folder in Active.Where(folder => At(folder) is { DeltaLink: { } link, NextLink: null } && !client.Owns(link)).ToList())
        {
            await foreach (var delta in GuardedAsync(folder, LoseAsync(folder, GraphFaults.Foreign(), ct)))
                yield return delta;
        }

        foreach (var some in Active.Where(folder => At(folder) is { DeltaLink: { } link, NextLink: null } && client.Owns(link)).Chunk(FoldersAtOnce).ToList())
        {
            var asked = time.GetUtcNow();
            var answers = await client.RunAsync<DeltaGetResponse>([.. some.Select(folder => OutlookRequests.Sized(client.Page(At(folder).DeltaLink!), OutlookRequests.PageSize))], ct);

            // What one folder misses and another shows was moved.
            var shown = answers.SelectMany(answer => answer.Value?.Value ?? []).Where(message => !OutlookMessages.IsRemoved(message)).Select(message => message.Id!).ToHashSet(StringComparer.Ordinal);
            foreach (var (folder, answer) in some.Zip(answers))
            {
                await foreach (var delta in GuardedAsync(folder, TakeAsync(folder, answer, asked, shown, ct)))
                    yield return delta;
            }
        }
    }

    private async IAsyncEnumerable<Delta> TakeAsync(
        OutlookFolder folder, GraphResult<DeltaGetResponse> answer, DateTimeOffset asked, IReadOnlySet<string> shown, [EnumeratorCancellation] CancellationToken ct)
    {
        if (answer.Failure is { } failure)
        {
            yield return await LostAsync(folder, failure, ct);
            yield break;
        }

        var page = answer.Value ?? throw GraphFaults.Odd();
        var delta = await TakePageAsync(folder, page.Value ?? [], shown, ct);
        var entry = At(folder);
        if (page.OdataNextLink is { } next)
        {
            yield return delta with { Next = Moved(folder, entry with { NextLink = next }).Next };
            await foreach (var more in WalkAsync(folder, ct))
                yield return more;
        }
        else if (page.Value is { Count: > 0 } || entry.Losses > 0 || asked - entry.ReadAt > LinkLifetime)
        {
            yield return delta with { Next = Moved(folder, entry with { DeltaLink = page.OdataDeltaLink ?? throw GraphFaults.Odd(), ReadAt = asked, Losses = 0, LostAt = null }).Next };
        }
    }

    private async IAsyncEnumerable<Delta> LoseAsync(OutlookFolder folder, MailException failure, [EnumeratorCancellation] CancellationToken ct)
    {
        yield return await LostAsync(folder, failure, ct);
    }

    /// <summary>A folder whose link is worth nothing any more is read again.</summary>
    /// <exception cref="MailException">It failed for another reason, or again and again.</exception>
    private async Task<Delta> LostAsync(OutlookFolder folder, MailException failure, CancellationToken ct)
    {
        if (!MayBeLost(folder, failure))
            throw failure;
        var now = time.GetUtcNow();
        if (At(folder) is { Losses: >= MaxLosses, LostAt: { } lost } && now - lost < LossPause)
            throw new MailException(MailFault.Refused, "sync_state_lost", $"Outlook gives no changes of the folder {folder.Path}, though all of it was read again. It is tried again in an hour.", failure);

        // Shared folders and archives are there and have no delta; a folder that is gone is not listed any more at the next pass.
        if (failure.Fault != MailFault.NotFound || failure.Code is GraphFaults.SyncStateLost || At(folder) is { DeltaLink: not null } or { NextLink: not null })
            return Moved(folder, At(folder).Lost(now));
        await client.OneAsync<MailFolder>(client.Me.MailFolders[folder.Id].ToGetRequestInformation(query => query.QueryParameters.Select = ["id"]), ct);
        return Moved(folder, At(folder).Lost(now) with { HasNoDelta = true });
    }

    private bool MayBeLost(OutlookFolder folder, MailException failure) =>
        failure.Code is GraphFaults.SyncStateLost or GraphFaults.ForeignLink
        || failure.Fault == MailFault.NotFound
        || (failure.Fault == MailFault.InvalidInput && At(folder) is { DeltaLink: not null } or { NextLink: not null });

    /// <summary>A folder that fails does not keep the others; what concerns the whole account does.</summary>
    private static async IAsyncEnumerable<Delta> GuardedAsync(OutlookFolder folder, IAsyncEnumerable<Delta> deltas)
    {
        await using var each = deltas.GetAsyncEnumerator();
        while (true)
        {
            MailException? failure = null;
            try
            {
                if (!await each.MoveNextAsync())
                    yield break;
            }
            catch (MailException e) when (!e.MayPass || e.Code == "server_unavailable")
            {
                failure = e;
            }

            yield return failure is null ? each.Current : new Delta { Scope = OutlookMessages.Scope, Next = null, Failure = failure, FailedFolder = folder.Path };
            if (failure is not null)
                yield break;
        }
    }

    /// <summary>
    /// Messages of folders that are gone are asked for: they may have been moved to another. Those of a folder that is not wanted any more go;
    /// one that was moved out of it in this moment is shown by the folder where it is, and keeps its key.
    /// </summary>
    private async IAsyncEnumerable<Delta> LeaveAsync(OutlookPlan plan, [EnumeratorCancellation] CancellationToken ct)
    {
        if (plan.Gone.Count + scope.LeftFolders.Count > 0)
        {
            // Another folder may have its name by now, and the cache has them under none that there is.
            var there = folders.Select(folder => folder.Path).Except(plan.Gone, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
            await foreach (var delta in AskAsync(Known().Where(known => !there.Contains(known.FolderPath!)).Select(known => known.RemoteId), ct))
                yield return delta;
        }

        foreach (var path in plan.Unwanted)
            yield return new Delta { Scope = OutlookMessages.Scope, Next = null, Removed = [.. Within(path)] };
    }

    private IReadOnlyList<KnownMessage> Known() => scope.Known(0, long.MaxValue, int.MaxValue);

    private IEnumerable<string> Within(string path) => Known().Where(known => known.FolderPath == path).Select(known => known.RemoteId);

    /// <summary>What became of messages, by asking for each.</summary>
    private async IAsyncEnumerable<Delta> AskAsync(IEnumerable<string> ids, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var some in ids.ToList().Chunk(OutlookRequests.AskedAtOnce))
        {
            var (changed, removed) = (new List<RemoteChange>(), new List<string>());
            foreach (var (id, state) in await reader.ReadStatesAsync(some, ct))
            {
                if (state is not null && PathOf(state.ParentFolderId) is { } path)
                    changed.Add(OutlookMessages.Change(state, path));
                else
                    removed.Add(id);
            }

            yield return new Delta { Scope = OutlookMessages.Scope, Next = null, Changed = changed, Removed = removed };
        }
    }

    /// <summary>Messages that were refused before are asked for again when they are due.</summary>
    private async IAsyncEnumerable<Delta> RetryAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var ids in scope.Retried.Chunk(OutlookRequests.PageSize))
        {
            var read = await reader.ReadAsync(ids, message => PathOf(message.ParentFolderId), date => date < cursor.Began, ct);
            var answered = read.Messages.Select(m => m.RemoteId).Concat(read.Refused.Select(m => m.RemoteId));
            yield return new Delta { Scope = OutlookMessages.Scope, Next = null, Added = read.Messages, Refused = read.Refused, Removed = [.. ids.Except(answered, StringComparer.Ordinal)] };
        }
    }

    /// <summary>The path of a wanted folder; null for all others.</summary>
    private string? PathOf(string? folderId) =>
        folderId is not null && byId.TryGetValue(folderId, out var folder) && settings.Wants(folder.Folder) ? folder.Path : null;

    private bool IsRecent(DateTimeOffset? date) => horizon is null || date is null || date >= horizon;
}
