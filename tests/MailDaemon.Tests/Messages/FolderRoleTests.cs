using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Servers that do not say which folder is for what.</summary>
public sealed class FolderRoleTests : IAsyncLifetime
{
    private const string Messages = "/api/imap/messages";
    private const string Settings = "/api/accounts/imap/lina@sandbox.test/settings";

    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        foreach (var name in new[] { "Trash", "Sent", "Drafts", "Junk", "Archive" })
        {
            sandbox.User.DeleteFolder(name);
        }
    }

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("Gelöschte Elemente", "Gesendete Elemente")]
    [InlineData("Éléments supprimés", "Éléments envoyés")]
    [InlineData("削除済みアイテム", "送信済みアイテム")]
    public async Task Folders_named_as_Exchange_does_are_known(string trash, string sent)
    {
        sandbox.User.CreateFolder(trash);
        sandbox.User.CreateFolder(sent);
        var key = await DeliverAsync();

        var deleted = await App.DeleteAsync($"{Messages}/{key}");
        var mail = await SendAsync();

        deleted.Status.ShouldBe(200, deleted.Text);
        deleted.Result.GetProperty("permanent").GetBoolean().ShouldBeFalse();
        sandbox.User.Find(trash)!.Messages.Count.ShouldBe(1);
        sandbox.User.Find(sent)!.Messages.Count.ShouldBe(1);
        mail.Result.TryGetProperty("notice", out _).ShouldBeFalse(mail.Text);
    }

    [Fact]
    public async Task Where_the_trash_is_not_known_nothing_is_deleted()
    {
        sandbox.User.CreateFolder("Reusje");
        var key = await DeliverAsync();

        (await App.DeleteAsync($"{Messages}/{key}")).ShouldBeRefused(409, "imap_trash_folder_not_found");
        var batch = await App.PostAsync($"{Messages}/batch", new { email = sandbox.Email, keys = new[] { key }, action = "delete" });
        batch.Result.GetProperty("results")[0].GetProperty("error").GetString().ShouldBe("imap_trash_folder_not_found", batch.Text);
        await App.PostAsync("/api/rules", new { name = "x", provider = "imap", email = sandbox.Email, matchAll = true, actions = new[] { new { type = "delete" } } });
        (await App.PostAsync("/api/rules/execute", new { mailId = key })).Text.ShouldContain("imap_trash_folder_not_found");

        sandbox.User.Inbox.Messages.Count.ShouldBe(1);
        (await App.GetAsync($"{Messages}/{key}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Folder_that_the_owner_names_is_used_at_once()
    {
        sandbox.User.CreateFolder("Reusje");
        sandbox.User.CreateFolder("Ferstjoerd");
        var key = await DeliverAsync();

        var set = await App.PutAsync(Settings, new { folderRoles = new { trash = "Reusje", sent = "Ferstjoerd" } });
        set.Status.ShouldBe(200, set.Text);
        set.Result.GetProperty("folderRoles").GetProperty("trash").GetString().ShouldBe("Reusje");
        (await App.DeleteAsync($"{Messages}/{key}")).Result.GetProperty("folder").GetString().ShouldBe("trash");
        (await SendAsync()).Result.TryGetProperty("notice", out _).ShouldBeFalse();

        sandbox.User.Find("Reusje")!.Messages.Count.ShouldBe(1);
        sandbox.User.Find("Ferstjoerd")!.Messages.Count.ShouldBe(1);
        await sandbox.SyncAsync();
        (await App.GetAsync($"/api/imap/folders?email={sandbox.Email}")).Result.EnumerateArray()
            .Single(f => f.GetProperty("path").GetString() == "Reusje").GetProperty("folder").GetString().ShouldBe("trash");

        // One role is cleared, the other stays.
        var cleared = await App.PutAsync(Settings, new { folderRoles = new { trash = "" } });
        cleared.Result.GetProperty("folderRoles").GetProperty("sent").GetString().ShouldBe("Ferstjoerd", cleared.Text);
        (await App.DeleteAsync($"{Messages}/{await DeliverAsync()}")).ShouldBeRefused(409, "imap_trash_folder_not_found");
    }

    [Theory]
    [InlineData("{\"folderRoles\":{\"trash\":\"Nowhere\"}}", "folderRoles.trash")]
    [InlineData("{\"folderRoles\":{\"trash\":\"INBOX\"}}", "folderRoles.trash")]
    [InlineData("{\"folderRoles\":{\"sent\":\"Reusje\",\"spam\":\"Reusje\"}}", "folderRoles.spam")]
    [InlineData("{\"folderRoles\":{\"archive\":\"a\\u0000b\"}}", "folderRoles.archive")]
    public async Task Role_for_a_folder_that_cannot_have_it_is_refused(string body, string field)
    {
        sandbox.User.CreateFolder("Reusje");
        await sandbox.SyncAsync();

        var refused = await App.PutAsync(Settings, body);

        refused.Status.ShouldBe(400, refused.Text);
        refused.Text.ShouldContain(field);
        (await App.GetAsync(Settings)).Result.GetProperty("folderRoles").GetProperty("trash").GetString().ShouldBeNull();
    }

    [Fact]
    public async Task Sent_mail_whose_copy_has_no_place_says_so()
    {
        await sandbox.SyncAsync();

        var sent = await SendAsync();

        sent.Result.GetProperty("status").GetString().ShouldBe("sent");
        sent.Result.GetProperty("notice").GetString()!.ShouldContain("folderRoles.sent");
        var item = await App.GetAsync($"/api/outbox/{sent.Result.GetProperty("outboxId").GetString()}");
        item.Result.GetProperty("notice").GetString()!.ShouldContain("folderRoles.sent", Case.Insensitive, item.Text);
    }

    private async Task<string> DeliverAsync()
    {
        sandbox.User.Inbox.Append("From: a@b.test\r\nSubject: to delete\r\n\r\nx\r\n"u8.ToArray());
        await sandbox.SyncAsync();
        return (await sandbox.FindAsync("to delete", "inbox")).GetProperty("key").GetString()!;
    }

    private async Task<Reply> SendAsync()
    {
        var sent = await App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "s", body = "b" });
        sent.Status.ShouldBe(200, sent.Text);
        return sent;
    }
}
