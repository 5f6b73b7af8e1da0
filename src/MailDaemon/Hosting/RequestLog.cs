namespace MailDaemon.Hosting;

/// <summary>
/// One line for each request: the route's pattern, never its values, which are addresses and ids. Reads that went well and quickly stand
/// at the level Debug, which is not written unless asked for: agents and pages ask all day, and writing of it would take a fifth of a read.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    private static readonly TimeSpan slow = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var took = time.GetElapsedTime(start);
            var level = HttpMethods.IsGet(context.Request.Method) && context.Response.StatusCode < 400 && took < slow ? LogLevel.Debug : LogLevel.Information;
            if (log.IsEnabled(level))
            {
                var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
                var method = context.Request.Method is { Length: <= 16 } known ? known : "(other)";
                LogRequest(log, level, method, route, context.Response.StatusCode, took.TotalMilliseconds);
            }
        }
    }

    [LoggerMessage(Message = "{Method} {Route} {Status} in {Milliseconds:0.0} ms")]
    private static partial void LogRequest(ILogger log, LogLevel level, string method, string route, int status, double milliseconds);
}
