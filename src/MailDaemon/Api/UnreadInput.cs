using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace MailDaemon.Api;

/// <summary>Refuses parameters and bodies at endpoints that take none, as <see cref="InputReader"/> does at all others.</summary>
internal static class UnreadInput
{
    public static void UseUnreadInputCheck(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata is { } metadata && TakesNothing(metadata))
            await InputReader.RefuseAllAsync(context.Request, context.RequestAborted);
        await next(context);
    });

    // Pages and the API document are excluded from the description.
    private static bool TakesNothing(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<MethodInfo>() is not null
        && metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
        && metadata.GetMetadata<Lazy<InputModel>>() is null;
}
