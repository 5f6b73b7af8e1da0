using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MailDaemon.Hosting;

/// <summary>The web server: TLS on loopback, with limits that a slow or greedy client meets early.</summary>
internal static class KestrelSetup
{
    public static void UseLoopbackTls(this IWebHostBuilder host, Settings settings)
    {
        host.UseKestrelCore();
        host.UseKestrelHttpsConfiguration();
        host.ConfigureServices(services =>
        {
            services.AddSingleton(settings);
            services.AddSingleton<LoopbackSockets>();
            services.AddSingleton<IConnectionListenerFactory, OwnUserListeners>();
            services.AddOptions<SocketTransportOptions>().Configure<LoopbackSockets>((transport, sockets) => transport.CreateBoundListenSocket = sockets.Take);
        });
        host.ConfigureKestrel((_, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits);
            var certificates = kestrel.ApplicationServices.GetRequiredService<Certificates>();
            certificates.Current();
            foreach (var endpoint in kestrel.ApplicationServices.GetRequiredService<LoopbackSockets>().Bind())
            {
                kestrel.Listen(endpoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(Tls(certificates));
                });
            }
        });
    }

    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = 1000;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        limits.MaxRequestLineSize = 16 * 1024;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    // The certificate is asked for at each handshake: it may be renewed while the daemon runs.
    private static TlsHandshakeCallbackOptions Tls(Certificates certificates) => new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(10),
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Current(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }),
    };
}
