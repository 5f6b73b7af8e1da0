using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Sending;

/// <summary>Who a mail is for and what it says; new mails, replies, forwards and drafts take the same. Recipients come in either vocabulary.</summary>
public abstract record MailText
{
    [Description("To: a text with commas between the addresses, or an array of texts or of {name, address}"), Example("\"Li Wei <li.wei@example.com>, ann@example.com\"")]
    public Addresses? To { get; init; }

    [Description("Cc, in the same forms"), Example("\"\"")]
    public Addresses? Cc { get; init; }

    [Description("Bcc, in the same forms: they receive it without being named in it"), Example("\"\"")]
    public Addresses? Bcc { get; init; }

    [Description("The same as to"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient>? ToRecipients { get; init; }

    [Description("The same as cc"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient>? CcRecipients { get; init; }

    [Description("The same as bcc"), MaxLength(1000), Example("[]")]
    public IReadOnlyList<Recipient>? BccRecipients { get; init; }

    [Description("The subject; of a reply or a forward that of the original when left out"), StringLength(2000), Example("Quotation 2026-01")]
    public string? Subject { get; init; }

    [Description("The text, or HTML with contentType html"), MultilineText, NotCalled("text", "html", "content", "message", "bodyText", "bodyHtml", "textBody", "htmlBody"), Example("Hello,\nplease find our quotation attached.")]
    public virtual string? Body { get; init; }

    [Description("text or html, never guessed; HTML without markup for lines keeps its line breaks"), AllowedValues("text", "html", "text/plain", "text/html", null), NotCalled("isHtml", "bodyType", "format"), Example("text")]
    public string? ContentType { get; init; }

    [Description("Put the account's signature under the body, unless it stands there"), Example("true")]
    public bool IncludeSignature { get; init; } = true;

    internal bool IsHtml => ContentType is "html" or "text/html";

    internal IReadOnlyList<EmailAddress>? AllTo => Join(To, ToRecipients);

    internal IReadOnlyList<EmailAddress>? AllCc => Join(Cc, CcRecipients);

    internal IReadOnlyList<EmailAddress>? AllBcc => Join(Bcc, BccRecipients);

    internal Draft ToDraft(IReadOnlyList<AttachmentInput> attachments, AllowedFiles files) => new()
    {
        To = AllTo ?? [],
        Cc = AllCc ?? [],
        Bcc = AllBcc ?? [],
        Subject = Subject ?? "",
        Body = Body ?? "",
        IsHtml = IsHtml,
        IncludeSignature = IncludeSignature,
        Attachments = [.. attachments.Select(a => a.ToAttachment(files))],
    };

    /// <summary>Null when neither is given.</summary>
    private static IReadOnlyList<EmailAddress>? Join(Addresses? addresses, IReadOnlyList<Recipient>? recipients) => addresses is null && recipients is null
        ? null
        : [.. (addresses?.All ?? []).Concat(recipients?.Select(r => r.ToAddress()) ?? []).DistinctBy(a => a.Address, StringComparer.OrdinalIgnoreCase)];
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
