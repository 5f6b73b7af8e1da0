using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>What is said of a path that no route has: that there is no such provider, or no such route.</summary>
internal static class UnknownRoute
{
    public static void UseUnknownRoute(this WebApplication app)
    {
        var nouns = new Lazy<HashSet<string>>(() => FirstSegments(app));
        app.Use((context, next) => context.GetEndpoint() is null ? throw Describe(context.Request.Path, nouns.Value) : next(context));
    }

    internal static MailException Describe(PathString path, IReadOnlySet<string> nouns)
    {
        var segments = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments is [var api, var first, _, ..] && api.Equals("api", StringComparison.OrdinalIgnoreCase) && !ProviderKinds.TryParse(first, out _) && !nouns.Contains(first)
            ? RouteProvider.Unknown()
            : MailException.NotFound("not_found", "There is no such route; /swagger lists them");
    }

    // The words that stand right after /api in the route table and are no provider.
    private static HashSet<string> FirstSegments(IEndpointRouteBuilder app) => app.DataSources
        .SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .Select(e => (e.RoutePattern.RawText ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        .Where(segments => segments is ["api", _, ..] && !segments[1].StartsWith('{') && !ProviderKinds.TryParse(segments[1], out _))
        .Select(segments => segments[1])
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
