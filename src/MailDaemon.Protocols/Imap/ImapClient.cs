using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Imap;

/// <summary>
/// A connection to an IMAP server (RFC 3501, RFC 9051). One caller at a time: a command begun while another runs, or inside the
/// enumeration of a FETCH, throws <see cref="InvalidOperationException"/>.
/// </summary>
/// <remarks>
/// Refusals (NO, BAD) are <see cref="ImapException"/> and leave the connection usable. A broken connection is
/// <see cref="WireException"/>; after that, after a cancelled command, and after an enumeration that was not finished,
/// <see cref="IsUsable"/> is false and only disposal is left.
/// </remarks>
public sealed partial class ImapClient : IAsyncDisposable
{
    private readonly WireStream wire;
    private readonly WireEndpoint endpoint;
    private readonly WireOptions options;
    private readonly ImapLimits limits;
    private readonly ImapReader reader;
    private bool isBroken;
    private bool isDisposed;

    private readonly MailboxNames names;

    private ImapClient(WireStream wire, WireEndpoint endpoint, WireOptions options, ImapLimits limits, MailboxNames names)
    {
        this.wire = wire;
        this.endpoint = endpoint;
        this.options = options;
        this.limits = limits;
        this.names = names;
        reader = new ImapReader(wire, limits);
    }

    /// <summary>What the server can do, as last told.</summary>
    public ImapCapabilities Capabilities { get; private set; } = ImapCapabilities.None;

    /// <summary>What ENABLE turned on.</summary>
    public IReadOnlyCollection<string> Enabled => enabled;

    public ImapState State { get; private set; }

    /// <summary>The open mailbox; null when none is open.</summary>
    public SelectedMailbox? Selected { get; private set; }

    /// <summary>Whether another command may be given.</summary>
    public bool IsUsable => !isBroken && !isDisposed && State != ImapState.LoggedOut;

    /// <summary>Whether the server has said something since the last command, which may be that it closes. Costs no round trip.</summary>
    public bool HasNews => wire.HasWaitingInput;

    /// <summary>The text of the server's greeting, cleaned.</summary>
    public string Greeting { get; private set; } = string.Empty;

    /// <summary>Bytes taken from the network.</summary>
    public long BytesReceived => wire.BytesReceived;

    /// <summary>Connects, reads the greeting, turns on TLS where the endpoint asks for it, and learns the capabilities.</summary>
    /// <param name="limits">Null for the defaults.</param>
    /// <exception cref="WireException">No connection, no TLS, or not in time.</exception>
    /// <exception cref="ImapException">The server turned us away (BYE), is no IMAP server, or does not offer the STARTTLS asked for.</exception>
    public static Task<ImapClient> ConnectAsync(WireEndpoint endpoint, WireOptions options, ImapLimits? limits, CancellationToken ct) =>
        ConnectAsync(endpoint, options, limits, new MailboxNames(), ct);

    /// <inheritdoc cref="ConnectAsync(WireEndpoint, WireOptions, ImapLimits?, CancellationToken)"/>
    /// <param name="names">How the server spells the account's mailboxes; shared by its connections.</param>
    public static async Task<ImapClient> ConnectAsync(WireEndpoint endpoint, WireOptions options, ImapLimits? limits, MailboxNames names, CancellationToken ct)
    {
        limits ??= new ImapLimits();
        var bounded = options with { MaxLineBytes = limits.MaxLineBytes };
        var connection = await WireStream.ConnectAsync(endpoint, bounded, ct).ConfigureAwait(false);
        return await OpenAsync(connection, endpoint, bounded, limits, names, ct).ConfigureAwait(false);
    }

    /// <summary>Reads the greeting of a connection that stands, and what follows it.</summary>
    internal static Task<ImapClient> OpenAsync(
        WireStream connection, WireEndpoint endpoint, WireOptions options, ImapLimits limits, CancellationToken ct) =>
        OpenAsync(connection, endpoint, options, limits, new MailboxNames(), ct);

    private static async Task<ImapClient> OpenAsync(
        WireStream connection, WireEndpoint endpoint, WireOptions options, ImapLimits limits, MailboxNames names, CancellationToken ct)
    {
        var client = new ImapClient(connection, endpoint, options, limits, names);
        try
        {
            await client.OpenAsync(ct).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the connection without LOGOUT. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        try
        {
            await wire.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // A transport that is broken may say so once more; there is nothing left to save.
        }
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        // A mail server greets at once: what stays silent is something else behind that port.
        var patience = wire.IdleTimeout;
        wire.IdleTimeout = options.ConnectTimeout < patience ? options.ConnectTimeout : patience;
        await ReadGreetingAsync(ct).ConfigureAwait(false);
        wire.IdleTimeout = patience;
        if (endpoint.Security == WireSecurity.StartTls)
        {
            await StartTlsAsync(ct).ConfigureAwait(false);
        }

        if (Capabilities.Names.Count == 0)
        {
            await ReadCapabilitiesAsync(ct).ConfigureAwait(false);
        }
    }

    private async Task ReadGreetingAsync(CancellationToken ct)
    {
        var reply = await reader.ReadAsync(ct).ConfigureAwait(false);
        var status = reply.Kind == ReplyKind.Status ? reply.ReadStatus() : null;
        switch (status?.Kind)
        {
            case StatusKind.Ok:
                break;
            case StatusKind.PreAuth when endpoint.Security == WireSecurity.StartTls:
                // A man in the middle could keep us from TLS this way: STARTTLS is not allowed any more (CVE-2020-12398 and its kin).
                throw Broken(ImapFault.Protocol, $"{endpoint} skips authentication, which leaves no way to TLS", status);
            case StatusKind.PreAuth:
                State = ImapState.Authenticated;
                break;
            case StatusKind.Bye:
                throw Broken(ImapFault.Bye, $"{endpoint} turned us away: {ImapException.Clean(status.Text)}", status);
            default:
                throw Broken(ImapFault.Protocol, $"{endpoint} is no IMAP server: it greets with '{FirstBytes(reply)}'", status);
        }

        Greeting = ImapException.Clean(status.Text);
        Apply(status);
    }

    private async Task StartTlsAsync(CancellationToken ct)
    {
        if (Capabilities.Names.Count == 0)
        {
            await ReadCapabilitiesAsync(ct).ConfigureAwait(false);
        }

        if (!Capabilities.Has("STARTTLS"))
        {
            throw Broken(ImapFault.Protocol, $"{endpoint} does not offer STARTTLS", null);
        }

        await ExecuteAsync(Command("STARTTLS"), null, ct).ConfigureAwait(false);
        await wire.UpgradeToTlsAsync(ct).ConfigureAwait(false);

        // What was told in clear text may be a lie (RFC 9051 §6.2.1).
        Capabilities = ImapCapabilities.None;
    }

    private ImapException Broken(ImapFault fault, string message, ImapStatus? status)
    {
        isBroken = true;
        return new ImapException(fault, message, status?.Code, status?.Text);
    }

    private static string FirstBytes(in ImapReply reply) =>
        ImapException.Clean(Parsing.ImapWords.Text(reply.Bytes.Span[..Math.Min(60, reply.Bytes.Length)]));
}
