using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>
/// Where the browser comes back to after a sign-in (RFC 8252 §7.3): an http listener on a free port of loopback that knows one address and nothing
/// else. Other users of the machine are not heard, and only requests that name it by this address are, so that no web page reaches it by a name of
/// its own. Closes when disposed of.
/// </summary>
internal sealed class LoopbackRedirect : IAsyncDisposable
{
    private const int MaxConnections = 8;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private readonly Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<SignInPage>> answer;
    private readonly LoopbackPeers peers;
    private readonly RedirectForm form;
    private readonly IReadOnlyList<TcpListener> listeners;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim places = new(MaxConnections, MaxConnections);
    private readonly string host;
    private Task accepting = Task.CompletedTask;
    private volatile bool isClosed;
    private int isDisposed;

    /// <param name="answer">Takes the query of a redirect and says what the browser shows.</param>
    public LoopbackRedirect(RedirectForm form, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<SignInPage>> answer, LoopbackPeers peers)
    {
        (this.form, this.answer, this.peers) = (form, answer, peers);
        listeners = form.IsName ? LoopbackPorts.OpenBoth() : [LoopbackPorts.Open()];
        host = string.Create(CultureInfo.InvariantCulture, $"{form.Host}:{((IPEndPoint)listeners[0].LocalEndpoint).Port}");
    }

    /// <summary>The redirect URI.</summary>
    public string Url => $"http://{host}{form.Path}";

    public void Start() => accepting = Task.WhenAll(listeners.Select(listener => Task.Run(() => AcceptAsync(listener))));

    /// <summary>Takes no more connections; those that are open get their answer.</summary>
    public void Close()
    {
        isClosed = true;
        foreach (var listener in listeners)
            listener.Stop();
    }

    /// <summary>Ends what is open too.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 1)
            return;
        Close();
        await stopping.CancelAsync();
        await accepting;

        // All places back: nobody is answering any more.
        for (var i = 0; i < MaxConnections; i++)
            await places.WaitAsync();
        places.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!isClosed)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                if (client.Client is { RemoteEndPoint: IPEndPoint peer, LocalEndPoint: IPEndPoint local } && peers.IsOurs(peer, local) && places.Wait(0))
                    _ = ServeAsync(client);
                else
                    client.Dispose();
            }
            catch (Exception) when (isClosed)
            {
                return;
            }
            catch (SocketException)
            {
                // A caller that was gone before it was heard, or no file handle is free: that passes.
                await Task.Delay(AcceptPause, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var page = await RequestAsync(stream) is { } request ? await PageAsync(request) : SignInPage.Refused(400, "This is no request that is answered here.");
                await stream.WriteAsync(page.Write(), stopping.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The browser has gone, sent nothing, or the sign-in was ended.
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<RedirectRequest?> RequestAsync(NetworkStream stream)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        timeout.CancelAfter(ReadTimeout);
        return await RedirectRequest.ReadAsync(stream, timeout.Token);
    }

    private async Task<SignInPage> PageAsync(RedirectRequest request)
    {
        if (!string.Equals(request.Host, host, StringComparison.OrdinalIgnoreCase))
            return SignInPage.Refused(421, "This address is not answered here.");
        if (request.Path != form.RequestPath)
            return SignInPage.Refused(404, "There is no such page here.");
        if (request.Method != "GET")
            return SignInPage.Refused(405, "Only a browser that comes back from a sign-in is answered here.");
        return request.Query() is { } query ? await answer(query, stopping.Token) : SignInPage.Unknown();
    }
}
