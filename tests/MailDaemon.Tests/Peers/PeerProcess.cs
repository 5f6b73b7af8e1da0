using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Tests.Peers;

/// <summary>
/// A server of a test, in the foreground under a shell that holds a pipe from this process. When the pipe closes, on purpose or because
/// the test run died, the shell tells the server to stop: nothing is left running.
/// </summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    // The server gets a session of its own, so that it can stop its whole group, and an interrupt at the keyboard comes by this way too.
    private const string Keeper = """
        log=$1; shift
        setsid "$@" </dev/null >>"$log" 2>&1 &
        pid=$!
        echo "$pid"
        while read -r _; do :; done
        kill -TERM "-$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private readonly Process _keeper;

    private PeerProcess(Process keeper, int serverId)
    {
        _keeper = keeper;
        ServerId = serverId;
    }

    public int ServerId { get; }

    /// <summary>False as soon as the server has ended, by itself or otherwise.</summary>
    public bool IsRunning => IsAlive(ServerId);

    /// <param name="outputPath">Where its standard output and error go.</param>
    public static async Task<PeerProcess> StartAsync(
        string outputPath, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken ct)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Keeper, "keeper", outputPath, program]) start.ArgumentList.Add(argument);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        var keeper = Process.Start(start)!;
        var id = await keeper.StandardOutput.ReadLineAsync(ct);
        return new PeerProcess(keeper, int.Parse(id!, CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until the port greets with <paramref name="greeting"/>.</summary>
    /// <exception cref="InvalidOperationException">The server ended instead, or took longer than 20 seconds.</exception>
    public async Task UntilGreetedAsync(int port, string greeting, Func<string> log, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            while (!await GreetsAsync(port, greeting, limit.Token))
            {
                if (!IsRunning) throw new InvalidOperationException($"the server on port {port} ended at once:\n{log()}");
                await Task.Delay(20, limit.Token);
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"the server on port {port} does not answer:\n{log()}", e);
        }
    }

    /// <summary>Asks it to stop and waits; kills it when it does not listen.</summary>
    public async Task StopAsync()
    {
        try
        {
            _keeper.StandardInput.Close();
            await _keeper.WaitForExitAsync().WaitAsync(Patience);
            await UntilSessionEndsAsync();
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Kills it and all its children at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        foreach (var id in Session()) Kill(id);
        _keeper.Kill();
        await _keeper.WaitForExitAsync();
        await UntilSessionEndsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_keeper.HasExited) await StopAsync();
        _keeper.Dispose();
    }

    /// <summary>True unless it has ended; one that ended and was not yet collected by its parent counts as ended.</summary>
    public static bool IsAlive(int processId) => SessionOf(processId) is not null;

    /// <summary>Ports of 127.0.0.1 that are free now.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    // The master does not wait for its children, and they may still hold files.
    private async Task UntilSessionEndsAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        while (Session() is { Length: > 0 } left)
        {
            if (TimeProvider.System.GetElapsedTime(since) > Grace) Array.ForEach(left, Kill);
            await Task.Delay(10);
        }
    }

    private int[] Session() => [.. Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && SessionOf(id) == ServerId)];

    // proc(5), stat: "4711 (name) S parent group session ..."; the name may hold anything. Null: ended, or a zombie.
    private static int? SessionOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : int.Parse(fields[3], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }

    private static async Task<bool> GreetsAsync(int port, string greeting, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, ct);
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            var line = await reader.ReadLineAsync(ct);
            return line?.StartsWith(greeting, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
