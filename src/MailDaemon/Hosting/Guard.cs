using MailDaemon.Api;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MailDaemon.Hosting;

/// <summary>The first middleware: refuses what does not come from this user's own programs and from our own pages, before any route is looked at.</summary>
internal sealed class Guard(RequestDelegate next, IOptions<GuardOptions> options, ApiToken token)
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    private const string PagePolicy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private int working;

    public async Task InvokeAsync(HttpContext context)
    {
        var app = AppOrigins.Of(context.Request, options.Value.AllowedOrigins);
        context.Response.OnStarting(() => AddHeadersAsync(context, app));
        if (Check(context, app is not null) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        if (AppOrigins.IsPreflight(context.Request))
        {
            AppOrigins.AnswerPreflight(context);
            return;
        }

        if (Interlocked.Increment(ref working) <= options.Value.MaxRequests)
            await PassAsync(context);
        else
            await LeaveAsync(RefuseAsync(context, new Refusal(429, "too_many_requests", "Too many requests are being worked on; try again")));
    }

    private Refusal? Check(HttpContext context, bool isApp)
    {
        var request = context.Request;
        var headers = request.Headers;
        var port = context.Connection.LocalPort;
        var limit = GuardChecks.BodyLimit(request.Path);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;

        // A body without a length ends somewhere: the limit above also holds while it is read.
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;
        return GuardChecks.Host(headers.Host, port)
            ?? GuardChecks.User(PeerOwner.IsOurs(context.Features.Get<IConnectionItemsFeature>()?.Items))
            ?? GuardChecks.Origin(headers.Origin, port, options.Value.AllowedOrigins)
            ?? GuardChecks.FetchSite(headers["Sec-Fetch-Site"], headers["Sec-Fetch-Mode"], headers["Sec-Fetch-Dest"], IsPage(request), isApp)
            ?? GuardChecks.Method(request.Method, isApp && AppOrigins.IsPreflight(request))
            ?? GuardChecks.ContentType(hasBody, headers.ContentType)
            ?? GuardChecks.Length(request.ContentLength, limit)
            ?? GuardChecks.Capability(request.Path, headers.Authorization)
            ?? (options.Value.RequireToken && !IsDocumentation(request) && !AppOrigins.IsPreflight(request) && !GuardChecks.IsCapability(headers.Authorization) ? GuardChecks.Token(headers.Authorization, token.Value) : null);
    }

    private Task PassAsync(HttpContext context) => LeaveAsync(next(context));

    private async Task LeaveAsync(Task work)
    {
        try
        {
            await work;
        }
        finally
        {
            Interlocked.Decrement(ref working);
        }
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal) =>
        ErrorReply.WriteAsync(context, refusal.Status, new ErrorReply.Body(refusal.Message, refusal.Code));

    // What a person may open by a link from elsewhere: nothing under /api.
    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && (request.Path == "/" || request.Path.StartsWithSegments(Swagger.PagePath, StringComparison.OrdinalIgnoreCase));

    // The page cannot send a token before it is loaded; neither it nor the document says anything about the user.
    private static bool IsDocumentation(HttpRequest request) => IsPage(request) || StatusPage.IsFile(request.Path) || request.Path == Swagger.DocumentPath;

    private static Task AddHeadersAsync(HttpContext context, string? app)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        headers.Vary = HeaderNames.Origin;
        if (app is not null)
            AppOrigins.Allow(headers, app);
        headers.TryAdd(HeaderNames.ContentSecurityPolicy, context.Request.Path.StartsWithSegments(Swagger.PagePath, StringComparison.OrdinalIgnoreCase) ? PagePolicy : ApiPolicy);
        return Task.CompletedTask;
    }
}
