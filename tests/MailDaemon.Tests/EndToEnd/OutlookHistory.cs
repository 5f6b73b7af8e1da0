using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Random things over an Outlook mailbox: another client and the API deliver, flag, tag, move and delete mail and make, rename, move and delete
/// folders; Outlook gives mail other ids, forgets what its links stand for, slips and refuses.
/// </summary>
internal sealed partial class OutlookHistory(SandboxServers servers, string directory, int seed) : ServiceHistory("outlook", directory, seed)
{
    private const int MaxFolders = 15;

    private static readonly string[] Verbs = ["read", "unread", "star", "unstar", "archive", "spam", "not-spam"];
    private static readonly string[] Places = ["inbox", "archive", "spam", "trash"];
    private static readonly string[] NotForOthers = ["drafts", "sentitems", "outbox"];
    private static readonly string[] Categories = ["Red category", "Blue category", "客户", "急 / A"];

    protected override string Email => Graph.Users[0].Address;

    protected override IReadOnlyList<string> Arguments =>
        [$"--Outlook:ClientId={IdentityServer.ClientId}", $"--Outlook:Authority={servers.Identity.Url}", $"--Outlook:GraphBaseUrl={Graph.BaseUrl}"];

    protected override IEnumerable<string> Ids => Mailbox.Messages().Select(message => message.Id);

    private GraphServer Graph => servers.Graph;

    private GraphMailbox Mailbox => Graph.First;

    private List<GraphFolder> UserFolders => [.. Mailbox.Folders.Where(folder => folder.WellKnownName is null)];

    protected override void Fill()
    {
        Mailbox.Fill(150);
        var above = Mailbox.CreateFolder("Projects");
        GraphFolder[] folders = [above, Mailbox.CreateFolder("报价", above.Id), Mailbox.Folder("archive")];
        foreach (var (i, message) in Mailbox.Messages("inbox").Index().Where(entry => entry.Index % 4 == 0))
            Mailbox.Move(message.Id, folders[i / 4 % folders.Length].Id);
    }

    protected override void Slow() => Graph.Faults.Delay.Arm("me.mailFolder.messages.delta", TimeSpan.FromMilliseconds(40));

    protected override void Calm() => Graph.Faults.Reset();

    protected override string Deliver(byte[] mail) => Mailbox.Deliver(mail, Random.Next(4) == 0 && UserFolders is { Count: > 0 } folders ? Any(folders).Id : null).Id;

    protected override string DraftPath(string id) => $"/api/outlook/drafts?id={Uri.EscapeDataString(id)}";

    protected override void ShouldBeWithinContract()
    {
        Graph.Violations.ShouldBeEmpty();
        Graph.RequestsWithoutImmutableId.ShouldBeEmpty();
        Graph.ClearRequests();
    }

    protected override async Task SignInAsync()
    {
        var link = await SendAsync("POST", $"/api/outlook/auth/initiate?loginHint={Email}");
        link.Status.ShouldBe(200, link.Text);
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var page = await browser.GetAsync(servers.Identity.Consent(new Uri(link.Result.GetProperty("authUrl").GetString()!), Email));
        page.IsSuccessStatusCode.ShouldBeTrue(await page.Content.ReadAsStringAsync());
    }

    protected override async Task StepAsync()
    {
        switch (Random.Next(1_000))
        {
            case < 220:
                Deliver(isInFirstPass: false);
                break;
            case < 590:
                Elsewhere();
                break;
            case < 620:
                Folders();
                break;
            case < 626:
                Note("sync state forgotten");
                Mailbox.ForgetSyncState();
                break;
            case < 670:
                Trouble();
                break;
            case < 970:
                await ActAsync(isKilled: false);
                break;
            case < 990:
                await ActAsync(isKilled: true);
                break;
            default:
                await KillDuringAsync(SyncAsync);
                break;
        }
    }

    protected override void Elsewhere()
    {
        if (AnyMessage() is not { } message)
            return;
        var what = Random.Next(16);
        Note($"elsewhere {what}: {message.Subject} {message.Id}");
        switch (what)
        {
            case 0 or 1:
                Mailbox.SetFlag(message.Id, Random.Next(2) == 0 ? GraphFlag.Flagged : GraphFlag.NotFlagged);
                break;
            case 2 or 3:
                Mailbox.SetRead(message.Id, Random.Next(2) == 0);
                break;
            case 4 or 5:
                Mailbox.SetCategories(message.Id, [.. Categories.Where(_ => Random.Next(3) == 0)]);
                break;
            case 6:
                Mailbox.Move(message.Id, "archive");
                break;
            case 7:
                Mailbox.Move(message.Id, "inbox");
                break;
            case 8:
                Marks.Moved(message.Id);
                Mailbox.Delete(message.Id);
                break;
            case 9:
                Marks.Moved(message.Id);
                Mailbox.Move(message.Id, "junkemail");
                break;
            case 10:
                Marks.Moved(message.Id);
                Mailbox.DeleteForGood(message.Id);
                break;
            case 11 or 12 when UserFolders is { Count: > 0 } folders:
                Mailbox.Move(message.Id, Any(folders).Id);
                break;
            case 13:
                // There and back: a delta may tell nothing of it but that it left.
                Mailbox.Move(message.Id, "archive");
                Mailbox.Move(message.Id, message.FolderId);
                break;
            case 14:
                Marks.Renumbered(message.Id, Mailbox.ChangeImmutableId(message.Id).Id);
                break;
            case 15:
                // Export and import: it is elsewhere under another id.
                Mailbox.Move(message.Id, "archive");
                Marks.Renumbered(message.Id, Mailbox.ChangeImmutableId(message.Id).Id);
                break;
        }
    }

    /// <summary>Another client does something to a folder.</summary>
    private void Folders()
    {
        var folders = UserFolders;
        var folder = folders.Count > 0 ? Any(folders) : null;
        var what = folder is null ? 0 : folders.Count > MaxFolders ? 3 : Random.Next(4);
        Note($"folder {what}: {folder?.DisplayName}");
        try
        {
            switch (what)
            {
                case 0:
                    Mailbox.CreateFolder(NewFolderName(), Random.Next(2) == 0 ? folder?.Id : null);
                    break;
                case 1:
                    Mailbox.RenameFolder(folder!.Id, NewFolderName());
                    break;
                case 2:
                    Mailbox.MoveFolder(folder!.Id, Random.Next(2) == 0 ? "msgfolderroot" : Any(folders).Id);
                    break;
                default:
                    Gone(folder!);
                    Mailbox.DeleteFolder(folder!.Id);
                    break;
            }
        }
        catch (GraphException e)
        {
            // Such as a folder that would be below itself.
            Note($"refused: {e.Message}");
        }
    }

    /// <summary>Mostly one of the newest; drafts and what was sent are not for others to move.</summary>
    private GraphMessage? AnyMessage()
    {
        var folders = NotForOthers.Select(name => Mailbox.Folder(name).Id).ToHashSet(StringComparer.Ordinal);
        var messages = Mailbox.Messages().Where(message => !message.IsDraft && !folders.Contains(message.FolderId)).ToList();
        return messages.Count == 0 ? null : messages[Random.Next(3) == 0 ? Random.Next(messages.Count) : Random.Next(Math.Min(20, messages.Count))];
    }

    /// <summary>Nobody promises anything of mail that was not seen in it, nor in the folders below.</summary>
    private void Gone(GraphFolder folder)
    {
        foreach (var message in Mailbox.Messages(folder.Id))
            Marks.Moved(message.Id);
        foreach (var child in UserFolders.Where(child => child.ParentId == folder.Id))
            Gone(child);
    }

    private string NewFolderName() => NewName(Any(["Work", "文件夹", "项目/报价", "客户 & Co"]));
}
