using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>What becomes of messages in the cache whose folder is gone at Outlook.</summary>
public sealed class OutlookLeftFolderTests
{
    [Fact]
    public async Task Folder_that_was_renamed_here_and_deleted_elsewhere_before_the_next_pass_leaves_no_messages()
    {
        await using var outlook = await OutlookApp.StartAsync(isSeeded: false);
        var folder = outlook.Mailbox.CreateFolder("Offers");
        outlook.Mailbox.Deliver(Encoding.UTF8.GetBytes("From: Tom <tom@sandbox.test>\r\nSubject: an offer\r\nMessage-ID: <1@sandbox.test>\r\nDate: Tue, 01 Dec 2026 10:00:00 +0000\r\n\r\ntext\r\n"), folder.Id);
        await outlook.SyncAsync();
        var renamed = await outlook.App.PutAsync($"/api/outlook/folders?email={outlook.Email}&path=Offers", new { name = "Old offers" });
        renamed.Status.ShouldBe(200, renamed.Text);
        outlook.Mailbox.DeleteFolderForGood(folder.Id);

        await outlook.SyncAsync();

        (await outlook.ListAsync()).ShouldBeEmpty();
        await outlook.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Folder_that_was_deleted_and_made_again_shows_nothing_of_the_one_before()
    {
        await using var outlook = await OutlookApp.StartAsync(isSeeded: false, prepare: mailbox => mailbox.Deliver(Encoding.UTF8.GetBytes("From: Tom <tom@sandbox.test>\r\nSubject: an offer\r\nMessage-ID: <1@sandbox.test>\r\nDate: Tue, 01 Dec 2026 10:00:00 +0000\r\n\r\ntext\r\n")));
        var key = (await outlook.ListAsync()).ShouldHaveSingleItem().GetProperty("key").GetString();
        (await outlook.App.PostAsync("/api/outlook/folders", new { email = outlook.Email, name = "Offers" })).Status.ShouldBe(201);
        (await outlook.App.PostAsync($"/api/outlook/message/move?id={key}", new { target = "Offers" })).Status.ShouldBe(200);
        outlook.Mailbox.DeleteFolderForGood(outlook.Mailbox.Folders.Single(folder => folder.DisplayName == "Offers").Id);
        outlook.Mailbox.CreateFolder("Offers");

        await outlook.SyncAsync();

        (await outlook.ListAsync()).ShouldBeEmpty();
        await outlook.ShouldBeVerifiedAsync();
    }
}
