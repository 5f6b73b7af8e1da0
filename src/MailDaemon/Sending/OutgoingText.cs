using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>A mail that is to be sent: the part that new mails, replies and forwards share.</summary>
public abstract record OutgoingText : MailText
{
    [Description("Files, with their bytes as base64 or by a path in an allowed folder"), MaxLength(200), Example("[]")]
    public IReadOnlyList<AttachmentInput> Attachments { get; init; } = [];

    [Description("Send to the others when some recipients are refused; the reply lists the refused"), Example("false")]
    public bool AllowPartial { get; init; }

    [Description("Send it though it has neither body nor attachment"), Example("false")]
    public bool AllowEmpty { get; init; }

    [Description("Not before this instant; left out: now"), Example("null")]
    public DateTimeOffset? SendAt { get; init; }

    internal Draft ToDraft(AllowedFiles files) => ToDraft(Attachments, files) with { AllowPartial = AllowPartial, AllowEmpty = AllowEmpty };
}
