using MailDaemon.Engine.Accounts;
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
        ReportLost(app, data);
        if (settings.Guard.RequireToken)
            _ = app.Services.GetRequiredService<ApiToken>().Value;
    }

    // The first look at a secret makes a new key, so the ring is looked at before.
    private static void ReportLost(WebApplication app, DataDirectory data)
    {
        var log = Log(app);
        var isAbsent = KeyRing.IsAbsent(data.Path);
        var vault = app.Services.GetRequiredService<SecretVault>();
        var lost = app.Services.GetRequiredService<AccountStore>().All().Count(account => vault.CheckIsLost(account.Key));
        if (isAbsent)
            LogNoKeys(log, KeyRing.DirectoryIn(data.Path));
        if (lost > 0)
            LogLost(log, lost);
    }

    public static void Report(WebApplication app, DataDirectory data)
    {
        var log = Log(app);
        LogStart(log, Api.Ping.Version, data.Path);
        foreach (var path in data.Repaired)
            LogRepaired(log, path);
    }

    private static ILogger Log(WebApplication app) => app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("MailDaemon.Hosting.Startup");

    [LoggerMessage(Level = LogLevel.Error, Message = "{Directory} holds no key, and there are secrets that were encrypted with one. Restore the keys from a backup and start again; without them each password must be given again")]
    private static partial void LogNoKeys(ILogger log, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored passwords or tokens of {Count} accounts cannot be read and must be given again: PUT /api/accounts/{{provider}}/{{email}}/settings. GET /health names them")]
    private static partial void LogLost(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "MailDaemon {Version} starts on {DataDirectory}")]
    private static partial void LogStart(ILogger log, string version, string dataDirectory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Others could reach {Path}; now only this user can")]
    private static partial void LogRepaired(ILogger log, string path);
}
