using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>
/// The daemon in this process with the sandbox's Gmail beside it and one account on it that is signed in, its first pass done. Nobody
/// polls: what is in the cache is what the test did. Each request to Gmail is held against its discovery document.
/// </summary>
public sealed class GmailApp : IAsyncDisposable
{
    private readonly TempDirectory directory = new();

    private GmailApp(SandboxServers servers, ShiftedClock clock)
    {
        Servers = servers;
        Clock = clock;
    }

    /// <summary>The daemon's and the sandbox's.</summary>
    public ShiftedClock Clock { get; }

    public SandboxServers Servers { get; }

    public GmailServer Gmail => Servers.Gmail;

    public GmailMailbox Mailbox => Gmail.First;

    public DaemonApp App { get; private set; } = null!;

    public string Email => Gmail.Users[0].Address;

    /// <param name="isSeeded">Whether the sample mailbox is there.</param>
    /// <param name="prepare">Fills the mailbox before the first pass.</param>
    /// <param name="trouble">What goes wrong in the first pass, which is not waited for then.</param>
    public static async Task<GmailApp> StartAsync(bool isSeeded = true, Action<GmailMailbox>? prepare = null, GmailServerOptions? options = null, Action<GmailServer>? trouble = null, params (string Key, string? Value)[] settings)
    {
        var gmail = (options ?? new GmailServerOptions()) with { Seed = isSeeded, ContractPath = Sandboxes.Gmail.DiscoveryDocument.Path };
        var clock = new ShiftedClock();
        var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = isSeeded, Gmail = gmail }, clock, CancellationToken.None);
        prepare?.Invoke(servers.Gmail.First);
        trouble?.Invoke(servers.Gmail);
        var app = new GmailApp(servers, clock);
        app.App = await app.StartDaemonAsync(settings);
        await app.SignInAsync();
        if (trouble is null)
            await app.SyncAsync();
        return app;
    }

    /// <summary>Stops the daemon and starts it again over the same data.</summary>
    public async Task RestartAsync(params (string Key, string? Value)[] settings)
    {
        await App.DisposeAsync();
        App = await StartDaemonAsync(settings);
    }

    /// <summary>Consents as the owner of the mailbox does.</summary>
    public async Task SignInAsync()
    {
        var grant = new TokenGrant(new Secret(Gmail.AccessToken(Email)), TimeSpan.FromHours(1), new Secret(Gmail.Grant(Email)), ["https://mail.google.com/"]);
        var mailbox = new SignedInMailbox(ProviderKind.Gmail, Email, GmailServer.ClientId, grant, Clock.GetUtcNow());
        await App.Services.GetRequiredService<AccountLifecycle>().AddSignedInAsync(mailbox, CancellationToken.None);
    }

    /// <summary>Brings everything that Gmail has now into the cache.</summary>
    public async Task<System.Text.Json.JsonElement> SyncAsync()
    {
        var synced = await App.PostAsync($"/api/sync?provider=gmail&email={Email}");
        synced.Status.ShouldBe(200, synced.Text);
        return synced.Result;
    }

    /// <summary>The list items of a folder, the newest first.</summary>
    public async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(string? folder = null, string filter = "")
    {
        var list = await App.GetAsync($"/api/gmail/messages?email={Email}&limit=500{(folder is null ? "" : $"&folder={folder}")}{filter}");
        list.Status.ShouldBe(200, list.Text);
        return [.. list.Result.GetProperty("messages").EnumerateArray()];
    }

    /// <summary>The list item of the newest message with this subject.</summary>
    public async Task<System.Text.Json.JsonElement> FindAsync(string subject) => (await ListAsync()).First(m => m.GetProperty("subject").GetString() == subject);

    /// <summary>The cache says what Gmail has, and no request was against the contract.</summary>
    public async Task ShouldBeVerifiedAsync()
    {
        var proof = await App.GetAsync($"/api/sync/verify?provider=gmail&email={Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
        Gmail.Violations.ShouldBeEmpty();
    }

    /// <summary>How often a method was called, parts of batches included.</summary>
    public int CountOf(string method) => Gmail.Requests.Count(r => r.Method == $"gmail.users.{method}");

    public async ValueTask DisposeAsync()
    {
        if (App is not null)
            await App.DisposeAsync();
        await Servers.DisposeAsync();
        directory.Dispose();
    }

    private Task<DaemonApp> StartDaemonAsync((string Key, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Gmail:ClientId"] = GmailServer.ClientId,
            ["Gmail:ClientSecret"] = GmailServer.ClientSecret,
            ["Gmail:ApiBaseUrl"] = Gmail.Url,
            ["Gmail:AuthUrl"] = Gmail.AuthUrl,
            ["Gmail:TokenUrl"] = Gmail.TokenUrl,
            ["Gmail:UserInfoUrl"] = Gmail.UserInfoUrl,
            ["Gmail:RevokeUrl"] = Gmail.RevokeUrl,
            ["Gmail:FirstPassByImap"] = "false",
            ["Gmail:UnitsPerMinute"] = "1000000",
            ["Imap:AllowPrivateHosts"] = "true",
            ["Sync:IntervalSeconds"] = "86400",
            ["Sync:Idle"] = "false",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return DaemonApp.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(Clock), settings: values, dataDirectory: directory.Sub("data"));
    }
}
