using System.Diagnostics;
using System.Globalization;
using MailDaemon.Sandbox;

namespace MailDaemon.Benchmarks;

/// <summary>How long the daemon takes to its first answer and what memory it holds at rest: without an account, with one at Gmail, with one at Outlook.</summary>
internal static class DaemonStart
{
    private const int Rounds = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly string[] Libraries = ["Microsoft.Graph", "Microsoft.Kiota", "Microsoft.Identity", "Google.Apis"];

    public static async Task MeasureAsync()
    {
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        await MeasureAsync("no account", data => SandboxDaemon.StartOutlookAsync(servers, data), hasAccount: false);
        await MeasureAsync("an account at Gmail", data => SandboxDaemon.StartGmailAsync(servers, isOverImap: false, data), hasAccount: true);
        await MeasureAsync("an account at Outlook", data => SandboxDaemon.StartOutlookAsync(servers, data), hasAccount: true);
    }

    /// <summary>The first start makes what the others find, the certificate and the sample mailbox in the cache.</summary>
    private static async Task MeasureAsync(string what, Func<string?, Task<SandboxDaemon>> startAsync, bool hasAccount)
    {
        string data;
        await using (var daemon = await startAsync(null))
        {
            data = daemon.Data;
            if (hasAccount)
                await daemon.SignInAsync();
        }

        var (times, memory) = (new Samples(), new Samples());
        IReadOnlyList<string> loaded = [];
        for (var round = 0; round < Rounds; round++)
        {
            var since = Stopwatch.GetTimestamp();
            await using var daemon = await startAsync(data);
            await daemon.PingAsync();
            times.Add(Stopwatch.GetElapsedTime(since));
            if (hasAccount)
                await daemon.SyncAsync();
            await Task.Delay(Rest);
            memory.Add(ProcessMemory.Read(daemon.Id).Now);
            loaded = Loaded(daemon.Id);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: first answer after {Report.Seconds(times.Median)}, {Report.Megabytes(memory.Median)} at rest; loaded: {(loaded.Count > 0 ? string.Join(", ", loaded) : "none")}"));
    }

    /// <summary>Which of the libraries are mapped; proc(5), maps.</summary>
    private static IReadOnlyList<string> Loaded(int processId) =>
    [
        .. from line in File.ReadAllLines($"/proc/{processId}/maps")
        let file = Path.GetFileNameWithoutExtension(line[(line.LastIndexOf(' ') + 1)..])
        where Libraries.Any(library => file.StartsWith(library, StringComparison.Ordinal))
        group file by file into same
        orderby same.Key
        select same.Key,
    ];
}
