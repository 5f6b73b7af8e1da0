using System.Buffers;
using Google.Apis.Gmail.v1;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Mail that comes from Gmail, in constant memory.</summary>
internal sealed partial class GmailClient
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Copies a message as Gmail has it, byte for byte.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>. What was copied before a failure is a part of the message.</exception>
    public async Task CopyMessageAsync(GmailLane lane, string id, Stream destination, CancellationToken ct)
    {
        var request = Users.Messages.Get("me", id);
        request.Format = UsersResource.MessagesResource.GetRequest.FormatEnum.Raw;
        request.Fields = "raw";
        if (!await CopyFieldAsync(lane, request, "raw", destination, ct))
            throw GmailFaults.Odd();
    }

    /// <summary>Copies the bytes of an attachment.</summary>
    /// <param name="attachmentId">As the message has just told it: Gmail gives another one at each reading.</param>
    /// <exception cref="MailException">NotFound <c>message_gone</c>. What was copied before a failure is a part of the attachment.</exception>
    public async Task CopyAttachmentAsync(GmailLane lane, string messageId, string attachmentId, Stream destination, CancellationToken ct)
    {
        var request = Users.Messages.Attachments.Get("me", messageId, attachmentId);
        request.Fields = "data";

        // An empty one has no data.
        await CopyFieldAsync(lane, request, "data", destination, ct);
    }

    /// <returns>Whether the field was there.</returns>
    private async Task<bool> CopyFieldAsync<T>(GmailLane lane, GmailBaseServiceRequest<T> request, string name, Stream destination, CancellationToken ct)
    {
        var call = await BeginAsync(lane, request, ct, isStreamed: true);
        request.ModifyRequest = call.Attach;
        using var message = request.CreateRequest();
        using var response = await OrFailureAsync(token => service.HttpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token), LimitOf(lane), request, call, ct);
        if (!response.IsSuccessStatusCode)
            throw GmailFaults.Of(await GmailRefusal.ReadAsync(response, time, ct), request);
        await using var text = await response.Content.ReadAsStreamAsync(ct);
        var field = new Base64UrlField(name);
        var decoded = new ArrayBufferWriter<byte>(BufferBytes);
        var buffer = new byte[BufferBytes];
        var total = 0L;
        while (await OrFailureAsync(token => text.ReadAsync(buffer, token).AsTask(), GmailLimits.Try, request, call, ct) is > 0 and var length)
        {
            field.Feed(buffer.AsSpan(0, length), decoded);
            if ((total += decoded.WrittenCount) > GmailLimits.StreamedBytes)
                throw new MailException(MailFault.TooLarge, "message_too_large", "Gmail gives more than any mail holds.");
            await destination.WriteAsync(decoded.WrittenMemory, ct);
            decoded.ResetWrittenCount();
        }

        return field.IsComplete ? field.IsFound : throw GmailFaults.Odd();
    }

    private async Task<T> OrFailureAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan within, object request, GmailCall call, CancellationToken ct)
    {
        using var limit = new TimeLimit(within, time, ct);
        try
        {
            return await work(limit.Token);
        }
        catch (Exception e) when (FailureOf(e, request, call, ct) is { } failure)
        {
            throw failure;
        }
    }
}
