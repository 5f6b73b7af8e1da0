using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Benchmarks;

/// <summary>Stands between a client and a cleartext server of this machine, passes bytes on, counts them and hears what it waits for.</summary>
internal sealed class WireTap : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _bytes;
    private volatile Awaited? _awaited;

    public WireTap(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What has come through so far, in both directions.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The moment (<see cref="Stopwatch"/>) at which the server first says this; a short line, which comes in one piece.</summary>
    public Task<long> HearAsync(string text, CancellationToken ct)
    {
        var awaited = new Awaited(Encoding.ASCII.GetBytes(text), new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        _awaited = awaited;
        return awaited.Heard.Task.WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        near.NoDelay = far.NoDelay = true;
        await far.ConnectAsync(IPAddress.Loopback, _target);
        await Task.WhenAny(PassAsync(near, far, isServer: false), PassAsync(far, near, isServer: true));
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool isServer)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var read and > 0)
            {
                Interlocked.Add(ref _bytes, read);
                if (isServer && _awaited is { } awaited && buffer.AsSpan(0, read).IndexOf(awaited.Text) >= 0) awaited.Heard.TrySetResult(Stopwatch.GetTimestamp());
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // One side has hung up, or the measuring is over.
        }
    }

    private sealed record Awaited(byte[] Text, TaskCompletionSource<long> Heard);
}
