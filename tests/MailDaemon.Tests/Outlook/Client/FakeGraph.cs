using System.Globalization;
using System.Net;
using System.Text;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Microsoft Graph by prepared answers.</summary>
internal sealed class FakeGraph : ScriptedServer<FakeGraph>
{
    public const string Base = "https://graph.test/v1.0";

    /// <summary>An id with all that must be escaped in an address.</summary>
    public const string OddId = "AAMk/AD+k=Q==";

    /// <summary><see cref="OddId"/> as it goes over the wire.</summary>
    public const string OddIdEscaped = "AAMk%2FAD%2Bk%3DQ%3D%3D";

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Error(int status, string code, string message = "No.", object? retryAfter = null)
    {
        var response = Json(ErrorBody(code, message), (HttpStatusCode)status);
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", Convert.ToString(retryAfter, CultureInfo.InvariantCulture));
        return response;
    }

    public static string ErrorBody(string code, string message = "No.") =>
        $$"""{"error":{"code":"{{code}}","message":"{{message}}","innerError":{"request-id":"1","date":"2026-01-01T00:00:00"} } }""";

    public GraphClient Client(TimeProvider? time = null, IAccessTokens? tokens = null, string url = Base) =>
        new(new OutlookOptions { GraphBaseUrl = url }, tokens ?? new FakeTokens(), this, time ?? new HastyClock { NeverFrom = TimeSpan.FromSeconds(45) });
}
