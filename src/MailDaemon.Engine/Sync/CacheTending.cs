using MailDaemon.Engine.Cache;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Publishes what changed and sweeps unused files, a little every few seconds, beside all else.</summary>
public sealed partial class CacheTending(MailCaches caches, TimeProvider time, ILogger<CacheTending> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(MailCache.PublishInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await caches.TendAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                // A full disk or a removed account: published files are for others to read and are written again.
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publishing or sweeping a cache failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
