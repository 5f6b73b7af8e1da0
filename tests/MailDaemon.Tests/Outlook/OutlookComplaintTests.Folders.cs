using MailDaemon.Sandbox.Graph;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <content>Folders that have no delta, that are made, renamed, moved and deleted by another client.</content>
public sealed partial class OutlookComplaintTests
{
    /// <summary>Row 17: a folder without delta is read by dates; what came to it is there at once, what left it when the numbers are compared.</summary>
    [Fact]
    public async Task Folder_without_delta_is_read_by_dates()
    {
        var messages = new List<Sandbox.Graph.Mailboxes.GraphMessage>();
        await AgainAsync(() => OutlookApp.StartAsync(
            isSeeded: false,
            mailbox =>
            {
                mailbox.Fill(90);
                var shared = mailbox.CreateFolder("Shared");
                messages.AddRange(mailbox.Messages().Take(80).Select(message => mailbox.Move(message.Id, shared.Id)));
            },
            trouble: server => server.Faults.FolderDelta.Arm("Shared", GraphError.ItemNotFound)));
        await outlook.SyncAsync();
        (await outlook.ListAsync("Shared")).Count.ShouldBe(80);
        await outlook.ShouldBeVerifiedAsync();
        rules.Deliver("shared news", Mailbox.Folders.Single(folder => folder.DisplayName == "Shared").Id);
        Mailbox.DeleteForGood(messages[20].Id);
        Mailbox.Move(messages[30].Id, "inbox");
        outlook.Graph.ClearRequests();

        (await outlook.SyncAsync()).GetProperty("added").GetInt32().ShouldBe(1);

        outlook.CountOf("me.mailFolder.listMessages").ShouldBeLessThan(5);
        (await ItemAsync(messages[30].Id)).GetProperty("folder").GetString().ShouldBe("inbox");
        outlook.Clock.Advance(TimeSpan.FromMinutes(16));
        await outlook.SyncAsync();
        Mailbox.SetFlag(messages[40].Id);
        outlook.Clock.Advance(TimeSpan.FromMinutes(16));
        await outlook.SyncAsync();
        (await ItemAsync(messages[40].Id)).GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        (await outlook.ListAsync()).Count.ShouldBe(90);
        Faults.FolderDelta.HitsOf("Shared").ShouldBe(1);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("shared news");
    }

    /// <summary>A mailbox without delta of its folders: they are listed.</summary>
    [Fact]
    public async Task Mailbox_without_delta_of_folders_is_listed()
    {
        await AgainAsync(() => OutlookApp.StartAsync(
            isSeeded: false,
            mailbox =>
            {
                mailbox.Fill(10);
                mailbox.CreateFolder("2026", mailbox.CreateFolder("Projects").Id);
            },
            trouble: server => server.Faults.Error.Arm("me.mailFolders.delta", GraphError.ItemNotFound)));
        await outlook.SyncAsync();
        rules.Deliver("filed", Mailbox.Folders.Single(folder => folder.DisplayName == "2026").Id);

        await outlook.SyncAsync();

        (await outlook.ListAsync("Projects/2026")).Count.ShouldBe(1);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("filed");
    }

    /// <summary>Row 10: the link of the folders themselves is lost.</summary>
    [Theory]
    [InlineData(410, "SyncStateNotFound")]
    [InlineData(400, "ErrorInvalidSyncStateData")]
    public async Task Lost_link_of_the_folders_lists_them_again(int status, string code)
    {
        var folder = Mailbox.CreateFolder("Old");
        await outlook.SyncAsync();
        Mailbox.RenameFolder(folder.Id, "New");
        rules.Deliver("filed", folder.Id);
        Faults.Error.Arm("me.mailFolders.delta", new GraphError(status, code, "Gone."), times: 1);

        await outlook.SyncAsync();

        (await outlook.ListAsync("New")).Count.ShouldBe(1);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("filed");
    }

    /// <summary>Mail that comes into a folder before we know it is new, and so is what is moved there, which keeps its key.</summary>
    [Fact]
    public async Task Mail_of_a_new_folder_runs_rules()
    {
        var keys = await KeysAsync();
        var folder = Mailbox.CreateFolder("Orders");
        rules.Deliver("order 1", folder.Id);
        Mailbox.Move(Mailbox.Messages("inbox")[3].Id, folder.Id);

        await outlook.SyncAsync();

        (await outlook.ListAsync("Orders")).Count.ShouldBe(2);
        ShouldStay(keys, await KeysAsync());
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("order 1");
    }

    /// <summary>Folders that another client renames and moves keep their messages and those their keys, those below too.</summary>
    [Fact]
    public async Task Folders_that_another_client_renames_and_moves_keep_what_is_in_them()
    {
        var above = Mailbox.CreateFolder("Projects");
        var below = Mailbox.CreateFolder("2026", above.Id);
        var elsewhere = Mailbox.CreateFolder("Done");
        rules.Deliver("above", above.Id);
        rules.Deliver("below", below.Id);
        await outlook.SyncAsync();
        var keys = await KeysAsync();
        (await outlook.ListAsync("Projects/2026")).Count.ShouldBe(1);

        Mailbox.RenameFolder(above.Id, "项目");
        rules.Deliver("after the name", below.Id);
        await outlook.SyncAsync();

        (await outlook.ListAsync("项目/2026")).Count.ShouldBe(2);
        (await outlook.ListAsync("项目")).Count.ShouldBe(1);
        Mailbox.MoveFolder(below.Id, elsewhere.Id);
        Mailbox.SetFlag(Mailbox.Messages(below.Id)[0].Id);
        await outlook.SyncAsync();
        (await outlook.ListAsync("Done/2026")).Count(item => item.GetProperty("isStarred").GetBoolean()).ShouldBe(1);
        (await outlook.ListAsync("Done/2026")).Count.ShouldBe(2);
        ShouldStay(keys, await KeysAsync());
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("above", "below", "after the name");
    }

    /// <summary>A folder that another client deletes takes its messages with it, but for those that were moved out of it before; another takes its name.</summary>
    [Fact]
    public async Task Folder_that_another_client_deletes_takes_only_what_was_in_it()
    {
        var folder = Mailbox.CreateFolder("Old");
        var other = Mailbox.CreateFolder("Newer");
        var kept = rules.Deliver("kept", folder.Id);
        rules.Deliver("gone", folder.Id);
        var moved = rules.Deliver("renamed", other.Id);
        await outlook.SyncAsync();
        await rules.ShouldBeAsync("kept", "gone", "renamed");
        var keys = await KeysAsync();
        Mailbox.Move(kept.Id, "inbox");
        Mailbox.DeleteFolderForGood(folder.Id);
        Mailbox.RenameFolder(other.Id, "Old");

        var pass = await outlook.SyncAsync();

        pass.GetProperty("removed").GetInt32().ShouldBe(1);
        (await ItemAsync(kept.Id)).GetProperty("folder").GetString().ShouldBe("inbox");
        (await outlook.ListAsync("Old")).ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(moved.Id);
        (await outlook.App.GetAsync($"/api/outlook/messages?email={outlook.Email}&folder=Newer")).ShouldBeRefused(404, "folder_not_found");
        ShouldStay(keys, await KeysAsync());
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("kept", "gone", "renamed");
    }

    /// <summary>A pass that could list the folders and read none of them has seen no mail.</summary>
    [Fact]
    public async Task Mail_that_a_failed_pass_did_not_see_is_new_in_a_folder_made_since()
    {
        var message = rules.Deliver("unseen");
        outlook.Clock.Advance(TimeSpan.FromMinutes(2));
        Mailbox.CreateFolder("First");
        Faults.PartError.Arm(Delta, GraphError.AccessDenied);
        await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");
        Faults.PartError.Disarm(Delta);
        Mailbox.Move(message.Id, Mailbox.CreateFolder("Second").Id);

        await outlook.SyncAsync();

        await rules.ShouldBeAsync("unseen");
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>A folder that another client deletes as people do lies below the deleted mail then, with its messages, which keep their keys.</summary>
    [Fact]
    public async Task Folder_that_another_client_throws_away_keeps_its_mail()
    {
        var folder = Mailbox.CreateFolder("Old");
        var message = rules.Deliver("thrown away", folder.Id);
        await outlook.SyncAsync();
        var key = (await ItemAsync(message.Id)).GetProperty("key").GetString();

        Mailbox.DeleteFolder(folder.Id);
        var pass = await outlook.SyncAsync();

        pass.GetProperty("removed").GetInt32().ShouldBe(0);
        (await ItemAsync(message.Id)).GetProperty("key").GetString().ShouldBe(key);
        (await outlook.App.GetAsync($"/api/outlook/messages?email={outlook.Email}&folder=Old")).ShouldBeRefused(404, "folder_not_found");
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("thrown away");
    }

    /// <summary>A folder that goes between the listing and its delta is no failure for longer than a pass.</summary>
    [Fact]
    public async Task Folder_that_goes_while_it_is_read_keeps_nothing_waiting()
    {
        var folder = Mailbox.CreateFolder("Short");
        rules.Deliver("short", folder.Id);
        await outlook.SyncAsync();
        await rules.ShouldBeAsync("short");
        rules.Deliver("in time");
        Faults.Meanwhile.Arm(Delta, mailbox => mailbox.DeleteFolderForGood(folder.Id), times: 1);

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        (await outlook.ListAsync("inbox")).Count.ShouldBe(32);
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("short", "in time");
    }
}
