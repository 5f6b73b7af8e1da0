using System.Net;
using MailDaemon.Engine.Net;

namespace MailDaemon.Tests.Net;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("113.96.208.207")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1")]
    [InlineData("64:ff9b::808:808")] // NAT64 of 8.8.8.8
    [InlineData("2002:0808:0808::1")] // 6to4 of 8.8.8.8
    [InlineData("::ffff:8.8.8.8")]
    public void Public_address_is_allowed(string address)
    {
        AddressPolicy.Allows(IPAddress.Parse(address), allowPrivate: false).ShouldBeTrue();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fc00::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")] // NAT64 of 127.0.0.1
    [InlineData("2002:0a00:0001::1")] // 6to4 of 10.0.0.1
    public void Private_address_is_allowed_by_configuration_only(string address)
    {
        AddressPolicy.Allows(IPAddress.Parse(address), allowPrivate: false).ShouldBeFalse();
        AddressPolicy.Allows(IPAddress.Parse(address), allowPrivate: true).ShouldBeTrue();
    }

    [Theory]
    [InlineData("169.254.169.254")] // metadata service of most clouds
    [InlineData("169.254.0.1")]
    [InlineData("100.100.100.200")] // Alibaba Cloud
    [InlineData("192.0.0.192")] // Oracle
    [InlineData("fd00:ec2::254")] // AWS
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("ff02::1")]
    [InlineData("fec0::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")] // NAT64 of 169.254.169.254
    [InlineData("2002:a9fe:a9fe::1")] // 6to4 of 169.254.169.254
    [InlineData("::169.254.169.254")] // IPv4-compatible (RFC 4291 §2.5.5.1)
    [InlineData("64:ff9b:1::a9fe:a9fe")] // local-use NAT64 (RFC 8215)
    public void Metadata_link_local_and_multicast_are_never_allowed(string address)
    {
        AddressPolicy.Allows(IPAddress.Parse(address), allowPrivate: true).ShouldBeFalse();
    }
}
