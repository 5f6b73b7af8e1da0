using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Web;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Sign-ins at the sandbox's Google, walked as a browser walks them, and what becomes of the consent afterwards.</summary>
public sealed partial class GoogleSignInTests : IAsyncLifetime
{
    private static readonly SandboxUser Other = new("other@gmail.sandbox.test", "sandbox", "Other");
    private static readonly string Gina = SandboxUser.Gina.Address;
    private static readonly AccountKey Key = new(ProviderKind.Gmail, Gina);

    private readonly TempDirectory _directory = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private SandboxServers _servers = null!;
    private DaemonApp _app = null!;

    private GmailServer Google => _servers.Gmail;

    private OAuthTokens Tokens => _app.Services.GetRequiredService<TokenSources>().For(Key);

    public Task InitializeAsync() => StartAsync(new GmailServerOptions { Users = [SandboxUser.Gina, Other], Seed = false });

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _servers.DisposeAsync();
        _browser.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Consent_on_the_page_connects_the_mailbox()
    {
        var link = await InitiateAsync(Gina);
        var consent = await _browser.GetStringAsync(link.AuthUrl);
        var end = await SubmitAsync(consent, "allow");

        (end.Status, end.Text.Contains($"{Gina} is connected", StringComparison.Ordinal)).ShouldBe((200, true), end.Text);
        consent.ShouldContain($"value=\"{Gina}\" checked");
        (await StatusOfAsync(link.State)).ShouldBe(("done", null));
        var status = (await _app.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result;
        status.GetProperty("authorized").GetBoolean().ShouldBeTrue();
        status.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(
            ["https://mail.google.com/", "openid", "https://www.googleapis.com/auth/userinfo.email"], ignoreOrder: true);
        (await AccountsAsync()).ShouldBe([Gina]);
        (await Tokens.GetAccessTokenAsync(default)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Cancel_on_the_page_changes_nothing()
    {
        var link = await InitiateAsync(null);

        var end = await SubmitAsync(await _browser.GetStringAsync(link.AuthUrl), "cancel");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("Sign-in cancelled");
        (await StatusOfAsync(link.State)).ShouldBe(("failed", "sign_in_cancelled"));
        (await AccountsAsync()).ShouldBeEmpty();
        Google.Requests.ShouldNotContain(r => r.Method == "oauth.token");
    }

    [Fact]
    public async Task Mailbox_that_was_not_asked_for_is_refused_and_its_consent_withdrawn()
    {
        var link = await InitiateAsync(Gina);

        var end = await SubmitAsync(await _browser.GetStringAsync(link.AuthUrl), "allow", account: Other.Address);

        end.Status.ShouldBe(409);
        end.Text.ShouldContain(Other.Address);
        (await StatusOfAsync(link.State)).ShouldBe(("failed", "wrong_mailbox"));
        (await AccountsAsync()).ShouldBeEmpty();
        Google.Requests.Single(r => r.Method == "oauth.revoke").Status.ShouldBe(200);
    }

    [Fact]
    public async Task Box_that_is_left_empty_is_named()
    {
        Google.Faults.WithheldScopes = ["https://mail.google.com/"];
        var link = await InitiateAsync(Gina);

        var end = await SubmitAsync(await _browser.GetStringAsync(link.AuthUrl), "allow");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("to read, send and delete your mail");
        (await StatusOfAsync(link.State)).ShouldBe(("failed", "missing_scopes"));
        (await AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Code_of_another_sign_in_is_worth_nothing()
    {
        var first = await InitiateAsync(Gina);
        var redirect = await RedirectAsync(await _browser.GetStringAsync(first.AuthUrl), "allow");
        var code = HttpUtility.ParseQueryString(redirect.Query)["code"]!;
        var second = await InitiateAsync(Gina);

        var stolen = await GetAsync(new Uri($"{second.RedirectUri}?state={second.State}&code={Uri.EscapeDataString(code)}"));
        var late = await GetAsync(redirect);

        (stolen.Status, (await StatusOfAsync(second.State)).Reason).ShouldBe((502, "google_refused"));

        // The code is used up: what was stolen is of no use to its owner either.
        (late.Status, (await StatusOfAsync(first.State)).Reason).ShouldBe((502, "code_refused"));
        (await AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Twenty_callers_share_one_refresh()
    {
        await SignInAsync();
        var refused = await Tokens.GetAccessTokenAsync(default);
        Google.ExpireAccessTokens();
        Google.ClearRequests();

        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Tokens.RefreshAccessTokenAsync(refused, default))));

        given.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldNotBe(refused);
        Google.Requests.Count(r => r.Method == "oauth.token").ShouldBe(1);
    }

    [Fact]
    public async Task Mail_is_read_by_itself_once_the_mailbox_is_connected()
    {
        Google.First.Deliver(Mail("before the sign-in"));

        await SignInAsync();

        await Eventually.UntilAsync(async () => (await SubjectsAsync()).Contains("before the sign-in", StringComparer.Ordinal), "the first pass did not come");
        (await _app.GetAsync("/api/accounts")).Result.EnumerateArray().Single().GetProperty("status").GetString().ShouldBeOneOf("connected", "syncing");
    }

    [Fact]
    public async Task Withdrawn_consent_stops_the_account_and_a_new_one_goes_on_with_it()
    {
        Google.First.Deliver(Mail("before"));
        await SignInAsync();
        await SyncAsync(200);
        await _app.PutAsync($"/api/accounts/gmail/{Gina}/displayName", new { displayName = "Gina M." });
        var keys = await KeysAsync();
        Google.Revoke(Gina);
        Google.First.Deliver(Mail("meanwhile"));

        var found = await SyncAsync(401);
        var ended = (await _app.GetAsync("/api/accounts")).Result.EnumerateArray().Single();
        var sync = (await _app.GetAsync($"/api/sync-status?provider=gmail&email={Gina}")).Result.GetProperty("status").GetString();
        Google.ClearRequests();
        await SyncAsync(401);
        var cached = await SubjectsAsync();
        var asked = Google.Requests.Count;
        await SignInAsync();
        await Eventually.UntilAsync(async () => (await SubjectsAsync()).Contains("meanwhile", StringComparer.Ordinal), "nothing went on");

        found.Error.ShouldBe("authorization_expired");
        ended.GetProperty("status").GetString().ShouldBe("auth_required");
        ended.GetProperty("error").GetString()!.ShouldStartWith("Authorization expired");
        (sync, asked).ShouldBe(("auth_required", 0));
        cached.ShouldBe(["before"]);
        (await KeysAsync()).Intersect(keys, StringComparer.Ordinal).ShouldBe(keys);
        (await _app.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result.GetProperty("authorized").GetBoolean().ShouldBeTrue();
        (await _app.GetAsync("/api/accounts")).Result.EnumerateArray().Single().GetProperty("displayName").GetString().ShouldBe("Gina M.");
    }

    [Fact]
    public async Task Trouble_at_the_token_endpoint_is_no_end_of_the_consent()
    {
        await SignInAsync();
        var refused = await Tokens.GetAccessTokenAsync(default);
        Google.ExpireAccessTokens();
        foreach (var error in (GmailError[])[GmailError.RateLimit, GmailError.Backend, GmailError.Unavailable])
        {
            Google.Faults.Error.Arm("oauth.token", error, times: 1);
            var failure = await Should.ThrowAsync<MailException>(() => Tokens.RefreshAccessTokenAsync(refused, default));

            failure.Code.ShouldBe("server_unavailable");
            (await _app.GetAsync($"/api/gmail/auth/status?email={Gina}")).Result.GetProperty("authorized").GetBoolean().ShouldBeTrue();
            var again = "";
            await Eventually.UntilAsync(
                async () =>
                {
                    try
                    {
                        again = await Tokens.RefreshAccessTokenAsync(refused, default);
                        return true;
                    }
                    catch (MailException e) when (e.Code == "server_unavailable")
                    {
                        return false;
                    }
                },
                "the token endpoint was not asked again");
            again.ShouldNotBe(refused);
            refused = again;
        }
    }

    [Fact]
    public async Task Deleted_account_has_no_consent_any_more()
    {
        await SignInAsync();
        var stored = _app.Services.GetRequiredService<SecretVault>().Read(Key, SecretVault.OAuthToken)!.Reveal();
        var refreshToken = System.Text.Json.JsonDocument.Parse(stored).RootElement.GetProperty("refreshToken").GetString()!;

        var deleted = await _app.DeleteAsync($"/api/accounts/gmail/{Gina}");
        var refresh = await _browser.PostAsync(Google.TokenUrl, new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("refresh_token", refreshToken), new("client_id", GmailServer.ClientId), new("client_secret", GmailServer.ClientSecret),
        ]));

        (deleted.Status, deleted.Result.GetProperty("revoked").GetBoolean()).ShouldBe((200, true));
        (await refresh.Content.ReadAsStringAsync()).ShouldContain("invalid_grant");
        (await AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Account_is_deleted_though_google_is_away()
    {
        await SignInAsync();
        Google.GoAway();

        var deleted = await _app.DeleteAsync($"/api/accounts/gmail/{Gina}");

        (deleted.Status, deleted.Result.GetProperty("revoked").GetBoolean()).ShouldBe((200, false));
        (await AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rotated_tokens_outlive_restarts_and_none_of_them_is_written_in_plain()
    {
        await DisposeServersAsync();
        await StartAsync(new GmailServerOptions { Users = [SandboxUser.Gina], Seed = false, RotatesRefreshTokens = true });
        await SignInAsync();
        var seen = new List<string>();
        var replies = new StringBuilder();
        for (var i = 0; i < 3; i++)
        {
            seen.Add(await Tokens.RefreshAccessTokenAsync(seen.LastOrDefault() ?? await Tokens.GetAccessTokenAsync(default), default));
            replies.Append(await _app.GetAsync($"/api/gmail/auth/status?email={Gina}")).Append(await _app.GetAsync("/api/accounts-with-settings"));
            await RestartAsync();
        }

        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        Tokens.Problem.ShouldBeNull();
        await _app.DisposeAsync();
        var files = Directory.GetFiles(Path.Combine(_directory.Path, "data"), "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        _app = await StartDaemonAsync();
        foreach (var token in seen)
        {
            replies.ToString().ShouldNotContain(token);
            files.ShouldAllBe(text => !text.Contains(token, StringComparison.Ordinal));
        }
    }

    [ChromiumFact]
    public async Task Real_browser_comes_back_to_a_page_that_says_it_is_done()
    {
        var link = await InitiateAsync(Gina);
        await using var browser = await Browser.OpenAsync();

        await browser.Page.GotoAsync(link.AuthUrl);
        await browser.Page.ClickAsync("#allow");
        await browser.Page.WaitForURLAsync(url => url.StartsWith(link.RedirectUri, StringComparison.Ordinal));
        var title = await browser.Page.TextContentAsync("h1");
        var text = await browser.Page.TextContentAsync("p");
        var width = await browser.Page.EvaluateAsync<string>("getComputedStyle(document.body).maxWidth");

        title.ShouldBe("Signed in");
        text!.ShouldStartWith($"{Gina} is connected");
        width.ShouldNotBe("none");
        browser.Complaints.ShouldNotContain(complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        (await StatusOfAsync(link.State)).ShouldBe(("done", null));
        (await AccountsAsync()).ShouldBe([Gina]);
    }

    private async Task StartAsync(GmailServerOptions gmail)
    {
        _servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false, Gmail = gmail }, TimeProvider.System, CancellationToken.None);
        _app = await StartDaemonAsync();
    }

    private Task<DaemonApp> StartDaemonAsync() => DaemonApp.StartAsync(
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
        dataDirectory: Path.Combine(_directory.Path, "data"));

    private async Task RestartAsync()
    {
        await _app.DisposeAsync();
        _app = await StartDaemonAsync();
    }

    private async Task DisposeServersAsync()
    {
        await _app.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private async Task SignInAsync()
    {
        var link = await InitiateAsync(Gina);
        var end = await SubmitAsync(await _browser.GetStringAsync(link.AuthUrl), "allow");
        end.Status.ShouldBe(200, end.Text);
    }

    private async Task<Begun> InitiateAsync(string? hint)
    {
        var begun = await _app.PostAsync("/api/gmail/auth/initiate" + (hint is null ? "" : $"?loginHint={hint}"));
        begun.Status.ShouldBe(200, begun.Text);
        var page = begun.Result.GetProperty("authUrl").GetString()!;
        return new Begun(page, begun.Result.GetProperty("state").GetString()!, HttpUtility.ParseQueryString(new Uri(page).Query)["redirect_uri"]!);
    }

    private async Task<(string? SignIn, string? Reason)> StatusOfAsync(string state)
    {
        var status = (await _app.GetAsync($"/api/gmail/auth/status?state={state}")).Result;
        return (status.GetProperty("signIn").GetString(), status.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    private async Task<string?[]> AccountsAsync() => [.. (await _app.GetAsync("/api/accounts")).Result.EnumerateArray().Select(a => a.GetProperty("email").GetString())];

    private static byte[] Mail(string subject) => Encoding.UTF8.GetBytes(
        $"From: Ann <ann@example.org>\r\nTo: {Gina}\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@example.org>\r\nDate: Tue, 1 Dec 2026 08:00:00 +0000\r\n\r\nHello\r\n");

    private async Task<Reply> SyncAsync(int status)
    {
        var synced = await _app.PostAsync($"/api/sync?provider=gmail&email={Gina}");
        synced.Status.ShouldBe(status, synced.Text);
        return synced;
    }

    private async Task<string?[]> SubjectsAsync() => [.. (await MessagesAsync()).Select(m => m.GetProperty("subject").GetString())];

    private async Task<string?[]> KeysAsync() => [.. (await MessagesAsync()).Select(m => m.GetProperty("key").GetString())];

    private async Task<IEnumerable<System.Text.Json.JsonElement>> MessagesAsync() =>
        (await _app.GetAsync($"/api/gmail/messages?email={Gina}")).Result.GetProperty("messages").EnumerateArray();

    /// <summary>Submits the form of the consent page and follows it back to the daemon.</summary>
    private async Task<(int Status, string Text)> SubmitAsync(string page, string button, string? account = null) => await GetAsync(await RedirectAsync(page, button, account));

    private async Task<Uri> RedirectAsync(string page, string button, string? account = null)
    {
        var fields = Inputs().Matches(page)
            .Where(input => input.Groups["type"].Value == "hidden" || input.Value.Contains(" checked", StringComparison.Ordinal))
            .Select(input => new KeyValuePair<string, string>(input.Groups["name"].Value, WebUtility.HtmlDecode(input.Groups["value"].Value)))
            .Select(field => field.Key == "account" && account is not null ? new(field.Key, account) : field)
            .Append(new("action", button));
        var action = Action().Match(page).Groups["action"].Value;
        var answer = await _browser.PostAsync(new Uri(new Uri(Google.Url), action), new FormUrlEncodedContent(fields));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!;
    }

    private async Task<(int Status, string Text)> GetAsync(Uri uri)
    {
        var page = await _browser.GetAsync(uri);
        return ((int)page.StatusCode, WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()));
    }

    [GeneratedRegex("<input type=\"(?<type>[a-z]+)\" name=\"(?<name>[a-z]+)\" value=\"(?<value>[^\"]*)\"[^>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inputs();

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Action();

    private sealed record Begun(string AuthUrl, string State, string RedirectUri);
}
