using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Threading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// Fills the search indexes beside all else and without holding it up: a batch of one account, then a batch of the next, woken by what a
/// cache commits.
/// </summary>
public sealed partial class SearchIndexing(MailCaches caches, TimeProvider time, ILogger<SearchIndexing> logger) : BackgroundService
{
    /// <summary>Some hundred messages take so long.</summary>
    private static readonly TimeSpan MuchWork = TimeSpan.FromSeconds(0.5);

    /// <summary>When nothing has come for so long, a pass is over.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var threads = new QuietThreads("search index", niceness: 10);
        try
        {
            await threads.RunAsync(() => IndexAllAsync(stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: a batch is in the index with its mark or not at all, and the next start goes on from there.
        }
    }

    private async Task IndexAllAsync(CancellationToken ct)
    {
        var worked = TimeSpan.Zero;
        while (true)
        {
            var next = caches.ToIndex.NextAsync(ct);
            if (worked >= MuchWork && await IsRestAsync(next, ct))
            {
                SpareMemory.GiveBack();
                worked = TimeSpan.Zero;
            }

            var cache = await next;
            var began = time.GetTimestamp();
            await IndexAsync(cache, ct);
            worked += time.GetElapsedTime(began);
        }
    }

    private async Task<bool> IsRestAsync(Task next, CancellationToken ct)
    {
        await Task.WhenAny(next, Task.Delay(Rest, time, ct));
        ct.ThrowIfCancellationRequested();
        return !next.IsCompleted;
    }

    private async Task IndexAsync(MailCache cache, CancellationToken ct)
    {
        try
        {
            if (await cache.IndexNextAsync(ct))
                caches.ToIndex.Add(cache);
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            // Removed meanwhile.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A full disk, a file of a later version: the others go on, this one is tried again after a rest.
            caches.ToIndex.AddFailed(cache);
            LogFailed(cache.Account, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search index of {Account} could not be filled; it is tried again in a minute")]
    private partial void LogFailed(AccountKey account, Exception exception);
}
