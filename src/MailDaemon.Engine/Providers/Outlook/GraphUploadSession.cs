using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// A large file on its way, in parts of <see cref="GraphLimits.ChunkBytes"/> that go to an address of its own, which is told no token. After
/// a lost answer the server is asked what it expects next. One caller.
/// </summary>
internal sealed class GraphUploadSession(HttpClient http, Uri address, GraphUpload upload, TimeProvider time) : IAsyncDisposable
{
    private readonly DateTimeOffset deadline = time.GetUtcNow() + GraphLimits.Upload;
    private readonly byte[] part = new byte[GraphLimits.ChunkBytes];
    private Stream? source;

    // What the part holds.
    private long partStart;
    private int partLength;

    /// <exception cref="MailException"><c>connection_lost</c> and the like: whether the file has come is known only when it is less than whole.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var next = 0L;
        var failures = 0;
        while (true)
        {
            MailException failure;
            try
            {
                await LoadAsync(next, ct);
                if (await PutAsync(next, ct) is not { } expected)
                    return;
                if (expected > next)
                {
                    (next, failures) = (expected, 0);
                    continue;
                }

                (next, failure) = (expected, GraphFaults.Odd());
            }
            catch (MailException e) when (e.MayPass && e.Fault is not (MailFault.NotAuthorized or MailFault.TooMany))
            {
                failure = e;
                await Task.Delay(RetryDelay.Of(failures + 1, e.RetryAfter, Random.Shared.NextDouble()), time, ct);
                if (await AskAsync(ct) is not { } asked)
                    return;
                next = asked;
            }

            if (++failures >= GraphLimits.Tries || time.GetUtcNow() > deadline)
                throw failure;
        }
    }

    public ValueTask DisposeAsync() => source?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Sees to it that the part holds what follows a place in the file.</summary>
    private async Task LoadAsync(long start, CancellationToken ct)
    {
        if (partLength > 0 && start >= partStart && start < partStart + partLength)
            return;
        if (source is null || start < partStart + partLength)
        {
            await DisposeAsync();
            source = upload.Open();
            (partStart, partLength) = (0, 0);
        }

        do
        {
            partStart += partLength;
            partLength = await source.ReadAtLeastAsync(part, (int)Math.Min(part.Length, upload.Size - partStart), throwOnEndOfStream: false, ct);
            if (partLength == 0)
                throw new MailException(MailFault.Refused, "attachment_unreadable", "The attachment is shorter than it was when the upload began. Try again.");
        }
        while (start >= partStart + partLength);
    }

    /// <returns>What the server expects next; null when the file is whole.</returns>
    private async Task<long?> PutAsync(long start, CancellationToken ct)
    {
        var offset = (int)(start - partStart);
        using var content = new ByteArrayContent(part, offset, partLength - offset);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentRange = new ContentRangeHeaderValue(start, partStart + partLength - 1, upload.Size);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        return await SendAsync(request, RetryRule.IfRefused, ct);
    }

    /// <returns>What the server expects next; null when it expects nothing.</returns>
    private async Task<long?> AskAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await SendAsync(request, RetryRule.Always, ct);
    }

    private async Task<long?> SendAsync(HttpRequestMessage request, RetryRule retry, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var end = now + GraphLimits.Call;
        using var call = new GraphCall(retry, end < deadline ? end : deadline) { IsAnonymous = true };
        call.Attach(request);
        using var response = await OrLostAsync(http.SendAsync(request, ct));
        return response.StatusCode == HttpStatusCode.Created ? null : Expected(GraphJson.Parse(await response.Content.ReadAsByteArrayAsync(ct)));
    }

    /// <summary>A session ends when the file is whole, or when its time is over: which of both it was, it does not say.</summary>
    private static async Task<HttpResponseMessage> OrLostAsync(Task<HttpResponseMessage> answer)
    {
        try
        {
            return await answer;
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            throw new MailException(MailFault.Unreachable, "upload_lost", "Outlook does not know the upload of an attachment any more. Try again.", e);
        }
    }

    /// <summary>The beginning of the first of <c>nextExpectedRanges</c>: <c>"1966080-"</c> or <c>"1966080-3932159"</c>.</summary>
    private long? Expected(JsonElement status)
    {
        if (status.ValueKind != JsonValueKind.Object || !status.TryGetProperty("nextExpectedRanges", out var ranges) || ranges.ValueKind != JsonValueKind.Array)
            throw GraphFaults.Odd();
        if (ranges.GetArrayLength() == 0)
            return null;
        return ranges[0].ValueKind == JsonValueKind.String && long.TryParse(ranges[0].GetString()!.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start < upload.Size
            ? start
            : throw GraphFaults.Odd();
    }
}
