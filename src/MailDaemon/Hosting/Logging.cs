using Microsoft.AspNetCore.Connections;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace MailDaemon.Hosting;

/// <summary>Where the log goes: the console's error stream, and JSON lines in <c>logs/</c> of the data directory.</summary>
internal static class Logging
{
    private const string ConsoleForm = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const long FileBytes = 20_000_000;
    private const int Files = 14;

    /// <summary>The <c>Serilog</c> section changes levels; one that has sinks of its own (<c>WriteTo</c>) replaces ours.</summary>
    public static void AddDaemonLog(this ILoggingBuilder logging, IConfiguration configuration, string dataDirectory)
    {
        var log = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Filter.ByExcluding(e => IsExpected(e.Exception))
            .Enrich.With(new WithoutPaths());

        // Reading it looks through all libraries for sinks, a tenth of the time that the daemon needs to start.
        if (configuration.GetSection("Serilog").Exists())
            log.ReadFrom.Configuration(configuration);
        if (!configuration.GetSection("Serilog:WriteTo").Exists())
        {
            var directory = Path.Combine(dataDirectory, "logs");
            DataDirectory.Create(directory);
            log.WriteTo.Console(outputTemplate: ConsoleForm, formatProvider: null, standardErrorFromLevel: LogEventLevel.Verbose)
                .WriteTo.File(
                    new JsonFormatter(renderMessage: true),
                    Path.Combine(directory, "maildaemon-.log"),
                    rollingInterval: RollingInterval.Day,
                    rollOnFileSizeLimit: true,
                    fileSizeLimitBytes: FileBytes,
                    retainedFileCountLimit: Files);
        }

        logging.ClearProviders();
        logging.AddSerilog(log.CreateLogger(), dispose: true);
    }

    // A taken port is said in one line by the launcher; work that was told to stop and did is no fault.
    private static bool IsExpected(Exception? exception) =>
        exception is OperationCanceledException or IOException { InnerException: AddressInUseException };

    // The framework puts the path of the request into every line, and addresses are in paths.
    private sealed class WithoutPaths : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory) => logEvent.RemovePropertyIfPresent("RequestPath");
    }
}
