using System.Collections;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using MailDaemon.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Support;

/// <summary>What the daemon answered: the status, the envelope and the headers.</summary>
public sealed record Reply(int Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The whole body as JSON.</summary>
    public JsonElement Envelope => JsonDocument.Parse(Text).RootElement;

    public JsonElement Result => Envelope.GetProperty("result");

    public string? Msg => Envelope.GetProperty("msg").GetString();

    /// <summary>The stable word of a failure; null when it is none.</summary>
    public string? Error => Envelope.TryGetProperty("error", out var error) ? error.GetString() : null;

    public override string ToString() => $"{Status} {Text}";
}

/// <summary>
/// The whole daemon in this process: real Kestrel with TLS on a free port of loopback, its own data directory, nothing replaced
/// but what a test asks for.
/// </summary>
public sealed class DaemonApp : IAsyncDisposable
{
    private readonly TempDirectory? _directory;
    private readonly DataDirectory _data;
    private readonly WebApplication _app;

    private DaemonApp(TempDirectory? directory, DataDirectory data, WebApplication app, X509Certificate2 certificate)
    {
        _directory = directory;
        _data = data;
        _app = app;
        Certificate = certificate;
        Address = new Uri(app.Urls.First());
        Client = NewClient(HttpVersion.Version20);
    }

    public Uri Address { get; }

    public int Port => Address.Port;

    public string DataDirectory => _data.Path;

    public IServiceProvider Services => _app.Services;

    /// <summary>The certificate the daemon shows.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Speaks HTTP/2 and trusts the daemon's certificate alone.</summary>
    public HttpClient Client { get; }

    /// <param name="configure">Adds or replaces services.</param>
    /// <param name="map">Adds routes.</param>
    /// <param name="settings">Settings by key, as <c>Guard:RequireToken</c>.</param>
    /// <param name="dataDirectory">A directory that outlives the app; null for one of its own.</param>
    public static async Task<DaemonApp> StartAsync(
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null,
        IReadOnlyDictionary<string, string?>? settings = null,
        string? dataDirectory = null)
    {
        var directory = dataDirectory is null ? new TempDirectory() : null;
        var root = dataDirectory ?? Path.Combine(directory!.Path, "data");
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Mail:DataDirectory"] = root,
            ["Http:Port"] = "0",
            ["Http:CertificateDirectory"] = Path.Combine(root, "certs"),
            ["Serilog:WriteTo:0:Name"] = "File",
            ["Serilog:WriteTo:0:Args:path"] = Path.Combine(root, "logs", "test.log"),
            ["Serilog:WriteTo:0:Args:formatter"] = "Serilog.Formatting.Json.JsonFormatter, Serilog",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            values[key] = value;

        var loaded = Settings.Load(new CommandLine(IsSandbox: false, WantsHelp: false, values), new Hashtable());
        var data = MailDaemon.Hosting.DataDirectory.Open(loaded.DataDirectory);
        var app = Program.Build(loaded, data, configure);
        map?.Invoke(app);
        await app.StartAsync();
        var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(root, "certs", "server.crt"));
        return new DaemonApp(directory, data, app, certificate);
    }

    /// <summary>A client that speaks one version of HTTP and trusts the daemon's certificate alone.</summary>
    public HttpClient NewClient(Version version)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = Trusts;
        return new HttpClient(handler)
        {
            BaseAddress = Address,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<Reply> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync("POST", path, body, headers);

    public Task<Reply> PutAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync("PUT", path, body, headers);

    public Task<Reply> DeleteAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync("DELETE", path, body, headers);

    /// <param name="body">A string is sent as it is, another object as its JSON, null not at all.</param>
    public Task<Reply> SendAsync(string method, string path, object? body, params (string Name, string Value)[] headers) => SendAsync(Client, method, path, body, headers);

    /// <summary>As the others, of a daemon that is a process of its own.</summary>
    public static async Task<Reply> SendAsync(HttpClient client, string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(client, request);
    }

    /// <summary>What a GET that must go well brings.</summary>
    public static async Task<JsonElement> ResultAsync(HttpClient client, string path)
    {
        var reply = await SendAsync(client, "GET", path);
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    public static async Task<Reply> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }

    public bool Trusts(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(Certificate.RawData);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
        Certificate.Dispose();
        _directory?.Dispose();
    }
}
