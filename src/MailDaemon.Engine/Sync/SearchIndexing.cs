using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Fills the search indexes beside all else: a batch of one account, then a batch of the next, woken by what a cache commits.</summary>
public sealed partial class SearchIndexing(MailCaches caches, ILogger<SearchIndexing> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var cache = await caches.ToIndex.NextAsync(stoppingToken);
                await IndexAsync(cache, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped: a batch is in the index with its mark or not at all, and the next start goes on from there.
        }
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
