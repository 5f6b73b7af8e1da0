using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>A daemon in a process of its own, with one account that signs in at the sandbox. Nobody polls.</summary>
internal sealed class SandboxDaemon : IAsyncDisposable
{
    private const int PageSize = 500;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private readonly DaemonProcess process;
    private readonly HttpClient client;
    private readonly string consents;

    /// <param name="consents">The server that shows the consent page.</param>
    private SandboxDaemon(DaemonProcess process, string data, string provider, string email, string consents)
    {
        this.process = process;
        this.consents = consents;
        (Data, Provider, Email) = (data, provider, email);
        client = process.NewClient();
        client.Timeout = TimeSpan.FromMinutes(10);
    }

    public string Data { get; }

    public string Provider { get; }

    public string Email { get; }

    public int Id => process.Id;

    /// <summary>Processor time it has used.</summary>
    public TimeSpan Processor
    {
        get
        {
            using var running = Process.GetProcessById(Id);
            return running.TotalProcessorTime;
        }
    }

    private string Account => $"provider={Provider}&email={Email}";

    /// <summary>With an account at the sandbox's Gmail. The quota is off.</summary>
    /// <param name="isOverImap">Whether the first pass reads the messages over IMAP.</param>
    /// <param name="data">The directory of a daemon of before; null for a new one.</param>
    public static async Task<SandboxDaemon> StartGmailAsync(SandboxServers servers, bool isOverImap, string? data = null)
    {
        data ??= NewDirectory();
        var authority = Path.Combine(data, "authority.pem");
        await File.WriteAllTextAsync(authority, servers.CaPem);
        var gmail = servers.Gmail;
        var started = await StartAsync(
            data,
            $"--Gmail:ClientId={GmailServer.ClientId}",
            $"--Gmail:ClientSecret={GmailServer.ClientSecret}",
            $"--Gmail:ApiBaseUrl={gmail.Url}",
            $"--Gmail:AuthUrl={gmail.AuthUrl}",
            $"--Gmail:TokenUrl={gmail.TokenUrl}",
            $"--Gmail:UserInfoUrl={gmail.UserInfoUrl}",
            $"--Gmail:RevokeUrl={gmail.RevokeUrl}",
            $"--Gmail:FirstPassByImap={isOverImap}",
            "--Gmail:ImapHost=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--Gmail:ImapPort={servers.GmailImapPort}"),
            "--Gmail:UnitsPerMinute=1000000",
            $"--Imap:TrustedCertificates={authority}");
        return new SandboxDaemon(started, data, "gmail", gmail.Users[0].Address, gmail.Url);
    }

    /// <summary>With an account at the sandbox's Outlook, which signs in at its identity platform.</summary>
    /// <param name="data">The directory of a daemon of before; null for a new one.</param>
    public static async Task<SandboxDaemon> StartOutlookAsync(SandboxServers servers, string? data = null)
    {
        data ??= NewDirectory();
        var started = await StartAsync(
            data, $"--Outlook:ClientId={IdentityServer.ClientId}", $"--Outlook:Authority={servers.Identity.Url}", $"--Outlook:GraphBaseUrl={servers.Graph.BaseUrl}");
        return new SandboxDaemon(started, data, "outlook", servers.Graph.Users[0].Address, servers.Identity.Url);
    }

    /// <summary>Signs in; the first pass begins by itself.</summary>
    /// <returns>How long after the consent a page of fifty was listed, and the pass was over.</returns>
    public async Task<(TimeSpan Page, TimeSpan Cached)> SignInAsync()
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var begun = await SendAsync(HttpMethod.Post, $"/api/{Provider}/auth/initiate?loginHint={Email}");
        var page = await browser.GetStringAsync(begun.GetProperty("authUrl").GetString());
        var back = await ConsentForm.SubmitAsync(browser, page, consents, "allow");
        var since = Stopwatch.GetTimestamp();
        (await browser.GetAsync(back)).EnsureSuccessStatusCode();
        while ((await ListAsync(0, 50)).GetProperty("messages").GetArrayLength() < 50)
            await Task.Delay(Glance);
        var listed = Stopwatch.GetElapsedTime(since);
        while (!IsRested(await SendAsync(HttpMethod.Get, $"/api/sync-status?{Account}")))
            await Task.Delay(Glance);
        return (listed, Stopwatch.GetElapsedTime(since));
    }

    /// <summary>One pass, to its end.</summary>
    public Task<JsonElement> SyncAsync() => SendAsync(HttpMethod.Post, $"/api/sync?{Account}");

    /// <summary>How many differences there are between the cache and the server.</summary>
    public async Task<int> DifferencesAsync() => (await SendAsync(HttpMethod.Get, $"/api/sync/verify?{Account}")).GetProperty("differences").GetArrayLength();

    /// <summary>All list items by their keys; labels under the provider's ids, because ours are made by each daemon.</summary>
    public async Task<Dictionary<string, string>> ItemsAsync()
    {
        var items = new Dictionary<string, string>(StringComparer.Ordinal);
        var labels = (await SendAsync(HttpMethod.Get, $"/api/labels?{Account}")).EnumerateArray().Where(label => label.GetProperty("type").GetString() == "account").ToList();
        for (var offset = 0; ; offset += PageSize)
        {
            var page = (await ListAsync(offset, PageSize)).GetProperty("messages");
            foreach (var item in page.EnumerateArray())
                items.Add(item.GetProperty("key").GetString()!, labels.Aggregate(item.GetRawText(), (text, label) => text.Replace(label.GetProperty("id").GetString()!, label.GetProperty("native").GetString(), StringComparison.Ordinal)));
            if (page.GetArrayLength() < PageSize)
                return items;
        }
    }

    public Task<JsonElement> ListAsync(int offset, int limit) => SendAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/api/{Provider}/messages?email={Email}&offset={offset}&limit={limit}"));

    public Task<string> PingAsync() => client.GetStringAsync(new Uri("/ping", UriKind.Relative));

    /// <summary>The body of a GET as it comes.</summary>
    public Task<Stream> StreamAsync(string path) => client.GetStreamAsync(new Uri(path, UriKind.Relative));

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var reply = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? reply.GetProperty("result") : throw new InvalidOperationException($"{method} {path}: {reply}");
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await process.StopAsync();
        await process.DisposeAsync();
    }

    private static string NewDirectory() => Directory.CreateTempSubdirectory("ours-").FullName;

    private static Task<DaemonProcess> StartAsync(string data, params string[] settings) =>
        DaemonProcess.StartAsync(data, ["--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=86400", "--Sync:Idle=false", .. settings]);

    private static bool IsRested(JsonElement status) => status.GetProperty("status").GetString() switch
    {
        "idle" => status.GetProperty("lastSyncTime").ValueKind != JsonValueKind.Null,
        "syncing" => false,
        _ => throw new InvalidOperationException($"the first pass failed: {status}"),
    };
}
