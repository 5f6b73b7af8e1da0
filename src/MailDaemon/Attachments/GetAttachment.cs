using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Attachments;

/// <summary>Read an attachment as base64.</summary>
internal static class GetAttachment
{
    /// <summary>Base64 in JSON is held in memory as a whole.</summary>
    private const long Largest = 50L * 1024 * 1024;

    [EndpointSummary("Read an attachment as base64")]
    [EndpointDescription("For small files. GET /api/attachments streams files of any size. A POST, because ids of attachments can be longer than a URL may be.")]
    [Tags("Attachments")]
    [Fails(401, 404, 413, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(
        RouteProvider p, Input<Request> input, MessageLookup lookup, AttachmentReader reader, CancellationToken ct)
    {
        var request = input.Value;
        var message = lookup.Message(new MessageAddress(p.Kind, request.MessageId, request.Email, request.Folder));
        var found = await reader.OpenAsync(message, request.AttachmentId, ct);
        if (found.File.Length > Largest)
            throw new MailException(MailFault.TooLarge, "attachment_too_large", "This file is too large for base64; GET /api/attachments?key=…&attachmentId=… streams it.");
        var bytes = await File.ReadAllBytesAsync(found.File.FullName, ct);
        return Envelope.Success(new Response(bytes, bytes.LongLength, found.Attachment.Filename, found.Attachment.MimeType));
    }

    public sealed record Request
    {
        [Description("The message's key (m_…), its id, or for IMAP its uid"), Example("imap:4711"), Required, OrNumber, Alias("uid", "id", "key")]
        public required string MessageId { get; init; }

        [Description("The attachment's id in the message's detail"), Example("0"), Required, OrNumber, Alias("partId")]
        public required string AttachmentId { get; init; }

        [Description("The account's address; not needed with a key"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("IMAP: the folder the uid belongs to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }
    }

    public sealed record Response(
        [property: Description("The bytes as base64")] byte[] Data,
        long Size,
        [property: Example("quotation.pdf")] string Filename,
        [property: Example("application/pdf")] string MimeType);
}
