using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Attachments;

/// <summary>Write an attachment to the disk.</summary>
internal static class SaveAttachment
{
    [EndpointSummary("Save an attachment to the disk")]
    [EndpointDescription("Into a folder within Files:AllowedDirectories (by default downloads in the data directory), never over a file that is there. The reply has its path and SHA-256.")]
    [Tags("Attachments")]
    [Replies(201)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<SavedFile>> HandleAsync(Input<Request> input, MessageLookup lookup, AttachmentSaver saver, CancellationToken ct)
    {
        var message = lookup.Message(new MessageAddress(null, input.Value.Key));
        return Envelope.Created(await saver.SaveAsync(message, input.Value.AttachmentId, input.Value.Directory, ct));
    }

    public sealed record Request
    {
        [Description("The message's key"), Example("m_5d41402abc4b2a76"), Required]
        public required string Key { get; init; }

        [Description("The attachment's id in the message's detail"), Example("0"), Required, OrNumber]
        public required string AttachmentId { get; init; }

        [Description("The folder: absolute, or below the first allowed one; left out: that one"), Example("quotations"), StringLength(4096, MinimumLength = 1)]
        public string? Directory { get; init; }
    }
}
