using MailDaemon.Tests.Support;
using Microsoft.Playwright;

namespace MailDaemon.Tests.Api;

/// <summary>The Swagger page in a real browser, under its Content-Security-Policy.</summary>
public sealed class SwaggerPageTests
{
    [ChromiumFact]
    public async Task Page_loads_under_its_policy_and_try_it_out_works()
    {
        await using var app = await DaemonApp.StartAsync();
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync(new Uri(app.Address, "/swagger").AbsoluteUri);
        await page.Locator(".opblock-tag").First.WaitForAsync();

        var replies = new List<string> { await TryAsync(app, page, "Daemon", "ping"), await TryAsync(app, page, "Accounts", "listAccounts") };

        // One of each kind, so that a forbidden style or script somewhere is noticed. By its address: the page holds only what is in sight of
        // so many operations.
        var (bodies, parameters) = (0, 0);
        foreach (var (tag, id) in new[] { ("Messages", "listMessages"), ("Sending", "sendMessage"), ("OKKI", "createQuotationTrail") })
        {
            var operation = await OpenAsync(app, page, tag, id);
            await operation.Locator(".responses-wrapper").WaitForAsync();
            bodies += await operation.Locator(".opblock-section-request-body textarea").CountAsync();
            parameters += await operation.Locator("input[placeholder=limit]").CountAsync();
        }

        replies[0].ShouldContain("\"status\": \"ok\"");
        replies[1].ShouldContain("\"result\": []");
        bodies.ShouldBeGreaterThan(0);
        parameters.ShouldBeGreaterThan(0);
        browser.Complaints.ShouldBeEmpty();
        browser.Hosts.ShouldBe([$"127.0.0.1:{app.Port}"]);
    }

    private static async Task<ILocator> OpenAsync(DaemonApp app, IPage page, string tag, string id)
    {
        await page.GotoAsync("about:blank");
        await page.GotoAsync(new Uri(app.Address, $"/swagger/index.html#/{tag}/{id}").AbsoluteUri);
        return page.Locator($"#operations-{tag}-{id}");
    }

    /// <summary>Opens an operation, executes it, and gives what the page shows of the reply.</summary>
    private static async Task<string> TryAsync(DaemonApp app, IPage page, string tag, string id)
    {
        var operation = await OpenAsync(app, page, tag, id);
        await operation.Locator("button.execute").ClickAsync();
        var status = operation.Locator(".live-responses-table .response-col_status").Last;
        await status.WaitForAsync();
        (await status.InnerTextAsync()).Trim().ShouldStartWith("200");
        return await operation.Locator(".live-responses-table").InnerTextAsync();
    }
}
