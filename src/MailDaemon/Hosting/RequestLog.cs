namespace MailDaemon.Hosting;

/// <summary>One line for each request: the route's pattern, never its values, which are addresses and ids.</summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
            var method = context.Request.Method is { Length: <= 16 } known ? known : "(other)";
            LogRequest(log, method, route, context.Response.StatusCode, time.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Route} {Status} in {Milliseconds:0.0} ms")]
    private static partial void LogRequest(ILogger log, string method, string route, int status, double milliseconds);
}
