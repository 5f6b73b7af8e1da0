using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

// Not Tests.Sandbox: that would hide MailDaemon.Sandbox from all other tests.
namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>The sandbox's Gmail with an empty mailbox, and a client of it that has a token for everything.</summary>
internal sealed class GmailFixture : IAsyncDisposable
{
    private GmailFixture(SandboxServers servers, ManualClock clock)
    {
        Servers = servers;
        Clock = clock;
        Http = new HttpClient { BaseAddress = new Uri(servers.Gmail.Url) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Gmail.AccessToken(Address));
    }

    public SandboxServers Servers { get; }

    public ManualClock Clock { get; }

    public GmailServer Gmail => Servers.Gmail;

    public GmailMailbox Mailbox => Gmail.First;

    public string Address => Gmail.Users[0].Address;

    public HttpClient Http { get; }

    /// <param name="options">Null for the usual ones, with the discovery document where it is there.</param>
    public static async Task<GmailFixture> StartAsync(GmailServerOptions? options = null, bool seed = false)
    {
        var clock = new ManualClock();
        var servers = await SandboxServers.StartAsync(
            new SandboxOptions { Seed = seed, Gmail = options ?? new GmailServerOptions { ContractPath = DiscoveryDocument.Path } }, clock, CancellationToken.None);
        return new GmailFixture(servers, clock);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Servers.DisposeAsync();
    }

    public static byte[] Mail(string subject, string extra = "", string body = "Hello") => Encoding.UTF8.GetBytes(
        $"From: Ann <ann@example.org>\r\nTo: gina@gmail.sandbox.test\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@example.org>\r\n{extra}\r\n{body}\r\n");

    public static string Raw(byte[] mail) => Convert.ToBase64String(mail).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] FromRaw(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    /// <summary>The answer to a GET below <c>/gmail/v1/users/me/</c>, which must be 200.</summary>
    public async Task<JsonElement> GetAsync(string path) => await SuccessAsync(await Http.GetAsync("/gmail/v1/users/me/" + path));

    public Task<JsonElement> PostAsync(string path, string? json = null) => SendAsync(HttpMethod.Post, path, json);

    public async Task<JsonElement> SendAsync(HttpMethod verb, string path, string? json) => await SuccessAsync(await TryAsync(verb, path, json));

    public Task<HttpResponseMessage> TryAsync(HttpMethod verb, string path, string? json = null) =>
        Http.SendAsync(new HttpRequestMessage(verb, "/gmail/v1/users/me/" + path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") });

    /// <summary>Status, and the reason of the first error.</summary>
    public static async Task<(int Status, string? Reason)> ErrorAsync(HttpResponseMessage reply)
    {
        var error = JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        error.GetProperty("code").GetInt32().ShouldBe((int)reply.StatusCode);
        return ((int)reply.StatusCode, error.GetProperty("errors")[0].GetProperty("reason").GetString());
    }

    public static async Task<JsonElement> SuccessAsync(HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}

internal static class JsonTexts
{
    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();

    public static string[] Texts(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
}
