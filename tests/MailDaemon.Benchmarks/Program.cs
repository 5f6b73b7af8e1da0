using System.Globalization;
using System.Runtime.InteropServices;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>
/// <c>sync</c>, <c>api</c>, <c>rules</c> or <c>files</c>, with <c>[--sizes 1000,20000,100000] [--rounds 3]</c>; <c>gmail</c>, <c>outlook</c> or <c>customers</c>. Exit code: 0 measured, whatever the figures say; 1 a fault; 2 wrong arguments or a
/// missing peer; 130 interrupted.
/// </summary>
internal static class Program
{
    private const string Usage = "usage: scripts/bench.sh sync|api|rules|files [--sizes 1000,20000,100000] [--rounds 3], scripts/bench.sh gmail|outlook|customers";

    public static async Task<int> Main(string[] args)
    {
        if (args is ["kestrel", var replies])
        {
            await BareKestrel.RunAsync(replies);
            return 0;
        }

        if (args is ["graph", var address])
        {
            await BareGraph.RunAsync(address);
            return 0;
        }

        if (args is ["customers"])
        {
            CustomersBenchmark.Run([1000, 10_000, 50_000]);
            return 0;
        }

        if (args is ["gmail" or "outlook"])
        {
            await using var files = new TempDirectory();
            Environment.SetEnvironmentVariable("TMPDIR", files.Path);
            await (args[0] == "gmail" ? GmailBenchmark.RunAsync([5000, 20_000]) : OutlookBenchmark.RunAsync([5000, 20_000]));
            return 0;
        }

        if (Arguments.Parse(args) is not { } arguments) return Refuse(Usage);
        if (PeerSoftware.Missing(Peer.Dovecot) is { } missing) return Refuse(missing);
        var program = arguments.Benchmark.Program;
        if (PeerSoftware.FindProgram(program.Name) is null) return Refuse($"no {program.Name} here (apt-get install {program.Package})");

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        // Whatever makes temporary files from here on, this process or another, makes them in here.
        await using var directory = new TempDirectory(openToAll: true);
        Environment.SetEnvironmentVariable("TMPDIR", directory.Path);
        try
        {
            await arguments.Benchmark.RunAsync(arguments.Sizes, arguments.Rounds, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e)
        {
            // Caught so that the files go away.
            Console.Error.WriteLine(e);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 2;
    }

    private sealed record Arguments(Benchmark Benchmark, IReadOnlyList<int> Sizes, int Rounds)
    {
        public static Arguments? Parse(string[] args)
        {
            if (args is not [var name, .. var options] || options.Length % 2 != 0 || Benchmark.All.FirstOrDefault(b => b.Name == name) is not { } benchmark) return null;
            var parsed = new Arguments(benchmark, benchmark.Sizes, 3);
            foreach (var option in options.Chunk(2))
            {
                var numbers = option[1].Split(',').Select(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToList();
                switch (option[0])
                {
                    case "--sizes" when numbers.TrueForAll(n => n >= benchmark.Smallest):
                        parsed = parsed with { Sizes = numbers };
                        break;
                    case "--rounds" when numbers is [> 0]:
                        parsed = parsed with { Rounds = numbers[0] };
                        break;
                    default:
                        return null;
                }
            }

            return parsed;
        }
    }
}
