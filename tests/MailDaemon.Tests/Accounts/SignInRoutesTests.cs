using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using MailDaemon.Hosting;
using MailDaemon.Tests.Providers.OAuth;
using MailDaemon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Tests.Accounts;

/// <summary>The routes of sign-in: what is missing in the settings, the page to open, how a sign-in stands, what becomes of its account.</summary>
public sealed class SignInRoutesTests : IAsyncLifetime
{
    private const string Gina = "gina@gmail.test";

    private readonly TempDirectory _directory = new();
    private readonly TokenEndpoint _google = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public Task InitializeAsync()
    {
        _google.Answer = n => TokenEndpoint.Token($"access-token-{n}", refresh: $"refresh-token-{n}");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _google.DisposeAsync();
        _browser.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("/api/gmail/auth/initiate?loginHint=me@gmail.com", "Gmail:ClientId", "console.cloud.google.com")]
    [InlineData("/api/outlook/auth/initiate", "Outlook:ClientId", "entra.microsoft.com")]
    public async Task Missing_client_id_names_the_setting_and_where_to_get_one(string path, string setting, string place)
    {
        await using var app = await DaemonApp.StartAsync();

        var reply = await app.PostAsync(path);

        reply.ShouldBeRefused(400, "client_id_missing");
        reply.Msg!.ShouldContain(setting);
        reply.Msg!.ShouldContain(place);
    }

    [Fact]
    public async Task Missing_client_secret_is_named_before_anybody_consents()
    {
        await using var app = await DaemonApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Gmail:ClientId"] = "id.apps.googleusercontent.com" });

        var reply = await app.PostAsync("/api/gmail/auth/initiate");

        reply.ShouldBeRefused(400, "client_secret_missing");
        reply.Msg!.ShouldContain("Gmail:ClientSecret");
    }

    [Theory]
    [InlineData("GET", "/api/gmail/auth/status?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/outlook/auth/status?email=me@outlook.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/auth/status?state=0123", 404, "sign_in_not_found")]
    [InlineData("GET", "/api/gmail/auth/status", 400, "missing_parameter")]
    [InlineData("POST", "/api/gmail/auth/initiate?loginHint=nobody", 400, "invalid_parameter")]
    [InlineData("GET", "/api/gmail/messages?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/drafts?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("POST", "/api/gmail/labels/sync?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/outlook/categories?email=me@outlook.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/auth/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/gmail/auth", 404, "not_found")]
    [InlineData("POST", "/api/outlook/messages/x/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/imap/auth/status", 404, "not_found")]
    public async Task Known_route_is_401_for_an_unknown_account_and_an_unknown_one_404(string method, string path, int status, string error)
    {
        await using var app = await StartAsync();

        (await app.SendAsync(method, path, null)).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Page_to_open_asks_for_offline_access_to_mail_with_a_challenge_and_an_address_of_this_machine()
    {
        await using var app = await StartAsync();

        var link = (await app.PostAsync($"/api/gmail/auth/initiate?loginHint={Gina}")).Result;
        var query = QueryOf(link.GetProperty("authUrl").GetString()!);
        var expiresIn = link.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();

        query["response_type"].ShouldBe("code");
        query["client_id"].ShouldBe("id-1");
        query["access_type"].ShouldBe("offline");
        query["prompt"].ShouldBe("consent");
        query["login_hint"].ShouldBe(Gina);
        query["scope"]!.Split(' ').ShouldBe(["https://mail.google.com/", "openid", "email"]);
        query["code_challenge_method"].ShouldBe("S256");
        query["code_challenge"]!.Length.ShouldBe(43);
        query["state"].ShouldBe(link.GetProperty("state").GetString());
        new Uri(query["redirect_uri"]!).Host.ShouldBe("127.0.0.1");
        link.GetProperty("authUrl").GetString()!.ShouldNotContain("secret-1");
        expiresIn.ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Consent_brings_the_account_by_itself_and_says_so_to_who_asks_by_state()
    {
        await using var app = await StartAsync();
        var link = await InitiateAsync(app, Gina.ToUpperInvariant());
        var pending = await app.GetAsync($"/api/gmail/auth/status?state={link.State}");

        var page = await ReturnAsync(link, "code=the-code");
        var done = await app.GetAsync($"/api/gmail/auth/status?state={link.State}");
        var status = await app.GetAsync($"/api/gmail/auth/status?email={Gina}");
        var accounts = await app.GetAsync("/api/accounts");

        pending.Result.GetProperty("signIn").GetString().ShouldBe("pending");
        pending.Result.GetProperty("authorized").GetBoolean().ShouldBeFalse();
        (page.Status, page.Text.Contains("gina@gmail.test is connected", StringComparison.Ordinal)).ShouldBe((200, true), page.Text);
        done.Result.GetProperty("signIn").GetString().ShouldBe("done");
        done.Result.GetProperty("email").GetString().ShouldBe(Gina);
        status.Result.GetProperty("authorized").GetBoolean().ShouldBeTrue(status.Text);
        status.Result.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldContain("https://mail.google.com/");
        (status.Result.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        accounts.Result.EnumerateArray().Single().GetProperty("email").GetString().ShouldBe(Gina);
        accounts.Result.EnumerateArray().Single().GetProperty("provider").GetString().ShouldBe("gmail");
        var exchange = _google.Forms[0];
        (exchange["grant_type"], exchange["code"], exchange["redirect_uri"], exchange["client_secret"]).ShouldBe(("authorization_code", "the-code", link.RedirectUri, "secret-1"));
        ChallengeOf(exchange["code_verifier"]).ShouldBe(QueryOf(link.Page)["code_challenge"]);
    }

    [Fact]
    public async Task Wrong_mailbox_that_is_an_account_already_keeps_its_consent()
    {
        await using var app = await StartAsync();
        await SignInAsync(app);

        var page = await ReturnAsync(await InitiateAsync(app, "other@gmail.test"), "code=x");

        page.Status.ShouldBe(409);
        _google.Revoked.ShouldBeEmpty();
        (await app.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result.GetProperty("authorized").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Deleting_the_account_revokes_its_consent_and_ends_its_waiting_sign_ins()
    {
        await using var app = await StartAsync();
        await SignInAsync(app);
        var waiting = await InitiateAsync(app, Gina);

        var deleted = await app.DeleteAsync($"/api/accounts/gmail/{Gina}");

        deleted.Status.ShouldBe(200, deleted.Text);
        deleted.Result.GetProperty("revoked").GetBoolean().ShouldBeTrue();
        _google.Revoked.ShouldBe(["refresh-token-1"]);
        Directory.GetFiles(Path.Combine(_directory.Path, "data", "secrets"), "*.secret").ShouldBeEmpty();
        (await app.GetAsync($"/api/gmail/auth/status?state={waiting.State}")).Result.GetProperty("reason").GetString().ShouldBe("sign_in_ended");
        await Should.ThrowAsync<HttpRequestException>(() => _browser.GetAsync(waiting.RedirectUri));
    }

    [OtherUserFact]
    public async Task Another_user_of_the_machine_is_not_heard_at_the_redirect()
    {
        await using var app = await StartAsync();
        var link = await InitiateAsync(app, null);

        var stranger = await OtherUser.CurlAsync(new Uri($"{link.RedirectUri}?state={link.State}&code=x"));
        var owner = await ReturnAsync(link, "code=x");

        stranger.ShouldBe(" 000");
        owner.Status.ShouldBe(200, owner.Text);
    }

    [Fact]
    public async Task Browser_is_opened_only_if_the_settings_say_so()
    {
        var opened = Path.Combine(_directory.Path, "opened");
        var program = _directory.File("browser.sh");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\necho \"$#:$1\" >> {opened}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Action<WebApplicationBuilder> browser = b => b.Services.AddSingleton(s => new BrowserLauncher(s.GetRequiredService<ILogger<BrowserLauncher>>()) { Program = program });
        await using (var quiet = await StartAsync(browser))
            await InitiateAsync(quiet, null);

        await using var app = await StartAsync(browser, ("Auth:OpenBrowser", "true"));
        var link = await InitiateAsync(app, null);

        await Eventually.UntilAsync(() => File.Exists(opened) && new FileInfo(opened).Length > 0, "no browser was opened");
        (await File.ReadAllLinesAsync(opened)).ShouldBe([$"1:{link.Page}"]);
    }

    [Fact]
    public async Task Machine_without_a_browser_still_gets_the_link()
    {
        Action<WebApplicationBuilder> none = b => b.Services.AddSingleton(s => new BrowserLauncher(s.GetRequiredService<ILogger<BrowserLauncher>>()) { Program = "/nonexistent/browser" });
        await using var app = await StartAsync(none, ("Auth:OpenBrowser", "true"));

        (await InitiateAsync(app, null)).Page.ShouldStartWith("http");
    }

    [Fact]
    public async Task Lost_key_ring_needs_a_new_sign_in_and_nothing_else()
    {
        await using (var app = await StartAsync())
            await SignInAsync(app);
        Directory.Delete(Path.Combine(_directory.Path, "data", "secrets", "keys"), recursive: true);

        await using var restarted = await StartAsync();
        var account = (await restarted.GetAsync("/api/accounts")).Result.EnumerateArray().Single();
        var status = (await restarted.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result;
        await SignInAsync(restarted);

        account.GetProperty("status").GetString().ShouldBe("auth_required");
        status.GetProperty("authorized").GetBoolean().ShouldBeFalse();
        status.GetProperty("error").GetString()!.ShouldStartWith("Not authorized. Sign in again");
        (await restarted.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result.GetProperty("authorized").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Link_is_not_kept_for_a_repeat()
    {
        await using var app = await StartAsync();

        (await app.PostAsync("/api/gmail/auth/initiate", null, ("Idempotency-Key", "k"))).ShouldBeRefused(400, "invalid_parameter");
    }

    private static string ChallengeOf(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static System.Collections.Specialized.NameValueCollection QueryOf(string url) => HttpUtility.ParseQueryString(new Uri(url).Query);

    private static async Task<Begun> InitiateAsync(DaemonApp app, string? hint)
    {
        var begun = await app.PostAsync("/api/gmail/auth/initiate" + (hint is null ? "" : $"?loginHint={hint}"));
        begun.Status.ShouldBe(200, begun.Text);
        var page = begun.Result.GetProperty("authUrl").GetString()!;
        return new Begun(page, begun.Result.GetProperty("state").GetString()!, QueryOf(page)["redirect_uri"]!);
    }

    private Task<DaemonApp> StartAsync(Action<WebApplicationBuilder>? configure = null, params (string Key, string? Value)[] settings) => DaemonApp.StartAsync(
        configure, settings: _google.Settings.Concat(settings).ToDictionary(s => s.Key, s => s.Value, StringComparer.OrdinalIgnoreCase), dataDirectory: Path.Combine(_directory.Path, "data"));

    private async Task SignInAsync(DaemonApp app)
    {
        var page = await ReturnAsync(await InitiateAsync(app, Gina), "code=x");
        page.Status.ShouldBe(200, page.Text);
    }

    /// <summary>As the browser does when the consent page sends it back.</summary>
    private async Task<(int Status, string Text)> ReturnAsync(Begun begun, string query)
    {
        var page = await _browser.GetAsync($"{begun.RedirectUri}?state={begun.State}&{query}");
        return ((int)page.StatusCode, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }

    private sealed record Begun(string Page, string State, string RedirectUri);
}
