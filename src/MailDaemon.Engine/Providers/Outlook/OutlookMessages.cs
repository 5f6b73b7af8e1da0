using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Mime;
using Microsoft.Graph.Models;
using EmailAddress = MailDaemon.Engine.Messages.EmailAddress;
using GraphAttachment = Microsoft.Graph.Models.Attachment;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What Graph says of a message (resource type <c>message</c> of v1.0), in our words. Pure.</summary>
internal static partial class OutlookMessages
{
    /// <summary>The whole account: immutable ids are unique in it, and a message that is moved keeps its own.</summary>
    public const string Scope = "";

    /// <summary>Flags that Graph has a word for; answered and forwarded live in the cache alone.</summary>
    public const MessageFlags Flags = MessageFlags.Read | MessageFlags.Starred | MessageFlags.Draft;

    /// <summary>What is read of a message.</summary>
    public static readonly string[] Selected =
    [
        "id", "subject", "from", "sender", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "receivedDateTime", "sentDateTime", "isRead", "isDraft", "flag", "categories",
        "hasAttachments", "internetMessageId", "conversationId", "parentFolderId", "body", "internetMessageHeaders",
    ];

    /// <summary>What of it may change.</summary>
    public static readonly string[] State = ["id", "parentFolderId", "isRead", "isDraft", "flag", "categories", "receivedDateTime"];

    /// <summary>More of a body is not kept; the whole is on the server.</summary>
    private const int MaxBodyLength = 512 * 1024;

    /// <summary>How far into a page it is looked what it was made of.</summary>
    private const int MaxPreamble = 4 * 1024;

    private const int MaxAddresses = 1_000;

    /// <summary>Whether it is all of the message, or what changed of it only.</summary>
    public static bool IsWhole(GraphMessage message) => message is { ReceivedDateTime: not null, Body: not null };

    public static bool IsRemoved(GraphMessage message) => message.AdditionalData.ContainsKey("@removed");

    public static MessageFlags FlagsOf(GraphMessage message) =>
        (message.IsRead == true ? MessageFlags.Read : MessageFlags.None)
        | (message.Flag?.FlagStatus == FollowupFlagStatus.Flagged ? MessageFlags.Starred : MessageFlags.None)
        | (message.IsDraft == true ? MessageFlags.Draft : MessageFlags.None);

    public static IReadOnlyList<string> Categories(GraphMessage message) => [.. (message.Categories ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What it says of a message that is known. What it does not mention stays.</summary>
    public static RemoteChange Change(GraphMessage message, string folderPath) =>
        new(message.Id!, FlagsOf(message), message.Categories is null ? null : Categories(message), folderPath) { ToldFlags = ToldFlags(message) };

    /// <summary>Whether its attachments have to be asked for: those that a page shows are not counted.</summary>
    public static bool MayHaveAttachments(GraphMessage message) =>
        message.HasAttachments == true || message.Body?.Content?.Contains("cid:", StringComparison.OrdinalIgnoreCase) == true;

    /// <param name="isBaseline">Whether a message that was received then was there before us.</param>
    public static RemoteMessage Read(GraphMessage message, IReadOnlyList<GraphAttachment> attachments, OutlookProperties properties, string folderPath, Func<DateTimeOffset, bool> isBaseline)
    {
        var fields = HeaderOf(message, properties);
        var from = Address(message.From ?? message.Sender) ?? new EmailAddress("", "");
        var received = (message.ReceivedDateTime ?? message.SentDateTime ?? DateTimeOffset.UnixEpoch).ToUniversalTime();
        var content = ReadContent.Of(Shown(message.Body), [.. attachments.Select(Attachment)]);
        return new RemoteMessage
        {
            RemoteId = message.Id!,
            Identity = Identity(message, received),
            FolderPath = folderPath,
            Subject = message.Subject ?? "",
            From = from,
            To = Addresses(message.ToRecipients),
            Date = received,
            SentDate = message.SentDateTime?.ToUniversalTime(),
            Flags = FlagsOf(message),
            ToldFlags = Flags,
            NativeLabels = Categories(message),
            HasAttachments = content.HasAttachments,
            ThreadId = message.ConversationId,
            InternetMessageId = message.InternetMessageId,
            Size = properties.Size ?? (message.Body?.Content?.Length ?? 0) + attachments.Sum(attachment => (long)(attachment.Size ?? 0)),
            IsBaseline = isBaseline(received),
            Authentication = RemoteMessages.Authentication(fields),
            Content = MessageText.Complete(new MessageContent
            {
                Html = content.Html,
                Text = content.Text,
                Cc = Addresses(message.CcRecipients),
                Bcc = Addresses(message.BccRecipients),
                ReplyTo = Addresses(message.ReplyTo),
                Headers = RemoteMessages.HeadersOf(fields, from),
                Attachments = content.Attachments,
                Defects = fields.Defects,
            }),
        };
    }

    public static IReadOnlyList<HeaderLine> HeaderLines(GraphMessage message) =>
        [.. (message.InternetMessageHeaders ?? []).Select(header => new HeaderLine(header.Name ?? "", header.Value ?? ""))];

    /// <summary>
    /// Message-ID and date: ids that are called immutable change after all when other programs move mail about, or its archive takes it. The size
    /// is left out, because it grows with flags and categories. Of a draft the date changes too.
    /// </summary>
    private static string Identity(GraphMessage message, DateTimeOffset received) => message switch
    {
        { InternetMessageId: null } => message.Id!,
        { IsDraft: true } => message.InternetMessageId,
        _ => FormattableString.Invariant($"{message.InternetMessageId}\n{received.ToUnixTimeSeconds()}"),
    };

    private static MessageFlags ToldFlags(GraphMessage message) =>
        (message.IsRead is null ? MessageFlags.None : MessageFlags.Read)
        | (message.Flag is null ? MessageFlags.None : MessageFlags.Starred)
        | (message.IsDraft is null ? MessageFlags.None : MessageFlags.Draft);

    private static ShownContent Shown(ItemBody? body)
    {
        var text = (body?.Content ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal);
        if (text.Length > MaxBodyLength)
            text = text[..MaxBodyLength];
        if (body?.ContentType == BodyType.Html && PageOfText().IsMatch(text.AsSpan(0, Math.Min(text.Length, MaxPreamble))))
            text = HtmlText.Render(text);
        else if (body?.ContentType == BodyType.Html)
            return new ShownContent("", BlankText.IsBlankPage(text) ? null : text, IsTextWhole: false, []);
        return new ShownContent(text, null, IsTextWhole: true, []);
    }

    private static Messages.Attachment Attachment(GraphAttachment attachment) => new()
    {
        Id = attachment.Id!,
        Filename = attachment is ItemAttachment && Path.GetExtension(attachment.Name) is null or "" ? $"{attachment.Name}.eml" : attachment.Name ?? "",
        MimeType = attachment switch
        {
            ItemAttachment => "message/rfc822",
            ReferenceAttachment => "application/x-reference",
            { ContentType: { Length: > 0 } type } => type,
            _ => "application/octet-stream",
        },
        Size = attachment.Size ?? 0,
        SizeIsEstimate = true,
        IsInline = attachment.IsInline == true,
        ContentId = (attachment as FileAttachment)?.ContentId?.Trim('<', '>'),
    };

    /// <summary>Graph has the header of received mail only, and tells its fields one by one.</summary>
    private static HeaderBlock HeaderOf(GraphMessage message, OutlookProperties properties)
    {
        var header = new StringBuilder();
        if (message.InternetMessageHeaders is not { Count: > 0 })
            header.Append("In-Reply-To: ").Append(OneLine.Of(properties.InReplyTo ?? "")).Append("\r\nReferences: ").Append(OneLine.Of(properties.References ?? "")).Append("\r\n");
        foreach (var field in message.InternetMessageHeaders ?? [])
            header.Append(field.Name).Append(": ").Append(OneLine.Of(field.Value ?? "")).Append("\r\n");
        header.Append("\r\n");
        return MimeParser.ParseHeaders(Encoding.UTF8.GetBytes(header.ToString()));
    }

    private static IReadOnlyList<EmailAddress> Addresses(IEnumerable<Recipient>? recipients) => [.. (recipients ?? []).Take(MaxAddresses).Select(Address).OfType<EmailAddress>()];

    /// <summary>Where there is no name Graph repeats the address.</summary>
    private static EmailAddress? Address(Recipient? recipient) => recipient?.EmailAddress is { } told
        ? new EmailAddress(told.Name == told.Address ? "" : told.Name ?? "", told.Address ?? "")
        : null;

    /// <summary>QUIRK: Graph gives every body as a page, and this is how it begins where the mail has a plain text only.</summary>
    [GeneratedRegex("""<!-- converted from text -->|<body[^>]*>\s*(?:<font[^>]*>\s*)?(?:<span[^>]*>\s*)?<div class="PlainText">""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PageOfText();
}
