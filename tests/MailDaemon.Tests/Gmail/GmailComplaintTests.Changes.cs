using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <content>Settings that widen and narrow, drafts that are sent, changes while Gmail is away.</content>
public sealed partial class GmailComplaintTests
{
    private static string[] FromInbox { get; } = ["inbox"];

    /// <summary>Row 9: folders that are wanted later are read as old mail; those that are not wanted any more leave the cache.</summary>
    [Fact]
    public async Task Folders_that_are_wanted_later_come_as_old_mail_and_those_that_are_not_go()
    {
        rules.Deliver("stays");
        var moved = rules.Deliver("moved");
        await gmail.SyncAsync();
        Mailbox.Archive(moved.Id);
        foreach (var message in Mailbox.Messages.Skip(2).Take(5))
            Mailbox.Archive(message.Id);
        await gmail.SyncAsync();

        await SettingsAsync(new { folders = FromInbox });
        await gmail.SyncAsync();

        (await gmail.ListAsync()).Count.ShouldBe(26);
        await gmail.ShouldBeVerifiedAsync();
        Mailbox.Modify(moved.Id, ["INBOX"], []);
        Mailbox.Add(new GmailMail(GmailRuns.Mail("unwanted")) { LabelIds = ["UNREAD"] });
        await gmail.SyncAsync();
        (await gmail.ListAsync()).Count.ShouldBe(27);
        await SettingsAsync(new { folders = Array.Empty<string>() });
        var widened = await gmail.SyncAsync();

        widened.GetProperty("added").GetInt32().ShouldBe(6);
        (await gmail.ListAsync()).Count.ShouldBe(33);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("stays", "moved");
    }

    /// <summary>Row 9: more days are read as old mail.</summary>
    [Fact]
    public async Task Days_that_are_wanted_later_come_as_old_mail()
    {
        var now = TimeProvider.System.GetUtcNow();
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox =>
        {
            foreach (var days in new[] { 1, 5, 20, 40 })
                mailbox.Add(new GmailMail(GmailRuns.Mail($"{days} days ago")) { InternalDate = now.AddDays(-days) });
        }, settings: [("Sync:Days", "7")]));
        (await gmail.ListAsync()).Count.ShouldBe(2);
        await gmail.ShouldBeVerifiedAsync();

        await SettingsAsync(new { syncDays = 30 });
        await gmail.SyncAsync();
        (await gmail.ListAsync()).Count.ShouldBe(3);
        await SettingsAsync(new { syncDays = 0 });
        await gmail.SyncAsync();

        (await gmail.ListAsync()).Count.ShouldBe(4);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 9: a first pass under way when the settings change reads what is wanted now.</summary>
    [Fact]
    public async Task Settings_that_change_in_the_first_pass_count()
    {
        await AgainAsync(() => GmailApp.StartAsync(
            isSeeded: false, mailbox => mailbox.Fill(60), trouble: server => server.Faults.Delay.Arm("gmail.users.messages.list", TimeSpan.FromMilliseconds(200))));
        Mailbox.Archive(Mailbox.Messages[3].Id);

        await SettingsAsync(new { folders = FromInbox });
        await gmail.SyncAsync();

        (await gmail.ListAsync()).Count.ShouldBe(59);
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 13: a draft that another client sends is one mail in Sent and no draft.</summary>
    [Fact]
    public async Task Draft_that_another_client_sends_moves_to_sent_and_runs_no_rule()
    {
        var made = await gmail.App.PostAsync("/api/gmail/drafts", new { email = gmail.Email, to = "tom@sandbox.test", subject = "Offer", body = "text" });
        made.Status.ShouldBe(201, made.Text);
        var draft = (await ElsewhereAsync("drafts")).GetProperty("drafts")[0].GetProperty("id").GetString();
        await ElsewhereAsync("drafts/send", new { id = draft });

        await gmail.SyncAsync();

        (await gmail.ListAsync("drafts")).Count.ShouldBe(0);
        (await gmail.ListAsync("sent")).ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("Offer");
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 13: a draft whose sending was not answered is found in Sent by its Message-ID, and not sent again.</summary>
    [Fact]
    public async Task Draft_whose_answer_was_lost_is_found_in_sent()
    {
        var made = await gmail.App.PostAsync("/api/gmail/drafts", new { email = gmail.Email, to = "tom@sandbox.test", subject = "Offer", body = "text" });
        Faults.DropAfter.Arm("gmail.users.messages.send", true, times: 1);

        var sent = await gmail.App.PostAsync($"/api/gmail/drafts/{made.Result.GetProperty("id").GetString()}/send?email={gmail.Email}");

        sent.Result.GetProperty("status").GetString().ShouldBe("sent", sent.Text);
        await gmail.SyncAsync();
        (await gmail.ListAsync("drafts")).Count.ShouldBe(0);
        (await gmail.ListAsync("sent")).Count.ShouldBe(1);
        gmail.Servers.Accepted.Count.ShouldBe(1);
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 22: what is asked for while Gmail is away is done when it is back, in its order.</summary>
    [Fact]
    public async Task Changes_asked_for_while_gmail_is_away_are_done_when_it_is_back()
    {
        var messages = Mailbox.Messages;
        Mailbox.Star(messages[1].Id);
        var made = await gmail.App.PostAsync("/api/labels", new { provider = "gmail", email = gmail.Email, name = "Later" });
        await gmail.SyncAsync();
        gmail.Gmail.GoAway();

        (await PostAsync(messages[0].Id, "star")).Status.ShouldBe(202);
        (await PostAsync(messages[1].Id, "unstar")).Status.ShouldBe(202);
        (await PostAsync(messages[0].Id, "archive")).Status.ShouldBe(202);
        (await PostAsync(messages[2].Id, "spam")).Status.ShouldBe(202);
        (await gmail.App.DeleteAsync($"/api/gmail/messages/{messages[3].Id}?email={gmail.Email}")).Status.ShouldBe(202);
        (await gmail.App.PostAsync($"/api/mails/gmail/{gmail.Email}/labels", new { mailId = messages[4].Id, labelId = made.Result.GetProperty("id").GetString() })).Status.ShouldBeInRange(200, 202);
        gmail.Gmail.ComeBack();
        Mailbox.MarkRead(messages[0].Id);
        await gmail.SyncAsync();

        (await gmail.App.GetAsync("/api/offline/queue")).Result.GetProperty("pending").GetInt32().ShouldBe(0);
        Mailbox.Find(messages[0].Id)!.LabelIds.ShouldBe(["STARRED"]);
        Mailbox.Find(messages[1].Id)!.LabelIds.ShouldNotContain("STARRED");
        Mailbox.Find(messages[2].Id)!.LabelIds.ShouldContain("SPAM");
        Mailbox.Find(messages[3].Id)!.LabelIds.ShouldContain("TRASH");
        Mailbox.Find(messages[4].Id)!.LabelIds.ShouldContain(Mailbox.Labels.Single().Id);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    private async Task SettingsAsync(object settings)
    {
        var changed = await gmail.App.PutAsync($"/api/accounts/gmail/{gmail.Email}/settings", settings);
        changed.Status.ShouldBe(200, changed.Text);
    }
}
