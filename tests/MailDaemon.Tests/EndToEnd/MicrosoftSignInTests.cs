using System.Web;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Sign-ins at the sandbox's Microsoft with a browser on this machine, walked as a browser walks them.</summary>
public sealed class MicrosoftSignInTests
{
    private static readonly IdentityUser Olivia = OutlookSignInApp.Olivia;
    private static readonly IdentityUser Walter = OutlookSignInApp.Walter;

    [Fact]
    public async Task Consent_on_the_page_connects_a_personal_mailbox()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var link = await app.InitiateAsync(Olivia.Address);
        var consent = await app.PageAsync(link);
        var end = await app.SubmitAsync(consent, "allow");

        (end.Status, end.Text.Contains($"{Olivia.Address} is connected", StringComparison.Ordinal)).ShouldBe((200, true), end.Text);
        consent.ShouldContain($"value=\"{Olivia.Address}\" checked");
        (await app.StatusOfAsync(link.State)).ShouldBe(("done", null));
        var status = await app.AuthorizationAsync();
        status.GetProperty("authorized").GetBoolean().ShouldBeTrue(status.ToString());
        status.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldContain("https://graph.microsoft.com/Mail.ReadWrite");
        (status.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).ShouldBeInRange(TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        (await app.AccountsAsync()).ShouldBe([Olivia.Address]);
        app.Microsoft.FindUser(await app.Tokens.GetAccessTokenAsync(default)).ShouldBe(Olivia.Address);
    }

    [Fact]
    public async Task Page_to_open_asks_for_mail_with_a_challenge_and_comes_back_to_localhost()
    {
        await using var app = await OutlookSignInApp.StartAsync(null, ("Outlook:Tenant", "organizations"));
        var link = await app.InitiateAsync(Walter.Address);
        var chosen = await app.InitiateAsync(null);

        var page = new Uri(link.AuthUrl);
        var query = HttpUtility.ParseQueryString(page.Query);
        page.GetLeftPart(UriPartial.Path).ShouldBe(app.Microsoft.Url + "/organizations/oauth2/v2.0/authorize");
        query["client_id"].ShouldBe(IdentityServer.ClientId);
        query["response_type"].ShouldBe("code");
        query["code_challenge_method"].ShouldBe("S256");
        query["code_challenge"]!.Length.ShouldBe(43);
        query["login_hint"].ShouldBe(Walter.Address);
        query["prompt"].ShouldBeNull();
        query.GetValues("state").ShouldBe([link.State]);
        link.State.Length.ShouldBe(64);
        query["scope"]!.Split(' ').Order(StringComparer.Ordinal).ShouldBe(
        [
            "https://graph.microsoft.com/Mail.ReadWrite", "https://graph.microsoft.com/Mail.Send", "https://graph.microsoft.com/MailboxSettings.ReadWrite",
            "https://graph.microsoft.com/User.Read", "offline_access", "openid", "profile",
        ]);
        link.RedirectUri.ShouldMatch("^http://localhost:[0-9]+$");
        HttpUtility.ParseQueryString(new Uri(chosen.AuthUrl).Query)["prompt"].ShouldBe("select_account");
    }

    [Theory]
    [InlineData("walter.kern@firm.sandbox.test")]
    [InlineData("WALTER@firm.onmicrosoft.test")]
    [InlineData(null)]
    public async Task Work_account_is_known_by_the_address_of_its_mailbox_whatever_name_signs_in(string? hint)
    {
        await using var app = await OutlookSignInApp.StartAsync(null, ("Outlook:Tenant", "organizations"));

        var end = await app.SubmitAsync(await app.PageAsync(await app.InitiateAsync(hint)), "allow", Walter.Address);

        end.Status.ShouldBe(200, end.Text);
        (await app.AccountsAsync()).ShouldBe([Walter.Address]);
    }

    [Fact]
    public async Task Mailbox_that_graph_does_not_tell_is_not_connected()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        app.Graph.Faults.Error.Arm("me.get", GraphError.Unavailable, times: 1);
        var link = await app.InitiateAsync(Olivia.Address);

        var end = await app.SubmitAsync(await app.PageAsync(link), "allow");

        (end.Status, await app.StatusOfAsync(link.State)).ShouldBe((502, ("failed", "mailbox_unknown")), end.Text);
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_on_the_page_changes_nothing()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var link = await app.InitiateAsync(null);

        var end = await app.SubmitAsync(await app.PageAsync(link), "cancel");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("Sign-in cancelled");
        (await app.StatusOfAsync(link.State)).ShouldBe(("failed", "sign_in_cancelled"));
        (await app.AccountsAsync()).ShouldBeEmpty();
        app.CountOf("authorization_code").ShouldBe(0);
    }

    [Fact]
    public async Task Mailbox_that_was_not_asked_for_is_refused()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var link = await app.InitiateAsync(Olivia.Address);

        var end = await app.SubmitAsync(await app.PageAsync(link), "allow", account: Walter.Address);

        end.Status.ShouldBe(409);
        end.Text.ShouldContain(Walter.Address);
        (await app.StatusOfAsync(link.State)).ShouldBe(("failed", "wrong_mailbox"));
        (await app.AccountsAsync()).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(app.DataDirectory, "secrets"), "*.secret").ShouldBeEmpty();
    }

    [Fact]
    public async Task Scope_that_was_not_given_is_named()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        app.Microsoft.Faults.WithheldScopes = ["Mail.Send"];
        var link = await app.InitiateAsync(Olivia.Address);

        var end = await app.SubmitAsync(await app.PageAsync(link), "allow");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("to send mail as you");
        (await app.StatusOfAsync(link.State)).ShouldBe(("failed", "missing_scopes"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task State_is_good_once_and_for_its_own_sign_in()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var first = await app.InitiateAsync(Olivia.Address);
        var redirect = await app.RedirectAsync(await app.PageAsync(first), "allow");
        var code = HttpUtility.ParseQueryString(redirect.Query)["code"]!;
        var second = await app.InitiateAsync(Olivia.Address);

        var unknown = await app.GetAsync(new Uri($"{second.RedirectUri}/?state={first.State}&code={code}"));
        var stolen = await app.GetAsync(new Uri($"{second.RedirectUri}/?state={second.State}&code={code}"));
        var late = await app.GetAsync(redirect);
        await Should.ThrowAsync<HttpRequestException>(() => app.GetAsync(redirect));

        unknown.Status.ShouldBe(400);
        (stolen.Status, await app.StatusOfAsync(second.State)).ShouldBe((409, ("failed", "client_refused")));

        // The code is used up: what was stolen is of no use to its owner either.
        (late.Status, await app.StatusOfAsync(first.State)).ShouldBe((502, ("failed", "code_refused")));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [IPv6Fact]
    public async Task Browser_that_finds_localhost_at_the_other_address_comes_back_too()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var redirect = await app.RedirectAsync(await app.PageAsync(await app.InitiateAsync(Olivia.Address)), "allow");

        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ByIPv6Async });
        using var end = await browser.GetAsync(redirect);

        ((int)end.StatusCode).ShouldBe(200);
        (await app.AccountsAsync()).ShouldBe([Olivia.Address]);

        static async ValueTask<Stream> ByIPv6Async(SocketsHttpConnectionContext context, CancellationToken ct)
        {
            var client = new System.Net.Sockets.TcpClient(System.Net.Sockets.AddressFamily.InterNetworkV6);
            await client.ConnectAsync(System.Net.IPAddress.IPv6Loopback, context.DnsEndPoint.Port, ct);
            return client.GetStream();
        }
    }

    [Fact]
    public async Task Sign_in_that_nobody_comes_back_to_ends_with_the_daemon()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.InitiateAsync(null);
        await app.InitiateDeviceAsync(null);

        await app.App.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        app.Microsoft.ClearRequests();
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var asked = app.Microsoft.Requests.Count;
        await app.StartDaemonAsync();

        asked.ShouldBe(0);
    }

    [Fact]
    public async Task Unknown_client_id_is_told_and_how_to_mend_it()
    {
        await using var app = await OutlookSignInApp.StartAsync(null, ("Outlook:ClientId", "11111111-2222-4333-8444-555555555555"));

        var refused = await app.App.PostAsync("/api/outlook/auth/device");

        refused.ShouldBeRefused(409, "client_refused");
        refused.Msg!.ShouldContain("AADSTS700016");
        refused.Msg!.ShouldContain("Outlook:ClientId");
    }
}
