using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>An account at Gmail, over its API.</summary>
public sealed class GmailMailAccount : MailAccount
{
    private GmailApp gmail = null!;

    public override string Provider => "gmail";

    public override string Email => gmail.Email;

    public override DaemonApp App => gmail.App;

    public override SandboxServers Servers => gmail.Servers;

    public override IReadOnlyList<string> OwnMembers => ["labelIds"];

    public override IReadOnlyList<ServerMail> ServerMails =>
    [
        .. gmail.Mailbox.Messages.Select(mail => new ServerMail
        {
            Folder = Place(mail),
            IsRead = !mail.LabelIds.Contains("UNREAD"),
            IsStarred = mail.LabelIds.Contains("STARRED"),
            IsDraft = mail.LabelIds.Contains("DRAFT"),
            Labels = [.. mail.LabelIds.Where(id => !SystemLabels.Has(id))],
            Raw = mail.Raw,
        }),
    ];

    public override async Task InitializeAsync() => gmail = await GmailApp.StartAsync(settings: Settings);

    public override async Task DisposeAsync() => await gmail.DisposeAsync();

    public override void Deliver(byte[] raw) => gmail.Mailbox.Deliver(raw);

    public override void Remove(JsonElement item) => gmail.Mailbox.Delete(item.String("id")!);

    public override async Task ShouldBeVerifiedAsync()
    {
        await base.ShouldBeVerifiedAsync();
        gmail.Gmail.Violations.ShouldBeEmpty();
    }

    private static string Place(GmailMessage mail) =>
        mail.LabelIds.Contains("TRASH") ? "trash"
        : mail.LabelIds.Contains("SPAM") ? "spam"
        : mail.LabelIds.Contains("DRAFT") ? "drafts"
        : mail.LabelIds.Contains("INBOX") ? "inbox"
        : mail.LabelIds.Contains("SENT") ? "sent"
        : "archive";
}
