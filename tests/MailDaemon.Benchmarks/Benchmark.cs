using System.Globalization;
using System.Runtime.InteropServices;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>One thing to measure at several sizes.</summary>
/// <param name="Sizes">Messages, or megabytes of a file.</param>
/// <param name="Program">What has to be here beside Dovecot, and the Debian package that has it.</param>
internal sealed record Benchmark(
    string Name,
    IReadOnlyList<int> Sizes,
    int Smallest,
    (string Name, string Package) Program,
    string Conditions,
    Func<int, int, long> Needs,
    Func<DovecotServer, int, BenchmarkMail, int, CancellationToken, Task<IReadOnlyList<Figure>>> MeasureAsync)
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("sync", [1000, 20_000, 100_000], MailboxSeed.Fewest, ("mbsync", "isync"), SyncBenchmark.Conditions, SyncBenchmark.Needs, SyncBenchmark.MeasureAsync),
        new("api", [1000, 10_000, 100_000], MailboxSeed.Fewest, ("wrk", "wrk"), ApiBenchmark.Conditions, ApiBenchmark.Needs, ApiBenchmark.MeasureAsync),
        new("rules", [10_000], MailboxSeed.Fewest, ("sieve-filter", "dovecot-sieve"), RulesBenchmark.Conditions, RulesBenchmark.Needs, RulesBenchmark.MeasureAsync),
        new("files", [1, 10, 100], 1, ("dovecot", "dovecot-imapd"), FilesBenchmark.Conditions, FilesBenchmark.Needs, FilesBenchmark.MeasureAsync),
    ];

    /// <summary>
    /// Leaves all its files in the temporary directory: ext4 gives no inode again that was freed within minutes, and looks at each such one
    /// for every new file. Files of the round before, deleted, would make everybody's first pass three times as slow.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<int> sizes, int rounds, CancellationToken ct)
    {
        Console.WriteLine(await MachineAsync(ct));
        Console.WriteLine($"{Conditions} {rounds} rounds.\n");
        var mail = new BenchmarkMail();
        var measured = new List<(int Messages, IReadOnlyList<Figure> Figures)>();
        await using var servers = new Servers();
        foreach (var messages in sizes)
        {
            var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
            var needed = Needs(messages, rounds);
            if (free < needed)
            {
                Console.WriteLine($"{messages:N0}: SKIPPED, needs {Report.Megabytes(needed)} in {Path.GetTempPath()}, {Report.Megabytes(free)} are free.\n");
                continue;
            }

            var figures = await MeasureAsync(await servers.StartAsync(ct), messages, mail, rounds, ct);
            measured.Add((messages, figures));
            Console.WriteLine(Report.Table(figures));
        }

        if (measured.Count > 1) Console.WriteLine($"Growth: ours (peer)\n\n{Report.Growth(measured)}");
    }

    private async Task<string> MachineAsync(CancellationToken ct)
    {
        var dovecot = await PeerTool.RunAsync(PeerSoftware.Require(Peer.Dovecot), ["--version"], null, ct);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}, .NET {Environment.Version}, Dovecot {dovecot.Split(' ')[0].Trim()}, {Program.Name}");
    }

    /// <summary>Stopped at the end, when their files may go too.</summary>
    private sealed class Servers : IAsyncDisposable
    {
        private readonly List<DovecotServer> _started = [];

        public async Task<DovecotServer> StartAsync(CancellationToken ct)
        {
            var server = await DovecotServer.StartAsync(ct: ct);
            _started.Add(server);
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in _started) await server.DisposeAsync();
        }
    }
}
