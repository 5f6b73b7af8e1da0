using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Mail that comes from Outlook, in constant memory.</summary>
internal sealed partial class GraphClient
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Copies a message as MIME, which Outlook writes out of what it keeps.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>. What was copied before a failure is a part of the message.</exception>
    public Task CopyMessageAsync(string messageId, Stream destination, CancellationToken ct) =>
        CopyAsync(At($"me/messages/{messageId}/$value"), destination, ct);

    /// <summary>Copies the bytes of an attachment; of a message that is attached its MIME.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>. What was copied before a failure is a part of the attachment.</exception>
    public Task CopyAttachmentAsync(string messageId, string attachmentId, Stream destination, CancellationToken ct) =>
        CopyAsync(At($"me/messages/{messageId}/attachments/{attachmentId}/$value"), destination, ct);

    private async Task CopyAsync(Uri address, Stream destination, CancellationToken ct)
    {
        using var call = new GraphCall(RetryRule.Always, Deadline()) { IsStreamed = true };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        call.Attach(request);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[BufferBytes];
        var total = 0L;
        while (await ReadAsync(body, buffer, ct) is > 0 and var length)
        {
            if ((total += length) > GraphLimits.StreamedBytes)
                throw new MailException(MailFault.TooLarge, "message_too_large", "Outlook gives more than any mail holds.");
            await destination.WriteAsync(buffer.AsMemory(0, length), ct);
        }
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken ct)
    {
        using var limit = new TimeLimit(GraphLimits.Try, time, ct);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw GraphFaults.TimedOut();
        }
        catch (Exception e) when (e is not OperationCanceledException && GraphFaults.Translate(e) is { } failure)
        {
            throw failure;
        }
    }
}
