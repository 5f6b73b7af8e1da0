using Microsoft.Net.Http.Headers;

namespace MailDaemon.Hosting;

/// <summary>Desktop apps that call from an origin of their own, as <c>Guard:AllowedOrigins</c> names them: CORS (WHATWG Fetch §3.3) for them and nobody else.</summary>
internal static class AppOrigins
{
    private const string Methods = "GET, HEAD, POST, PUT, DELETE";
    private const string RequestHeaders = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range";
    private const string ReplyHeaders = "Content-Disposition, Content-Range, Retry-After";

    /// <summary>The allowed origin that a request comes from; null when it comes from none.</summary>
    public static string? Of(HttpRequest request, IReadOnlyList<string> allowed) =>
        request.Headers.Origin is [{ } only] && only != "null" && allowed.Contains(only, StringComparer.OrdinalIgnoreCase) ? only : null;

    /// <summary>Whether it only asks what it may send.</summary>
    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);

    /// <summary>Lets the app read a reply, refusals too.</summary>
    public static void Allow(IHeaderDictionary headers, string origin)
    {
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = ReplyHeaders;
    }

    public static void AnswerPreflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = RequestHeaders;
        headers.AccessControlMaxAge = "600";

        // Chromium asks for it before a page may call a local address (WICG Private Network Access).
        if (context.Request.Headers["Access-Control-Request-Private-Network"] == "true")
            headers["Access-Control-Allow-Private-Network"] = "true";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
