using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Sandbox.Net;

/// <summary>HTTP/1.1 on a free port of loopback: reads a request whole and writes the answer; connections are kept alive.</summary>
/// <param name="answer">Null cuts the connection.</param>
/// <param name="maxBody">Of a request, in bytes.</param>
/// <param name="tooLarge">What is answered to a larger one.</param>
internal sealed class LoopbackHttp(Func<HttpIn, CancellationToken, Task<HttpReply?>> answer, long maxBody, Func<HttpReply> tooLarge) : IAsyncDisposable
{
    private readonly WebApplication app = Build();

    /// <summary>Without a path.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Whether requests are cut off without an answer.</summary>
    public volatile bool IsAway;

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

        var reply = await ReadAsync(http, ct) is { } request ? await answer(request, ct) : tooLarge();
        if (reply is null)
        {
            http.Abort();
            return;
        }

        await WriteAsync(http.Response, reply, ct);
    }

    /// <returns>Null when the body is too large.</returns>
    private async Task<HttpIn?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await http.Request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + count > maxBody)
            {
                return null;
            }

            body.Write(buffer, 0, count);
        }

        var headers = http.Request.Headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? "")));
        return new HttpIn(http.Request.Method, http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, [.. headers], body.ToArray());
    }

    private static async Task WriteAsync(HttpResponse response, HttpReply reply, CancellationToken ct)
    {
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (reply.Body.IsEmpty)
        {
            response.ContentLength = reply.Status == 204 ? null : 0;
            return;
        }

        response.ContentType = reply.ContentType;
        var body = reply.Body;
        if (reply.IsCompressed)
        {
            response.Headers.ContentEncoding = "gzip";
            body = Compress(body.Span);
        }

        response.ContentLength = body.Length;

        // When it is cut, Kestrel closes the connection because the body is shorter than it said. A reset could overtake what is on its way.
        await response.Body.WriteAsync(reply.CutAfter < body.Length ? body[..reply.CutAfter.Value] : body, ct);
        await response.Body.FlushAsync(ct);
    }

    private static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
