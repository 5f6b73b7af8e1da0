using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Hosting;

/// <summary>The port is taken by another program.</summary>
internal sealed class PortInUseException(IPEndPoint endPoint)
    : Exception($"Failed to bind to address https://{endPoint}: address already in use. Http:Port or --port chooses another.");

/// <summary>The sockets that the daemon listens on, bound before the web server takes them over, so that both families have the same port.</summary>
internal sealed partial class LoopbackSockets(Settings settings, ILogger<LoopbackSockets> log) : IDisposable
{
    private const int MaxTries = 20;

    private readonly List<Socket> sockets = [];

    /// <summary>What people are told to call.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    /// <summary>Binds all that can be; what is not required and cannot be had is left out and logged.</summary>
    /// <exception cref="PortInUseException">A port that is required is taken.</exception>
    /// <exception cref="SocketException">A required address cannot be listened on.</exception>
    public IReadOnlyList<IPEndPoint> Bind()
    {
        for (var attempt = 1; !TryBind(isLastTry: attempt == MaxTries); attempt++)
            Dispose();
        return [.. sockets.Select(EndPointOf)];
    }

    /// <summary>The bound socket of an address, handed over to the web server.</summary>
    public Socket Take(EndPoint endPoint)
    {
        var socket = sockets.Find(s => EndPointOf(s).Equals(endPoint)) ?? throw new InvalidOperationException($"{endPoint} was not bound");
        sockets.Remove(socket);
        return socket;
    }

    /// <summary>Closes what nobody took.</summary>
    public void Dispose()
    {
        sockets.ForEach(s => s.Dispose());
        sockets.Clear();
    }

    private static IPEndPoint EndPointOf(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    // Port 0 is one free port for all: where it is free for one family only, another is tried.
    private bool TryBind(bool isLastTry)
    {
        var anyPort = 0;
        var told = new List<string>();
        foreach (var (endPoint, isRequired) in settings.Endpoints)
        {
            var isAnyPort = endPoint.Port == 0 && anyPort != 0;
            var target = isAnyPort ? new IPEndPoint(endPoint.Address, anyPort) : endPoint;
            try
            {
                var socket = Bound(target);
                sockets.Add(socket);
                if (endPoint.Port == 0)
                    anyPort = EndPointOf(socket).Port;
                if (isRequired)
                    told.Add($"https://{EndPointOf(socket)}");
            }
            catch (SocketException e) when (isAnyPort && !isLastTry && e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                return false;
            }
            catch (SocketException e) when (!isRequired)
            {
                if (e.SocketErrorCode is not (SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported))
                    LogNotBound(log, target, e.Message, target.Port);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new PortInUseException(target);
            }
        }

        Urls = told;
        return true;
    }

    private static Socket Bound(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{EndPoint} cannot be listened on: {Reason}. The name localhost may lead to another program there: call https://127.0.0.1:{Port}, and send no token to localhost")]
    private static partial void LogNotBound(ILogger log, IPEndPoint endPoint, string reason, int port);
}
