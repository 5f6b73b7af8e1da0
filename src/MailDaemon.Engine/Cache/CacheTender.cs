using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Cache;

/// <summary>Publishes and sweeps in the background, a step every few seconds.</summary>
public sealed partial class CacheTender(MailCaches caches, TimeProvider time, ILogger<CacheTender> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(MailCache.PublishInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await caches.TendAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk, say: the next step tries again, the passes go on meanwhile.
                TendingFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publishing or sweeping a cache failed; it is tried again in a few seconds.")]
    private static partial void TendingFailed(ILogger logger, Exception error);
}
