using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>What a mail says and carries; the part that new mails, replies and forwards share.</summary>
public abstract record MailText
{
    [Description("The text, or HTML with contentType html"), MultilineText, NotCalled("text", "html", "content", "message", "bodyText", "bodyHtml", "textBody", "htmlBody"), Example("Hello,\nplease find our quotation attached.")]
    public string Body { get; init; } = "";

    [Description("text or html"), AllowedValues("text", "html", "text/plain", "text/html"), NotCalled("isHtml", "bodyType", "format"), Example("text")]
    public string ContentType { get; init; } = "text";

    [Description("Files, with their bytes as base64 or by a path in an allowed folder"), MaxLength(200), Example("[]")]
    public IReadOnlyList<AttachmentInput> Attachments { get; init; } = [];

    [Description("Send to the others when some recipients are refused; the reply lists the refused"), Example("false")]
    public bool AllowPartial { get; init; }

    [Description("Not before this instant; left out: now"), Example("null")]
    public DateTimeOffset? SendAt { get; init; }

    internal virtual Draft ToDraft(AllowedFiles files) => new()
    {
        Body = Body,
        IsHtml = ContentType is "html" or "text/html",
        Attachments = [.. Attachments.Select(a => a.ToAttachment(files))],
        AllowPartial = AllowPartial,
    };
}

/// <summary>Somebody a mail goes to.</summary>
public sealed record Recipient
{
    [Example("li.wei@example.com"), Required, StringLength(320)]
    public required string Address { get; init; }

    [Example("Li Wei"), StringLength(256)]
    public string? Name { get; init; }

    internal EmailAddress ToAddress() => new(Name ?? "", Address);
}

/// <summary>A file that goes with a mail.</summary>
public sealed record AttachmentInput
{
    [Description("Its name; left out with path: that of the file"), Example("quotation.pdf"), StringLength(255, MinimumLength = 1)]
    public string? Filename { get; init; }

    [Description("The bytes as base64"), Example("UERG")]
    public byte[]? Content { get; init; }

    [Description("In place of content: a file within Files:AllowedDirectories"), Example("null"), StringLength(4096, MinimumLength = 1)]
    public string? Path { get; init; }

    [Example("application/pdf"), StringLength(127)]
    public string ContentType { get; init; } = "application/octet-stream";

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
            return new OutgoingAttachment(Filename ?? file.Name, ContentType, () => files.Open(file), ContentId, IsInline);
        }

        var bytes = Content!;
        return new OutgoingAttachment(
            Filename ?? throw MailException.InvalidInput("invalid_parameter", "Each of attachments with content needs a filename"), ContentType, () => new MemoryStream(bytes, writable: false), ContentId, IsInline);
    }
}
