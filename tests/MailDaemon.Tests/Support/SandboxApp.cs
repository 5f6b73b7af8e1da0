using MailDaemon.Sandbox;

namespace MailDaemon.Tests.Support;

/// <summary>
/// The daemon in this process with mail servers beside it and one account on them, added over HTTP, its first pass done.
/// Nobody polls or pushes: what is in the cache is what the test did.
/// </summary>
public sealed class SandboxApp : IAsyncLifetime, IAsyncDisposable
{
    private readonly SandboxOptions _options;
    private readonly Dictionary<string, string?> _settings;
    private readonly TempDirectory _directory = new();
    private Dictionary<string, string?> _all = [];
    private bool _areStopped;

    public SandboxApp()
        : this(new SandboxOptions(), [])
    {
    }

    internal SandboxApp(SandboxOptions options, (string Key, string? Value)[] settings)
    {
        _options = options;
        _settings = settings.ToDictionary(s => s.Key, s => s.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The account's address.</summary>
    public string Email => _options.Users[0].Address;

    /// <summary>The servers' certificate authority as a PEM file.</summary>
    public string AuthorityFile => Path.Combine(_directory.Path, "ca.pem");

    public SandboxServers Servers { get; private set; } = null!;

    public DaemonApp App { get; private set; } = null!;

    /// <summary>A host, port and protection as requests carry them.</summary>
    public object Imap => new { host = "127.0.0.1", port = Servers.ImapPort, secure = true };

    public object Smtp => new { host = "127.0.0.1", port = Servers.SmtpPort, secure = true };

    /// <summary>The folders and mail of the account's owner on the server.</summary>
    public Sandbox.Mail.MailUser User => Servers.World.Users[0];

    public static async Task<SandboxApp> StartAsync(SandboxOptions options, params (string Key, string? Value)[] settings)
    {
        var sandbox = new SandboxApp(options, settings);
        await sandbox.InitializeAsync();
        return sandbox;
    }

    /// <summary>Servers and daemon without an account.</summary>
    public static async Task<SandboxApp> StartEmptyAsync(SandboxOptions options, params (string Key, string? Value)[] settings)
    {
        var sandbox = new SandboxApp(options, settings);
        await sandbox.StartServersAsync();
        return sandbox;
    }

    public async Task InitializeAsync()
    {
        await StartServersAsync();
        var user = _options.Users[0];
        var added = await App.PostAsync("/api/imap/accounts", Login(user.Password));
        added.Status.ShouldBe(201, added.Text);
        await SyncAsync();
    }

    /// <summary>What adds or tries the account.</summary>
    public object Login(string password) => new { email = Email, password, displayName = _options.Users[0].DisplayName, imap = Imap, smtp = Smtp };

    /// <summary>Brings everything that the servers have now into the cache.</summary>
    public async Task SyncAsync()
    {
        var synced = await App.PostAsync($"/api/sync?provider=imap&email={Email}");
        synced.Status.ShouldBe(200, synced.Text);
    }

    /// <summary>The list item of the newest message with this subject.</summary>
    public async Task<System.Text.Json.JsonElement> FindAsync(string subject, string? folder = null)
    {
        var filter = folder is null ? "" : $"&folder={Uri.EscapeDataString(folder)}";
        var list = await App.GetAsync($"/api/imap/messages?email={Email}&limit=500{filter}");
        list.Status.ShouldBe(200, list.Text);
        return list.Result.GetProperty("messages").EnumerateArray().First(m => m.GetProperty("subject").GetString() == subject);
    }

    /// <summary>From now on the mail servers cannot be reached.</summary>
    public async Task StopServersAsync()
    {
        if (!_areStopped)
            await Servers.DisposeAsync();
        _areStopped = true;
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await StopServersAsync();
        _directory.Dispose();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private async Task StartServersAsync()
    {
        Servers = await SandboxServers.StartAsync(_options, TimeProvider.System, CancellationToken.None);
        await File.WriteAllTextAsync(AuthorityFile, Servers.CaPem);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Imap:TrustedCertificates"] = AuthorityFile,
            ["Imap:AllowPrivateHosts"] = "true",
            ["Sync:IntervalSeconds"] = "86400",
            ["Sync:Idle"] = "false",
        };
        foreach (var (key, value) in _settings)
            settings[key] = value;
        _all = settings;
        App = await DaemonApp.StartAsync(settings: settings, dataDirectory: _directory.Sub("data"));
    }

    /// <summary>Ends the daemon and starts it again on its data directory.</summary>
    /// <param name="meanwhile">What happens to that directory in between.</param>
    public async Task RestartAsync(Action<string>? meanwhile = null)
    {
        var data = App.DataDirectory;
        await App.DisposeAsync();
        meanwhile?.Invoke(data);
        App = await DaemonApp.StartAsync(settings: _all, dataDirectory: data);
    }
}
