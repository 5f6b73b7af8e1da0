using System.Net.Security;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>What all SMTP sessions share.</summary>
internal sealed record SmtpHost(
    MailWorld World,
    MailDelivery Delivery,
    SmtpServerOptions Options,
    SmtpFaults Faults,
    ServerCounters Counters,
    SslStreamCertificateContext Certificate,
    TimeProvider Time);

/// <summary>The submission server: one port with TLS from the first byte, one with STARTTLS.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly LoopbackServer tls;
    private readonly LoopbackServer startTls;

    public SmtpServer(SmtpHost host)
    {
        var settings = new LoopbackServer.Settings(ImplicitTls: true, host.Certificate, host.Options.MaxConnections, host.Counters, host.Time);
        tls = new LoopbackServer(settings, (connection, ct) => new SmtpSession(connection, host).RunAsync(ct));
        startTls = new LoopbackServer(settings with { ImplicitTls = false }, (connection, ct) => new SmtpSession(connection, host).RunAsync(ct));
    }

    public int Port => tls.Port;

    public int StartTlsPort => startTls.Port;

    public async Task GoAwayAsync()
    {
        await tls.GoAwayAsync();
        await startTls.GoAwayAsync();
    }

    public void ComeBack()
    {
        tls.ComeBack();
        startTls.ComeBack();
    }

    public async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync();
        await startTls.DisposeAsync();
    }
}
