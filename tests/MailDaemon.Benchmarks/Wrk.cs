using System.Globalization;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <param name="Rate">Answers a second.</param>
/// <param name="Half">p50 in seconds.</param>
/// <param name="Worst">p99 in seconds.</param>
internal readonly record struct Load(double Rate, double Half, double Worst);

/// <summary>wrk, which asks over and over on connections that are kept.</summary>
internal static class Wrk
{
    public const int Seconds = 2;

    private const string Script =
        """
        local requests, i = {}, 0
        function init(args)
          for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
        end
        function request()
          i = i % #requests + 1
          return requests[i]
        end
        function done(summary, latency, _)
          local e = summary.errors
          io.write(string.format("figures %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
            e.connect + e.read + e.write + e.status + e.timeout))
        end
        """;

    /// <param name="paths">What is asked for, in turn.</param>
    public static async Task<Load> RunAsync(Uri server, IReadOnlyList<string> paths, int connections, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("wrk-").FullName;
        var (script, list) = (Path.Combine(directory, "ask.lua"), Path.Combine(directory, "paths"));
        await File.WriteAllTextAsync(script, Script, ct);
        await File.WriteAllLinesAsync(list, paths, ct);
        var said = await PeerTool.RunAsync(
            PeerSoftware.FindProgram("wrk")!, ["-t1", $"-c{connections}", $"-d{Seconds}s", "-s", script, server.ToString(), "--", list], null, ct);
        var line = said.Split('\n').FirstOrDefault(l => l.StartsWith("figures ", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"wrk said {said}");
        var numbers = line.Split(' ')[1..].Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return numbers[4] == 0 && numbers[0] > 0
            ? new Load(numbers[0] / (numbers[1] / 1e6), numbers[2] / 1e6, numbers[3] / 1e6)
            : throw new InvalidOperationException($"{numbers[4]} of {numbers[0]} requests failed: {paths[0]}");
    }
}
