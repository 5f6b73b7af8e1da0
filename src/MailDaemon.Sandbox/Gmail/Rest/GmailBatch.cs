using System.Text;
using MailDaemon.Sandbox.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Calls in one request: <c>multipart/mixed</c> of <c>application/http</c>, each part with a status of its own (Gmail API, "Batching requests").</summary>
internal sealed class GmailBatch(GmailContext context, GmailApi api, RequestGate gate)
{
    private const int MaxParts = 100;

    /// <returns>Null when the connection is to be cut.</returns>
    public Task<GmailReply?> AnswerAsync(HttpIn request, CancellationToken ct)
    {
        var entry = new GmailRequest { At = context.Time.GetUtcNow(), Verb = request.Verb, Path = request.LoggedPath, Method = "batch" };
        return gate.RunAsync(entry, (_, stop) => AnswerPartsAsync(request, stop), ct);
    }

    private async Task<GmailReply?> AnswerPartsAsync(HttpIn request, CancellationToken ct)
    {
        List<(string? Id, GmailCall Call)> parts;
        try
        {
            parts = await ReadAsync(request, ct);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException)
        {
            return GmailReply.Of(GmailException.InvalidArgument("Failed to parse batch request, error: no valid multipart/mixed body"));
        }

        if (parts.Count is 0 or > MaxParts)
        {
            return GmailReply.Of(GmailException.InvalidArgument($"The batch request has {parts.Count} parts; 1 to {MaxParts} are allowed."));
        }

        var answers = new List<(string? Id, GmailReply Reply)>();
        foreach (var (id, call) in parts)
        {
            var reply = answers.Count < context.Options.MaxBatchPartsAtOnce ? await api.AnswerAsync(call, ct) : await api.RefuseAsync(call, GmailError.RateLimit, ct);
            if (reply is null)
            {
                return null;
            }

            answers.Add((id, reply));
        }

        if (context.Faults.ShufflesBatch)
        {
            answers.Reverse();
        }

        return Write(answers);
    }

    private static async Task<List<(string? Id, GmailCall Call)>> ReadAsync(HttpIn request, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            throw new InvalidDataException("There is no boundary");
        }

        var reader = new MultipartReader(boundary, new MemoryStream(request.Body)) { HeadersCountLimit = 32 };
        var parts = new List<(string?, GmailCall)>();
        while (parts.Count <= MaxParts && await reader.ReadNextSectionAsync(ct) is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content, ct);
            var id = section.Headers is { } headers && headers.TryGetValue("Content-ID", out var value) ? value.ToString() : null;
            parts.Add((id, GmailCall.Of(HttpIn.Parse(content.ToArray()), request.Token) with { IsBatchPart = true }));
        }

        return parts;
    }

    private static GmailReply Write(List<(string? Id, GmailReply Reply)> answers)
    {
        var boundary = $"batch_{Guid.NewGuid():N}";
        var body = new StringBuilder();
        foreach (var (id, reply) in answers)
        {
            body.Append("--").Append(boundary).Append("\r\nContent-Type: application/http\r\n");
            if (id is not null)
            {
                body.Append("Content-ID: ").Append(id.StartsWith('<') ? $"<response-{id[1..]}" : $"response-{id}").Append("\r\n");
            }

            var json = reply.Body is null ? "" : Json.Text(reply.Body, isPretty: true);
            body.Append("\r\nHTTP/1.1 ").Append(reply.Status).Append(' ').Append(ReasonPhrases.GetReasonPhrase(reply.Status)).Append("\r\n");
            foreach (var (name, value) in reply.Headers)
            {
                body.Append(name).Append(": ").Append(value).Append("\r\n");
            }

            body.Append("Content-Type: application/json; charset=UTF-8\r\nContent-Length: ").Append(Encoding.UTF8.GetByteCount(json)).Append("\r\n\r\n").Append(json).Append("\r\n");
        }

        body.Append("--").Append(boundary).Append("--\r\n");
        return new GmailReply(200, null) { Text = body.ToString(), ContentType = $"multipart/mixed; boundary={boundary}" };
    }
}
