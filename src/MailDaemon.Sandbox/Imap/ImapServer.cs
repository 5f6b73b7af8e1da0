using System.Net.Security;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <summary>What all IMAP sessions share.</summary>
internal sealed record ImapHost(
    MailWorld World, ImapServerOptions Options, ImapFaults Faults, ServerCounters Counters, SslStreamCertificateContext Certificate, TimeProvider Time)
{
    /// <summary>The user of an address and an access token, for XOAUTH2; null where passwords are taken.</summary>
    public Func<string, string, MailUser?>? FindByToken { get; init; }
}

/// <summary>The IMAP server: one port with TLS from the first byte, one with STARTTLS.</summary>
internal sealed class ImapServer : IAsyncDisposable
{
    private readonly LoopbackServer tls;
    private readonly LoopbackServer startTls;

    public ImapServer(ImapHost host)
    {
        var settings = new LoopbackServer.Settings(ImplicitTls: true, host.Certificate, host.Options.MaxConnections, host.Counters, host.Time);
        tls = new LoopbackServer(settings, (connection, ct) => new ImapSession(connection, host).RunAsync(ct));
        startTls = new LoopbackServer(settings with { ImplicitTls = false }, (connection, ct) => new ImapSession(connection, host).RunAsync(ct));
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
