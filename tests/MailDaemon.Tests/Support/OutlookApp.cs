using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>
/// The daemon in this process with the sandbox's Outlook and identity platform beside it and one account that is signed in there, its first pass
/// done. Nobody polls: what is in the cache is what the test did. Each request to Graph is held against its OpenAPI document.
/// </summary>
public sealed class OutlookApp : IAsyncDisposable
{
    private readonly TempDirectory directory = new();

    private OutlookApp(SandboxServers servers, ShiftedClock clock)
    {
        Servers = servers;
        Clock = clock;
    }

    /// <summary>The daemon's and the sandbox's.</summary>
    public ShiftedClock Clock { get; }

    public SandboxServers Servers { get; }

    public GraphServer Graph => Servers.Graph;

    public GraphMailbox Mailbox => Graph.First;

    public DaemonApp App { get; private set; } = null!;

    public string Email => Graph.Users[0].Address;

    /// <param name="isSeeded">Whether the sample mailbox is there.</param>
    /// <param name="prepare">Fills the mailbox before the first pass.</param>
    /// <param name="trouble">What goes wrong in the first pass, which is not waited for then.</param>
    public static async Task<OutlookApp> StartAsync(bool isSeeded = true, Action<GraphMailbox>? prepare = null, GraphServerOptions? options = null, Action<GraphServer>? trouble = null, params (string Key, string? Value)[] settings)
    {
        var graph = (options ?? new GraphServerOptions()) with { Seed = isSeeded, ContractPath = Sandboxes.Graph.GraphContractDocument.Path };
        var clock = new ShiftedClock();
        var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = isSeeded, Graph = graph }, clock, CancellationToken.None);
        prepare?.Invoke(servers.Graph.First);
        trouble?.Invoke(servers.Graph);
        var app = new OutlookApp(servers, clock);
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
        var begun = await App.PostAsync($"/api/outlook/auth/initiate?loginHint={Email}");
        begun.Status.ShouldBe(200, begun.Text);
        using var browser = new HttpClient();
        var page = await browser.GetAsync(Servers.Identity.Consent(new Uri(begun.Result.GetProperty("authUrl").GetString()!), Email));
        page.IsSuccessStatusCode.ShouldBeTrue(await page.Content.ReadAsStringAsync());
    }

    /// <summary>Brings everything that Outlook has now into the cache.</summary>
    public async Task<System.Text.Json.JsonElement> SyncAsync()
    {
        var synced = await App.PostAsync($"/api/sync?provider=outlook&email={Email}");
        synced.Status.ShouldBe(200, synced.Text);
        return synced.Result;
    }

    /// <summary>The list items of a folder, the newest first.</summary>
    public async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(string? folder = null, string filter = "")
    {
        var list = await App.GetAsync($"/api/outlook/messages?email={Email}&limit=500{(folder is null ? "" : $"&folder={Uri.EscapeDataString(folder)}")}{filter}");
        list.Status.ShouldBe(200, list.Text);
        return [.. list.Result.GetProperty("messages").EnumerateArray()];
    }

    /// <summary>The list item of the newest message with this subject.</summary>
    public async Task<System.Text.Json.JsonElement> FindAsync(string subject) => (await ListAsync()).First(m => m.GetProperty("subject").GetString() == subject);

    /// <summary>The cache says what Outlook has, no request was against the contract, and all asked for immutable ids.</summary>
    public async Task ShouldBeVerifiedAsync()
    {
        var proof = await App.GetAsync($"/api/sync/verify?provider=outlook&email={Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
        ShouldBeWithinContract();
    }

    /// <summary>No request was against the contract, all asked for immutable ids, and at most four ran at once.</summary>
    public void ShouldBeWithinContract()
    {
        Graph.Violations.ShouldBeEmpty();
        Graph.RequestsWithoutImmutableId.ShouldBeEmpty();
        Graph.PeakRequests.ShouldBeLessThanOrEqualTo(4);
    }

    /// <summary>How often an operation was asked for, parts of batches included.</summary>
    public int CountOf(string operation) => Graph.Requests.Count(r => r.Operation == operation);

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
            ["Outlook:ClientId"] = IdentityServer.ClientId,
            ["Outlook:Authority"] = Servers.Identity.Url,
            ["Outlook:GraphBaseUrl"] = Graph.BaseUrl,
            ["Imap:AllowPrivateHosts"] = "true",
            ["Sync:IntervalSeconds"] = "86400",
            ["Sync:Idle"] = "false",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return DaemonApp.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(Clock), settings: values, dataDirectory: directory.Sub("data"));
    }
}
