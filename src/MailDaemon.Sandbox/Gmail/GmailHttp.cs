using System.IO.Compression;
using System.Text;
using MailDaemon.Sandbox.Gmail.OAuth;
using MailDaemon.Sandbox.Gmail.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Sandbox.Gmail;

/// <summary>HTTP/1.1 on a free port of loopback: reads a request whole, finds who answers it, and writes the answer.</summary>
internal sealed class GmailHttp(OAuthServer oauth, GmailApi api, GmailBatch batch, GmailUploads uploads, int maxMessageBytes) : IAsyncDisposable
{
    private readonly WebApplication app = Build();

    /// <summary>Without a path.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Whether requests are cut off without an answer.</summary>
    public volatile bool IsAway;

    /// <summary>A message in base64 and some JSON, or a batch.</summary>
    private long MaxBody => (2L * maxMessageBytes) + (1024 * 1024);

    public async Task StartAsync(CancellationToken ct)
    {
        app.Run(HandleAsync);
        await app.StartAsync(ct);
        Url = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static WebApplication Build()
    {
        // Nothing of the machine's configuration, no logging: only Kestrel.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if (IsAway)
        {
            http.Abort();
            return;
        }

        if (await ReadAsync(http, ct) is not { } request)
        {
            await WriteAsync(http, null, GmailReply.Of(MessageWriting.TooLarge()), ct);
        }
        else if (await AnswerAsync(request, ct) is { } reply)
        {
            await WriteAsync(http, request, reply, ct);
        }
        else
        {
            http.Abort();
        }
    }

    private Task<GmailReply?> AnswerAsync(HttpIn request, CancellationToken ct) => request.Path switch
    {
        var path when OAuthServer.NameOf(path) is { } name => oauth.AnswerAsync(request, name, ct),
        "/batch" or "/batch/gmail/v1" when request.Verb == "POST" => batch.AnswerAsync(request, ct),
        var path when GmailUploads.Takes(path) => uploads.AnswerAsync(request, Url, ct),
        _ => api.AnswerAsync(request.ToCall(), ct),
    };

    /// <returns>Null when the body is too large.</returns>
    private async Task<HttpIn?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await http.Request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + count > MaxBody)
            {
                return null;
            }

            body.Write(buffer, 0, count);
        }

        var headers = http.Request.Headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? "")));
        return new HttpIn(http.Request.Method, http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, [.. headers], body.ToArray());
    }

    private static async Task WriteAsync(HttpContext http, HttpIn? request, GmailReply reply, CancellationToken ct)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers.Append(name, value);
        }

        var isPretty = request?.Query.Any(pair => pair is { Key: "prettyPrint", Value: "false" }) != true;
        var text = reply.Text ?? (reply.Body is { } json ? Json.Text(json, isPretty) : "");
        if (text.Length == 0)
        {
            response.ContentLength = reply.Status == 204 ? null : 0;
            return;
        }

        response.ContentType = reply.Text is null ? "application/json; charset=UTF-8" : reply.ContentType;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (WantsGzip(request))
        {
            response.Headers.ContentEncoding = "gzip";
            bytes = Compress(bytes);
        }

        response.ContentLength = bytes.Length;
        if (reply.CutAfter is { } kept && kept < bytes.Length)
        {
            await response.Body.WriteAsync(bytes.AsMemory(0, kept), ct);
            await response.Body.FlushAsync(ct);

            // Kestrel closes the connection because the body is shorter than it said. A reset could overtake what is on its way.
            return;
        }

        await response.Body.WriteAsync(bytes, ct);
    }

    /// <summary>Google compresses when the name of the client says gzip too (Gmail API, "Performance tips").</summary>
    private static bool WantsGzip(HttpIn? request) =>
        request?.Header("Accept-Encoding")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true
        && request.Header("User-Agent")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true;

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
