using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>
/// What is said of a path that no route has: that there is no such provider, or no such route. Of Gmail's and Outlook's own routes
/// that only their accounts could use, that there is none.
/// </summary>
internal static class UnknownRoute
{
    /// <summary>In the documents of the API; no account of these providers can be added yet.</summary>
    private static readonly HashSet<(ProviderKind Provider, string Path)> ofAccountsToCome =
    [
        (ProviderKind.Outlook, "categories"),
        (ProviderKind.Outlook, "categories/sync"),
        (ProviderKind.Outlook, "categories/create"),
        (ProviderKind.Outlook, "categories/update"),
        (ProviderKind.Outlook, "categories/delete"),
        (ProviderKind.Outlook, "message/categories"),
    ];

    public static void UseUnknownRoute(this WebApplication app)
    {
        var nouns = new Lazy<HashSet<string>>(() => FirstSegments(app));
        app.Use((context, next) => context.GetEndpoint() is null ? throw Describe(context.Request.Path, nouns.Value) : next(context));
    }

    internal static MailException Describe(PathString path, IReadOnlySet<string> nouns)
    {
        var segments = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments is [var api, var first, _, ..] && api.Equals("api", StringComparison.OrdinalIgnoreCase))
        {
            if (!ProviderKinds.TryParse(first, out var kind) && !nouns.Contains(first))
                return RouteProvider.Unknown();
            var rest = string.Join('/', segments[2..]);
            if (ofAccountsToCome.Contains((kind, rest)) || (segments is [_, _, "messages", _, "labels"] && ofAccountsToCome.Contains((kind, "messages/{}/labels"))))
                return MailException.NotAuthorized(kind);
        }

        return MailException.NotFound("not_found", "There is no such route; /swagger lists them");
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
