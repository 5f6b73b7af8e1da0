using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Messages uploaded beside the JSON: in one go (<c>media</c>), with it (<c>multipart</c>), or in pieces (<c>resumable</c>) (Gmail API, "Uploading attachments").</summary>
internal sealed partial class GmailUploads(GmailContext context, GmailApi api, RequestGate gate)
{
    /// <summary>Pieces but the last are multiples of this.</summary>
    private const int PieceUnit = 256 * 1024;

    private const int MaxUploads = 100;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Upload> uploads = new(StringComparer.Ordinal);

    /// <summary>Whether the path is one for uploads.</summary>
    public static bool Takes(string path) => path.StartsWith("/upload/", StringComparison.Ordinal) || path.StartsWith("/resumable/upload/", StringComparison.Ordinal);

    /// <param name="baseUrl">Where the pieces of a resumable upload are sent to.</param>
    /// <returns>Null when the connection is to be cut.</returns>
    public async Task<GmailReply?> AnswerAsync(HttpIn request, string baseUrl, CancellationToken ct)
    {
        var call = GmailCall.Of(request) with { Path = request.Path[request.Path.IndexOf("/gmail/", StringComparison.Ordinal)..], IsUpload = true };
        if (call.One("upload_id") is { } uploadId)
        {
            return await ContinueAsync(request, uploadId, ct);
        }

        switch (call.One("uploadType"))
        {
            case "media":
                return await api.AnswerAsync(call with { Body = [], Media = request.Body }, ct);
            case "multipart":
                return await ReadRelatedAsync(request, ct) is var (json, media)
                    ? await api.AnswerAsync(call with { Body = json, Media = media }, ct)
                    : GmailReply.Of(GmailException.InvalidArgument("Invalid multipart request with 0 mime parts."));
            case "resumable":
                return await gate.RunAsync(Request(request, "upload.start"), (notes, _) => Task.FromResult<GmailReply?>(Start(request, call, notes, baseUrl)), ct);
            default:
                return GmailReply.Of(GmailException.InvalidArgument("Unsupported uploadType"));
        }
    }

    private GmailReply Start(HttpIn request, GmailCall call, RequestNotes notes, string baseUrl)
    {
        if (api.Find(call) is not { TakesMedia: true } method)
        {
            return GmailReply.Of(GmailException.NotFound());
        }

        if (api.Refusal(method, ref call, notes) is { } refusal)
        {
            return refusal;
        }

        foreach (var (id, old) in uploads)
        {
            if (old.Until < context.Time.GetUtcNow() || (uploads.Count >= MaxUploads && old.Answer is not null))
            {
                uploads.TryRemove(id, out _);
            }
        }

        var declared = Number(request.Header("X-Upload-Content-Length"));
        if (declared > context.Options.MaxMessageBytes || uploads.Count >= MaxUploads)
        {
            return GmailReply.Of(MessageWriting.TooLarge());
        }

        var uploadId = Guid.NewGuid().ToString("N");
        uploads[uploadId] = new Upload(call, context.Time.GetUtcNow() + Lifetime);
        var query = request.Query.Where(pair => pair.Key is not ("access_token" or "oauth_token")).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}");
        return new GmailReply(200, null)
        {
            Headers = [new("Location", $"{baseUrl}{request.Path}?{string.Join('&', query)}&upload_id={uploadId}"), new("X-GUploader-UploadID", uploadId)],
        };
    }

    /// <summary>A piece, or the question how far the upload is (<c>Content-Range: bytes */*</c>).</summary>
    private async Task<GmailReply?> ContinueAsync(HttpIn request, string uploadId, CancellationToken ct)
    {
        if (!uploads.TryGetValue(uploadId, out var upload) || upload.Until < context.Time.GetUtcNow())
        {
            return GmailReply.Of(GmailException.NotFound());
        }

        await upload.Gate.WaitAsync(ct);
        try
        {
            var reply = await gate.RunAsync(Request(request, "upload.piece"), (_, _) => Task.FromResult(upload.Answer ?? Take(request, upload)), ct);
            if (upload.Answer is not null || reply is not { Status: 200 })
            {
                return reply;
            }

            return await api.AnswerAsync(upload.Call with { Media = upload.Received.ToArray(), Answered = upload.Keep }, ct);
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    /// <returns>308 when more is to come, 200 when all is there.</returns>
    private GmailReply? Take(HttpIn request, Upload upload)
    {
        long? total;
        if (request.Header("Content-Range") is not { } header)
        {
            (upload.Received.Position, total) = (0, request.Body.Length);
            upload.Received.SetLength(0);
        }
        else if (ContentRange().Match(header) is { Success: true } range)
        {
            total = Number(range.Groups["total"].Value);
            if (range.Groups["first"].Success)
            {
                var (first, last) = (Number(range.Groups["first"].Value), Number(range.Groups["last"].Value));
                var isLast = last + 1 == total;
                if (first != upload.Received.Length || last - first + 1 != request.Body.Length || (!isLast && request.Body.Length % PieceUnit != 0))
                {
                    return GmailReply.Of(GmailException.InvalidArgument("Invalid request. The piece does not follow those received, or is no multiple of 256 KB."));
                }
            }
        }
        else
        {
            return GmailReply.Of(GmailException.InvalidArgument("Failed to parse Content-Range header."));
        }

        if (upload.Received.Length + request.Body.Length > context.Options.MaxMessageBytes || total > context.Options.MaxMessageBytes)
        {
            return GmailReply.Of(MessageWriting.TooLarge());
        }

        upload.Received.Write(request.Body);
        return upload.Received.Length == total ? new GmailReply(200, null) : new GmailReply(308, null)
        {
            Headers = upload.Received.Length == 0 ? [] : [new("Range", string.Create(CultureInfo.InvariantCulture, $"bytes=0-{upload.Received.Length - 1}"))],
        };
    }

    /// <summary>The JSON and the message of a multipart/related body; null when it is none.</summary>
    private static async Task<(byte[] Json, byte[] Media)?> ReadRelatedAsync(HttpIn request, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return null;
        }

        var parts = new List<byte[]>();
        var reader = new MultipartReader(boundary, new MemoryStream(request.Body));
        try
        {
            while (parts.Count <= 2 && await reader.ReadNextSectionAsync(ct) is { } section)
            {
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content, ct);
                parts.Add(content.ToArray());
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }

        return parts is [var json, var media] ? (json, media) : null;
    }

    private GmailRequest Request(HttpIn request, string method) => new() { At = context.Time.GetUtcNow(), Verb = request.Verb, Path = request.LoggedPath, Method = method };

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^bytes (?:(?<first>\d{1,15})-(?<last>\d{1,15})|\*)/(?<total>\d{1,15}|\*)$")]
    private static partial Regex ContentRange();

    private sealed record Upload(GmailCall Call, DateTimeOffset Until)
    {
        public MemoryStream Received { get; } = new();

        /// <summary>What was answered when all was there; who asks how far the upload is gets it again.</summary>
        public GmailReply? Answer { get; private set; }

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>An error is not kept: the call can be made again.</summary>
        public void Keep(GmailReply answer)
        {
            if (answer.Status < 300)
            {
                Answer = answer;
                Received.SetLength(0);
            }
        }
    }
}
