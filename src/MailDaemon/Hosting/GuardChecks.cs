using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Api;
using Microsoft.Extensions.Primitives;

namespace MailDaemon.Hosting;

/// <summary>Why a request is refused.</summary>
/// <param name="Code">A stable word, part of the API.</param>
internal sealed record Refusal(int Status, string Code, string Message);

/// <summary>
/// The single checks of the guard; each knows one header and returns null when all is well. The API has no login: these keep
/// web pages, names rebound to 127.0.0.1 and other users out.
/// </summary>
internal static class GuardChecks
{
    private const long BodyBytes = 25_000_000;
    private const long SendBodyBytes = 50_000_000;

    /// <summary>The name in the browser's address bar has to be ours: a name of somebody else may point to 127.0.0.1 too.</summary>
    public static Refusal? Host(StringValues host, int port) => host is [{ } only] && IsOurs(only, port)
        ? null
        : new(403, "host_not_allowed", $"This Host is not served; call https://127.0.0.1:{port}");

    public static Refusal? User(bool isOurs) => isOurs
        ? null
        : new(403, "other_user", "The daemon serves only the user it runs as");

    /// <summary>A page that sends an Origin has to be our own, or an app that the settings name.</summary>
    public static Refusal? Origin(StringValues origin, int port, IReadOnlyList<string> allowed)
    {
        const string Scheme = "https://";
        if (origin.Count == 0)
            return null;

        var isAllowed = origin is [{ } only]
            && only != "null"
            && ((only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsOurs(only[Scheme.Length..], port))
                || allowed.Contains(only, StringComparer.OrdinalIgnoreCase));
        return isAllowed ? null : new(403, "origin_not_allowed", "Pages and apps of this Origin may not call; Guard:AllowedOrigins names those that may");
    }

    /// <summary>Browsers say where a request comes from; only an allowed app and following a link to a page may come from elsewhere.</summary>
    /// <param name="isApp">Whether its Origin is one that the settings name.</param>
    public static Refusal? FetchSite(StringValues site, StringValues mode, StringValues destination, bool isPage, bool isApp)
    {
        var isFine = site.Count == 0
            || isApp
            || site is ["same-origin" or "none"]
            || (isPage && site.Count == 1 && mode is ["navigate"] && destination is ["document"]);
        return isFine ? null : new(403, "cross_site", "Pages of other sites may not call");
    }

    public static Refusal? Method(string method, bool isAllowed) => HttpMethods.IsOptions(method) && !isAllowed
        ? new(403, "cors_not_supported", "Pages of other origins may not call, so there is nothing to ask by OPTIONS")
        : null;

    /// <summary>A body is JSON and says so: a form of another site can send the other types without asking.</summary>
    public static Refusal? ContentType(bool hasBody, StringValues contentType)
    {
        if (!hasBody)
            return null;

        var isJson = contentType is [{ } only]
            && MediaTypeHeaderValue.TryParse(only, out var type)
            && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));
        return isJson ? null : new(415, "json_only", "The body must be JSON, with Content-Type: application/json");
    }

    public static Refusal? Length(long? contentLength, long limit) => contentLength > limit
        ? new(413, "too_large", $"The body is larger than the {limit / 1_000_000} MB that this route takes")
        : null;

    /// <summary>How many bytes a body may have: more where attachments are sent.</summary>
    public static long BodyLimit(PathString path)
    {
        var text = path.Value ?? "";
        var isSend = text.EndsWith("/send", StringComparison.OrdinalIgnoreCase)
            || text.EndsWith("/reply", StringComparison.OrdinalIgnoreCase)
            || text.EndsWith("/forward", StringComparison.OrdinalIgnoreCase)
            || text.Contains("/drafts", StringComparison.OrdinalIgnoreCase);
        return isSend ? SendBodyBytes : BodyBytes;
    }

    /// <summary>The token, compared in a time that does not depend on it.</summary>
    public static Refusal? Token(StringValues authorization, string token)
    {
        const string Scheme = "Bearer ";
        var isRight = authorization is [{ } only]
            && only.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(only[Scheme.Length..].Trim()), Encoding.UTF8.GetBytes(token));
        return isRight ? null : new(403, "token_required", "Send the content of api-token in the data directory as Authorization: Bearer");
    }

    /// <summary>Whoever comes with the token of an agent's task may do with it what that token is for, and nothing else that the API can do.</summary>
    public static Refusal? Capability(PathString path, StringValues authorization) =>
        !IsCapability(authorization) || IsForAgents(path)
            ? null
            : new(403, "capability_refused", "The token of an agent's task completes, extends or fails that task and opens nothing else");

    public static bool IsCapability(StringValues authorization) => CapabilityToken.Read(authorization.ToString()) is not null;

    private static bool IsForAgents(PathString path) =>
        (path.Value ?? "").Split('/') is ["", "api", "agents", "tasks", { Length: > 0 }, "complete" or "extend" or "fail"];

    private static bool IsOurs(string host, int port) =>
        string.Equals(host, $"127.0.0.1:{port}", StringComparison.Ordinal)
        || string.Equals(host, $"localhost:{port}", StringComparison.OrdinalIgnoreCase)
        || string.Equals(host, $"[::1]:{port}", StringComparison.Ordinal);
}
