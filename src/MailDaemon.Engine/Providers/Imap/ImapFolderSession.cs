using System.Runtime.ExceptionServices;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>A folder that is open for reading. A connection that a message costs is replaced by another, on which the folder is opened again.</summary>
internal sealed class ImapFolderSession : IAsyncDisposable
{
    /// <summary>Connections that are lost while a folder is read; more than that are not the fault of single messages.</summary>
    private const int MaxReplacements = 64;

    /// <summary>One that is lost by waiting in vain counts as many: each costs as long as the server is waited for.</summary>
    private const int TimeoutWeight = 16;

    private readonly Account account;
    private readonly ImapConnections? connections;
    private readonly SelectOptions options;
    private ImapConnections.Lease? lease;
    private uint? uidValidity;
    private int replacements;

    private ImapFolderSession(Account account, ImapConnections? connections, string path, SelectOptions options, ImapClient client)
    {
        this.account = account;
        this.connections = connections;
        this.options = options;
        Path = path;
        Client = client;
    }

    public string Path { get; }

    /// <summary>The connection of this moment.</summary>
    public ImapClient Client { get; private set; }

    public static async Task<ImapFolderSession> OpenAsync(Account account, ImapConnections connections, string path, CancellationToken ct)
    {
        var rented = await connections.RentAsync(ct);
        var selecting = new SelectOptions { ReadOnly = true, CondStore = rented.Client.Capabilities.Has("CONDSTORE") };
        var session = new ImapFolderSession(account, connections, path, selecting, rented.Client) { lease = rented };
        try
        {
            session.uidValidity = (await session.Client.SelectAsync(path, selecting, ct)).UidValidity;
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>A folder that somebody else has open; its connection is not replaced.</summary>
    public static ImapFolderSession Over(Account account, ImapClient client, string path) => new(account, null, path, new SelectOptions(), client);

    /// <summary>Whether it may be the messages that were asked for that failed, and not the account or the network.</summary>
    public bool IsAboutMessages(Exception e) => e switch
    {
        ImapException imap => imap.Fault is not (ImapFault.AuthenticationFailed or ImapFault.AuthenticationTemporary or ImapFault.LoginDisabled)
            && Translate(e).Code != ImapFaults.FolderNotFound,
        WireException wire => wire.Fault is not (WireFault.Unreachable or WireFault.AddressNotAllowed or WireFault.CertificateUntrusted),
        _ => false,
    };

    public MailException Translate(Exception e) => ImapFaults.Translate(e, account)!;

    /// <summary>Makes the folder readable again after a command failed.</summary>
    /// <returns>Whether the failure had cost the connection.</returns>
    /// <exception cref="MailException">The folder is not the same any more; or the server cannot be reached.</exception>
    public async Task<bool> RecoverAsync(Exception failure, CancellationToken ct)
    {
        if (Client.IsUsable)
        {
            return false;
        }

        replacements += failure is WireException { Fault: WireFault.Timeout } ? TimeoutWeight : 1;
        if (connections is null || replacements > MaxReplacements)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        await DisposeAsync();
        lease = await connections.RentAsync(ct);
        Client = lease.Client;
        var selected = await Client.SelectAsync(Path, options, ct);
        return uidValidity == selected.UidValidity
            ? true
            : throw MailException.Conflict("folder_renumbered", $"The server gave the messages of {Path} new numbers while they were read. They are read at the next pass.");
    }

    public async ValueTask DisposeAsync()
    {
        if (lease is { } held)
        {
            lease = null;
            await held.DisposeAsync();
        }
    }
}
