using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.Messages.Item.Attachments.CreateUploadSession;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Mail that goes to Outlook, in constant memory.</summary>
internal sealed partial class GraphClient
{
    /// <summary>Makes a draft of a mail (Graph, "Create message", MIME format). Together with all else a request must stay below 4 MB, so a mail below 3.</summary>
    /// <param name="folderId">Null for Drafts.</param>
    /// <param name="mime">From its first byte; can seek.</param>
    /// <exception cref="MailException">TooLarge <c>message_too_large</c>. A lost answer may have left a draft.</exception>
    public async Task<Message> CreateFromMimeAsync(string? folderId, Stream mime, CancellationToken ct)
    {
        using var content = new Base64Content("text/plain", mime);
        return GraphJson.Read<Message>(await PostAsync(folderId is null ? At($"me/messages") : At($"me/mailFolders/{folderId}/messages"), content, ct));
    }

    /// <summary>Adds a file to a draft: in one request up to 3 MB, above that in parts (Graph, "Attach large files to Outlook messages or events").</summary>
    /// <exception cref="MailException">TooLarge <c>message_too_large</c>; NotFound <c>message_gone</c>. A lost answer may have left the file in the draft.</exception>
    public async Task AddAttachmentAsync(string messageId, GraphUpload upload, CancellationToken ct)
    {
        if (upload.Size <= GraphLimits.OneRequestBytes)
        {
            using var content = ContentOf(upload);
            await PostAsync(At($"me/messages/{messageId}/attachments"), content, ct);
            return;
        }

        var item = new AttachmentItem { AttachmentType = AttachmentType.File, Name = upload.Name, Size = upload.Size, ContentType = upload.ContentType, IsInline = upload.IsInline, ContentId = upload.ContentId };
        var session = await RunAsync((me, token) => me.Messages[messageId].Attachments.CreateUploadSession.PostAsync(new CreateUploadSessionPostRequestBody { AttachmentItem = item }, cancellationToken: token), ct);
        await using var parts = new GraphUploadSession(http, UploadAddress(session.UploadUrl), upload, time);
        await parts.RunAsync(ct);
    }

    /// <summary>Sends a draft to those that it names; Outlook files it in Sent.</summary>
    /// <param name="handOver">Awaited when nothing is left to do but the request itself: until it returns the mail is not accepted.</param>
    /// <exception cref="MailException"><c>send_uncertain</c> when it is not known whether the mail was sent; all others: it was not.</exception>
    public async Task SendDraftAsync(string messageId, Func<CancellationToken, Task> handOver, CancellationToken ct)
    {
        using var call = new GraphCall(RetryRule.IfRefused, Deadline()) { HandOver = handOver, IsStreamed = true };
        using var request = new HttpRequestMessage(HttpMethod.Post, At($"me/messages/{messageId}/send")) { Content = new ByteArrayContent([]) };
        call.Attach(request);
        try
        {
            // 202 says it all: what else stands in the answer is not read.
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (MailException e) when (call.IsHandedOver && call.MayHaveActed)
        {
            throw GraphFaults.Uncertain(e);
        }
    }

    private async Task<JsonElement> PostAsync(Uri address, HttpContent content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        using var response = await http.SendAsync(request, ct);
        return GraphJson.Parse(await response.Content.ReadAsByteArrayAsync(ct));
    }

    /// <summary>The attachment as JSON, with its bytes last.</summary>
    private static Base64Content ContentOf(GraphUpload upload)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("@odata.type", "#microsoft.graph.fileAttachment");
            json.WriteString("name", upload.Name);
            json.WriteString("contentType", upload.ContentType);
            json.WriteBoolean("isInline", upload.IsInline);
            if (upload.ContentId is not null)
                json.WriteString("contentId", upload.ContentId);
            json.WriteString("contentBytes", "");
            json.WriteEndObject();
        }

        var text = buffer.ToArray();
        return new Base64Content("application/json", upload.Open, upload.Size, text[..^2], text[^2..]);
    }

    /// <summary>It is anybody's who knows it, and Outlook names it: the mail goes there over TLS, or on this machine as Graph itself does.</summary>
    private Uri UploadAddress(string? named) =>
        Uri.TryCreate(named, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || server.Has(address)) ? address : throw GraphFaults.Foreign();
}
