using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

// Not Tests.Sandbox: that would hide MailDaemon.Sandbox from all other tests.
namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>The sandbox's Outlook with an empty mailbox, and a client of it that has a token and asks for immutable ids.</summary>
internal sealed class GraphFixture : IAsyncDisposable
{
    private GraphFixture(SandboxServers servers, ManualClock clock)
    {
        Servers = servers;
        Clock = clock;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Graph.AccessToken(Address));
    }

    public SandboxServers Servers { get; }

    public ManualClock Clock { get; }

    public GraphServer Graph => Servers.Graph;

    public GraphFaults Faults => Graph.Faults;

    public GraphMailbox Mailbox => Graph.First;

    public string Address => Graph.Users[0].Address;

    public HttpClient Http { get; }

    /// <param name="options">Null for the usual ones, with the contract where it is there.</param>
    public static async Task<GraphFixture> StartAsync(GraphServerOptions? options = null, bool seed = false)
    {
        var clock = new ManualClock();
        var servers = await SandboxServers.StartAsync(
            new SandboxOptions { Seed = seed, Graph = options ?? new GraphServerOptions { ContractPath = GraphContractDocument.Path } }, clock, CancellationToken.None);
        return new GraphFixture(servers, clock);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Servers.DisposeAsync();
    }

    public static byte[] Mail(string subject, string extra = "", string body = "Hello") => Encoding.UTF8.GetBytes(
        $"From: Ann <ann@example.org>\r\nTo: olivia@outlook.sandbox.test\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@example.org>\r\n{extra}\r\n{body}\r\n");

    public static string Escaped(string id) => Uri.EscapeDataString(id);

    /// <summary>The answer to a GET below <c>/v1.0/me/</c> or of a link, which must be 200.</summary>
    public Task<JsonElement> GetAsync(string path, string prefer = ImmutableIds) => SuccessAsync(HttpMethod.Get, path, null, prefer);

    public Task<JsonElement> PostAsync(string path, string? json = null) => SuccessAsync(HttpMethod.Post, path, json, ImmutableIds);

    public async Task<JsonElement> SuccessAsync(HttpMethod verb, string path, string? json, string prefer = ImmutableIds)
    {
        using var reply = await TryAsync(verb, path, json, prefer);
        var text = await reply.Content.ReadAsStringAsync();
        reply.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public Task<HttpResponseMessage> TryAsync(HttpMethod verb, string path, string? json = null, string prefer = ImmutableIds) =>
        SendAsync(verb, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"), prefer);

    public Task<HttpResponseMessage> SendAsync(HttpMethod verb, string path, HttpContent? content, string prefer = ImmutableIds)
    {
        var request = new HttpRequestMessage(verb, path.StartsWith("http", StringComparison.Ordinal) ? path : $"{Graph.BaseUrl}/me/{path}") { Content = content };
        if (prefer.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        return Http.SendAsync(request);
    }

    /// <summary>The parts of a batch with their answers, by id.</summary>
    public async Task<Dictionary<string, JsonElement>> BatchAsync(params string[] parts)
    {
        var body = $$"""{"requests":[{{string.Join(',', parts)}}]}""";
        var answer = await SuccessAsync(HttpMethod.Post, $"{Graph.BaseUrl}/$batch", body, "");
        return answer.GetProperty("responses").EnumerateArray().ToDictionary(part => part.GetProperty("id").GetString()!);
    }

    /// <summary>Status and code of an error.</summary>
    public static async Task<(int Status, string? Code)> ErrorAsync(HttpResponseMessage reply)
    {
        var error = JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        error.GetProperty("innerError").GetProperty("request-id").GetString().ShouldNotBeNullOrEmpty();
        return ((int)reply.StatusCode, error.GetProperty("code").GetString());
    }

    public static JsonElement[] Values(JsonElement list) => [.. list.GetProperty("value").EnumerateArray()];

    public static string?[] Subjects(JsonElement list) => [.. Values(list).Select(item => item.GetProperty("subject").GetString())];

    /// <summary>Follows the links of a delta query to the end of the round.</summary>
    public async Task<(List<JsonElement> Items, string DeltaLink)> RoundAsync(string link, int pageSize = 50)
    {
        var items = new List<JsonElement>();
        while (true)
        {
            var page = await GetAsync(link, $"{ImmutableIds}, odata.maxpagesize={pageSize}");
            items.AddRange(Values(page));
            if (page.TryGetProperty("@odata.deltaLink", out var delta))
            {
                return (items, delta.GetString()!);
            }

            link = page.GetProperty("@odata.nextLink").GetString()!;
        }
    }

    private const string ImmutableIds = "IdType=\"ImmutableId\"";
}
