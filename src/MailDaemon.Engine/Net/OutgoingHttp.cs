using System.Net;
using System.Net.Sockets;
using System.Reflection;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Net;

/// <summary>
/// Makes the clients for all that the daemon calls over HTTP. Each connection is judged by the address that it goes to
/// (<see cref="AddressPolicy"/>), whatever its name resolved to before. They follow no redirects, keep no cookies and use no proxy, whose
/// address would be judged in place of the endpoint's. Thread-safe.
/// </summary>
public sealed class OutgoingHttp(IOptions<OutgoingOptions> options)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly string UserAgent = "MailDaemon/" + typeof(OutgoingHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Finds the addresses of a name.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <param name="timeout">Of a whole request.</param>
    /// <param name="maxBytes">Of an answer that is read.</param>
    public HttpClient NewClient(TimeSpan timeout, int maxBytes) => new(NewHandler())
    {
        Timeout = timeout,
        MaxResponseContentBufferSize = maxBytes,
        DefaultRequestHeaders = { { "User-Agent", UserAgent } },
    };

    /// <summary>What connects, for a pipeline that is another's: its limits are that pipeline's affair.</summary>
    internal HttpMessageHandler NewHandler() => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = ConnectAsync,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    };

    /// <summary>With a limit of our own, because the handler does not say of its limit that it was for the connection.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(await AddressesAsync(context.DnsEndPoint.Host, limit.Token), context.DnsEndPoint.Port, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
                throw new SocketException((int)SocketError.TimedOut);
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken ct)
    {
        // localhost is this machine, whatever a name server says (RFC 6761 §6.3).
        if (AddressPolicy.IsThisMachine(host))
            return IPAddress.TryParse(host, out var loopback) ? [loopback] : [IPAddress.Loopback, IPAddress.IPv6Loopback];
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Resolve(host, ct);
        var allowed = Array.FindAll(found, address => AddressPolicy.Allows(address, options.Value.AllowPrivateHosts));
        return allowed.Length > 0 ? allowed : throw new AddressNotAllowedException(host);
    }
}
