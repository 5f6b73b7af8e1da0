using System.Web;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Sign-ins at the sandbox's Google, walked as a browser walks them, and once in one.</summary>
public sealed class GoogleSignInTests
{
    [Fact]
    public async Task Consent_on_the_page_connects_the_mailbox()
    {
        await using var app = await SignInApp.StartAsync();
        var link = await app.InitiateAsync(SignInApp.Gina);
        var consent = await app.PageAsync(link);
        var end = await app.SubmitAsync(consent, "allow");

        (end.Status, end.Text.Contains($"{SignInApp.Gina} is connected", StringComparison.Ordinal)).ShouldBe((200, true), end.Text);
        consent.ShouldContain($"value=\"{SignInApp.Gina}\" checked");
        (await app.StatusOfAsync(link)).ShouldBe(("done", null));
        var status = (await app.AuthorizationAsync());
        status.GetProperty("authorized").GetBoolean().ShouldBeTrue();
        status.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()).ShouldBe(
            ["https://mail.google.com/", "openid", "https://www.googleapis.com/auth/userinfo.email"], ignoreOrder: true);
        (await app.AccountsAsync()).Single().GetProperty("email").GetString().ShouldBe(SignInApp.Gina);
        (await app.Tokens.GetAccessTokenAsync(default)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Cancel_on_the_page_changes_nothing()
    {
        await using var app = await SignInApp.StartAsync();
        var link = await app.InitiateAsync(null);

        var end = await app.SubmitAsync(await app.PageAsync(link), "cancel");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("Sign-in cancelled");
        (await app.StatusOfAsync(link)).ShouldBe(("failed", "sign_in_cancelled"));
        (await app.AccountsAsync()).ShouldBeEmpty();
        app.Google.Requests.ShouldNotContain(r => r.Method == "oauth.token");
    }

    [Fact]
    public async Task Mailbox_that_was_not_asked_for_is_refused_and_its_consent_withdrawn()
    {
        await using var app = await SignInApp.StartAsync();
        var link = await app.InitiateAsync(SignInApp.Gina);

        var end = await app.SubmitAsync(await app.PageAsync(link), "allow", account: SignInApp.Other.Address);

        end.Status.ShouldBe(409);
        end.Text.ShouldContain(SignInApp.Other.Address);
        (await app.StatusOfAsync(link)).ShouldBe(("failed", "wrong_mailbox"));
        (await app.AccountsAsync()).ShouldBeEmpty();
        app.Google.Requests.Single(r => r.Method == "oauth.revoke").Status.ShouldBe(200);
    }

    [Fact]
    public async Task Box_that_is_left_empty_is_named()
    {
        await using var app = await SignInApp.StartAsync();
        app.Google.Faults.WithheldScopes = ["https://mail.google.com/"];
        var link = await app.InitiateAsync(SignInApp.Gina);

        var end = await app.SubmitAsync(await app.PageAsync(link), "allow");

        end.Status.ShouldBe(403);
        end.Text.ShouldContain("to read, send and delete your mail");
        (await app.StatusOfAsync(link)).ShouldBe(("failed", "missing_scopes"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Code_of_another_sign_in_is_worth_nothing()
    {
        await using var app = await SignInApp.StartAsync();
        var first = await app.InitiateAsync(SignInApp.Gina);
        var redirect = await app.RedirectAsync(await app.PageAsync(first), "allow");
        var code = HttpUtility.ParseQueryString(redirect.Query)["code"]!;
        var second = await app.InitiateAsync(SignInApp.Gina);

        var stolen = await app.GetAsync(new Uri($"{second.RedirectUri}?state={second.State}&code={Uri.EscapeDataString(code)}"));
        var late = await app.GetAsync(redirect);

        (stolen.Status, (await app.StatusOfAsync(second)).Reason).ShouldBe((502, "google_refused"));

        // The code is used up: what was stolen is of no use to its owner either.
        (late.Status, (await app.StatusOfAsync(first)).Reason).ShouldBe((502, "code_refused"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Mail_is_read_by_itself_once_the_mailbox_is_connected()
    {
        await using var app = await SignInApp.StartAsync();
        app.Deliver("before the sign-in");

        await app.SignInAsync();

        await Eventually.UntilAsync(async () => (await app.MessagesAsync("subject")).Contains("before the sign-in", StringComparer.Ordinal), "the first pass did not come");
        (await app.AccountsAsync()).Single().GetProperty("status").GetString().ShouldBeOneOf("connected", "syncing");
    }

    [ChromiumFact]
    public async Task Real_browser_comes_back_to_a_page_that_says_it_is_done()
    {
        await using var app = await SignInApp.StartAsync();
        var link = await app.InitiateAsync(SignInApp.Gina);
        await using var browser = await Browser.OpenAsync();

        await browser.Page.GotoAsync(link.AuthUrl);
        await browser.Page.ClickAsync("#allow");
        await browser.Page.WaitForURLAsync(url => url.StartsWith(link.RedirectUri, StringComparison.Ordinal));
        var title = await browser.Page.TextContentAsync("h1");
        var text = await browser.Page.TextContentAsync("p");
        var width = await browser.Page.EvaluateAsync<string>("getComputedStyle(document.body).maxWidth");

        title.ShouldBe("Signed in");
        text!.ShouldStartWith($"{SignInApp.Gina} is connected");
        width.ShouldNotBe("none");
        browser.Complaints.ShouldNotContain(complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        (await app.StatusOfAsync(link)).ShouldBe(("done", null));
        (await app.AccountsAsync()).Single().GetProperty("email").GetString().ShouldBe(SignInApp.Gina);
    }
}
