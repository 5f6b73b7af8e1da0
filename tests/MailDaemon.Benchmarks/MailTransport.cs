using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>How everybody who is measured reaches the IMAP server: over TLS as users do, or in cleartext where the bytes are counted.</summary>
/// <param name="Authority">A PEM file of whom to trust; null for cleartext.</param>
internal sealed record MailTransport(int Port, string? Authority)
{
    public static MailTransport Tls(DovecotServer dovecot) => new(dovecot.ImapsPort, dovecot.CaPemPath);

    public static MailTransport Clear(int port) => new(port, null);

    public string Host => Authority is null ? "127.0.0.1" : DovecotServer.Host;

    /// <summary>A server of an account, as requests carry it.</summary>
    public object Server => new { host = Host, port = Port, security = Authority is null ? "none" : "tls" };

    public async Task<Stream> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port, ct);
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (Authority is null) return stream;
        var tls = new SslStream(stream);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(Authority);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Host, CertificateChainPolicy = trust }, ct);
        return tls;
    }
}
