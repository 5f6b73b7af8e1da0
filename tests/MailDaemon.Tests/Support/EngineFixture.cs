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

    private EngineFixture(SandboxServers servers)
    {
        Servers = servers;
        var authority = _directory.File("ca.pem");
        File.WriteAllText(authority, servers.CaPem);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<ISecretCipher, OpenCipher>();
        services.AddOptions<SyncOptions>();
        services.AddOptions<CacheOptions>();
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(new ImapOptions { TrustedCertificates = authority, AllowPrivateHosts = true }));
        services.AddMailEngine(_directory.Sub("data"));
        _services = services.BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new();

    public SandboxServers Servers { get; }

    public AccountKey Account { get; } = new(ProviderKind.Imap, "lina@sandbox.test");

    /// <summary>Starts servers with empty folders, and stores the account on them; no pass has run.</summary>
    public static async Task<EngineFixture> StartAsync(ImapServerOptions? imap = null)
    {
        var options = new SandboxOptions { Seed = false, Imap = imap ?? new ImapServerOptions() };
        var engine = new EngineFixture(await SandboxServers.StartAsync(options, TimeProvider.System, CancellationToken.None));
        engine.Get<SecretVault>().Save(engine.Account, SecretVault.Password, new Secret("sandbox"));
        await engine.Get<AccountStore>().AddAsync(
            new Account
            {
                Key = engine.Account,
                Email = "lina@sandbox.test",
                Imap = new ServerAddress("127.0.0.1", engine.Servers.ImapPort, ServerSecurity.Tls),
                Smtp = new ServerAddress("127.0.0.1", engine.Servers.SmtpPort, ServerSecurity.Tls),
                CreatedAt = engine.Clock.GetUtcNow(),
            },
            CancellationToken.None);
        return engine;
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
