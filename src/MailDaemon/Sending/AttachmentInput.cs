using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>A file that goes with a mail.</summary>
public record AttachmentInput
{
    [Description("Its name; left out with path: that of the file"), Example("quotation.pdf"), StringLength(255, MinimumLength = 1)]
    public string? Filename { get; init; }

    [Description("The bytes as base64, also url-safe or with line breaks"), Example("UERG"), MultilineText, JsonConverter(typeof(Base64Converter))]
    public byte[]? Content { get; init; }

    [Description("In place of content: a file within Files:AllowedDirectories"), Example("null"), StringLength(4096, MinimumLength = 1)]
    public string? Path { get; init; }

    [Description("Left out: by the ending of the name"), Alias("mimeType"), Example("application/pdf"), StringLength(127)]
    public string? ContentType { get; init; }

    [Description("For an image that the HTML names by cid:"), Example("logo"), StringLength(255)]
    public string? ContentId { get; init; }

    [Example("false")]
    public bool IsInline { get; init; }

    internal OutgoingAttachment ToAttachment(AllowedFiles files)
    {
        if ((Content is null) == (Path is null))
            throw MailException.InvalidInput("invalid_parameter", "Each of attachments needs content or path, and not both");
        if (Path is not null)
        {
            var file = files.File(Path);
            return File(Filename ?? file.Name, () => files.Open(file));
        }

        var bytes = Content!;
        return File(
            Filename ?? throw MailException.InvalidInput("invalid_parameter", "Each of attachments with content needs a filename"), () => new MemoryStream(bytes, writable: false));
    }

    private OutgoingAttachment File(string name, Func<Stream> open) => new(name, ContentType ?? FileTypes.OfName(name), open, ContentId, IsInline);
}

/// <summary>A file that a draft is to have: a new one, or one that it has.</summary>
public sealed record DraftAttachmentInput : AttachmentInput
{
    [Description("In place of content: the id of an attachment that the draft has, which stays"), Example("null"), OrNumber, StringLength(1000, MinimumLength = 1)]
    public string? AttachmentId { get; init; }

    internal DraftAttachment ToDraftAttachment(AllowedFiles files)
    {
        if (AttachmentId is null)
            return new DraftAttachment(ToAttachment(files), null);
        return Content is null && Path is null
            ? new DraftAttachment(null, AttachmentId)
            : throw MailException.InvalidInput("invalid_parameter", "Each of attachments takes one of attachmentId, content and path");
    }
}
