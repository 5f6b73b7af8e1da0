using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Mail.Seed;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox;

/// <summary>
/// Servers in this process, on free ports of 127.0.0.1: IMAP and SMTP over one <see cref="MailWorld"/> in memory, Gmail, Outlook, the Microsoft identity platform, and a CRM.
/// Nothing they accept ever leaves the machine. They can be told to fail: see <see cref="ImapFaults"/>, <see cref="SmtpFaults"/>, <see cref="GmailFaults"/> and <see cref="GraphFaults"/>.
/// </summary>
public sealed class SandboxServers : IAsyncDisposable
{
    private readonly SandboxAuthority authority;
    private readonly MailDelivery delivery;
    private readonly ImapServer imap;
    private readonly SmtpServer smtp;
    private ImapServer gmailImap = null!;

    private SandboxServers(SandboxOptions options, MailWorld world, TimeProvider time)
    {
        World = world;
        Users = [.. options.Users];
        authority = new SandboxAuthority();
        delivery = new MailDelivery(world, time, options.Smtp.FilesSentMail);
        imap = new ImapServer(new ImapHost(world, options.Imap, ImapFaults, ImapCounters, authority.Certificate, time));
        Okki = new OkkiServer(time);
        Okki.Add(options.Seed ? OkkiSeed.Companies : []);
        smtp = new SmtpServer(new SmtpHost(world, delivery, options.Smtp, SmtpFaults, SmtpCounters, authority.Certificate, time));
    }

    /// <summary>The mail behind the servers; changes made here are seen by the clients as those of another client.</summary>
    public MailWorld World { get; }

    public IReadOnlyList<SandboxUser> Users { get; }

    /// <summary>IMAP with TLS from the first byte.</summary>
    public int ImapPort => imap.Port;

    /// <summary>IMAP with STARTTLS, which is required before a login.</summary>
    public int ImapStartTlsPort => imap.StartTlsPort;

    /// <summary>SMTP submission with TLS from the first byte.</summary>
    public int SmtpPort => smtp.Port;

    /// <summary>SMTP submission with STARTTLS, which is required before a login.</summary>
    public int SmtpStartTlsPort => smtp.StartTlsPort;

    /// <summary>The certificate authority the servers' certificate is from; it is made anew at each start.</summary>
    public string CaPem => authority.CaPem;

    /// <summary>The CRM.</summary>
    public OkkiServer Okki { get; }

    /// <summary>Gmail's API and Google's OAuth.</summary>
    public GmailServer Gmail { get; private set; } = null!;

    /// <summary>The Microsoft identity platform.</summary>
    public IdentityServer Identity { get; private set; } = null!;

    /// <summary>Outlook's mail in Microsoft Graph.</summary>
    public GraphServer Graph { get; private set; } = null!;

    /// <summary>
    /// IMAP of Gmail's users with TLS from the first byte: the same mailbox as <see cref="Gmail"/>, opened by XOAUTH2 with an access token for <c>https://mail.google.com/</c>.
    /// </summary>
    public int GmailImapPort => gmailImap.Port;

    public ImapFaults GmailImapFaults { get; } = new();

    public ServerCounters GmailImapCounters { get; } = new();

    public ImapFaults ImapFaults { get; } = new();

    public SmtpFaults SmtpFaults { get; } = new();

    public ServerCounters ImapCounters { get; } = new();

    public ServerCounters SmtpCounters { get; } = new();

    /// <summary>What the SMTP server has accepted, oldest first, for whomever it was; the last 10,000.</summary>
    public IReadOnlyList<AcceptedMail> Accepted => delivery.Accepted;

    /// <summary>Starts all servers; they stop with <see cref="DisposeAsync"/>.</summary>
    /// <exception cref="ArgumentException">There is no user.</exception>
    /// <param name="time">Dates of the sample mail, delays and waits go by this clock.</param>
    public static async Task<SandboxServers> StartAsync(SandboxOptions options, TimeProvider time, CancellationToken ct)
    {
        if (options.Users.Count == 0 || options.Gmail.Users.Count == 0 || options.Graph.Users.Count == 0)
        {
            throw new ArgumentException("The sandbox needs at least one user", nameof(options));
        }

        var world = new MailWorld(time);
        foreach (var user in options.Users)
        {
            SeedMail.AddFolders(world.AddUser(user.Address, user.Password, user.DisplayName, options.Imap.Offers("X-GM-EXT-1")));
        }

        if (options.Seed)
        {
            await SeedMail.FillAsync(world.Users[0], time.GetUtcNow(), ct);
        }

        foreach (var user in options.Gmail.Users)
        {
            SeedMail.AddFolders(world.AddUser(user.Address, Guid.NewGuid().ToString("N"), user.DisplayName, isGmail: true));
        }

        foreach (var user in options.Graph.Users)
        {
            SeedMail.AddFolders(world.AddUser(user.Address, Guid.NewGuid().ToString("N"), user.DisplayName));
        }

        var servers = new SandboxServers(options, world, time);
        servers.Identity = await IdentityServer.StartAsync(options.Identity, time, ct);
        servers.Gmail = await GmailServer.StartAsync(options.Gmail, world, servers.delivery, time, ct);
        servers.Graph = await GraphServer.StartAsync(options.Graph, world, servers.delivery, servers.Identity.FindUser, time, ct);
        servers.gmailImap = new ImapServer(
            new ImapHost(world, ImapServerOptions.GmailWithTokens, servers.GmailImapFaults, servers.GmailImapCounters, servers.authority.Certificate, time)
            {
                FindByToken = servers.Gmail.FindUser,
            });
        if (options.Seed && options.Gmail.Seed)
        {
            await SeedMail.FillAsync(servers.Gmail.First.User, time.GetUtcNow(), ct);
        }

        if (options.Seed && options.Graph.Seed)
        {
            await SeedMail.FillAsync(world.FindUser(servers.Graph.First.Address)!, time.GetUtcNow(), ct);
        }

        return servers;
    }

    /// <summary>Closes all connections, and each new one before its first byte, until <see cref="ComeBack"/>; the mail stays.</summary>
    public async Task GoAwayAsync()
    {
        await imap.GoAwayAsync();
        await smtp.GoAwayAsync();
        await gmailImap.GoAwayAsync();
        Gmail.GoAway();
        Identity.GoAway();
        Graph.GoAway();
    }

    public void ComeBack()
    {
        imap.ComeBack();
        smtp.ComeBack();
        gmailImap.ComeBack();
        Gmail.ComeBack();
        Identity.ComeBack();
        Graph.ComeBack();
    }

    public async ValueTask DisposeAsync()
    {
        await imap.DisposeAsync();
        await smtp.DisposeAsync();
        await gmailImap.DisposeAsync();
        await Gmail.DisposeAsync();
        await Identity.DisposeAsync();
        await Graph.DisposeAsync();
        await Okki.DisposeAsync();
        authority.Dispose();
    }
}
