using System.Net;
using System.Net.Sockets;

namespace MailDaemon.Engine.Net;

/// <summary>
/// Where connections may go, of mail servers and all others. Link-local, metadata, multicast and unspecified addresses: never. Loopback and
/// private ones: only when the configuration says so, so that the API cannot be used to look around in the local network. Pure.
/// </summary>
internal static class AddressPolicy
{
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), // link-local, and the metadata service of most clouds
        IPNetwork.Parse("100.100.100.200/32"), // metadata service of Alibaba Cloud
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments; 192.0.0.192 is Oracle's metadata service
        IPNetwork.Parse("224.0.0.0/3"), // multicast, reserved, broadcast
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("64:ff9b:1::/48"), // NAT64 of a local network: it may lead anywhere (RFC 8215)
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fec0::/10"),
        IPNetwork.Parse("fd00:ec2::/32"), // metadata service of AWS
        IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>IPv4-compatible, deprecated (RFC 4291 §2.5.5.1).</summary>
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");

    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Allows(IPAddress address, bool allowPrivate)
    {
        var real = Unwrap(address);
        return !Never.Any(n => n.Contains(real)) && (allowPrivate || !Private.Any(n => n.Contains(real)));
    }

    /// <summary>Whether a host of a URL names this machine in so many words: <c>localhost</c>, or a loopback address.</summary>
    public static bool IsThisMachine(string host) =>
        host.TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(Unwrap(address)));

    /// <summary>The IPv4 address inside an IPv6 one that only carries it.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address) || (Compatible.Contains(address) && !IPAddress.IsLoopback(address)))
        {
            return new IPAddress(bytes.AsSpan(12, 4));
        }

        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : address;
    }
}
