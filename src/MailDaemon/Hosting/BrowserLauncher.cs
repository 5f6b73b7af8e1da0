using System.ComponentModel;
using System.Diagnostics;

namespace MailDaemon.Hosting;

/// <summary>Opens a page in the browser of the user that the daemon runs as.</summary>
internal sealed partial class BrowserLauncher(ILogger<BrowserLauncher> log)
{
    /// <summary>The program that opens pages; on Windows the shell does, and there is none.</summary>
    internal string Program { get; init; } = OperatingSystem.IsMacOS() ? "open" : "xdg-open";

    /// <summary>A machine without a browser is none of the caller's faults: it has the address, too.</summary>
    public void Open(Uri page)
    {
        try
        {
            // The address is an argument of its own: no shell reads it.
            var start = OperatingSystem.IsWindows() ? new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true } : new ProcessStartInfo(Program, [page.AbsoluteUri]);
            using var process = Process.Start(start);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            LogNotOpened(log, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The browser could not be opened: {Reason}")]
    private static partial void LogNotOpened(ILogger log, string reason);
}
