using System.Net;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Sasl;
using MailDaemon.Protocols.Smtp;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Opens authenticated connections to an account's servers, within the policy and trust of the configuration.</summary>
public sealed class ImapConnector(SecretVault vault, IOptions<ImapOptions> options)
{
    private static readonly IReadOnlyDictionary<string, string> Identification = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["name"] = "MailDaemon",
        ["version"] = typeof(ImapConnector).Assembly.GetName().Version?.ToString(3) ?? "0",
        ["vendor"] = "MailDaemon",
    };

    private readonly Lazy<X509Certificate2Collection?> trusted = new(() => options.Value.TrustedCertificates is { Length: > 0 } file ? CertificateFileAttribute.Read(file) : null);

    /// <summary>Connects and logs in with the stored password.</summary>
    /// <exception cref="MailException">No password is stored.</exception>
    internal Task<ImapClient> OpenImapAsync(Account account, MailboxNames names, CancellationToken ct) => OpenImapAsync(account, StoredPassword(account), names, ct);

    /// <summary>Connects, logs in and switches on what the sync engine uses.</summary>
    /// <param name="names">What is known of how the account's server spells its mailboxes.</param>
    internal Task<ImapClient> OpenImapAsync(Account account, Secret password, MailboxNames names, CancellationToken ct) =>
        OpenImapAsync(account.Imap ?? throw NoServer("IMAP"), Credential(account, password), account.Preset is { Quirks.IdAfterLogin: true }, names, ct);

    /// <summary>As <see cref="OpenImapAsync(Account, Secret, MailboxNames, CancellationToken)"/>, with whatever the server takes for a password.</summary>
    /// <param name="needsId">Whether the server wants ID though it does not offer it.</param>
    internal async Task<ImapClient> OpenImapAsync(ServerAddress server, SaslCredential credential, bool needsId, MailboxNames names, CancellationToken ct)
    {
        var client = await ImapClient.ConnectAsync(Endpoint(server), WireOptions(server), limits: null, names, ct);
        try
        {
            await client.AuthenticateAsync(credential, ct);

            // QUIRK: 163, 126, yeah and other Coremail hosts answer SELECT with "Unsafe Login" unless ID came first.
            if (client.Capabilities.Has("ID") || needsId)
            {
                await client.IdAsync(Identification, ct);
            }

            await EnableAsync(client, ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    internal Task<SmtpClient> OpenSmtpAsync(Account account, CancellationToken ct) => OpenSmtpAsync(account, StoredPassword(account), ct);

    internal async Task<SmtpClient> OpenSmtpAsync(Account account, Secret password, CancellationToken ct)
    {
        var server = account.Smtp ?? throw NoServer("SMTP");
        var client = await SmtpClient.ConnectAsync(Endpoint(server), WireOptions(server), ct);
        try
        {
            await client.AuthenticateAsync(Credential(account, password, isSmtp: true), ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private static async Task EnableAsync(ImapClient client, CancellationToken ct)
    {
        // QRESYNC turns CONDSTORE on as well (RFC 7162 §3.2.3).
        if (client.Capabilities.Has("ENABLE") && client.Capabilities.Has("QRESYNC"))
        {
            await client.EnableAsync(["QRESYNC"], ct);
        }
    }

    private static SaslCredential Credential(Account account, Secret password, bool isSmtp = false) =>
        SaslCredential.ForPassword(LoginName(account, isSmtp), password.Reveal());

    private static string LoginName(Account account, bool isSmtp) =>
        account.Username ?? (isSmtp ? account.Email : account.Preset?.ImapLogin(account.Email) ?? account.Email);

    private static WireEndpoint Endpoint(ServerAddress server) => new(server.Host, server.Port, server.Security switch
    {
        ServerSecurity.Tls => WireSecurity.Tls,
        ServerSecurity.StartTls => WireSecurity.StartTls,
        _ => WireSecurity.None,
    });

    private static MailException NoServer(string kind) => MailException.Conflict("no_server", $"This account has no {kind} server. Give it with PUT settings.");

    private WireOptions WireOptions(ServerAddress server) => new()
    {
        TrustedCertificates = trusted.Value,
        ConnectTimeout = TimeSpan.FromSeconds(options.Value.ConnectSeconds),
        IdleTimeout = TimeSpan.FromSeconds(options.Value.ReplySeconds),
        IsAddressAllowed = address => AddressPolicy.Allows(address, options.Value.AllowPrivateHosts)
            && (server.Security != ServerSecurity.None || IPAddress.IsLoopback(address)),
    };

    private Secret StoredPassword(Account account) =>
        vault.Read(account.Key, SecretVault.Password)
        ?? throw new MailException(MailFault.NotAuthorized, "auth_required", "The stored password cannot be read any more. Give it again with PUT /api/accounts/imap/{email}/settings, or delete the account and add it anew.");
}
