using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;

// Not Tests.Sandbox: that would hide MailDaemon.Sandbox from all other tests.
namespace MailDaemon.Tests.Sandboxes.Identity;

/// <summary>The sandbox's identity platform with a personal and a work account, and a client and a browser of it.</summary>
internal sealed class IdentityFixture : IAsyncDisposable
{
    public const string Redirect = "http://localhost:5555";
    public const string Scope = "https://graph.microsoft.com/Mail.ReadWrite openid profile offline_access";

    public static readonly IdentityUser Olivia = IdentityUser.Personal(SandboxUser.Olivia);
    public static readonly IdentityUser Walter = new("walter.k@firm.sandbox.test", "Walter Kern") { TenantId = IdentityUser.WorkTenant, UserName = "walter@firm.onmicrosoft.test" };

    private readonly string verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private IdentityFixture(IdentityServer server, ManualClock clock) => (Server, Clock) = (server, clock);

    public IdentityServer Server { get; }

    public ManualClock Clock { get; }

    public HttpClient Browser { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public static async Task<IdentityFixture> StartAsync(IdentityServerOptions? options = null)
    {
        var clock = new ManualClock();
        return new IdentityFixture(await IdentityServer.StartAsync((options ?? new IdentityServerOptions()) with { Users = [Olivia, Walter] }, clock, CancellationToken.None), clock);
    }

    public string AuthorizeUrl(string tenant = "common", string more = "", params (string Name, string? Value)[] other)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = IdentityServer.ClientId,
            ["redirect_uri"] = Redirect,
            ["response_type"] = "code",
            ["scope"] = Scope,
            ["state"] = "a&b",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in other)
            fields[name] = value;
        return $"{Server.Url}/{tenant}/oauth2/v2.0/authorize?{string.Join('&', fields.Where(f => f.Value is not null).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value!)}"))}{more}";
    }

    /// <summary>Walks the sign-in page.</summary>
    /// <returns>The fields that come back.</returns>
    public async Task<Dictionary<string, string>> SignInAsync(string url, string button = "allow", string? account = null)
    {
        var back = await ConsentForm.SubmitAsync(Browser, await Browser.GetStringAsync(url), Server.Url, button, account);
        back.GetLeftPart(UriPartial.Path).ShouldBe(Redirect + "/");
        return Fields(back);
    }

    public static Dictionary<string, string> Fields(Uri uri)
    {
        var query = HttpUtility.ParseQueryString(uri.Query);
        return query.AllKeys.ToDictionary(key => key!, key => query[key]!, StringComparer.Ordinal);
    }

    public Task<(int Status, JsonElement Body)> ExchangeAsync(string code, string tenant = "common", params (string Name, string Value)[] other) =>
        TokenAsync(tenant, [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier), .. other]);

    public Task<(int Status, JsonElement Body)> RefreshAsync(string token, string tenant = "common") => TokenAsync(tenant, ("grant_type", "refresh_token"), ("refresh_token", token));

    public Task<(int Status, JsonElement Body)> TokenAsync(string tenant, params (string Name, string Value)[] fields) => PostAsync($"/{tenant}/oauth2/v2.0/token", fields);

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["client_id"] = IdentityServer.ClientId };
        foreach (var (name, value) in fields)
            all[name] = value;
        using var form = new FormUrlEncodedContent(all);
        using var reply = await Browser.PostAsync(Server.Url + path, form);
        return ((int)reply.StatusCode, JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await Browser.GetStringAsync(Server.Url + path)).RootElement;

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await Server.DisposeAsync();
    }
}
