using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>What a mail says and carries; the part that new mails and replies share.</summary>
public abstract record MailText
{
    [Description("The text, or HTML with contentType html"), MultilineText, Example("Hello,\nplease find our quotation attached.")]
    public string Body { get; init; } = "";

    [Description("text or html"), AllowedValues("text", "html", "text/plain", "text/html"), Example("text")]
    public string ContentType { get; init; } = "text";

    [Description("Files, with their bytes as base64"), MaxLength(200), Example("[]")]
    public IReadOnlyList<AttachmentInput> Attachments { get; init; } = [];

    [Description("Send to the others when some recipients are refused; the reply lists the refused"), Example("false")]
    public bool AllowPartial { get; init; }

    internal virtual Draft ToDraft() => new()
    {
        Body = Body,
        IsHtml = ContentType is "html" or "text/html",
        Attachments = [.. Attachments.Select(a => a.ToAttachment())],
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
    [Example("quotation.pdf"), Required, StringLength(255, MinimumLength = 1)]
    public required string Filename { get; init; }

    [Description("The bytes as base64"), Example("UERG"), Required]
    public required byte[] Content { get; init; }

    [Example("application/pdf"), StringLength(127)]
    public string ContentType { get; init; } = "application/octet-stream";

    [Description("For an image that the HTML names by cid:"), Example("logo"), StringLength(255)]
    public string? ContentId { get; init; }

    [Example("false")]
    public bool IsInline { get; init; }

    internal OutgoingAttachment ToAttachment() => new(Filename, ContentType, Content, ContentId, IsInline);
}
