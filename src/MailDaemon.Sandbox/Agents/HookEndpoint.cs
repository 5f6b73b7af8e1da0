using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Sandbox.Agents;

/// <summary>
/// An agent's or anybody's endpoint for hooks on a free port of loopback: takes each request, remembers it, and answers as it is told, or
/// takes it and drops the connection. HTTP/1.1 with Content-Length, one request a connection.
/// </summary>
public sealed class HookEndpoint : IAsyncDisposable
{
    private const int MostHeader = 64 * 1024;
    private const int MostBody = 8 * 1024 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<HookCall> calls = new();
    private readonly ConcurrentQueue<int> answers = new();
    private readonly Task accepting;

    public HookEndpoint()
    {
        listener.Start();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    /// <summary>An answer of this status is none: the connection is dropped.</summary>
    public const int Drop = 0;

    /// <summary>Without a path.</summary>
    public string Url { get; }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<HookCall> Calls => [.. calls];

    /// <summary>The status that requests are answered with for which nothing else was armed.</summary>
    public int Answer { get; set; } = 200;

    /// <summary>The next requests are answered so, one each; 3xx points elsewhere on this endpoint.</summary>
    public void Arm(params int[] statuses)
    {
        foreach (var status in statuses)
            answers.Enqueue(status);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await ReadAsync(stream) is not { } call)
                    return;
                calls.Enqueue(call);
                var status = answers.TryDequeue(out var armed) ? armed : Answer;
                if (status == Drop)
                    return;
                var location = status is >= 300 and < 400 ? $"Location: {Url}/elsewhere\r\n" : "";
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Told\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n"), stopping.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Whoever called has gone.
            }
        }
    }

    private async Task<HookCall?> ReadAsync(NetworkStream stream)
    {
        var read = new MemoryStream();
        var buffer = new byte[8 * 1024];
        int end;
        while ((end = HeaderEnd(read)) < 0)
        {
            var count = await stream.ReadAsync(buffer, stopping.Token);
            if (count == 0 || read.Length > MostHeader)
                return null;
            read.Write(buffer, 0, count);
        }

        var lines = Encoding.Latin1.GetString(read.GetBuffer(), 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? Math.Min(told, MostBody) : 0;
        while (read.Length < end + 4 + length)
        {
            var count = await stream.ReadAsync(buffer, stopping.Token);
            if (count == 0)
                return null;
            read.Write(buffer, 0, count);
        }

        var request = lines[0].Split(' ');
        return new HookCall(request[0], request.ElementAtOrDefault(1) ?? "", headers, read.ToArray()[(end + 4)..(end + 4 + length)]);
    }

    private static int HeaderEnd(MemoryStream read) => read.GetBuffer().AsSpan(0, (int)read.Length).IndexOf("\r\n\r\n"u8);
}
