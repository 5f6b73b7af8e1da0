using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>What becomes of an account with its consent: tokens that end, are refused and rotate, a consent that is withdrawn, and the end of the account.</summary>
public sealed class GoogleConsentTests
{
    [Fact]
    public async Task Twenty_callers_share_one_refresh()
    {
        await using var app = await SignInApp.StartAsync();
        await app.SignInAsync();
        await app.SyncAsync(200);
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Google.ExpireAccessTokens();
        app.Google.ClearRequests();

        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => app.Tokens.RefreshAccessTokenAsync(refused, default))));

        given.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldNotBe(refused);
        app.Google.Requests.Count(r => r.Method == "oauth.token").ShouldBe(1);
    }

    [Fact]
    public async Task Access_token_that_gmail_takes_no_longer_is_replaced_within_the_pass()
    {
        await using var app = await SignInApp.StartAsync();
        await app.SignInAsync();
        await app.SyncAsync(200);
        app.Google.ExpireAccessTokens();
        app.Deliver("new");
        app.Google.ClearRequests();

        await app.SyncAsync(200);

        (await app.MessagesAsync("subject")).ShouldBe(["new"]);
        app.Google.Requests.Count(r => r.Method == "oauth.token").ShouldBe(1);
    }

    [Fact]
    public async Task Withdrawn_consent_stops_the_account_and_a_new_one_goes_on_with_it()
    {
        await using var app = await SignInApp.StartAsync();
        app.Deliver("before");
        await app.SignInAsync();
        await app.SyncAsync(200);
        await app.App.PutAsync($"/api/accounts/gmail/{SignInApp.Gina}/displayName", new { displayName = "Gina M." });
        var keys = await app.MessagesAsync("key");
        app.Google.Revoke(SignInApp.Gina);
        app.Deliver("meanwhile");

        var found = await app.SyncAsync(401);
        var ended = (await app.AccountsAsync()).Single();
        var sync = (await app.App.GetAsync($"/api/sync-status?provider=gmail&email={SignInApp.Gina}")).Result.GetProperty("status").GetString();
        app.Google.ClearRequests();
        await app.SyncAsync(401);
        var cached = await app.MessagesAsync("subject");
        var asked = app.Google.Requests.Count;
        await app.SignInAsync();
        await Eventually.UntilAsync(async () => (await app.MessagesAsync("subject")).Contains("meanwhile", StringComparer.Ordinal), "nothing went on");

        found.Error.ShouldBe("authorization_expired");
        ended.GetProperty("status").GetString().ShouldBe("auth_required");
        ended.GetProperty("error").GetString()!.ShouldStartWith("Authorization expired");
        (sync, asked).ShouldBe(("auth_required", 0));
        cached.ShouldBe(["before"]);
        (await app.MessagesAsync("key")).Intersect(keys, StringComparer.Ordinal).ShouldBe(keys);
        app.Google.Requests.Count(r => r.Method == "gmail.users.messages.get").ShouldBe(1);
        (await app.AuthorizationAsync()).GetProperty("authorized").GetBoolean().ShouldBeTrue();
        (await app.AccountsAsync()).Single().GetProperty("displayName").GetString().ShouldBe("Gina M.");
    }

    [Fact]
    public async Task Trouble_at_the_token_endpoint_is_no_end_of_the_consent()
    {
        await using var app = await SignInApp.StartAsync();
        await app.SignInAsync();
        await app.SyncAsync(200);
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Google.ExpireAccessTokens();
        foreach (var error in (GmailError[])[GmailError.RateLimit, GmailError.Backend, GmailError.Unavailable])
        {
            app.Google.Faults.Error.Arm("oauth.token", error, times: 1);
            var failure = await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));

            failure.Code.ShouldBe("server_unavailable");
            (await app.AuthorizationAsync()).GetProperty("authorized").GetBoolean().ShouldBeTrue();
            var again = "";
            await Eventually.UntilAsync(
                async () =>
                {
                    try
                    {
                        again = await app.Tokens.RefreshAccessTokenAsync(refused, default);
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
        await using var app = await SignInApp.StartAsync();
        await app.SignInAsync();
        var stored = app.App.Services.GetRequiredService<SecretVault>().Read(SignInApp.Key, SecretVault.OAuthToken)!.Reveal();
        var refreshToken = System.Text.Json.JsonDocument.Parse(stored).RootElement.GetProperty("refreshToken").GetString()!;

        var deleted = await app.App.DeleteAsync($"/api/accounts/gmail/{SignInApp.Gina}");
        var refresh = await app.PostAsync(new Uri(app.Google.TokenUrl),
        [
            new("grant_type", "refresh_token"), new("refresh_token", refreshToken), new("client_id", GmailServer.ClientId), new("client_secret", GmailServer.ClientSecret),
        ]);

        (deleted.Status, deleted.Result.GetProperty("revoked").GetBoolean()).ShouldBe((200, true));
        (await refresh.Content.ReadAsStringAsync()).ShouldContain("invalid_grant");
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Account_is_deleted_though_google_is_away()
    {
        await using var app = await SignInApp.StartAsync();
        await app.SignInAsync();
        app.Google.GoAway();

        var deleted = await app.App.DeleteAsync($"/api/accounts/gmail/{SignInApp.Gina}");

        (deleted.Status, deleted.Result.GetProperty("revoked").GetBoolean()).ShouldBe((200, false));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rotated_tokens_outlive_restarts_and_none_of_them_is_written_in_plain()
    {
        await using var app = await SignInApp.StartAsync(areRotated: true);
        await app.SignInAsync();
        await app.SyncAsync(200);
        var seen = new List<string>();
        var replies = new StringBuilder();
        for (var i = 0; i < 3; i++)
        {
            seen.Add(await app.Tokens.RefreshAccessTokenAsync(seen.LastOrDefault() ?? await app.Tokens.GetAccessTokenAsync(default), default));
            replies.Append(await app.App.GetAsync($"/api/gmail/auth/status?email={SignInApp.Gina}")).Append(await app.App.GetAsync("/api/accounts-with-settings"));
            await app.App.DisposeAsync();
            await app.StartDaemonAsync();
        }

        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        app.Tokens.Problem.ShouldBeNull();
        await app.App.DisposeAsync();
        var files = Directory.GetFiles(app.DataDirectory, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        await app.StartDaemonAsync();
        foreach (var token in seen)
        {
            replies.ToString().ShouldNotContain(token);
            files.ShouldAllBe(text => !text.Contains(token, StringComparison.Ordinal));
        }
    }
}
