using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Operating;

/// <summary>The page at / in a real browser, under its Content-Security-Policy.</summary>
public sealed class StatusPageTests
{
    private const string Hostile = "报价 <img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";

    [ChromiumFact]
    public async Task Page_shows_what_happens_as_it_happens_and_mail_only_as_text()
    {
        await using var sandbox = await SandboxApp.StartAsync(new Sandbox.SandboxOptions());
        await sandbox.App.PostAsync("/api/rules", new { name = "all", matchAll = true, actions = new object[] { new { type = "star" }, new { type = "agent_handle", value = "sales" } } });
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync(sandbox.App.Address.AbsoluteUri);
        await page.Locator("#accounts td.good", new() { HasTextString = "connected" }).WaitForAsync();
        await page.Locator("#live.on").WaitForAsync();

        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Hostile));
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes($"From: Ann <ann@page.test>\r\nTo: {sandbox.Email}\r\nSubject: =?utf-8?B?{encoded}?=\r\nMessage-ID: <page1@page.test>\r\n\r\n{Hostile}\r\n"));
        await page.Locator("#accounts button", new() { HasTextString = "Sync" }).ClickAsync();
        await page.Locator("#runs tr", new() { HasTextString = "agent_handle" }).Locator("td.good").WaitForAsync();
        await page.Locator("#tasks tr", new() { HasTextString = "queued" }).WaitForAsync();

        (await page.Locator("#runs tbody tr").First.Locator("td").Nth(1).InnerTextAsync()).ShouldBe(Hostile);
        (await page.Locator("#tasks tbody tr").First.Locator("td").Nth(2).InnerTextAsync()).ShouldBe(Hostile);
        (await page.Locator("main img, main script").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldBe("MailDaemon");
        await GiveUpAsync(sandbox);
        await page.Locator("#tasks button", new() { HasTextString = "Give out again" }).ClickAsync();
        await page.Locator("#tasks tr", new() { HasTextString = "queued" }).WaitForAsync();
        browser.Complaints.ShouldBeEmpty();
        browser.Hosts.ShouldBe([$"127.0.0.1:{sandbox.App.Port}"]);
    }

    [ChromiumFact]
    public async Task Page_asks_for_the_token_where_one_is_wanted()
    {
        await using var app = await DaemonApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Guard:RequireToken"] = "true" });
        await using var browser = await Browser.OpenAsync();
        await browser.Page.GotoAsync(app.Address.AbsoluteUri);
        await browser.Page.Locator("#token input").WaitForAsync();
        await browser.Page.Locator("#token input").FillAsync((await File.ReadAllTextAsync(Path.Combine(app.DataDirectory, "api-token"))).Trim());
        await browser.Page.Locator("#token button").ClickAsync();

        await browser.Page.Locator("#live.on").WaitForAsync();
        (await browser.Page.Locator("#accounts tbody").InnerTextAsync()).Trim().ShouldBe("none");
    }

    [Fact]
    public async Task Page_may_load_and_call_only_its_own_server()
    {
        await using var app = await DaemonApp.StartAsync();
        foreach (var (path, type) in new[] { ("/", "text/html; charset=utf-8"), ("/page.js", "text/javascript; charset=utf-8"), ("/page.css", "text/css; charset=utf-8") })
        {
            var file = await app.GetAsync(path);
            (file.Status, file.Headers["content-type"]).ShouldBe((200, type));
            file.Headers["content-security-policy"].ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
        }
    }

    private static async Task GiveUpAsync(SandboxApp sandbox)
    {
        var task = (await sandbox.App.GetAsync("/api/agents/sales/tasks")).Result.GetProperty("tasks")[0];
        var failed = await sandbox.App.PostAsync(
            $"/api/agents/tasks/{task.GetProperty("id").GetString()}/fail", new { error = "no", retry = false }, ("Authorization", $"Bearer {task.GetProperty("capabilityToken").GetString()}"));
        failed.Status.ShouldBe(200, failed.Text);
    }
}
