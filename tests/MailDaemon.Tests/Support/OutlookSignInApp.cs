using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>A sign-in by a code that the daemon has begun.</summary>
public sealed record BegunDevice(string UserCode, string Page, string State);

/// <summary>The daemon in this process with the sandbox's Microsoft beside it and no account, and a browser that walks its pages.</summary>
internal sealed class OutlookSignInApp : IAsyncDisposable
{
    public static readonly IdentityUser Olivia = IdentityUser.Personal(SandboxUser.Olivia);

    /// <summary>Signs in with another name than the address of the mailbox.</summary>
    public static readonly IdentityUser Walter = new("walter.kern@firm.sandbox.test", "Walter Kern") { TenantId = IdentityUser.WorkTenant, UserName = "walter@firm.onmicrosoft.test" };

    public static readonly AccountKey Key = new(ProviderKind.Outlook, Olivia.Address);

    private readonly TempDirectory directory = new();
    private readonly HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly SandboxServers servers;
    private readonly (string Key, string? Value)[] settings;

    private OutlookSignInApp(SandboxServers servers, (string Key, string? Value)[] settings) => (this.servers, this.settings) = (servers, settings);

    public IdentityServer Microsoft => servers.Identity;

    public GraphServer Graph => servers.Graph;

    public DaemonApp App { get; private set; } = null!;

    /// <summary>The tokens of Olivia's account.</summary>
    public OAuthTokens Tokens => App.Services.GetRequiredService<TokenSources>().For(Key);

    public string DataDirectory => Path.Combine(directory.Path, "data");

    public static async Task<OutlookSignInApp> StartAsync(IdentityServerOptions? options = null, params (string Key, string? Value)[] settings)
    {
        var sandbox = new SandboxOptions
        {
            Seed = false,
            Identity = (options ?? new IdentityServerOptions { DeviceCodeInterval = 1 }) with { Users = [Olivia, Walter] },
            Graph = new GraphServerOptions { Seed = false, Users = [SandboxUser.Olivia, new SandboxUser(Walter.Address, "sandbox", Walter.DisplayName)] },
        };
        var started = new OutlookSignInApp(await SandboxServers.StartAsync(sandbox, TimeProvider.System, CancellationToken.None), settings);
        await started.StartDaemonAsync();
        return started;
    }

    /// <summary>Starts the daemon again that was disposed of, over the same data.</summary>
    public async Task StartDaemonAsync()
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Sync:IntervalSeconds"] = "86400",
            ["Outlook:ClientId"] = IdentityServer.ClientId,
            ["Outlook:Authority"] = Microsoft.Url,
            ["Outlook:GraphBaseUrl"] = Graph.BaseUrl,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        App = await DaemonApp.StartAsync(settings: all, dataDirectory: DataDirectory);
    }

    /// <summary>Signs Olivia in, page by page.</summary>
    public async Task SignInAsync()
    {
        var end = await SubmitAsync(await PageAsync(await InitiateAsync(Olivia.Address)), "allow");
        end.Status.ShouldBe(200, end.Text);
    }

    public async Task<BegunSignIn> InitiateAsync(string? hint)
    {
        var begun = await App.PostAsync("/api/outlook/auth/initiate" + (hint is null ? "" : $"?loginHint={hint}"));
        begun.Status.ShouldBe(200, begun.Text);
        var page = begun.Result.GetProperty("authUrl").GetString()!;
        return new BegunSignIn(page, begun.Result.GetProperty("state").GetString()!, HttpUtility.ParseQueryString(new Uri(page).Query)["redirect_uri"]!);
    }

    public async Task<BegunDevice> InitiateDeviceAsync(string? hint)
    {
        var begun = await App.PostAsync("/api/outlook/auth/device" + (hint is null ? "" : $"?loginHint={hint}"));
        begun.Status.ShouldBe(200, begun.Text);
        string Text(string name) => begun.Result.GetProperty(name).GetString()!;
        Text("message").ShouldContain(Text("userCode"));
        return new BegunDevice(Text("userCode"), Text("verificationUrl"), Text("state"));
    }

    public Task<string> PageAsync(BegunSignIn begun) => browser.GetStringAsync(begun.AuthUrl);

    /// <summary>Submits the form of the consent page and follows it back to the daemon.</summary>
    public async Task<(int Status, string Text)> SubmitAsync(string page, string button, string? account = null) => await GetAsync(await RedirectAsync(page, button, account));

    public Task<Uri> RedirectAsync(string page, string button, string? account = null) => ConsentForm.SubmitAsync(browser, page, Microsoft.Url, button, account);

    /// <summary>Enters the code on Microsoft's page.</summary>
    public async Task EnterAsync(BegunDevice begun, string button, string? account = null)
    {
        var page = await browser.GetStringAsync($"{begun.Page}?user_code={begun.UserCode}");
        using var end = await ConsentForm.PostAsync(browser, page, Microsoft.Url, button, account);
        end.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async Task<(int Status, string Text)> GetAsync(Uri uri)
    {
        using var page = await browser.GetAsync(uri);
        return ((int)page.StatusCode, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }

    /// <summary>How a sign-in stands.</summary>
    public async Task<(string? SignIn, string? Reason)> StatusOfAsync(string state)
    {
        var status = (await App.GetAsync($"/api/outlook/auth/status?state={state}")).Result;
        return (status.GetProperty("signIn").GetString(), status.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    /// <summary>Waits until a sign-in is no longer pending.</summary>
    public async Task<(string? SignIn, string? Reason)> EndOfAsync(string state)
    {
        await Eventually.UntilAsync(async () => (await StatusOfAsync(state)).SignIn != "pending", "the sign-in did not end");
        return await StatusOfAsync(state);
    }

    /// <summary>How Olivia's account is authorized.</summary>
    public async Task<JsonElement> AuthorizationAsync() => (await App.GetAsync($"/api/outlook/auth/status?email={Olivia.Address}")).Result;

    public async Task<bool> IsAuthorizedAsync() => (await AuthorizationAsync()).GetProperty("authorized").GetBoolean();

    public async Task<string?[]> AccountsAsync() => [.. (await App.GetAsync("/api/accounts")).Result.EnumerateArray().Select(account => account.GetProperty("email").GetString())];

    /// <summary>What lies in the data directory, the log too.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync()
    {
        await App.DisposeAsync();
        var files = Directory.GetFiles(DataDirectory, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        await StartDaemonAsync();
        return files;
    }

    public int CountOf(string grantType) => Microsoft.Requests.Count(request => request.GrantType == grantType);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await servers.DisposeAsync();
        browser.Dispose();
        directory.Dispose();
    }
}
