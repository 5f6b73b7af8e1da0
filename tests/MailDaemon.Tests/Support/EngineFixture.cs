using MailDaemon.Engine;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Imap;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>The engine alone, with mail servers beside it and a clock that moves when told. Nothing polls by itself.</summary>
public sealed class EngineFixture : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _services;
    private readonly string _authorities;

    private EngineFixture(SandboxServers servers, int patienceSeconds)
    {
        Servers = servers;
        _authorities = _directory.File("ca.pem");
        File.WriteAllText(_authorities, servers.CaPem);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<ISecretCipher, OpenCipher>();
        services.AddOptions<SyncOptions>();
        services.AddOptions<CacheOptions>();
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(new ImapOptions
        {
            TrustedCertificates = _authorities,
            AllowPrivateHosts = true,
            ConnectSeconds = patienceSeconds,
            ReplySeconds = patienceSeconds,
        }));
        services.AddMailEngine(_directory.Sub("data"));
        _services = services.BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new();

    public SandboxServers Servers { get; }

    public AccountKey Account { get; } = new(ProviderKind.Imap, "lina@sandbox.test");

    /// <summary>Starts servers with empty folders, and stores the account on them; no pass has run.</summary>
    /// <param name="patienceSeconds">How long a server may take to connect, and to answer.</param>
    public static async Task<EngineFixture> StartAsync(ImapServerOptions? imap = null, int patienceSeconds = 30)
    {
        var options = new SandboxOptions { Seed = false, Imap = imap ?? new ImapServerOptions() };
        var engine = new EngineFixture(await SandboxServers.StartAsync(options, TimeProvider.System, CancellationToken.None), patienceSeconds);
        await engine.AddAccountAsync(engine.Account, engine.Servers);
        return engine;
    }

    /// <summary>Stores one more account, on servers of its own. To be called before anything connects.</summary>
    public async Task AddAccountAsync(AccountKey account, SandboxServers servers)
    {
        if (servers != Servers)
        {
            await File.AppendAllTextAsync(_authorities, "\n" + servers.CaPem);
        }

        Get<SecretVault>().Save(account, SecretVault.Password, new Secret("sandbox"));
        await Get<AccountStore>().AddAsync(
            new Account
            {
                Key = account,
                Email = account.Email,
                Imap = new ServerAddress("127.0.0.1", servers.ImapPort, ServerSecurity.Tls),
                Smtp = new ServerAddress("127.0.0.1", servers.SmtpPort, ServerSecurity.Tls),
                CreatedAt = Clock.GetUtcNow(),
            },
            CancellationToken.None);
    }

    /// <summary>Changes the account's settings as the API does: what is connected begins anew.</summary>
    public async Task SetAsync(Func<AccountSettings, AccountSettings> change)
    {
        await Get<AccountStore>().UpdateAsync(Account, account => account with { Settings = change(account.Settings) }, CancellationToken.None);
        await Get<Engine.Providers.MailProviders>().ForgetAsync(Account);
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Servers.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Encrypts nothing: what is tested here is not the cipher.</summary>
    private sealed class OpenCipher : ISecretCipher
    {
        public byte[] Protect(string purpose, byte[] plain) => [.. plain];

        public bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain)
        {
            plain = [.. cipher];
            return true;
        }
    }
}
