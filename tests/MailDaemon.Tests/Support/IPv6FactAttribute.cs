using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Tests.Support;

/// <summary>Runs where this machine has the loopback address of IPv6.</summary>
public sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException)
        {
            Skip = "needs IPv6 on loopback";
        }
    }
}
