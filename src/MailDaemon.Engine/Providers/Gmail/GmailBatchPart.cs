using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>The answer to one part of a batch.</summary>
/// <param name="Index">Which request of the batch it answers, from 0.</param>
/// <param name="RetryAfter">Null when the server did not say.</param>
internal sealed record GmailBatchPart(int Index, HttpStatusCode Status, TimeSpan? RetryAfter, ReadOnlyMemory<byte> Body)
{
    /// <summary>Writes requests as the parts of a batch, each with its index as Content-ID.</summary>
    public static async Task<MultipartContent> WriteAsync(IEnumerable<HttpRequestMessage> requests, CancellationToken ct)
    {
        var batch = new MultipartContent("mixed", "batch_" + Guid.NewGuid().ToString("N"));
        foreach (var (index, request) in requests.Index())
        {
            var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(ct) : [];
            var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {request.RequestUri!.PathAndQuery} HTTP/1.1\r\n");
            if (request.Content is not null)
                head.Append(CultureInfo.InvariantCulture, $"Content-Type: {request.Content.Headers.ContentType}\r\nContent-Length: {body.Length}\r\n");
            head.Append("\r\n");
            var part = new ByteArrayContent([.. Encoding.ASCII.GetBytes(head.ToString()), .. body]);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/http");
            part.Headers.Add("Content-ID", string.Create(CultureInfo.InvariantCulture, $"<{index}>"));
            batch.Add(part);
        }

        return batch;
    }

    /// <summary>
    /// Reads the answers in whatever order they come. Which request one answers is in its Content-ID, <c>response-</c> and ours; without one
    /// it is its place. What cannot be read is left out.
    /// </summary>
    public static IReadOnlyList<GmailBatchPart> Read(MediaTypeHeaderValue? contentType, ReadOnlyMemory<byte> body)
    {
        var boundary = contentType?.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"');
        if (string.IsNullOrEmpty(boundary))
            return [];
        var delimiter = Encoding.ASCII.GetBytes("--" + boundary);
        var parts = new List<GmailBatchPart>();
        var place = 0;
        var rest = After(body, delimiter);
        while (rest is { } from && rest.Value.Span.IndexOf(delimiter) is >= 0 and var end)
        {
            if (ReadPart(from[..end], place++) is { } part)
                parts.Add(part);
            rest = from[(end + delimiter.Length)..];
        }

        return parts;
    }

    private static ReadOnlyMemory<byte>? After(ReadOnlyMemory<byte> text, byte[] delimiter)
    {
        var at = text.Span.IndexOf(delimiter);
        return at < 0 ? null : text[(at + delimiter.Length)..];
    }

    private static GmailBatchPart? ReadPart(ReadOnlyMemory<byte> text, int place)
    {
        // What is left of the delimiter's own line is the empty first line.
        NextLine(ref text);
        var headers = ReadHeaders(ref text);
        string line;
        do
            line = NextLine(ref text);
        while (line.Length == 0 && text.Length > 0);
        var status = line.Split(' ', 3);
        if (status.Length < 2 || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 200 or > 599)
            return null;
        var index = headers.TryGetValue("Content-ID", out var id)
            ? int.TryParse(id.Trim('<', '>', ' ').Replace("response-", "", StringComparison.OrdinalIgnoreCase), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : -1
            : place;
        var inner = ReadHeaders(ref text);
        var retryAfter = inner.TryGetValue("Retry-After", out var wait) && int.TryParse(wait, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : (TimeSpan?)null;
        return new GmailBatchPart(index, (HttpStatusCode)code, retryAfter, text);
    }

    /// <summary>Up to the empty line.</summary>
    private static Dictionary<string, string> ReadHeaders(ref ReadOnlyMemory<byte> text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (NextLine(ref text) is { Length: > 0 } line)
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        return headers;
    }

    private static string NextLine(ref ReadOnlyMemory<byte> text)
    {
        var end = text.Span.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return Encoding.ASCII.GetString(line.Span).TrimEnd('\r');
    }
}
