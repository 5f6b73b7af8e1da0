using Microsoft.Net.Http.Headers;

namespace MailDaemon.Api;

/// <summary>
/// The page at <c>/</c>: accounts, what rules did, agents' tasks and the outbox, as they are. It is the API's client as any other; its files
/// say nothing about the user.
/// </summary>
internal static class StatusPage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly (string Path, string File, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
    ];

    public static void MapStatusPage(this WebApplication app)
    {
        foreach (var (path, file, contentType) in Files)
        {
            var bytes = new Lazy<byte[]>(() => Read(file));
            app.MapGet(path, (HttpContext context) =>
            {
                context.Response.Headers[HeaderNames.ContentSecurityPolicy] = Policy;
                return Results.Bytes(bytes.Value, contentType);
            }).ExcludeFromDescription();
        }
    }

    public static bool IsFile(PathString path) => Array.Exists(Files, file => path == file.Path);

    private static byte[] Read(string file)
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream($"MailDaemon.Api.Page.{file}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
