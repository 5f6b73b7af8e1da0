using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>An account at a usual IMAP and SMTP server.</summary>
public sealed class ImapMailAccount : MailAccount
{
    private readonly SandboxApp sandbox = new(new SandboxOptions(), Settings);

    public override string Provider => "imap";

    public override string Email => sandbox.Email;

    public override DaemonApp App => sandbox.App;

    public override SandboxServers Servers => sandbox.Servers;

    public override IReadOnlyList<string> OwnMembers => ["uid"];

    public override IReadOnlyList<ServerMail> ServerMails =>
    [
        .. from folder in sandbox.User.Folders
           from mail in folder.Messages
           select new ServerMail
           {
               Folder = Role(folder),
               IsRead = mail.Flags.Contains("\\Seen"),
               IsStarred = mail.Flags.Contains("\\Flagged"),
               IsDraft = mail.Flags.Contains("\\Draft"),
               IsAnswered = mail.Flags.Contains("\\Answered"),
               IsForwarded = mail.Flags.Contains("$Forwarded"),
               Labels = [.. mail.Flags.Where(flag => flag[0] is not ('\\' or '$'))],
               Raw = mail.Raw,
           },
    ];

    public override Task InitializeAsync() => sandbox.InitializeAsync();

    public override Task DisposeAsync() => sandbox.DisposeAsync();

    public override void Deliver(byte[] raw) => sandbox.User.Inbox.Append(raw);

    public override void Remove(JsonElement item) => sandbox.User.Find(item.String("folderPath")!)!.Expunge([item.GetProperty("uid").GetUInt32()]);

    private static string Role(MailFolder folder) => folder.Use switch
    {
        SpecialUse.Sent => "sent",
        SpecialUse.Drafts => "drafts",
        SpecialUse.Archive => "archive",
        SpecialUse.Junk => "spam",
        SpecialUse.Trash => "trash",
        _ => folder.Path == "INBOX" ? "inbox" : "other",
    };
}
