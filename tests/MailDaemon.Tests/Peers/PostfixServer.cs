using System.Globalization;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Peers;

/// <summary>How a test's Postfix behaves.</summary>
public sealed record PostfixOptions
{
    /// <summary>Bytes of the largest message (SIZE, RFC 1870).</summary>
    public int MessageSizeLimit { get; init; } = 10 * 1024 * 1024;

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool Utf8 { get; init; } = true;

    /// <summary>EHLO words it keeps to itself, such as <c>PIPELINING</c>, <c>CHUNKING</c>, <c>8BITMIME</c>, <c>DSN</c>.</summary>
    public IReadOnlyList<string> WithoutKeywords { get; init; } = [];

    /// <summary>More lines of main.cf.</summary>
    public string ExtraConfig { get; init; } = "";
}

/// <summary>
/// A real Postfix on free loopback ports, with its queue and configuration in a temp directory, the logins and the certificate of a
/// <see cref="DovecotServer"/>. Mail for that server's users arrives in their INBOX; mail for anyone else is accepted and dropped, so
/// nothing leaves the machine. Needs root.
/// </summary>
public sealed class PostfixServer : IAsyncDisposable
{
    /// <summary>This recipient is refused for good: <c>550 5.1.1</c>.</summary>
    public const string UnknownRecipient = "unknown@" + DovecotServer.Domain;

    /// <summary>This recipient is refused for now: <c>451 4.7.1</c>.</summary>
    public const string BusyRecipient = "busy@" + DovecotServer.Domain;

    /// <summary>This recipient's mailbox is full: <c>452 4.2.2</c>.</summary>
    public const string FullRecipient = "full@" + DovecotServer.Domain;

    private readonly TempDirectory _directory = new(openToAll: true);
    private readonly DovecotServer _dovecot;
    private readonly PostfixOptions _options;
    private PeerProcess? _process;

    private PostfixServer(DovecotServer dovecot, PostfixOptions options)
    {
        _dovecot = dovecot;
        _options = options;
    }

    /// <summary>Submission over TLS (RFC 8314); login needed.</summary>
    public int SmtpsPort { get; private set; }

    /// <summary>Submission with STARTTLS (RFC 6409); login needed, and offered only after TLS.</summary>
    public int SubmissionPort { get; private set; }

    /// <summary>Where other servers bring mail for the domain; no login, no relaying.</summary>
    public int InboundPort { get; private set; }

    /// <summary>The id of its master process.</summary>
    public int ProcessId { get; private set; }

    public static async Task<PostfixServer> StartAsync(DovecotServer dovecot, PostfixOptions? options = null, CancellationToken ct = default)
    {
        var server = new PostfixServer(dovecot, options ?? new PostfixOptions());
        try
        {
            await server.PrepareAsync(ct);
            await server.StartOnFreePortsAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its log so far: who logged in, what was accepted, refused, delivered, dropped.</summary>
    public string Log()
    {
        var path = Path.Combine(_directory.Path, "mail.log");
        return (File.Exists(path) ? File.ReadAllText(path) : "") + File.ReadAllText(Path.Combine(_directory.Path, "output.log"));
    }

    /// <summary>Stops it; ports and queue stay for <see cref="RestartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Stops it when it runs and starts it on the same ports.</summary>
    public async Task RestartAsync(CancellationToken ct = default)
    {
        await StopAsync();
        await StartProcessAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _directory.DisposeAsync();
    }

    // What "postfix start" would make in two seconds of shell; owners and modes as in Postfix's postfix-files.
    private async Task PrepareAsync(CancellationToken ct)
    {
        await File.WriteAllTextAsync(_directory.File("output.log"), "", ct);
        _directory.Sub("etc");
        const string Make = """
            set -e
            mkdir queue data && cd queue
            mkdir -m 0700 active bounce corrupt defer deferred flush hold incoming private saved trace
            mkdir -m 0755 pid
            mkdir maildrop public
            chown postfix active bounce corrupt defer deferred flush hold incoming private saved trace ../data
            chown postfix:postdrop maildrop public
            chmod 1730 maildrop
            chmod 2710 public
            """;
        await PeerTool.RunAsync("/bin/sh", ["-c", $"cd '{_directory.Path}'\n{Make}"], null, ct);
    }

    private async Task StartOnFreePortsAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ports = PeerProcess.FreePorts(3);
            (SmtpsPort, SubmissionPort, InboundPort) = (ports[0], ports[1], ports[2]);
            try
            {
                await StartProcessAsync(ct);
                return;
            }
            catch (InvalidOperationException e) when (attempt < 3 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                await StopAsync();
            }
        }
    }

    private async Task StartProcessAsync(CancellationToken ct)
    {
        var etc = Path.Combine(_directory.Path, "etc");
        WriteSettled(Path.Combine(etc, "main.cf"), MainCf());
        WriteSettled(Path.Combine(etc, "master.cf"), MasterCf());
        var master = PeerSoftware.Require(Peer.Postfix);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MAIL_CONFIG"] = etc };
        _process = await PeerProcess.StartAsync(_directory.File("output.log"), master, ["-d", "-c", etc], environment, ct);
        ProcessId = _process.ServerId;
        await _process.UntilGreetedAsync(SubmissionPort, "220", Log, ct);
    }

    // Postfix waits for a file younger than a second to settle.
    private static void WriteSettled(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
    }

    private string MainCf() => $$"""
        compatibility_level = 3.6
        queue_directory = {{_directory.Path}}/queue
        data_directory = {{_directory.Path}}/data
        command_directory = /usr/sbin
        daemon_directory = {{Path.GetDirectoryName(PeerSoftware.Require(Peer.Postfix))}}
        maillog_file = {{_directory.Path}}/mail.log
        maillog_file_prefixes = {{_directory.Path}}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mx.{{DovecotServer.Domain}}
        mydestination =
        mynetworks =
        alias_maps =
        local_recipient_maps =
        local_transport = error:no local delivery
        virtual_mailbox_domains = {{DovecotServer.Domain}}
        virtual_transport = dovecot
        dovecot_destination_recipient_limit = 1
        default_transport = discard:
        relay_transport = discard:

        message_size_limit = {{_options.MessageSizeLimit.ToString(CultureInfo.InvariantCulture)}}
        mailbox_size_limit = 0
        virtual_mailbox_limit = 0
        smtputf8_enable = {{(_options.Utf8 ? "yes" : "no")}}
        smtpd_discard_ehlo_keywords = {{string.Join(", ", _options.WithoutKeywords)}}
        smtpd_error_sleep_time = 0
        smtpd_soft_error_limit = 1000
        smtpd_hard_error_limit = 1000
        in_flow_delay = 0
        disable_dns_lookups = yes

        smtpd_tls_cert_file = {{_dovecot.CertificatePath}}
        smtpd_tls_key_file = {{_dovecot.KeyPath}}
        smtpd_tls_security_level = may
        smtpd_tls_auth_only = yes
        smtpd_tls_loglevel = 1
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = {{_dovecot.AuthSocketPath}}
        smtpd_sasl_security_options = noanonymous
        smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
        smtpd_recipient_restrictions = check_recipient_access inline:{
            { {{UnknownRecipient}} = 550 5.1.1 No such user here }
            { {{BusyRecipient}} = 451 4.7.1 Please try again later }
            { {{FullRecipient}} = 452 4.2.2 Mailbox full } }
        {{_options.ExtraConfig}}

        """;

    private string MasterCf() => $$"""
        127.0.0.1:{{SmtpsPort}} inet n - n - - smtpd
          -o syslog_name=postfix/smtps -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
          -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
        127.0.0.1:{{SubmissionPort}} inet n - n - - smtpd
          -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
          -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
        127.0.0.1:{{InboundPort}} inet n - n - - smtpd
          -o syslog_name=postfix/inbound
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        dovecot unix - n n - 4 pipe
          flags=DRhu user=nobody:nogroup argv={{DeliveryAgent()}} -c {{_dovecot.ConfigPath}}
          -f ${sender} -a ${original_recipient} -d ${user}@${domain}

        """;

    private static string DeliveryAgent() =>
        File.Exists("/usr/lib/dovecot/dovecot-lda") ? "/usr/lib/dovecot/dovecot-lda" : "/usr/libexec/dovecot/dovecot-lda";
}
