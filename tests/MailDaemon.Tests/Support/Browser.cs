using Microsoft.Playwright;

namespace MailDaemon.Tests.Support;

/// <summary>A page in a real browser; what it complains of and whom it calls is noted.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.SetDefaultTimeout(120_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "https" } url)
                _hosts.Add(url.Authority);
        };
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    /// <summary>With their ports.</summary>
    public IReadOnlyCollection<string> Hosts => _hosts;

    public static async Task<Browser> OpenAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ChromiumFactAttribute.Path, Args = Quiet });
        var context = await browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
        return new Browser(playwright, browser, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
