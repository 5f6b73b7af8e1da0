using System.Net;
using System.Net.Sockets;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.OAuth;

public sealed class LoopbackPortsTests
{
    [IPv6Fact]
    public void Both_addresses_of_this_machine_have_the_same_port_and_nobody_else_can_take_it()
    {
        var listeners = LoopbackPorts.OpenBoth();
        try
        {
            var ends = listeners.Select(listener => (IPEndPoint)listener.LocalEndpoint).ToList();

            ends.Select(end => end.Address).ShouldBe([IPAddress.Loopback, IPAddress.IPv6Loopback]);
            ends.Select(end => end.Port).Distinct().ShouldHaveSingleItem();
            foreach (var end in ends)
                Should.Throw<SocketException>(() => new TcpListener(end).Start());
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }
}
