using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class WireTlsTests
{
    [Fact]
    public async Task Certificate_of_an_unknown_authority_is_refused()
    {
        using var authority = TestCertificates.Authority();

        (await FaultAsync(TestCertificates.Leaf(authority), trusted: null)).ShouldBe(WireFault.CertificateUntrusted);
        (await FaultAsync(TestCertificates.Leaf(), trusted: null)).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Certificate_of_a_trusted_authority_is_accepted(string host)
    {
        using var authority = TestCertificates.Authority();

        (await FaultAsync(TestCertificates.Leaf(authority), TestCertificates.Public(authority), host)).ShouldBeNull();
    }

    [Fact]
    public async Task Trusted_leaf_is_accepted_whoever_signed_it()
    {
        using var authority = TestCertificates.Authority();
        using var leaf = TestCertificates.Leaf(authority);
        using var selfSigned = TestCertificates.Leaf();

        (await FaultAsync(leaf, TestCertificates.Public(leaf))).ShouldBeNull();
        (await FaultAsync(selfSigned, TestCertificates.Public(selfSigned))).ShouldBeNull();
    }

    [Fact]
    public async Task Authority_of_the_same_name_is_another_one()
    {
        using var authority = TestCertificates.Authority();
        using var impostor = TestCertificates.Authority();

        (await FaultAsync(TestCertificates.Leaf(impostor), TestCertificates.Public(authority))).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Trusted_leaf_cannot_vouch_for_others()
    {
        using var leaf = TestCertificates.Leaf();

        (await FaultAsync(TestCertificates.Leaf(leaf), TestCertificates.Public(leaf))).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Expired_certificate_is_refused_though_trusted()
    {
        using var authority = TestCertificates.Authority();
        using var selfSigned = TestCertificates.Leaf(days: -1);

        (await FaultAsync(TestCertificates.Leaf(authority, days: -1), TestCertificates.Public(authority))).ShouldBe(WireFault.CertificateUntrusted);
        (await FaultAsync(selfSigned, TestCertificates.Public(selfSigned))).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Certificate_for_another_name_is_refused_though_trusted()
    {
        using var leaf = TestCertificates.Leaf(host: "mail.example");

        (await FaultAsync(leaf, TestCertificates.Public(leaf))).ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Certificate_that_is_not_for_servers_is_refused()
    {
        using var authority = TestCertificates.Authority();

        (await FaultAsync(TestCertificates.Leaf(authority, usage: "1.3.6.1.5.5.7.3.2"), TestCertificates.Public(authority)))
            .ShouldBe(WireFault.CertificateUntrusted);
    }

    [Fact]
    public async Task Address_that_a_certificate_names_is_not_visited()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var authority = TestCertificates.Authority();
        using var leaf = TestCertificates.Leaf(authority, issuerUrl: $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/ca.cer");

        (await FaultAsync(leaf, trusted: null)).ShouldBe(WireFault.CertificateUntrusted);
        (await FaultAsync(leaf, TestCertificates.Public(authority))).ShouldBeNull();

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Server_that_speaks_clear_text_fails()
    {
        await using var server = ScriptedServer.Start(peer => peer.SendAsync("* OK this port has no TLS"));

        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(server.Endpoint(WireSecurity.Tls), new WireOptions(), default)))
            .ShouldBe(WireFault.TlsFailed);
    }

    [Fact]
    public async Task Handshake_that_does_not_go_on_times_out()
    {
        await using var server = ScriptedServer.Start(async peer => (await peer.ReadLineAsync()).ShouldNotBeNull());
        var options = new WireOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100) };

        (await WireStreamTests.FaultAsync(() => WireStream.ConnectAsync(server.Endpoint(WireSecurity.Tls), options, default)))
            .ShouldBe(WireFault.Timeout);
    }

    [Fact]
    public async Task Upgrade_encrypts_what_comes_after_it()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Dialogue("S: 220 go\nS: <tls>\nS: 250 secret", leaf);
        await using var wire = await ConnectAsync(server, leaf);

        await wire.ReadLineAsync(default);
        wire.IsEncrypted.ShouldBeFalse();
        await wire.UpgradeToTlsAsync(default);

        wire.IsEncrypted.ShouldBeTrue();
        Encoding.ASCII.GetString((await wire.ReadLineAsync(default)).Span).ShouldBe("250 secret");
    }

    [Fact]
    public async Task Clear_text_behind_the_reply_to_starttls_ends_the_connection()
    {
        using var leaf = TestCertificates.Leaf();
        await using var server = ScriptedServer.Start(peer => peer.SendRawAsync("220 go\r\n250 injected\r\n"));
        await using var wire = await ConnectAsync(server, leaf);
        await wire.ReadLineAsync(default);

        (await WireStreamTests.FaultAsync(() => wire.UpgradeToTlsAsync(default))).ShouldBe(WireFault.TlsFailed);
        wire.IsEncrypted.ShouldBeFalse();
    }

    private static Task<WireStream> ConnectAsync(ScriptedServer server, X509Certificate2 leaf) => WireStream.ConnectAsync(
        server.Endpoint(WireSecurity.StartTls, "localhost"), new WireOptions { TrustedCertificates = TestCertificates.Public(leaf) }, default);

    /// <summary>What becomes of a connection to a server that shows this certificate; null when it is good.</summary>
    private static async Task<WireFault?> FaultAsync(X509Certificate2 shown, X509Certificate2Collection? trusted, string host = "localhost")
    {
        await using var server = ScriptedServer.Start(peer => peer.SendAsync("* OK"), shown);
        try
        {
            await using var wire = await WireStream.ConnectAsync(
                server.Endpoint(WireSecurity.Tls, host), new WireOptions { TrustedCertificates = trusted }, default);
            Encoding.ASCII.GetString((await wire.ReadLineAsync(default)).Span).ShouldBe("* OK");
            return null;
        }
        catch (WireException e)
        {
            return e.Fault;
        }
    }
}
