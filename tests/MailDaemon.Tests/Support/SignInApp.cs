using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>A sign-in that the daemon has begun.</summary>
public sealed record BegunSignIn(string AuthUrl, string State, string RedirectUri);

/// <summary>The daemon in this process with the sandbox's Google beside it and no account, and a browser that walks its consent pages.</summary>
internal sealed class SignInApp : IAsyncDisposable
{
    public static readonly SandboxUser Other = new("other@gmail.sandbox.test", "sandbox", "Other");
    public static readonly string Gina = SandboxUser.Gina.Address;
    public static readonly AccountKey Key = new(ProviderKind.Gmail, Gina);

    private readonly TempDirectory directory = new();
    private readonly HttpClient browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly SandboxServers servers;

    private SignInApp(SandboxServers servers) => this.servers = servers;

    public GmailServer Google => servers.Gmail;

    public DaemonApp App { get; private set; } = null!;

    /// <summary>The tokens of Gina's account.</summary>
    public OAuthTokens Tokens => App.Services.GetRequiredService<TokenSources>().For(Key);

    public string DataDirectory => Path.Combine(directory.Path, "data");

    /// <param name="areRotated">Whether each refresh gives another refresh token and ends the one before.</param>
    public static async Task<SignInApp> StartAsync(bool areRotated = false)
    {
        var gmail = new GmailServerOptions { Users = [SandboxUser.Gina, Other], Seed = false, RotatesRefreshTokens = areRotated };
        var started = new SignInApp(await SandboxServers.StartAsync(new SandboxOptions { Seed = false, Gmail = gmail }, TimeProvider.System, CancellationToken.None));
        await started.StartDaemonAsync();
        return started;
    }

    /// <summary>Starts the daemon again that was disposed of, over the same data.</summary>
    public async Task StartDaemonAsync() => App = await DaemonApp.StartAsync(
        settings: new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Sync:IntervalSeconds"] = "86400",
            ["Sync:Idle"] = "false",
            ["Gmail:ClientId"] = GmailServer.ClientId,
            ["Gmail:ClientSecret"] = GmailServer.ClientSecret,
            ["Gmail:ApiBaseUrl"] = Google.Url,
            ["Gmail:AuthUrl"] = Google.AuthUrl,
            ["Gmail:TokenUrl"] = Google.TokenUrl,
            ["Gmail:UserInfoUrl"] = Google.UserInfoUrl,
            ["Gmail:RevokeUrl"] = Google.RevokeUrl,
            ["Gmail:FirstPassByImap"] = "false",
        },
        dataDirectory: DataDirectory);

    /// <summary>Signs Gina in, page by page.</summary>
    public async Task SignInAsync()
    {
        var link = await InitiateAsync(Gina);
        var end = await SubmitAsync(await PageAsync(link), "allow");
        end.Status.ShouldBe(200, end.Text);
    }

    public async Task<BegunSignIn> InitiateAsync(string? hint)
    {
        var begun = await App.PostAsync("/api/gmail/auth/initiate" + (hint is null ? "" : $"?loginHint={hint}"));
        begun.Status.ShouldBe(200, begun.Text);
        var page = begun.Result.GetProperty("authUrl").GetString()!;
        return new BegunSignIn(page, begun.Result.GetProperty("state").GetString()!, HttpUtility.ParseQueryString(new Uri(page).Query)["redirect_uri"]!);
    }

    /// <summary>The consent page.</summary>
    public Task<string> PageAsync(BegunSignIn begun) => browser.GetStringAsync(begun.AuthUrl);

    /// <summary>Submits the form of the consent page and follows it back to the daemon.</summary>
    public async Task<(int Status, string Text)> SubmitAsync(string page, string button, string? account = null) => await GetAsync(await RedirectAsync(page, button, account));

    /// <summary>Submits the form of the consent page and says where it leads.</summary>
    public Task<Uri> RedirectAsync(string page, string button, string? account = null) => ConsentForm.SubmitAsync(browser, page, Google.Url, button, account);

    public async Task<(int Status, string Text)> GetAsync(Uri uri)
    {
        using var page = await browser.GetAsync(uri);
        return ((int)page.StatusCode, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }

    public Task<HttpResponseMessage> PostAsync(Uri uri, IEnumerable<KeyValuePair<string, string>> fields) => browser.PostAsync(uri, new FormUrlEncodedContent(fields));

    /// <summary>How a sign-in stands.</summary>
    public async Task<(string? SignIn, string? Reason)> StatusOfAsync(BegunSignIn begun)
    {
        var status = (await App.GetAsync($"/api/gmail/auth/status?state={begun.State}")).Result;
        return (status.GetProperty("signIn").GetString(), status.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    /// <summary>How Gina's account is authorized.</summary>
    public async Task<JsonElement> AuthorizationAsync() => (await App.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result;

    public async Task<JsonElement[]> AccountsAsync() => [.. (await App.GetAsync("/api/accounts")).Result.EnumerateArray()];

    public async Task<Reply> SyncAsync(int status)
    {
        var synced = await App.PostAsync($"/api/sync?provider=gmail&email={Gina}");
        synced.Status.ShouldBe(status, synced.Text);
        return synced;
    }

    /// <summary>A field of each of Gina's cached messages.</summary>
    public async Task<string?[]> MessagesAsync(string field) =>
        [.. (await App.GetAsync($"/api/gmail/messages?email={Gina}")).Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty(field).GetString())];

    /// <summary>A new mail comes to Gina.</summary>
    public void Deliver(string subject) => Google.First.Deliver(Encoding.UTF8.GetBytes(
        $"From: Ann <ann@example.org>\r\nTo: {Gina}\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@example.org>\r\nDate: Tue, 1 Dec 2026 08:00:00 +0000\r\n\r\nHello\r\n"));

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await servers.DisposeAsync();
        browser.Dispose();
        directory.Dispose();
    }
}
