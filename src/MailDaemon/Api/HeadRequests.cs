namespace MailDaemon.Api;

/// <summary>
/// Answers HEAD wherever GET is answered: the route of GET is taken, and the server leaves the body out. A GET that waits or changes
/// something is not run.
/// </summary>
internal static class HeadRequests
{
    /// <summary>Chooses routes as for GET.</summary>
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            if (HttpMethods.IsHead(context.Request.Method))
            {
                context.Items[typeof(HeadRequests)] = true;
                context.Request.Method = HttpMethods.Get;
            }

            try
            {
                await next(context);
            }
            finally
            {
                Restore(context);
            }
        });
        app.UseRouting();
        app.Use((context, next) =>
        {
            Restore(context);
            if (!HttpMethods.IsHead(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<NotForHeadAttribute>() is not { } instead)
                return next(context);
            context.Response.ContentType = instead.ContentType;
            return Task.CompletedTask;
        });
    }

    // Before anything is written: for GET the server would send the body.
    private static void Restore(HttpContext context)
    {
        if (context.Items.ContainsKey(typeof(HeadRequests)))
            context.Request.Method = HttpMethods.Head;
    }
}
