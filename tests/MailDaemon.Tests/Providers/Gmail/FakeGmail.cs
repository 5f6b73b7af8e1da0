using System.Net;
using System.Text;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>Gmail by prepared answers.</summary>
internal sealed class FakeGmail : ScriptedServer<FakeGmail>
{
    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Error(int status, string reason, string message = "No.", int? retryAfter = null)
    {
        var response = Json(ErrorBody(status, reason, message), (HttpStatusCode)status);
        if (retryAfter is { } seconds)
            response.Headers.Add("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response;
    }

    public static string ErrorBody(int status, string reason, string message = "No.") =>
        $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","errors":[{"message":"{{{message}}}","domain":"global","reason":"{{{reason}}}"}]}}""";

    public GmailClient Client(TimeProvider? time = null, IAccessTokens? tokens = null, int unitsPerMinute = 1_000_000, string url = "https://gmail.test") =>
        new(new GmailOptions { ApiBaseUrl = url, UnitsPerMinute = unitsPerMinute }, tokens ?? new FakeTokens(), this, time ?? new HastyClock());
}
