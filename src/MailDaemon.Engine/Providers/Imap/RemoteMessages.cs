using System.Globalization;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Puts what was fetched of a message together. Pure.</summary>
internal static class RemoteMessages
{
    /// <summary>Addresses kept of one field: lists of thousands are machine mail.</summary>
    private const int MaxAddresses = 1000;

    public static RemoteMessage Create(
        uint uid, string folderPath, Func<uint, DateTimeOffset, bool> isBaseline, FetchedMessage fetched, HeaderBlock fields, ReadContent content, IReadOnlyList<string> defects)
    {
        var flags = fetched.Flags ?? [];
        var received = (fetched.InternalDate ?? fields.Date ?? DateTimeOffset.UnixEpoch).ToUniversalTime();
        var sent = fields.Date?.ToUniversalTime();
        var size = fetched.Size ?? 0;
        var from = Sender(fields);
        return new RemoteMessage
        {
            RemoteId = uid.ToString(CultureInfo.InvariantCulture),
            Identity = Identity(fields, sent ?? received, size),
            ObjectId = fetched.EmailId ?? fetched.GmailMessageId?.ToString(CultureInfo.InvariantCulture),
            FolderPath = folderPath,
            Uid = uid,
            Subject = fields.Subject ?? "",
            From = from,
            To = Addresses(fields.To),
            Date = received,
            SentDate = sent,
            Flags = fetched.Flags is null ? null : ImapFlags.Read(flags),
            NativeLabels = ImapFlags.Keywords(flags),
            HasAttachments = content.HasAttachments,
            InternetMessageId = fields.MessageId,
            Size = size,
            IsBaseline = isBaseline(uid, received),
            Authentication = Authentication(fields),
            Content = MessageText.Complete(new MessageContent
            {
                Html = content.Html,
                Text = content.Text,
                Cc = Addresses(fields.Cc),
                Bcc = Addresses(fields.Bcc),
                ReplyTo = Addresses(fields.ReplyTo),
                Headers = HeadersOf(fields, from),
                Attachments = content.Attachments,
                Defects = defects,
            }),
        };
    }

    /// <summary>What is kept of a header, beyond the list item.</summary>
    public static MessageHeaders HeadersOf(HeaderBlock fields, EmailAddress from) => new()
    {
        InReplyTo = fields.InReplyTo,
        References = fields.References,
        ListId = fields.Get("List-Id"),
        AutoSubmitted = fields.Get("Auto-Submitted"),
        Machine = MachineMail.Reason(from, [.. fields.Fields.Where(field => MachineMail.Reads(field.Name)).Select(field => new HeaderLine(field.Name, field.Value))]),
    };

    public static IReadOnlyList<AuthenticationResult> Authentication(HeaderBlock fields) =>
        AuthenticationResults.Read(fields.Fields.Select(field => (field.Name, (Func<string>)(() => field.UnfoldedValue))));

    /// <summary>Message-ID, date and size; without a Message-ID sender and subject stand in.</summary>
    private static string Identity(HeaderBlock fields, DateTimeOffset date, long size) => string.Create(
        CultureInfo.InvariantCulture,
        $"{fields.MessageId ?? $"{fields.Get("From")}\n{fields.Get("Subject")}"}\n{date.ToUnixTimeSeconds()}\n{size}");

    /// <summary>Who wrote it; of several, the first who can be answered.</summary>
    private static EmailAddress Sender(HeaderBlock fields)
    {
        var senders = (fields.From.Count > 0 ? fields.From : fields.Sender).Select(Address).ToList();
        return senders.Find(sender => Mailbox.IsAddress(sender.Address)) ?? senders.FirstOrDefault() ?? new EmailAddress("", "");
    }

    private static IReadOnlyList<EmailAddress> Addresses(IReadOnlyList<Mailbox> mailboxes) => [.. mailboxes.Take(MaxAddresses).Select(Address)];

    private static EmailAddress Address(Mailbox mailbox) => new(mailbox.Name, mailbox.Address);
}
