using MailDaemon.Tests.Support;
using Microsoft.Playwright;

namespace MailDaemon.Tests.Api;

/// <summary>Runs where there is a Chromium.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/chromium";

    public ChromiumFactAttribute()
    {
        if (!File.Exists(Path))
            Skip = "needs chromium (Debian: apt-get install chromium)";
    }
}

/// <summary>The Swagger page in a real browser, under its Content-Security-Policy.</summary>
public sealed class SwaggerPageTests
{
    private static readonly string[] quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    [ChromiumFact]
    public async Task Page_loads_under_its_policy_and_try_it_out_works()
    {
        await using var app = await SampleRoutes.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ChromiumFactAttribute.Path, Args = quiet });
        await using var context = await browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        var complaints = new List<string>();
        var hosts = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) => hosts.Add(new Uri(request.Url) is { Scheme: "https" } url ? url.Authority : "");

        await page.GotoAsync(new Uri(app.Address, "/swagger").AbsoluteUri);
        var replies = new List<string> { await TryAsync(page, "Daemon-ping"), await TryAsync(page, "Accounts-listAccounts") };

        // Each kind of thing that the page can show is shown once, so that a forbidden style or script somewhere in it is noticed; an operation
        // takes a browser without a graphics card two seconds.
        var operations = page.Locator(".opblock-tag-section .operation-tag-content > span:last-child .opblock");
        (await operations.CountAsync()).ShouldBeGreaterThan(10);
        var (bodies, parameters) = (0, 0);
        for (var i = await operations.CountAsync() - 1; i >= 0; i--)
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
        complaints.ShouldBeEmpty();
        hosts.Where(h => h.Length > 0).Distinct().ShouldBe([$"127.0.0.1:{app.Port}"]);
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
