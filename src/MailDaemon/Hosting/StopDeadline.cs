namespace MailDaemon.Hosting;

/// <summary>
/// The end of a daemon that was told to stop and still works: what must last is on the disk already, so what does not end by itself is
/// ended with the process.
/// </summary>
internal sealed partial class StopDeadline : IDisposable
{
    /// <summary>After which the web server cuts its connections and services are not waited for any more.</summary>
    public static readonly TimeSpan ForHost = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan forProcess = TimeSpan.FromSeconds(9);

    private readonly Timer timer;
    private ILogger? log;

    public StopDeadline() => timer = new Timer(_ => End());

    /// <summary>Counts from when the daemon is told to stop.</summary>
    public void Watch(WebApplication app)
    {
        log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MailDaemon.Hosting.StopDeadline");
        app.Lifetime.ApplicationStopping.Register(() => timer.Change(forProcess, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Waits until the daemon was told to stop and has stopped, or had its time for it.</summary>
    public static async Task WaitAsync(WebApplication app)
    {
        try
        {
            await app.WaitForShutdownAsync();
        }
        catch (Exception e) when (app.Lifetime.ApplicationStopping.IsCancellationRequested && IsTimeOver(e))
        {
            // What a service still did ends with the process.
        }
    }

    public void Dispose() => timer.Dispose();

    private static bool IsTimeOver(Exception e) =>
        e is OperationCanceledException || (e is AggregateException all && all.Flatten().InnerExceptions.All(i => i is OperationCanceledException));

    private void End()
    {
        if (log is not null)
            LogCut(log);
        Environment.Exit(Launcher.Stopped);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not everything ended in time; the rest is cut")]
    private static partial void LogCut(ILogger log);
}
