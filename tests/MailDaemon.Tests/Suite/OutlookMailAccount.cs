using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>An account at Outlook, over Microsoft Graph.</summary>
public sealed class OutlookMailAccount : MailAccount
{
    private OutlookApp outlook = null!;

    public override string Provider => "outlook";

    public override string Email => outlook.Email;

    public override DaemonApp App => outlook.App;

    public override SandboxServers Servers => outlook.Servers;

    public override IReadOnlyList<string> OwnMembers => ["categories"];

    public override string InboxPath => "Inbox";

    public override bool HasOwnAttachmentIds => true;

    public override IReadOnlyList<ServerMail> ServerMails =>
    [
        .. outlook.Mailbox.Messages().Select(mail => new ServerMail
        {
            Folder = Place(mail),
            IsRead = mail.IsRead,
            IsStarred = mail.Flag == GraphFlag.Flagged,
            IsDraft = mail.IsDraft,
            Labels = mail.Categories,
            Raw = mail.Raw,
        }),
    ];

    public override async Task InitializeAsync() => outlook = await OutlookApp.StartAsync(settings: Settings);

    public override async Task DisposeAsync() => await outlook.DisposeAsync();

    public override void Deliver(byte[] raw) => outlook.Mailbox.Deliver(raw);

    public override void Remove(JsonElement item) => outlook.Mailbox.DeleteForGood(item.String("id")!);

    /// <summary>Graph's ids hold what a path cannot: they stand in the query.</summary>
    public override string MessagePath(string id, string? action = null, string query = "") =>
        $"/api/outlook/message{(action is null ? "" : "/" + action)}?id={Uri.EscapeDataString(id)}{(query.Length > 0 ? "&" + query : "")}";

    public override string DraftPath(string id, string? action = null, string query = "") =>
        $"/api/outlook/{(action is null ? "drafts" : "drafts/" + action)}?id={Uri.EscapeDataString(id)}{(query.Length > 0 ? "&" + query : "")}";

    public override string ReadDraftPath(string id) => $"/api/outlook/draft?id={Uri.EscapeDataString(id)}";

    public override string ReplyPath(string key) => $"/api/outlook/message/reply?id={key}";

    public override async Task ShouldBeVerifiedAsync()
    {
        await base.ShouldBeVerifiedAsync();
        outlook.ShouldBeWithinContract();
    }

    private string Place(GraphMessage mail)
    {
        foreach (var (name, place) in new[] { ("inbox", "inbox"), ("sentitems", "sent"), ("drafts", "drafts"), ("deleteditems", "trash"), ("junkemail", "spam"), ("archive", "archive") })
        {
            if (outlook.Mailbox.Folder(name).Id == mail.FolderId)
                return place;
        }

        return "other";
    }
}
