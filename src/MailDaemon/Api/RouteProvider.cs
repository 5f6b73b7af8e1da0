using System.Reflection;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>
/// The provider of a route: the <c>{p}</c> of its path, or for a route of one provider the one it was mapped with.
/// </summary>
public sealed record RouteProvider(ProviderKind Kind)
{
    public const string Parameter = "p";

    /// <exception cref="MailException">404 <c>unknown_provider</c>.</exception>
    public static ValueTask<RouteProvider> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteProvider>() is { } mapped)
            return ValueTask.FromResult(mapped);

        return ProviderKinds.TryParse(context.GetRouteValue(Parameter) as string, out var kind)
            ? ValueTask.FromResult(new RouteProvider(kind))
            : throw Unknown();
    }

    internal static MailException Unknown() => MailException.NotFound("unknown_provider", "There is no such provider; it is gmail, outlook or imap.");
}
