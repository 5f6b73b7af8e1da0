using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Identity;

/// <summary>Answers as the identity platform writes them.</summary>
internal static class IdentityReply
{
    public static HttpReply Json(JsonNode body) => new(200) { Body = Encoding.UTF8.GetBytes(body.ToJsonString()), Headers = [NotStored] };

    public static HttpReply Page(string html, int status = 200) => new(status) { Body = Encoding.UTF8.GetBytes(html), ContentType = "text/html; charset=utf-8" };

    public static HttpReply Redirect(string address) => new(302) { Headers = [new("Location", address)] };

    public static HttpReply MethodNotAllowed { get; } = new(405);

    public static HttpReply Error(IdentityError error, DateTimeOffset now)
    {
        var (trace, correlation, at) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), now.ToString("u", CultureInfo.InvariantCulture));
        var body = new JsonObject
        {
            ["error"] = error.Error,
            ["error_description"] = Description(error, trace, correlation, at),
            ["error_codes"] = new JsonArray(error.Number),
            ["timestamp"] = at,
            ["trace_id"] = trace,
            ["correlation_id"] = correlation,
        };
        if (error.SubError is { } sub)
            body["suberror"] = sub;
        var headers = new List<KeyValuePair<string, string>> { NotStored };
        if (error.RetryAfter is { } seconds)
            headers.Add(new("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
        return new HttpReply(error.Status) { Body = Encoding.UTF8.GetBytes(body.ToJsonString()), Headers = headers };
    }

    private static KeyValuePair<string, string> NotStored { get; } = new("Cache-Control", "no-store, no-cache");

    private static string Description(IdentityError error, string trace, string correlation, string at) =>
        error.Number == 0 ? error.Message : $"AADSTS{error.Number}: {error.Message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}";
}
