using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What is answered.</summary>
/// <param name="Body">JSON; null for none.</param>
internal sealed record GmailReply(int Status, JsonNode? Body)
{
    /// <summary>What is answered in place of JSON; null for JSON.</summary>
    public string? Text { get; init; }

    /// <summary>The type of <see cref="Text"/>.</summary>
    public string ContentType { get; init; } = "text/html; charset=utf-8";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Bytes of the body after which the connection is cut; null for all.</summary>
    public int? CutAfter { get; init; }

    public static GmailReply Of(JsonNode? body) => body is null ? new GmailReply(204, null) : new GmailReply(200, body);

    public static GmailReply Of(GmailError error) => Error(error.Status, error.Reason, error.RpcStatus, error.Message) with { Headers = RetryAfter(error) };

    /// <summary>An error as the endpoints of OAuth answer it (RFC 6749 §5.2).</summary>
    public static GmailReply OfOAuth(GmailError error) =>
        new(error.Status, new JsonObject { ["error"] = error.Status >= 500 ? "internal_failure" : error.Reason, ["error_description"] = error.Message }) { Headers = RetryAfter(error) };

    public static GmailReply Of(GmailException failure) => Error(failure.Status, failure.Reason, failure.RpcStatus, failure.Message);

    public static GmailReply InvalidCredentials() => new(401, ErrorBody(
        401,
        "authError",
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. "
            + "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "Invalid Credentials",
        "Authorization"))
    {
        Headers = [new("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")],
    };

    public static GmailReply InsufficientScopes(IEnumerable<string> scopes)
    {
        var body = ErrorBody(403, "insufficientPermissions", "PERMISSION_DENIED", "Request had insufficient authentication scopes.", "Insufficient Permission");
        body["error"]!["details"] = new JsonArray(new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo",
            ["reason"] = "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            ["domain"] = "googleapis.com",
            ["metadata"] = new JsonObject { ["service"] = "gmail.googleapis.com" },
        });
        return new GmailReply(403, body)
        {
            Headers = [new("WWW-Authenticate", $"Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{string.Join(' ', scopes)}\"")],
        };
    }

    private static IReadOnlyList<KeyValuePair<string, string>> RetryAfter(GmailError error) =>
        error.RetryAfter is { } seconds ? [new("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))] : [];

    private static GmailReply Error(int status, string reason, string rpcStatus, string message) => new(status, ErrorBody(status, reason, rpcStatus, message, message));

    private static JsonObject ErrorBody(int status, string reason, string rpcStatus, string message, string detail, string? location = null)
    {
        var error = new JsonObject { ["message"] = detail, ["domain"] = reason.EndsWith("LimitExceeded", StringComparison.Ordinal) || reason == "quotaExceeded" ? "usageLimits" : "global", ["reason"] = reason };
        if (location is not null)
        {
            error["location"] = location;
            error["locationType"] = "header";
        }

        return new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["errors"] = new JsonArray(error), ["status"] = rpcStatus } };
    }
}
