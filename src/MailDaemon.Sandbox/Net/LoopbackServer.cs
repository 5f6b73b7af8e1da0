using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MailDaemon.Sandbox.Net;

/// <summary>Listens on a free port of 127.0.0.1 and serves each connection until it ends or the server is disposed.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();

    /// <summary>Ends the connections of now; another one comes with <see cref="ComeBack"/>.</summary>
    private CancellationTokenSource presence;
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private readonly Func<ClientConnection, CancellationToken, Task> serve;
    private readonly Settings settings;
    private readonly Task accepting;

    public LoopbackServer(Settings settings, Func<ClientConnection, CancellationToken, Task> serve)
    {
        this.settings = settings;
        this.serve = serve;
        presence = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Ends all connections, and each new one before its first byte, until <see cref="ComeBack"/>.</summary>
    public async Task GoAwayAsync()
    {
        await presence.CancelAsync();
        await EndedAsync();
    }

    public void ComeBack()
    {
        lock (gate)
        {
            presence.Dispose();
            presence = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        await EndedAsync();
        presence.Dispose();
        stop.Dispose();
    }

    private async Task EndedAsync()
    {
        Task[] last;
        lock (gate)
        {
            last = [.. running];
        }

        await Task.WhenAll(last);
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The client was gone before it was served, or the server stops: the loop's condition knows.
                continue;
            }

            lock (gate)
            {
                if (running.Count >= settings.MaxConnections || presence.IsCancellationRequested)
                {
                    socket.Dispose();
                    continue;
                }

                // The task is known before it can end: it starts to run only when the gate is free.
                var until = presence.Token;
                var serving = Task.Run(() => ServeAsync(socket, until), CancellationToken.None);
                running.Add(serving);
                _ = serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private void Forget(Task served)
    {
        lock (gate)
        {
            running.Remove(served);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        socket.NoDelay = true;
        settings.Counters.ConnectionOpened();
        await using var connection = new ClientConnection(socket, settings.Time);
        try
        {
            if (settings.ImplicitTls)
            {
                await connection.UpgradeToTlsAsync(settings.Certificate, ct);
            }

            await serve(connection, ct);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException
            or OperationCanceledException or ConnectionCutException)
        {
            // However a client leaves, or is left, only its own connection ends.
        }
        finally
        {
            settings.Counters.ConnectionClosed();
        }
    }

    /// <param name="ImplicitTls">Whether TLS starts with the first byte.</param>
    internal sealed record Settings(
        bool ImplicitTls, SslStreamCertificateContext Certificate, int MaxConnections, ServerCounters Counters, TimeProvider Time);
}
