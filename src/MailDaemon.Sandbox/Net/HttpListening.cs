using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Sandbox.Net;

/// <summary>HTTP/1.1 on a free port of loopback: bodies with Content-Length, one request a connection.</summary>
internal sealed class HttpListening : IAsyncDisposable
{
    private const int MostHeader = 64 * 1024;
    private const int MostBody = 8 * 1024 * 1024;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<HttpCall, CancellationToken, Task<HttpAnswer?>> answer;
    private readonly Task accepting;

    /// <param name="answer">Null drops the connection without a word.</param>
    public HttpListening(Func<HttpCall, CancellationToken, Task<HttpAnswer?>> answer)
    {
        this.answer = answer;
        listener.Start();
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    /// <summary>Without a path.</summary>
    public string Url { get; }

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
                if (await ReadAsync(stream) is not { } call || await answer(call, stopping.Token) is not { } answered)
                    return;
                var location = answered.Location is null ? "" : $"Location: {answered.Location}\r\n";
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 {answered.Status} Told\r\n{location}Content-Type: application/json; charset=utf-8\r\nContent-Length: {answered.Body.Length}\r\nConnection: close\r\n\r\n"),
                    stopping.Token);
                await stream.WriteAsync(answered.Body, stopping.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Whoever called has gone.
            }
        }
    }

    private async Task<HttpCall?> ReadAsync(NetworkStream stream)
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
        return new HttpCall(request[0], request.ElementAtOrDefault(1) ?? "", headers, read.ToArray()[(end + 4)..(end + 4 + length)]);
    }

    private static int HeaderEnd(MemoryStream read) => read.GetBuffer().AsSpan(0, (int)read.Length).IndexOf("\r\n\r\n"u8);
}
