using MailDaemon.Tests.Support;
using Microsoft.Playwright;

namespace MailDaemon.Tests.Api;

/// <summary>The Swagger page in a real browser, under its Content-Security-Policy.</summary>
public sealed class SwaggerPageTests
{
    [ChromiumFact]
    public async Task Page_loads_under_its_policy_and_try_it_out_works()
    {
        await using var app = await SampleRoutes.StartAsync();
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;

        await page.GotoAsync(new Uri(app.Address, "/swagger").AbsoluteUri);
        var replies = new List<string> { await TryAsync(page, "Daemon-ping"), await TryAsync(page, "Accounts-listAccounts") };

        // One operation of every third group, so that a forbidden style or script somewhere is noticed: each takes a browser without a graphics
        // card two seconds.
        var operations = page.Locator(".opblock-tag-section .operation-tag-content > span:last-child .opblock");
        (await operations.CountAsync()).ShouldBeGreaterThan(10);
        var (bodies, parameters) = (0, 0);
        for (var i = await operations.CountAsync() - 1; i >= 0; i -= 3)
        {
            var operation = operations.Nth(i);
            await operation.Locator(".opblock-summary-control").ClickAsync();
            await operation.Locator(".responses-wrapper").WaitForAsync();
            bodies += await operation.Locator(".opblock-section-request-body textarea").CountAsync();
            parameters += await operation.Locator("input[placeholder=limit]").CountAsync();
            await operation.Locator(".opblock-summary-control").ClickAsync();
        }

        replies[0].ShouldContain("\"status\": \"ok\"");
        replies[1].ShouldContain("\"result\": []");
        bodies.ShouldBeGreaterThan(0);
        parameters.ShouldBeGreaterThan(0);
        browser.Complaints.ShouldBeEmpty();
        browser.Hosts.ShouldBe([$"127.0.0.1:{app.Port}"]);
    }

    /// <summary>Opens an operation, executes it, and gives what the page shows of the reply.</summary>
    private static async Task<string> TryAsync(IPage page, string id)
    {
        var operation = page.Locator($"#operations-{id}");
        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.Locator("button.execute").ClickAsync();
        var status = operation.Locator(".live-responses-table .response-col_status").Last;
        await status.WaitForAsync();
        (await status.InnerTextAsync()).Trim().ShouldStartWith("200");
        var reply = await operation.Locator(".live-responses-table").InnerTextAsync();
        await operation.Locator(".opblock-summary-control").ClickAsync();
        return reply;
    }
}
