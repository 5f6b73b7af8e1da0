using System.Net;
using System.Net.Sockets;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class WireDialerTests
{
    [Fact]
    public async Task Second_address_is_tried_when_the_first_does_not_answer()
    {
        // "localhost" is ::1 and 127.0.0.1 where IPv6 is there; the server listens on the latter only.
        await using var server = ScriptedServer.Start(peer => peer.ExpectEndAsync());

        var wire = await WireStream.ConnectAsync(server.Endpoint(host: "localhost"), new WireOptions(), default);

        await wire.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Address_that_is_not_allowed_is_not_connected_to()
    {
        await using var server = ScriptedServer.Start(_ => throw new InvalidOperationException("connected"));
        var options = new WireOptions { IsAddressAllowed = address => !IPAddress.IsLoopback(address) };

        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(server.Endpoint(), options, default))).ShouldBe(WireFault.AddressNotAllowed);
        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(server.Endpoint(host: "localhost"), options, default)))
            .ShouldBe(WireFault.AddressNotAllowed);
    }

    [Fact]
    public async Task Ipv4_address_in_ipv6_clothes_is_judged_as_ipv4()
    {
        var judged = new List<string>();
        var options = new WireOptions
        {
            IsAddressAllowed = address =>
            {
                judged.Add(address.ToString());
                return false;
            },
        };

        await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(new WireEndpoint("::ffff:169.254.169.254", 993, WireSecurity.None), options, default));

        judged.ShouldBe(["169.254.169.254"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("0.0.0.0")]
    [InlineData("a..b")]
    public async Task Name_that_is_none_is_unreachable(string host)
    {
        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(new WireEndpoint(host, 993, WireSecurity.None), new WireOptions(), default)))
            .ShouldBe(WireFault.Unreachable);
    }

    [Fact]
    public async Task Port_where_nobody_listens_is_unreachable()
    {
        // Bound and not listening: nobody else can take the port.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = new WireEndpoint("127.0.0.1", ((IPEndPoint)bound.LocalEndPoint!).Port, WireSecurity.None);

        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(endpoint, new WireOptions(), default))).ShouldBe(WireFault.Unreachable);
    }

    [Fact]
    public void Address_families_take_turns()
    {
        var addresses = new[] { "2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2" }.Select(IPAddress.Parse).ToArray();

        WireDialer.Alternate(addresses).Select(a => a.ToString())
            .ShouldBe(["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"]);
    }
}
