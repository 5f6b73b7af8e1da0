using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Agents;

/// <summary>
/// A mail as agents get it: data of a stranger. Of HTML only what a reader would see, nothing invisible in any of its texts, its size
/// bounded, attachments named and not opened.
/// </summary>
public sealed record AgentMessage
{
    /// <summary>More of the text is left out, in characters.</summary>
    internal const int MostText = 64 * 1024;

    private const int MostName = 500;
    private const int MostAddresses = 100;
    private const int MostAttachments = 100;

    public required string Key { get; init; }

    public required string Id { get; init; }

    public required string Provider { get; init; }

    public required string Email { get; init; }

    public required string Subject { get; init; }

    public required EmailAddress From { get; init; }

    /// <summary>Where its sender wants answers.</summary>
    public IReadOnlyList<EmailAddress>? ReplyTo { get; init; }

    /// <summary>Answers would go to another address than that of From: an agent's go to From, unless the rule allows <c>reply_to</c>.</summary>
    public bool? ReplyToDiffers { get; init; }

    /// <summary>What the account's own server found of who sent it; null when it says nothing.</summary>
    public Authentication? Authentication { get; init; }

    public required IReadOnlyList<EmailAddress> To { get; init; }

    public IReadOnlyList<EmailAddress> ToRecipients => To;

    public required IReadOnlyList<EmailAddress> Cc { get; init; }

    /// <summary>When the server received it, UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    public DateTimeOffset ReceivedDateTime => Date;

    public bool IsRead { get; init; }

    public bool IsStarred { get; init; }

    public required string Folder { get; init; }

    /// <summary>Label ids.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Bytes on the server.</summary>
    public long Size { get; init; }

    public required string ThreadId { get; init; }

    public required string? InternetMessageId { get; init; }

    public required bool HasAttachments { get; init; }

    public required IReadOnlyList<AgentAttachment> Attachments { get; init; }

    public required string Text { get; init; }

    /// <summary>There is more of the text than stands here.</summary>
    public required bool IsTextCut { get; init; }

    /// <summary>How many characters of the mail a person would not see who opens it; they are not in <see cref="Text"/>.</summary>
    public int HiddenTextRemoved { get; init; }

    public static AgentMessage Of(MessageDetail message, MessageContent content)
    {
        // What a person reads of a mail with HTML is the HTML; its plain text may say something else to those who look there.
        var isHtml = !string.IsNullOrWhiteSpace(content.Html);
        var text = CleanText.Of(isHtml ? MailHtml.Guarded(() => HtmlText.Render(content.Html!), content.Text) : content.Text);
        return new AgentMessage
        {
            Key = message.Key,
            Id = message.Id,
            Provider = message.Provider,
            Email = message.Email,
            Subject = Name(message.Subject),
            From = Address(message.From),
            ReplyTo = Addresses(message.ReplyTo),
            ReplyToDiffers = message.ReplyToDiffers,
            Authentication = message.Authentication,
            To = Addresses(message.To),
            Cc = Addresses(message.Cc),
            Date = message.Date,
            IsRead = message.IsRead,
            IsStarred = message.IsStarred,
            Folder = message.Folder,
            Labels = message.Labels,
            Size = message.Size,
            ThreadId = message.ThreadId,
            InternetMessageId = message.InternetMessageId is null ? null : Name(message.InternetMessageId),
            HasAttachments = message.HasAttachments,
            Attachments = [.. message.Attachments.Take(MostAttachments).Select(a => new AgentAttachment(a.Id, Name(a.Filename), Name(a.MimeType), a.Size))],
            Text = TextCut.At(text, MostText),
            IsTextCut = text.Length > MostText,
            HiddenTextRemoved = message.HiddenTextRemoved,
        };
    }

    private static string Name(string text) => TextCut.At(CleanText.Line(text), MostName);

    private static EmailAddress Address(EmailAddress address) => new(Name(address.Name), Name(address.Address));

    private static IReadOnlyList<EmailAddress> Addresses(IReadOnlyList<EmailAddress> addresses) => [.. addresses.Take(MostAddresses).Select(Address)];
}

/// <summary>An attachment that an agent may ask for.</summary>
/// <param name="Size">Bytes.</param>
public sealed record AgentAttachment(string Id, string Filename, string MimeType, long Size);
