using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Tests.Support;

/// <summary>The built daemon as a process of its own, that can be killed and started again on the same data.</summary>
public sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];

    private DaemonProcess(Process process, string certificateDirectory)
    {
        _process = process;
        CertificateFile = Path.Combine(certificateDirectory, "server.crt");
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _listening.Task.IsCompletedSuccessfully ? _listening.Task.GetAwaiter().GetResult() : throw new InvalidOperationException("not listening");

    public string CertificateFile { get; }

    public int Id => _process.Id;

    /// <summary>What it wrote to its output, line by line.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>What it wrote to its error stream.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Whether a request failed because the daemon was killed over it.</summary>
    public static bool IsGone(Exception e) => e is HttpRequestException or SocketException or OperationCanceledException;

    /// <summary>Starts it on a data directory and waits until it listens.</summary>
    public static async Task<DaemonProcess> StartAsync(string dataDirectory, params string[] args)
    {
        var daemon = Launch(dataDirectory, args);
        var ended = daemon._process.WaitForExitAsync();
        if (await Task.WhenAny(daemon._listening.Task, ended).WaitAsync(patience) == ended)
            throw new InvalidOperationException($"the daemon ended with {daemon._process.ExitCode}: {daemon.Errors}");
        return daemon;
    }

    /// <summary>Runs it until it ends; the code it ended with and what it complained of.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(string dataDirectory, params string[] args)
    {
        await using var daemon = Launch(dataDirectory, args);
        return (await daemon.WaitAsync(), daemon.Errors);
    }

    /// <summary>kill -9: nothing of it gets a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(patience);
    }

    /// <summary>SIGTERM, and the code it ends with.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))!;
        await kill.WaitForExitAsync();
        return await WaitAsync();
    }

    /// <summary>A client that speaks HTTP/1.1 and looks at no certificate.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    {
        BaseAddress = Address,
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static DaemonProcess Launch(string dataDirectory, string[] args)
    {
        var certificates = Path.Combine(dataDirectory, "certs");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] fixedArgs = [Path.Combine(AppContext.BaseDirectory, "MailDaemon.dll"), "--data", dataDirectory, $"--Http:CertificateDirectory={certificates}"];
        string[] port = args.Contains("--port", StringComparer.Ordinal) || args.Contains("--urls", StringComparer.Ordinal) ? [] : ["--port", "0"];
        foreach (var argument in (string[])[.. fixedArgs, .. port, .. args])
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MAILDAEMON_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);

        var process = new Process { StartInfo = start };
        var daemon = new DaemonProcess(process, certificates);
        process.OutputDataReceived += (_, e) => daemon.Heard(e.Data);
        process.ErrorDataReceived += (_, e) =>
        {
            lock (daemon._errors)
                daemon._errors.AppendLine(e.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return daemon;
    }

    // It listens when it has said so and, in the next line, where its page is.
    private void Heard(string? line)
    {
        if (line is null)
            return;

        lock (_lines)
        {
            _lines.Add(line);
            if (line.StartsWith("Swagger page at ", StringComparison.Ordinal))
                _listening.TrySetResult(new Uri(_lines[^2]["listening on ".Length..]));
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }
}
