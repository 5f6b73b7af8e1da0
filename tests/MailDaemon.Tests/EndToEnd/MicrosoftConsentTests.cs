using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>What becomes of an Outlook account with its consent: tokens that end, are refused and rotate, a consent that is withdrawn, and the end of the account.</summary>
public sealed class MicrosoftConsentTests
{
    private static readonly IdentityUser Olivia = OutlookSignInApp.Olivia;

    [Fact]
    public async Task Twenty_callers_share_one_refresh()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var refused = await app.Tokens.GetAccessTokenAsync(default);

        var given = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => app.Tokens.RefreshAccessTokenAsync(refused, default))));

        given.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldNotBe(refused);
        app.CountOf("refresh_token").ShouldBe(1);
        app.Microsoft.Requests[^1].Tenant.ShouldBe(IdentityUser.PersonalTenant);
    }

    [Fact]
    public async Task Withdrawn_consent_is_remembered_and_a_new_one_heals_at_once()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        await app.App.PutAsync($"/api/accounts/outlook/{Olivia.Address}/displayName", new { displayName = "Olivia B." });
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Microsoft.Revoke(Olivia.Address);

        var first = await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));
        var asked = app.Microsoft.Requests.Count;
        var second = await Should.ThrowAsync<MailException>(() => app.Tokens.GetAccessTokenAsync(default));
        var account = (await app.App.GetAsync("/api/accounts")).Result.EnumerateArray().Single();
        var ended = await app.AuthorizationAsync();
        var sync = await app.App.PostAsync($"/api/sync?provider=outlook&email={Olivia.Address}");
        var askedLater = app.Microsoft.Requests.Count;
        await app.SignInAsync();
        var renewed = await app.Tokens.RefreshAccessTokenAsync(await app.Tokens.GetAccessTokenAsync(default), default);

        (first.Fault, first.Code, second.Code, askedLater).ShouldBe((MailFault.NotAuthorized, "authorization_expired", "authorization_expired", asked));
        account.GetProperty("status").GetString().ShouldBe("auth_required");
        ended.GetProperty("error").GetString()!.ShouldStartWith("Authorization expired");
        ended.GetProperty("error").GetString()!.ShouldContain("/api/outlook/auth/initiate?loginHint=");
        sync.Status.ShouldBe(401);
        app.Microsoft.FindUser(renewed).ShouldBe(Olivia.Address);
        (await app.IsAuthorizedAsync()).ShouldBeTrue();
        (await app.App.GetAsync("/api/accounts")).Result.EnumerateArray().Single().GetProperty("displayName").GetString().ShouldBe("Olivia B.");
    }

    [Fact]
    public async Task User_who_has_to_prove_who_it_is_has_to_sign_in()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        app.Microsoft.Faults.Error.Arm("token", IdentityError.InteractionRequired, times: 1);

        await Should.ThrowAsync<MailException>(async () => await app.Tokens.RefreshAccessTokenAsync(await app.Tokens.GetAccessTokenAsync(default), default));

        (await app.IsAuthorizedAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(429, null, "server_unavailable")]
    [InlineData(500, null, "server_unavailable")]
    [InlineData(503, null, "server_unavailable")]
    [InlineData(302, null, "microsoft_odd_answer")]
    [InlineData(400, null, "microsoft_refused")]
    [InlineData(0, null, "connection_lost")]
    [InlineData(200, "<html>Sign in to the hotel's network</html>", "microsoft_odd_answer")]
    [InlineData(200, "{}", "microsoft_odd_answer")]
    [InlineData(200, "null", "microsoft_odd_answer")]
    [InlineData(200, "[]", "microsoft_odd_answer")]
    [InlineData(200, "", "microsoft_odd_answer")]
    public async Task Trouble_at_the_token_endpoint_is_no_end_of_the_consent(int status, string? text, string code)
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        if (status == 0)
            app.Microsoft.Faults.DropBefore.Arm("token", true, times: 1);
        else if (text is not null)
            app.Microsoft.Faults.Text.Arm("token", text, times: 1);
        else
            app.Microsoft.Faults.Error.Arm("token", IdentityError.Unavailable with { Status = status }, times: 1);

        var failure = await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));
        var again = await EventuallyAsync(() => app.Tokens.RefreshAccessTokenAsync(refused, default), code);

        failure.Code.ShouldBe(code);
        failure.Fault.ShouldNotBe(MailFault.NotAuthorized);
        (await app.IsAuthorizedAsync()).ShouldBeTrue();
        again.ShouldNotBe(refused);
        app.CountOf("refresh_token").ShouldBe(2);
    }

    [Fact]
    public async Task Server_that_asks_for_a_wait_is_left_alone_that_long()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Microsoft.Faults.Error.Arm("token", IdentityError.TooManyRequests with { RetryAfter = 3 }, times: 1);
        var clock = Stopwatch.StartNew();

        await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));
        await EventuallyAsync(() => app.Tokens.RefreshAccessTokenAsync(refused, default), "server_unavailable");

        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(2.8));
    }

    [Fact]
    public async Task Rotated_tokens_outlive_restarts_and_none_of_them_is_written_in_plain()
    {
        await using var app = await OutlookSignInApp.StartAsync(new IdentityServerOptions { EndsUsedRefreshTokens = true }, ("Serilog:MinimumLevel:Default", "Verbose"));
        await app.SignInAsync();
        var secrets = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            secrets.Add(await app.Tokens.RefreshAccessTokenAsync(await app.Tokens.GetAccessTokenAsync(default), default));
            secrets.AddRange(RefreshTokens(app));
            await app.App.DisposeAsync();
            await app.StartDaemonAsync();
        }

        var files = await app.FilesAsync();

        (await app.IsAuthorizedAsync()).ShouldBeTrue();
        secrets.Distinct(StringComparer.Ordinal).Count().ShouldBe(6);
        app.Microsoft.FindUser(secrets[0]).ShouldBe(Olivia.Address, "these are the tokens that are looked for");
        foreach (var secret in secrets)
            files.ShouldAllBe(text => !text.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reply_that_was_lost_after_the_rotation_is_asked_for_again()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Microsoft.Faults.DropAfter.Arm("token", true, times: 1);

        await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));
        await app.App.DisposeAsync();
        await app.StartDaemonAsync();
        var again = await app.Tokens.RefreshAccessTokenAsync(refused, default);

        app.Microsoft.FindUser(again).ShouldBe(Olivia.Address);
        app.CountOf("refresh_token").ShouldBe(2);
    }

    [Fact]
    public async Task Reply_that_was_lost_at_a_server_that_takes_a_token_once_needs_a_new_sign_in()
    {
        await using var app = await OutlookSignInApp.StartAsync(new IdentityServerOptions { EndsUsedRefreshTokens = true });
        await app.SignInAsync();
        var refused = await app.Tokens.GetAccessTokenAsync(default);
        app.Microsoft.Faults.DropAfter.Arm("token", true, times: 1);
        await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default));
        await app.App.DisposeAsync();
        await app.StartDaemonAsync();

        (await Should.ThrowAsync<MailException>(() => app.Tokens.RefreshAccessTokenAsync(refused, default))).Code.ShouldBe("authorization_expired");
    }

    [Fact]
    public async Task Deleted_account_leaves_no_secret_and_says_that_the_consent_is_for_its_owner_to_withdraw()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var waiting = await app.InitiateAsync(Olivia.Address);

        var deleted = await app.App.DeleteAsync($"/api/accounts/outlook/{Olivia.Address}");

        (deleted.Status, deleted.Result.GetProperty("revoked").GetBoolean()).ShouldBe((200, false));
        Directory.GetFiles(Path.Combine(app.DataDirectory, "secrets"), "*.secret").ShouldBeEmpty();
        (await app.StatusOfAsync(waiting.State)).ShouldBe(("failed", "sign_in_ended"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Consent_for_another_client_id_is_not_used()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        await app.App.DisposeAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Outlook:ClientId"] = "another", ["Outlook:Authority"] = app.Microsoft.Url, ["Outlook:GraphBaseUrl"] = app.Graph.BaseUrl };
        bool isAuthorized;
        await using (var other = await DaemonApp.StartAsync(settings: settings, dataDirectory: app.DataDirectory))
            isAuthorized = (await other.GetAsync($"/api/outlook/auth/status?email={Olivia.Address}")).Result.GetProperty("authorized").GetBoolean();
        await app.StartDaemonAsync();

        isAuthorized.ShouldBeFalse();
        (await app.IsAuthorizedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Microsofts_libraries_are_loaded_when_somebody_signs_in_and_not_before()
    {
        using var directory = new TempDirectory();
        await using var microsoft = await IdentityServer.StartAsync(new IdentityServerOptions(), TimeProvider.System, default);
        await using var daemon = await DaemonProcess.StartAsync(
            Path.Combine(directory.Path, "data"), $"--Outlook:ClientId={IdentityServer.ClientId}", $"--Outlook:Authority={microsoft.Url}");
        using var client = daemon.NewClient();
        foreach (var path in (string[])["/api/accounts", "/api/health", "/api/gmail/auth/status?email=a@b.test", "/api/outlook/auth/status?email=a@b.test", "/api/outlook/messages?email=a@b.test"])
            await DaemonApp.SendAsync(client, "GET", path);
        var before = LibrariesOf(daemon.Id);
        (await DaemonApp.SendAsync(client, "POST", "/api/outlook/auth/initiate")).Status.ShouldBe(200);
        var after = LibrariesOf(daemon.Id);

        before.ShouldContain("MailDaemon.Engine.dll");
        before.ShouldNotContain(name => IsMicrosofts(name));
        after.ShouldContain("Microsoft.Identity.Client.dll");
        after.ShouldNotContain(name => name.StartsWith("Microsoft.Graph", StringComparison.Ordinal));
    }

    private static bool IsMicrosofts(string library) =>
        library.StartsWith("Microsoft.Identity", StringComparison.Ordinal) || library.StartsWith("Microsoft.Graph", StringComparison.Ordinal) || library.StartsWith("Microsoft.Kiota", StringComparison.Ordinal);

    private static string[] LibrariesOf(int process) =>
    [
        .. File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")).Select(line => Path.GetFileName(line)).Where(name => name.EndsWith(".dll", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The refresh tokens that MSAL's cache holds.</summary>
    private static IEnumerable<string> RefreshTokens(OutlookSignInApp app)
    {
        var stored = JsonDocument.Parse(app.App.Services.GetRequiredService<SecretVault>().Read(OutlookSignInApp.Key, SecretVault.OAuthToken)!.Reveal()).RootElement;
        var cache = JsonDocument.Parse(Convert.FromBase64String(stored.GetProperty("refreshToken").GetString()!)).RootElement;
        return cache.GetProperty("RefreshToken").EnumerateObject().Select(one => one.Value.GetProperty("secret").GetString()!);
    }

    private static async Task<string> EventuallyAsync(Func<Task<string>> ask, string code)
    {
        var given = "";
        await Eventually.UntilAsync(
            async () =>
            {
                try
                {
                    given = await ask();
                    return true;
                }
                catch (MailException e) when (e.Code == code)
                {
                    return false;
                }
            },
            "the token endpoint was not asked again");
        return given;
    }
}
