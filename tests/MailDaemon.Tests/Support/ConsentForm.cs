using System.Net;
using System.Text.RegularExpressions;

namespace MailDaemon.Tests.Support;

/// <summary>The consent pages of the sandbox, filled in as a browser does.</summary>
public static partial class ConsentForm
{
    /// <param name="browser">Follows no redirects.</param>
    /// <param name="page">The page's text.</param>
    /// <param name="server">Where the page is from.</param>
    /// <param name="button"><c>allow</c> or <c>cancel</c>.</param>
    /// <param name="account">Another mailbox than the one that is chosen; null leaves the choice.</param>
    /// <returns>Where the browser is sent back to.</returns>
    public static async Task<Uri> SubmitAsync(HttpClient browser, string page, string server, string button, string? account = null)
    {
        using var answer = await PostAsync(browser, page, server, button, account);
        return answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location is { } back
            ? back
            : throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>As <see cref="SubmitAsync"/>, for a page that leads nowhere.</summary>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string page, string server, string button, string? account = null)
    {
        var fields = Inputs().Matches(page)
            .Where(input => input.Groups["type"].Value is "hidden" or "text" || input.Value.Contains(" checked", StringComparison.Ordinal))
            .Select(input => new KeyValuePair<string, string>(input.Groups["name"].Value, WebUtility.HtmlDecode(input.Groups["value"].Value)))
            .Select(field => field.Key == "account" && account is not null ? new(field.Key, account) : field)
            .Append(new("action", button));
        using var form = new FormUrlEncodedContent(fields);
        return await browser.PostAsync(new Uri(new Uri(server), Action().Match(page).Groups["action"].Value), form);
    }

    [GeneratedRegex("<input type=\"(?<type>[a-z]+)\" name=\"(?<name>[a-z_]+)\" value=\"(?<value>[^\"]*)\"[^>]*>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inputs();

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Action();
}
