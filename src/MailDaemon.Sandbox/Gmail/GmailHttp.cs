using System.Text;
using MailDaemon.Sandbox.Gmail.OAuth;
using MailDaemon.Sandbox.Gmail.Rest;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail;

/// <summary>Finds who answers a request, and writes the answer as Google does.</summary>
internal sealed class GmailHttp : IAsyncDisposable
{
    private readonly OAuthServer oauth;
    private readonly GmailApi api;
    private readonly GmailBatch batch;
    private readonly GmailUploads uploads;
    private readonly LoopbackHttp http;

    public GmailHttp(OAuthServer oauth, GmailApi api, GmailBatch batch, GmailUploads uploads, int maxMessageBytes)
    {
        (this.oauth, this.api, this.batch, this.uploads) = (oauth, api, batch, uploads);

        // A message in base64 and some JSON, or a batch.
        http = new LoopbackHttp(AnswerAsync, (2L * maxMessageBytes) + (1024 * 1024), () => Write(null, GmailReply.Of(MessageWriting.TooLarge())));
    }

    /// <summary>Without a path.</summary>
    public string Url => http.Url;

    /// <summary>Whether requests are cut off without an answer.</summary>
    public bool IsAway
    {
        set => http.IsAway = value;
    }

    public Task StartAsync(CancellationToken ct) => http.StartAsync(ct);

    public ValueTask DisposeAsync() => http.DisposeAsync();

    private async Task<HttpReply?> AnswerAsync(HttpIn request, CancellationToken ct)
    {
        var reply = await (request.Path switch
        {
            var path when OAuthServer.NameOf(path) is { } name => oauth.AnswerAsync(request, name, ct),
            "/batch" or "/batch/gmail/v1" when request.Verb == "POST" => batch.AnswerAsync(request, ct),
            var path when GmailUploads.Takes(path) => uploads.AnswerAsync(request, Url, ct),
            _ => api.AnswerAsync(GmailCall.Of(request), ct),
        });
        return reply is null ? null : Write(request, reply);
    }

    private static HttpReply Write(HttpIn? request, GmailReply reply)
    {
        var isPretty = request?.Query.Any(pair => pair is { Key: "prettyPrint", Value: "false" }) != true;
        var text = reply.Text ?? (reply.Body is { } json ? Json.Text(json, isPretty) : "");
        var written = new HttpReply(reply.Status) { Headers = reply.Headers, Body = Encoding.UTF8.GetBytes(text), IsCompressed = WantsGzip(request), CutAfter = reply.CutAfter };
        return reply.Text is null ? written : written with { ContentType = reply.ContentType };
    }

    /// <summary>Google compresses when the name of the client says gzip too (Gmail API, "Performance tips").</summary>
    private static bool WantsGzip(HttpIn? request) =>
        request?.Header("Accept-Encoding")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true
        && request.Header("User-Agent")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true;
}
