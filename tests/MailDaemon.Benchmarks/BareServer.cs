using System.Diagnostics;

namespace MailDaemon.Benchmarks;

/// <summary><see cref="BareKestrel"/> as a process of its own.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly Process _process;

    private BareServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<BareServer> StartAsync(string directory, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(BareServer).Assembly.Location, "kestrel", directory])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), ct);
        return line is null ? throw new InvalidOperationException("bare Kestrel did not start") : new BareServer(process, new Uri(line));
    }

    /// <summary>Bytes it holds now.</summary>
    public long Memory() => ProcessMemory.Read(_process.Id).Now;

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
