using MailDaemon.Engine.Storage;

namespace MailDaemon.Hosting;

/// <summary>What the log says at the start.</summary>
internal static partial class Startup
{
    /// <summary>What must be there and whole before anything is served.</summary>
    /// <exception cref="Engine.Messages.MailException">What cannot be rebuilt is damaged, or locked by another program.</exception>
    public static void Check(WebApplication app, Settings settings, DataDirectory data)
    {
        _ = app.Services.GetRequiredService<SqliteFile>();
        KeyRing.Check(data.Path);
        if (settings.Guard.RequireToken)
            _ = app.Services.GetRequiredService<ApiToken>().Value;
    }

    public static void Report(WebApplication app, DataDirectory data)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MailDaemon.Hosting.Startup");
        LogStart(log, Api.Ping.Version, data.Path);
        foreach (var path in data.Repaired)
            LogRepaired(log, path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "MailDaemon {Version} starts on {DataDirectory}")]
    private static partial void LogStart(ILogger log, string version, string dataDirectory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Others could reach {Path}; now only this user can")]
    private static partial void LogRepaired(ILogger log, string path);
}
