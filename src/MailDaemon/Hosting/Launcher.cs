using System.Net.Sockets;
using System.Runtime.InteropServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.AspNetCore.Connections;

namespace MailDaemon.Hosting;

/// <summary>Runs the daemon as a process: what it says when it cannot start, and the code it ends with.</summary>
internal static class Launcher
{
    public const int Stopped = 0;
    public const int Fault = 1;
    public const int BadConfiguration = 2;
    public const int PortInUse = 3;
    public const int DataDirectoryInUse = 4;

    public static async Task<int> RunAsync(string[] args, Func<CommandLine, Task> run)
    {
        HideNewFiles();
        try
        {
            var line = CommandLine.Parse(args);
            if (line.WantsHelp)
                Console.WriteLine(CommandLine.Help);
            else
                await run(line);
            return Stopped;
        }
        catch (Exception e)
        {
            var (code, problems) = Explain(e);
            foreach (var problem in problems)
                await Console.Error.WriteLineAsync($"maildaemon: {problem}");
            return code;
        }
    }

    internal static (int Code, IReadOnlyList<string> Problems) Explain(Exception exception)
    {
        switch (exception)
        {
            case SettingsException e:
                return (BadConfiguration, e.Problems);
            case DataDirectoryInUseException e:
                return (DataDirectoryInUse, [e.Message]);
            case MailException { Code: SqliteFile.LockedCode } e:
                return (DataDirectoryInUse, [e.Message]);
            case MailException e:
                return (Fault, [e.Message]);
            case PortInUseException e:
                return (PortInUse, [e.Message]);
            case IOException { InnerException: AddressInUseException } e:
                return (PortInUse, [$"{e.Message} Http:Port or --port chooses another."]);
            case SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } e:
                return (BadConfiguration, [$"Http:Port or Http:Urls cannot be listened on: {e.Message}"]);
            default:
                return (Fault, [exception.ToString()]);
        }
    }

    // Whatever a library makes without saying a mode is for this user alone.
    private static void HideNewFiles()
    {
        if (!OperatingSystem.IsWindows())
            _ = Umask(0x3F); // 077
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint Umask(uint mask);
}
