using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Benchmarks;

/// <summary>Passes bytes on to a port of this machine, and counts them in both directions.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _bytes;

    public CountingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What has come through so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
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
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
            {
                Interlocked.Add(ref _bytes, read);
                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // One side has hung up, or the counting is over.
        }
    }
}
