using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>
/// The sample mailbox: about 60 messages of an exporter's sales manager in Chinese and English, of the last 60 days.
/// The same at every start, but for the dates, which count back from the clock.
/// </summary>
internal static class SeedMail
{
    public const string Quotations = "项目/报价";

    /// <summary>The folders a new account has at a usual provider.</summary>
    public static void AddFolders(MailUser user)
    {
        if (user.Gmail is not null)
        {
            GmailLabels.AddFolders(user);
            return;
        }

        foreach (var use in Enum.GetValues<SpecialUse>().Where(u => u is not (SpecialUse.None or SpecialUse.All or SpecialUse.Flagged or SpecialUse.Important)))
        {
            user.Subscribe(user.CreateFolder(use.ToString(), use).Path);
        }
    }

    public static async Task FillAsync(MailUser user, DateTimeOffset now, CancellationToken ct)
    {
        user.CreateLevel("项目");
        user.Subscribe(user.CreateFolder(Quotations).Path);

        var me = new Mailbox(user.DisplayName, user.Address);
        var messages = QuotationMail.For(me)
            .Concat(OrderMail.For(me))
            .Concat(ComplaintMail.For(me))
            .Concat(OfficeMail.For(me))
            .Concat(AutomaticMail.For(me))
            .OrderByDescending(m => m.DaysAgo)
            .ToArray();
        var byId = messages.ToDictionary(m => m.Id, StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var draft = ToDraft(message, byId, now);
            using var raw = new MemoryStream();
            await MimeWriter.WriteAsync(draft, raw, new MimeWriteOptions(), ct);
            FolderFor(user, message.Folder).Append(raw.ToArray(), message.Flags, draft.Date.AddSeconds(7));
        }
    }

    /// <summary>Gmail names its folders otherwise, and what is archived there is in All Mail and nowhere else.</summary>
    private static MailFolder FolderFor(MailUser user, string name) =>
        user.Find(name) ?? user.Folders.First(f => f.Use == (name == nameof(SpecialUse.Archive) ? SpecialUse.All : Enum.Parse<SpecialUse>(name)));

    private static MimeDraft ToDraft(SeedMessage message, Dictionary<string, SeedMessage> byId, DateTimeOffset now)
    {
        var sent = now.AddDays(-message.DaysAgo).ToOffset(TimeSpan.FromHours(message.Zone));
        return new MimeDraft
        {
            From = message.From,
            To = message.To,
            Cc = message.Cc,
            Subject = message.Subject,
            Date = new DateTimeOffset(sent.Year, sent.Month, sent.Day, sent.Hour, sent.Minute, 0, sent.Offset),
            MessageId = IdOf(message),
            InReplyTo = message.Answers is { } answered ? IdOf(byId[answered]) : null,
            References = References(message, byId),
            TextBody = message.Text,
            HtmlBody = message.Html,
            Attachments = message.Attachments,
            ExtraHeaders = message.Headers,
        };
    }

    private static string IdOf(SeedMessage message) => $"<{message.Id}@{message.From.Address[(message.From.Address.LastIndexOf('@') + 1)..]}>";

    /// <summary>The way up to the first message of the thread, oldest first.</summary>
    private static List<string> References(SeedMessage message, Dictionary<string, SeedMessage> byId)
    {
        var references = new List<string>();
        for (var id = message.Answers; id is not null; id = byId[id].Answers)
        {
            references.Insert(0, IdOf(byId[id]));
        }

        return references;
    }
}
