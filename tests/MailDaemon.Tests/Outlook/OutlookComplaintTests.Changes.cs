using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <content>Changes here and there, and settings that widen and narrow.</content>
public sealed partial class OutlookComplaintTests
{
    private static string[] FromInbox { get; } = ["inbox"];

    /// <summary>Row 20: a delta lags behind what was done here, which wins until it is confirmed.</summary>
    [Fact]
    public async Task What_was_done_here_wins_over_a_delta_that_does_not_know_it_yet()
    {
        var message = Mailbox.Messages().First(m => !m.IsRead);
        Mailbox.SetRead(message.Id);
        Mailbox.SetFlag(message.Id);
        await outlook.SyncAsync();
        Mailbox.SetCategories(message.Id, "Orders");
        (await PostAsync(message.Id, "unread")).Status.ShouldBe(200);
        (await PostAsync(message.Id, "unstar")).Status.ShouldBe(200);
        (await PostAsync(message.Id, "move", new { target = "archive" })).Status.ShouldBe(200);
        Faults.DeltaLags.Arm(1, times: 2);

        await outlook.SyncAsync();

        Faults.DeltaLags.Hits.ShouldBeGreaterThan(0);
        var item = await ItemAsync(message.Id);
        (item.GetProperty("isRead").GetBoolean(), item.GetProperty("isStarred").GetBoolean(), item.GetProperty("folder").GetString()).ShouldBe((false, false, "archive"));
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 20: an old state of a message is told after it was changed here.</summary>
    [Fact]
    public async Task Old_state_of_a_message_that_is_told_again_does_not_undo_what_was_done_here()
    {
        var message = Mailbox.Messages().First(m => !m.IsRead);
        Mailbox.SetFlag(message.Id);
        var asked = 0;
        Faults.DropAfter.Arm(Delta, true, times: 1);
        Faults.Meanwhile.Arm(Delta, mailbox =>
        {
            // Between what the server says and what is made of it here.
            if (Interlocked.Increment(ref asked) == 1)
                mailbox.SetRead(message.Id);
        });

        await outlook.SyncAsync();

        var item = await ItemAsync(message.Id);
        (item.GetProperty("isRead").GetBoolean(), item.GetProperty("isStarred").GetBoolean()).ShouldBe((true, true));
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 20: what was deleted here does not come back, whatever the delta still tells of it.</summary>
    [Fact]
    public async Task Deleted_mail_does_not_reappear()
    {
        var message = Mailbox.Messages()[0];
        Mailbox.SetFlag(message.Id);
        for (var i = 0; i < 2; i++)
            (await outlook.App.DeleteAsync($"/api/outlook/messages/{Uri.EscapeDataString(message.Id)}?email={outlook.Email}")).Status.ShouldBe(200);
        Faults.DeltaLags.Arm(2, times: 2);

        await outlook.SyncAsync();

        (await outlook.ListAsync()).ShouldNotContain(m => m.GetProperty("id").GetString() == message.Id);
        await outlook.SyncAsync();
        Mailbox.Find(message.Id).ShouldBeNull();
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 22: what another client does is here after a pass, and what is done here is there at once.</summary>
    [Fact]
    public async Task Changes_go_both_ways()
    {
        var messages = Mailbox.Messages();
        var keys = await KeysAsync();
        Mailbox.SetFlag(messages[0].Id);
        Mailbox.Move(messages[1].Id, "archive");
        Mailbox.Delete(messages[2].Id);
        Mailbox.Move(messages[3].Id, "junkemail");
        Mailbox.SetCategories(messages[4].Id, "Orders", "客户");
        Mailbox.DeleteForGood(messages[5].Id);

        await outlook.SyncAsync();

        (await ItemAsync(messages[0].Id)).GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        (await ItemAsync(messages[1].Id)).GetProperty("folder").GetString().ShouldBe("archive");
        (await ItemAsync(messages[2].Id)).GetProperty("folder").GetString().ShouldBe("trash");
        (await ItemAsync(messages[3].Id)).GetProperty("folder").GetString().ShouldBe("spam");
        (await ItemAsync(messages[4].Id)).GetRawText().ShouldContain("Orders");
        (await outlook.ListAsync()).Count.ShouldBe(29);
        ShouldStay(keys, await KeysAsync());
        (await PostAsync(messages[0].Id, "unstar")).Status.ShouldBe(200);
        (await PostAsync(messages[1].Id, "move", new { target = "inbox" })).Status.ShouldBe(200);
        (await PostAsync(messages[6].Id, "read")).Status.ShouldBe(200);
        (await PostAsync(messages[7].Id, "spam")).Status.ShouldBe(200);
        (await PostAsync(messages[8].Id, "archive")).Status.ShouldBe(200);
        Mailbox.Find(messages[0].Id)!.Flag.ShouldBe(GraphFlag.NotFlagged);
        FolderOf(messages[1].Id).ShouldBe("inbox");
        Mailbox.Find(messages[6].Id)!.IsRead.ShouldBeTrue();
        FolderOf(messages[7].Id).ShouldBe("junkemail");
        FolderOf(messages[8].Id).ShouldBe("archive");
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 20: a delta tells the read state alone: what it does not mention stays.</summary>
    [Fact]
    public async Task Read_state_that_is_told_alone_changes_nothing_else()
    {
        var message = Mailbox.Messages().First(m => !m.IsRead);
        Mailbox.SetFlag(message.Id);
        Mailbox.SetCategories(message.Id, "Orders");
        await outlook.SyncAsync();
        Faults.TellsReadStateAlone = true;
        Mailbox.SetRead(message.Id);

        await outlook.SyncAsync();

        var item = await ItemAsync(message.Id);
        (item.GetProperty("isRead").GetBoolean(), item.GetProperty("isStarred").GetBoolean()).ShouldBe((true, true));
        item.GetRawText().ShouldContain("Orders");
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 22: what is asked for while Outlook is away is done when it is back, in its order.</summary>
    [Fact]
    public async Task Changes_asked_for_while_outlook_is_away_are_done_when_it_is_back()
    {
        var messages = Mailbox.Messages();
        Mailbox.SetFlag(messages[1].Id);
        Mailbox.SetCategories(messages[4].Id, "Kept");
        var made = await outlook.App.PostAsync("/api/labels", new { provider = "outlook", email = outlook.Email, name = "Later" });
        made.Status.ShouldBe(201, made.Text);
        await outlook.SyncAsync();
        outlook.Graph.GoAway();

        (await PostAsync(messages[0].Id, "star")).Status.ShouldBe(202);
        (await PostAsync(messages[1].Id, "unstar")).Status.ShouldBe(202);
        (await PostAsync(messages[0].Id, "archive")).Status.ShouldBe(202);
        (await PostAsync(messages[2].Id, "spam")).Status.ShouldBe(202);
        (await outlook.App.DeleteAsync($"/api/outlook/messages/{Uri.EscapeDataString(messages[3].Id)}?email={outlook.Email}")).Status.ShouldBe(202);
        (await outlook.App.PostAsync($"/api/mails/outlook/{outlook.Email}/labels", new { mailId = messages[4].Id, labelId = made.Result.GetProperty("id").GetString() })).Status.ShouldBeInRange(200, 202);
        outlook.Graph.ComeBack();
        Mailbox.SetRead(messages[0].Id);
        await outlook.SyncAsync();

        (await outlook.App.GetAsync("/api/offline/queue")).Result.GetProperty("pending").GetInt32().ShouldBe(0);
        Mailbox.Find(messages[0].Id)!.Flag.ShouldBe(GraphFlag.Flagged);
        FolderOf(messages[0].Id).ShouldBe("archive");
        Mailbox.Find(messages[1].Id)!.Flag.ShouldBe(GraphFlag.NotFlagged);
        FolderOf(messages[2].Id).ShouldBe("junkemail");
        FolderOf(messages[3].Id).ShouldBe("deleteditems");
        Mailbox.Find(messages[4].Id)!.Categories.ShouldBe(["Kept", "Later"], ignoreOrder: true);
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 9: folders that are wanted later are read as old mail; those that are not wanted any more leave the cache.</summary>
    [Fact]
    public async Task Folders_that_are_wanted_later_come_as_old_mail_and_those_that_are_not_go()
    {
        rules.Deliver("stays");
        var moved = rules.Deliver("moved");
        await outlook.SyncAsync();
        Mailbox.Move(moved.Id, "archive");
        foreach (var message in Mailbox.Messages("inbox").Skip(2).Take(5))
            Mailbox.Move(message.Id, "archive");
        await outlook.SyncAsync();

        await SettingsAsync(new { folders = FromInbox });
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(26);
        await outlook.ShouldBeVerifiedAsync();
        Mailbox.Move(moved.Id, "inbox");
        rules.Deliver("unwanted", "archive");
        await outlook.SyncAsync();
        (await outlook.ListAsync()).Count.ShouldBe(27);
        await SettingsAsync(new { folders = Array.Empty<string>() });
        var widened = await outlook.SyncAsync();

        widened.GetProperty("added").GetInt32().ShouldBe(6);
        (await outlook.ListAsync()).Count.ShouldBe(33);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("stays", "moved");
    }

    /// <summary>Row 9: more days are read as old mail.</summary>
    [Fact]
    public async Task Days_that_are_wanted_later_come_as_old_mail()
    {
        var now = TimeProvider.System.GetUtcNow();
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox =>
        {
            foreach (var days in new[] { 1, 5, 20, 40 })
                mailbox.Add(new GraphMail(OutlookRuns.Mail($"{days} days ago")) { ReceivedAt = now.AddDays(-days) });
        }, settings: [("Sync:Days", "7")]));
        (await outlook.ListAsync()).Count.ShouldBe(2);
        await outlook.ShouldBeVerifiedAsync();

        await SettingsAsync(new { syncDays = 30 });
        await outlook.SyncAsync();
        (await outlook.ListAsync()).Count.ShouldBe(3);
        await SettingsAsync(new { syncDays = 0 });
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(4);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 9: a first pass under way when the settings change reads what is wanted now.</summary>
    [Fact]
    public async Task Settings_that_change_in_the_first_pass_count()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(60), trouble: server => server.Faults.Delay.Arm(Delta, TimeSpan.FromMilliseconds(100))));
        Mailbox.Move(Mailbox.Messages()[3].Id, "archive");

        await SettingsAsync(new { folders = FromInbox });
        Faults.Delay.DisarmAll();
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(59);
        await outlook.ShouldBeVerifiedAsync();
    }

    private string? FolderOf(string id) => Mailbox.Folder(Mailbox.Find(id)!.FolderId).WellKnownName;
}
