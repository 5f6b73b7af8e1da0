using System.Globalization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Identity;

namespace MailDaemon.Hosting;

/// <summary>
/// What <c>--sandbox</c> adds: stand-in mail servers and a CRM in this process, and an account on them. The servers' mail is made anew at each
/// start, so its users' accounts of an earlier start are removed.
/// </summary>
internal sealed class SandboxHost : IAsyncDisposable
{
    private readonly SandboxServers servers;

    private SandboxHost(SandboxServers servers, Settings settings)
    {
        this.servers = servers;
        Settings = settings;
    }

    /// <summary>The settings with which the daemon trusts and reaches the servers.</summary>
    public Settings Settings { get; }

    /// <summary>Starts the servers; null when this run is not the sandbox's.</summary>
    public static async Task<SandboxHost?> StartAsync(Settings settings, CancellationToken ct)
    {
        if (!settings.IsSandbox)
            return null;

        var started = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, ct);
        var authority = Path.Combine(settings.DataDirectory, "sandbox-ca.pem");
        PrivateFiles.Replace(authority, System.Text.Encoding.ASCII.GetBytes(started.CaPem));
        return new SandboxHost(started, settings.With(
        [
            new("Imap:TrustedCertificates", authority),
            new("Imap:AllowPrivateHosts", "true"),
            new("Gmail:ClientId", GmailServer.ClientId),
            new("Gmail:ClientSecret", GmailServer.ClientSecret),
            new("Gmail:ApiBaseUrl", started.Gmail.Url),
            new("Gmail:AuthUrl", started.Gmail.AuthUrl),
            new("Gmail:TokenUrl", started.Gmail.TokenUrl),
            new("Gmail:UserInfoUrl", started.Gmail.UserInfoUrl),
            new("Gmail:RevokeUrl", started.Gmail.RevokeUrl),
            new("Gmail:ImapHost", "127.0.0.1"),
            new("Gmail:ImapPort", started.GmailImapPort.ToString(CultureInfo.InvariantCulture)),
            new("Outlook:ClientId", IdentityServer.ClientId),
            new("Outlook:Authority", started.Identity.Url),
            new("Outlook:GraphBaseUrl", started.Graph.BaseUrl),
            new("Okki:Enabled", "true"),
            new("Okki:DryRun", "false"),
            new("Okki:BaseUrl", started.Okki.Url),
            new("Okki:ClientId", Sandbox.Okki.OkkiServer.ClientId),
            new("Okki:ClientSecret", Sandbox.Okki.OkkiServer.ClientSecret),
            new("Okki:RequestsPerSecond", "20"),
        ]));
    }

    /// <summary>Before the daemon starts: what an earlier sandbox left would be polled in vain.</summary>
    public async Task RemoveOldAccountsAsync(IServiceProvider services, CancellationToken ct)
    {
        var accounts = services.GetRequiredService<AccountStore>();
        var users = servers.Users.Concat(servers.Gmail.Users).Concat(servers.Graph.Users).Select(user => user.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var account in accounts.All().Where(a => users.Contains(a.Key.Email)))
        {
            await accounts.DeleteAsync(account.Key, ct);
            await services.GetRequiredService<AccountBelongings>().RemoveAsync(account.Key, ct);
            services.GetRequiredService<SecretVault>().DeleteAll(account.Key);
            await services.GetRequiredService<MailCaches>().RemoveAsync(account.Key, keepFiles: false, ct);
        }
    }

    /// <summary>After the daemon started: the accounts whose mail it shows, one for each kind of server.</summary>
    public async Task AddAccountsAsync(IServiceProvider services, CancellationToken ct)
    {
        var user = servers.Users[0];
        var request = new ImapAccountRequest(
            user.Address,
            new Secret(user.Password),
            DisplayName: user.DisplayName,
            Imap: new ServerAddress("127.0.0.1", servers.ImapPort, ServerSecurity.Tls),
            Smtp: new ServerAddress("127.0.0.1", servers.SmtpPort, ServerSecurity.Tls));
        var lifecycle = services.GetRequiredService<AccountLifecycle>();
        await lifecycle.AddImapAsync(request, allowUnverifiedSmtp: false, ct);

        // Her sign-in can be walked all the same: POST /api/gmail/auth/initiate.
        var gina = servers.Gmail.Users[0].Address;
        var grant = new TokenGrant(new Secret(servers.Gmail.AccessToken(gina)), TimeSpan.FromMinutes(30), new Secret(servers.Gmail.Grant(gina)), ["https://mail.google.com/"]);
        await lifecycle.AddSignedInAsync(new SignedInMailbox(ProviderKind.Gmail, gina, GmailServer.ClientId, grant, TimeProvider.System.GetUtcNow()), ct);

        // She consents as her browser would.
        var olivia = servers.Graph.Users[0].Address;
        var signIn = await lifecycle.BeginSignInAsync(ProviderKind.Outlook, olivia);
        using var browser = new HttpClient();
        using var page = await browser.GetAsync(servers.Identity.Consent(signIn.AuthUrl, olivia), ct);
        page.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
