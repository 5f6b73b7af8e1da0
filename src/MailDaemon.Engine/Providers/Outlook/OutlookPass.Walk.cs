using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Item.Messages.Delta;

namespace MailDaemon.Engine.Providers.Outlook;

/// <content>Folders that are read page by page, and the proof that nothing is missing.</content>
internal sealed partial class OutlookPass
{
    /// <summary>A walk through one folder: more pages would be a server that never ends.</summary>
    private const int MaxPages = 100_000;

    /// <summary>Pages in a row that bring nothing or lead to themselves: more would be a server that never ends.</summary>
    private const int MaxIdlePages = 100;

    private static readonly TimeSpan CountInterval = TimeSpan.FromMinutes(15);

    /// <summary>From the cursor's place, or the newest message, to the end; when a link is lost on the way it starts from the newest message again. The next page is on its way while one is applied.</summary>
    private async IAsyncEnumerable<Delta> WalkAsync(OutlookFolder folder, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var isListing = At(folder) is { HasNoDelta: true, IsRead: true, NextLink: null };
        var asked = At(folder).NextLink is { } link ? AskAsync(link, ending.Token) : FirstAsync(folder, ending.Token);
        try
        {
            for (var (pages, idle) = (0, 0); pages < MaxPages && idle < MaxIdlePages; pages++)
            {
                var (page, failure) = await TryAsync(folder, asked);
                if (page is null)
                {
                    yield return await LostAsync(folder, failure!, ct);
                    asked = FirstAsync(folder, ending.Token);
                    continue;
                }

                if (page.OdataNextLink is { } following && !isListing)
                    asked = AskAsync(following, ending.Token);
                var delta = await TakePageAsync(folder, page.Value ?? [], shown: null, ct);
                var entry = At(folder);

                // A delta with a filter tells of 5,000 messages and leaves out the rest (Graph, "message: delta"): the numbers show it.
                if (page.OdataNextLink is null && entry is { DeltaLink: null, HasNoDelta: false })
                    cursor = cursor with { CountedAt = default };
                idle = page.Value is { Count: > 0 } && page.OdataNextLink != entry.NextLink ? 0 : idle + 1;
                var done = entry.Done + (page.Value?.Count ?? 0);
                var isOver = page.OdataNextLink is null || (isListing && delta.Added.Count == 0);
                yield return delta with
                {
                    Next = Moved(folder, isOver ? Over(entry, page) : entry with { NextLink = page.OdataNextLink, Done = done }).Next,
                    Progress = entry.IsRead ? null : Progress(page.Value?.Count ?? 0),
                };
                if (isOver)
                    yield break;
                asked = isListing ? AskAsync(page.OdataNextLink!, ending.Token) : asked;
            }

            throw GraphFaults.Odd();
        }
        finally
        {
            await ending.CancelAsync();
            await asked.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Over all folders of a first pass.</summary>
    private SyncProgress Progress(int messages)
    {
        walked += messages;
        return new SyncProgress(Math.Min(walked, toWalk), toWalk);
    }

    /// <summary>What came into the folder while it was walked is told by its link, and is new: the time of before stays.</summary>
    private static OutlookFolderCursor Over(OutlookFolderCursor entry, DeltaGetResponse page) => entry with
    {
        DeltaLink = entry.HasNoDelta ? null : page.OdataDeltaLink ?? throw GraphFaults.Odd(),
        NextLink = null,
        ReadAt = entry.ReadAt ?? entry.Since,
        Done = 0,
        Total = 0,
        Losses = entry.HasNoDelta ? 0 : entry.Losses,
    };

    private Task<DeltaGetResponse> FirstAsync(OutlookFolder folder, CancellationToken ct) => client.OneAsync<DeltaGetResponse>(
        At(folder).HasNoDelta
            ? OutlookRequests.List(client, folder.Id, OutlookMessages.Selected, OutlookRequests.FirstPageSize, horizon)
            : OutlookRequests.Sized(OutlookRequests.Delta(client, folder.Id, horizon), OutlookRequests.FirstPageSize),
        ct);

    private async Task<DeltaGetResponse> AskAsync(string link, CancellationToken ct) => await client.OneAsync<DeltaGetResponse>(OutlookRequests.Sized(client.Page(link), OutlookRequests.PageSize), ct);

    private async Task<(DeltaGetResponse? Page, MailException? Failure)> TryAsync(OutlookFolder folder, Task<DeltaGetResponse> asked)
    {
        try
        {
            return (await asked, null);
        }
        catch (MailException e) when (MayBeLost(folder, e))
        {
            return (null, e);
        }
    }

    /// <summary>Now and then the numbers are compared: what a delta never told of is found so.</summary>
    private async IAsyncEnumerable<Delta> ProveAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now - cursor.CountedAt >= CountInterval)
        {
            var counted = Active.Where(folder => At(folder).IsRead).ToList();
            var answers = await client.RunAsync<MessageCollectionResponse>([.. counted.Select(folder => OutlookRequests.Count(client, folder.Id, horizon))], ct);
            foreach (var (folder, answer) in counted.Zip(answers))
            {
                // Of a folder that has no delta nobody tells what left it.
                if (At(folder).HasNoDelta || (answer.Value?.OdataCount is { } count && Differs(count, scope.HeldIn(folder.Path))))
                    cursor = cursor.With(folder.Id, At(folder) with { IsDoubtful = true });
            }

            cursor = cursor with { CountedAt = now };
            yield return Moved();
        }

        foreach (var folder in Active.Where(folder => At(folder) is { IsDoubtful: true, IsRead: true, NextLink: null }).ToList())
        {
            await foreach (var delta in GuardedAsync(folder, CompareAsync(folder, ct)))
                yield return delta;
        }
    }

    /// <summary>The cache keeps what has become older than is wanted.</summary>
    private bool Differs(long onServer, int held) => horizon is null ? onServer != held : onServer > held;

    /// <summary>Holds all of a folder against the cache.</summary>
    private async IAsyncEnumerable<Delta> CompareAsync(OutlookFolder folder, [EnumeratorCancellation] CancellationToken ct)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var request = OutlookRequests.List(client, folder.Id, OutlookMessages.State, OutlookRequests.ListedAtOnce, horizon);
        while (true)
        {
            var page = await client.OneAsync<MessageCollectionResponse>(request, ct);
            seen.UnionWith((page.Value ?? []).Select(message => message.Id!));
            foreach (var some in (page.Value ?? []).Chunk(OutlookRequests.PageSize))
                yield return await TakePageAsync(folder, some, shown: null, ct);
            if (page.OdataNextLink is not { } next || seen.Count > MaxPages * OutlookRequests.PageSize)
                break;
            request = client.Page(next);
        }

        await foreach (var delta in AskAsync(Within(folder.Path).Where(id => !seen.Contains(id)), ct))
            yield return delta;
        yield return Moved(folder, At(folder) with { IsDoubtful = false });
    }
}
