using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>Listeners on a free port of loopback.</summary>
internal static class LoopbackPorts
{
    private const int MaxTries = 10;

    /// <summary>On 127.0.0.1, started.</summary>
    public static TcpListener Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>As <see cref="Open"/>, and on the same port of ::1 where the machine has that: nobody else may be who a browser finds there.</summary>
    /// <exception cref="SocketException">Of ten ports none was free at both addresses.</exception>
    public static IReadOnlyList<TcpListener> OpenBoth()
    {
        for (var tried = 1; ; tried++)
        {
            var first = Open();
            try
            {
                return OnIPv6(((IPEndPoint)first.LocalEndpoint).Port) is { } second ? [first, second] : [first];
            }
            catch (SocketException) when (tried < MaxTries)
            {
                first.Dispose();
            }
            catch
            {
                first.Dispose();
                throw;
            }
        }
    }

    /// <returns>Null when the machine has no ::1.</returns>
    /// <exception cref="SocketException">The port is taken.</exception>
    private static TcpListener? OnIPv6(int port)
    {
        if (!Socket.OSSupportsIPv6)
            return null;
        var listener = new TcpListener(IPAddress.IPv6Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            listener.Dispose();
            return null;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
