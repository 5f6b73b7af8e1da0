namespace MailDaemon.Api;

/// <summary>Every route of the API, one line each.</summary>
internal static class Routes
{
    public static void MapApi(this WebApplication app)
    {
        app.MapGet("/ping", Ping.Handle);
    }
}
