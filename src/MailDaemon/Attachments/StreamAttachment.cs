using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Attachments;

/// <summary>Download an attachment.</summary>
internal static class StreamAttachment
{
    [EndpointSummary("Download an attachment")]
    [EndpointDescription("The raw bytes, streamed, with ranges: curl -OJ. Always as a file of unknown type, so that nothing in mail is ever shown as a page of this origin.")]
    [Tags("Attachments")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<IResult> HandleAsync(HttpContext context, Input<Request> input, MessageLookup lookup, AttachmentReader reader, CancellationToken ct)
    {
        var message = lookup.Message(new MessageAddress(null, input.Value.Key));
        var found = await reader.OpenAsync(message, input.Value.AttachmentId, ct);
        context.Response.Headers.ContentDisposition = SafeFileName.ContentDisposition(found.Attachment.Filename);
        return Results.File(found.File.FullName, "application/octet-stream", enableRangeProcessing: true);
    }

    public sealed record Request
    {
        [Description("The message's key"), Example("m_5d41402abc4b2a76"), Required]
        public required string Key { get; init; }

        [Description("The attachment's id in the message's detail"), Example("0"), Required]
        public required string AttachmentId { get; init; }
    }
}
