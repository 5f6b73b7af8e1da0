using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Smtp;

/// <summary>
/// A connection to a submission server (RFC 5321, RFC 6409): connect, authenticate, send any number of messages, quit.
/// One caller at a time. A <see cref="WireException"/> or a cancelled dialogue ends it (<see cref="IsUsable"/>); a refusal does not.
/// </summary>
public sealed partial class SmtpClient : IAsyncDisposable
{
    /// <summary>A literal rather than a name: the names of people's machines are nobody's business (RFC 5321 §4.1.3).</summary>
    private const string ClientName = "[127.0.0.1]";

    private readonly WireStream wire;
    private readonly WireEndpoint endpoint;

    private SmtpClient(WireStream wire, WireEndpoint endpoint, SmtpCapabilities capabilities)
    {
        this.wire = wire;
        this.endpoint = endpoint;
        Capabilities = capabilities;
    }

    /// <summary>What the server offers now; what it said before STARTTLS is forgotten.</summary>
    public SmtpCapabilities Capabilities { get; private set; }

    /// <summary>Whether the dialogue can go on. False after a broken connection, a 421, or an answer that was not understood.</summary>
    public bool IsUsable { get; private set; } = true;

    public bool IsAuthenticated { get; private set; }

    /// <summary>
    /// Connects, reads the greeting, says EHLO (HELO to a server that knows no better), and with
    /// <see cref="WireSecurity.StartTls"/> turns to TLS and says EHLO again. There is no falling back to clear text.
    /// </summary>
    /// <exception cref="WireException">The connection or TLS failed, or the server has no STARTTLS.</exception>
    /// <exception cref="SmtpException">Rejected, Deferred or Protocol: the server does not want to talk.</exception>
    public static async Task<SmtpClient> ConnectAsync(WireEndpoint endpoint, WireOptions options, CancellationToken ct)
    {
        var smtp = options with { MaxLineBytes = Math.Min(options.MaxLineBytes, SmtpReply.MaxLineBytes) };
        var connection = await WireStream.ConnectAsync(endpoint, smtp, ct).ConfigureAwait(false);
        return await OpenAsync(connection, endpoint, ct).ConfigureAwait(false);
    }

    /// <summary>Asks for a sign of life.</summary>
    /// <exception cref="WireException">There is none.</exception>
    public async Task NoopAsync(CancellationToken ct)
    {
        var reply = await CommandAsync("NOOP", ct).ConfigureAwait(false);
        if (!reply.IsOk)
        {
            throw Refused("The server refused NOOP", reply);
        }
    }

    /// <summary>Says goodbye and closes. What a server does with a goodbye is of no interest: only cancellation is reported.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        try
        {
            if (IsUsable)
            {
                await CommandAsync("QUIT", ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WireException or SmtpException)
        {
            // Every mail has had its reply by now.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes without a goodbye. Never throws.</summary>
    public ValueTask DisposeAsync()
    {
        IsUsable = false;
        return wire.DisposeAsync();
    }

    internal static async Task<SmtpClient> OpenAsync(WireStream connection, WireEndpoint endpoint, CancellationToken ct)
    {
        try
        {
            var greeting = await SmtpReply.ReadAsync(connection, ct).ConfigureAwait(false);
            if (greeting.Code != 220)
            {
                throw Refused("The server does not want to talk", greeting);
            }

            var client = new SmtpClient(connection, endpoint, SmtpCapabilities.OfHelo(greeting));
            await client.SayHelloAsync(ct).ConfigureAwait(false);
            if (endpoint.Security == WireSecurity.StartTls)
            {
                await client.StartTlsAsync(ct).ConfigureAwait(false);
            }

            return client;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task SayHelloAsync(CancellationToken ct)
    {
        var ehlo = await CommandAsync("EHLO " + ClientName, ct).ConfigureAwait(false);
        if (ehlo.IsOk)
        {
            Capabilities = SmtpCapabilities.OfEhlo(ehlo);
            return;
        }

        // 500 to 504: the command is unknown (RFC 5321 §4.1.4). Other refusals are meant for us and not for EHLO.
        if (ehlo.Code is < 500 or > 504)
        {
            throw Refused("The server refused EHLO", ehlo);
        }

        var helo = await CommandAsync("HELO " + ClientName, ct).ConfigureAwait(false);
        Capabilities = helo.IsOk ? SmtpCapabilities.OfHelo(helo) : throw Refused("The server refused HELO", helo);
    }

    /// <summary>RFC 3207.</summary>
    private async Task StartTlsAsync(CancellationToken ct)
    {
        if (!Capabilities.StartTls)
        {
            throw new WireException(WireFault.TlsFailed, $"{endpoint} offers no STARTTLS, and nothing is sent in clear text");
        }

        var reply = await CommandAsync("STARTTLS", ct).ConfigureAwait(false);
        if (reply.Code != 220)
        {
            throw Refused("The server refused STARTTLS", reply);
        }

        await wire.UpgradeToTlsAsync(ct).ConfigureAwait(false);
        await SayHelloAsync(ct).ConfigureAwait(false);
    }

    private async Task<SmtpReply> CommandAsync(string line, CancellationToken ct)
    {
        await WriteLineAsync(line, line, ct).ConfigureAwait(false);
        await FlushAsync(ct).ConfigureAwait(false);
        return await ReadReplyAsync(ct).ConfigureAwait(false);
    }

    /// <param name="shown">The line as the transcript may see it.</param>
    private ValueTask WriteLineAsync(string line, string shown, CancellationToken ct)
    {
        if (line.Any(char.IsControl))
        {
            throw new ArgumentException("A command is one line", nameof(line));
        }

        if (!IsUsable)
        {
            throw new WireException(WireFault.Closed, $"The connection to {endpoint} is over");
        }

        wire.Trace(WireDirection.Sent, Encoding.UTF8.GetBytes(shown));
        return wire.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), ct);
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        try
        {
            await wire.FlushAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            IsUsable = false;
            throw;
        }
    }

    /// <exception cref="SmtpException">Not a reply, or 421, which may come at any time and ends the connection (RFC 5321 §3.8).</exception>
    private async Task<SmtpReply> ReadReplyAsync(CancellationToken ct)
    {
        try
        {
            var reply = await SmtpReply.ReadAsync(wire, ct).ConfigureAwait(false);
            return reply.Code == 421 ? throw Refused("The server ends the connection", reply) : reply;
        }
        catch
        {
            IsUsable = false;
            throw;
        }
    }

    private static SmtpException Refused(string what, SmtpReply reply) => new(FaultOf(reply), what, reply);

    private static SmtpFault FaultOf(SmtpReply reply) => reply switch
    {
        { Code: 530 or 538 } => SmtpFault.AuthenticationRequired,
        { Code: 534 or 535 } => SmtpFault.AuthenticationFailed,
        { EnhancedCode: "5.3.4" or "5.2.3" } or { Code: 552, EnhancedCode: null } => SmtpFault.TooLarge,
        { EnhancedCode: "5.6.7" } => SmtpFault.Utf8Unsupported,
        { IsTemporary: true } => SmtpFault.Deferred,
        { IsPermanent: true } => SmtpFault.Rejected,
        _ => SmtpFault.Protocol,
    };
}
