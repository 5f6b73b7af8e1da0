using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox;

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
        foreach (var account in accounts.All().Where(a => servers.Users.Any(u => string.Equals(u.Address, a.Key.Email, StringComparison.OrdinalIgnoreCase))))
        {
            await accounts.DeleteAsync(account.Key, ct);
            await services.GetRequiredService<AccountBelongings>().RemoveAsync(account.Key, ct);
            services.GetRequiredService<SecretVault>().DeleteAll(account.Key);
            await services.GetRequiredService<MailCaches>().RemoveAsync(account.Key, keepFiles: false, ct);
        }
    }

    /// <summary>After the daemon started: the account whose mail it shows.</summary>
    public async Task AddAccountAsync(IServiceProvider services, CancellationToken ct)
    {
        var user = servers.Users[0];
        var request = new ImapAccountRequest(
            user.Address,
            new Secret(user.Password),
            DisplayName: user.DisplayName,
            Imap: new ServerAddress("127.0.0.1", servers.ImapPort, ServerSecurity.Tls),
            Smtp: new ServerAddress("127.0.0.1", servers.SmtpPort, ServerSecurity.Tls));
        await services.GetRequiredService<AccountLifecycle>().AddImapAsync(request, allowUnverifiedSmtp: false, ct);
    }

    public ValueTask DisposeAsync() => servers.DisposeAsync();
}
