using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MailDaemon.Api;

/// <summary>
/// Turns every failure into the error envelope: exceptions of ours, and the empty replies of the framework (404, 405, 415 …).
/// The only place that knows which status code a failure has.
/// </summary>
internal sealed partial class ErrorReply(RequestDelegate next, IHostApplicationLifetime lifetime, ILogger<ErrorReply> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; nobody reads a reply.
            return;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Response.Clear();
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, new Body("The daemon is stopping; try again", "stopping"));
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            if (IsOurs(e))
                LogFault(log, e, context.Request.Method, RouteOf(context));
            var (status, body) = For(e);
            context.Response.Clear();
            if (e is MailException { RetryAfter: { } wait })
                context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await WriteAsync(context, status, body);
            return;
        }

        if (IsEmptyError(context.Response))
        {
            var status = context.Response.StatusCode;
            context.Response.Headers.Remove(HeaderNames.ContentDisposition);
            await WriteAsync(context, status, For(status, context.Request));
        }
    }

    /// <summary>Writes an error; for those who refuse a request before any endpoint.</summary>
    public static Task WriteAsync(HttpContext context, int status, Body body)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, json.GetTypeInfo(typeof(Body)));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        if (status == StatusCodes.Status429TooManyRequests && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = "1";
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    internal static (int Status, Body Body) For(Exception exception) => exception switch
    {
        MailException e => (StatusOf(e.Fault), new Body(e.Message, e.Code) { Details = e.Details }),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, TooLarge),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            (StatusCodes.Status408RequestTimeout, new Body("The body came too slowly", "request_timeout")),
        BadHttpRequestException e => (e.StatusCode, new Body("The request is malformed", "bad_request")),
        _ => (StatusCodes.Status500InternalServerError,
            new Body("Something failed inside the daemon; its log says what", "internal_error")),
    };

    internal static int StatusOf(MailFault fault) => fault switch
    {
        MailFault.InvalidInput => StatusCodes.Status400BadRequest,
        MailFault.NotAuthorized => StatusCodes.Status401Unauthorized,
        MailFault.Forbidden => StatusCodes.Status403Forbidden,
        MailFault.NotFound => StatusCodes.Status404NotFound,
        MailFault.Conflict => StatusCodes.Status409Conflict,
        MailFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
        MailFault.TooMany => StatusCodes.Status429TooManyRequests,
        MailFault.Refused => StatusCodes.Status502BadGateway,
        MailFault.Unreachable => StatusCodes.Status503ServiceUnavailable,
        MailFault.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    internal static Body TooLarge => new("The body is larger than this route takes", "too_large");

    private static Body For(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => new("There is no such route; /swagger lists them", "not_found"),
        StatusCodes.Status405MethodNotAllowed => new($"This route does not take {Method(request)}", "method_not_allowed"),
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => new("The body must be application/json", "json_only"),
        StatusCodes.Status416RangeNotSatisfiable => new("The range lies outside of the file", "range_not_satisfiable"),
        >= 500 => new("Something failed inside the daemon; its log says what", "internal_error"),
        _ => new("The request is malformed", "bad_request"),
    };

    private static string Method(HttpRequest request) => request.Method.Length <= 16 ? request.Method : "this method";

    // A file that has no such range answers with its own type and name, and no bytes.
    private static bool IsEmptyError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400 } and ({ ContentType: null } or { StatusCode: StatusCodes.Status416RangeNotSatisfiable })
        && response.ContentLength is null or 0;

    private static bool IsOurs(Exception e) => e is not (MailException or BadHttpRequestException);

    private static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    private static partial void LogFault(ILogger log, Exception e, string method, string route);

    /// <summary>The error form of the envelope.</summary>
    public sealed record Body(
        [property: JsonPropertyOrder(1)] string Msg,
        [property: JsonPropertyOrder(2)] string Error)
    {
        /// <summary>Always 0: not done.</summary>
        [JsonPropertyOrder(0)]
        public int Code => 0;

        /// <summary>Field to what is wrong with it, where the fault lies in the input.</summary>
        [JsonPropertyOrder(3)]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? Details { get; init; }
    }
}
