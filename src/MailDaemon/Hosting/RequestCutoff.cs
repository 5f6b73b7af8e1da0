namespace MailDaemon.Hosting;

/// <summary>Once the daemon is told to stop, requests have a moment to end; what still runs then is cut.</summary>
internal sealed class RequestCutoff : IMiddleware, IDisposable
{
    private static readonly TimeSpan grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource cut;
    private readonly CancellationTokenRegistration stopping;

    public RequestCutoff(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        cut = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        stopping = lifetime.ApplicationStopping.Register(() => cut.CancelAfter(grace));
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var callerGone = context.RequestAborted;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(callerGone, cut.Token);
        context.RequestAborted = ended.Token;
        try
        {
            await next(context);
        }
        finally
        {
            // The reply that says so is still written.
            context.RequestAborted = callerGone;
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        cut.Dispose();
    }
}
