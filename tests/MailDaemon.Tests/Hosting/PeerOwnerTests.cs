using System.Net;
using MailDaemon.Hosting;

namespace MailDaemon.Tests.Hosting;

public sealed class PeerOwnerTests
{
    private const string Table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:F230 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 114128 1 0000000002289bab 100 0 0 10 0
           1: 0100007F:B0F0 0100007F:F230 01 00000000:00000000 00:00000000 00000000  1000        0 114129 2 000000006914a44d 20 0 0 10 -1
           2: 0100007F:F230 0100007F:B0F0 01 00000000:00000000 00:00000000 00000000     0        0 114130 1 00000000c89173f5 20 0 0 10 -1
           3: 0100007F:E2EA 0100007F:F230 06 00000000:00000000 03:000009C4 00000000     0        0 0 3 00000000e60126e9

        """;

    [Theory]
    [InlineData(0xB0F0, 1000u)]
    [InlineData(0xE2EA, null)]
    [InlineData(0xB0F1, null)]
    public void Owner_is_that_of_the_peers_socket_while_it_is_held(int peerPort, uint? uid)
    {
        var peer = PeerOwner.Written(IPAddress.Loopback, peerPort);
        var local = PeerOwner.Written(IPAddress.Loopback, 0xF230);

        PeerOwner.UidIn(Table, peer, local).ShouldBe(uid);
    }

    [Theory]
    [InlineData("127.0.0.1", "0100007F:F230")]
    [InlineData("::1", "00000000000000000000000001000000:F230")]
    [InlineData("::ffff:127.0.0.1", "0000000000000000FFFF00000100007F:F230")]
    public void Addresses_are_written_as_the_kernel_does(string address, string written)
    {
        PeerOwner.Written(IPAddress.Parse(address), 62000).ShouldBe(written);
    }

    [Fact]
    public void Own_uid_is_the_effective_one()
    {
        PeerOwner.OwnUid("Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\n").ShouldBe(2u);
    }

    [Fact]
    public void Connection_nobody_looked_at_is_not_ours()
    {
        PeerOwner.IsOurs(null).ShouldBeFalse();
        PeerOwner.IsOurs(new Dictionary<object, object?>()).ShouldBeFalse();
    }
}
