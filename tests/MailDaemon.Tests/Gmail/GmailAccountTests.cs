using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>A Gmail account over HTTP: what is read, what is changed, and that Gmail says the same.</summary>
public sealed class GmailAccountTests : IAsyncLifetime
{
    private GmailApp gmail = null!;

    private DaemonApp App => gmail.App;

    public async Task InitializeAsync() => gmail = await GmailApp.StartAsync();

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Fact]
    public async Task First_pass_lists_every_message_in_its_place()
    {
        var items = await gmail.ListAsync();

        items.Count.ShouldBe(gmail.Mailbox.Messages.Count);
        items.Select(m => m.GetProperty("id").GetString()).ShouldBe(gmail.Mailbox.Messages.Select(m => m.Id), ignoreOrder: true);
        foreach (var item in items)
        {
            var message = gmail.Mailbox.Find(item.GetProperty("id").GetString()!)!;
            item.GetProperty("threadId").GetString().ShouldBe(message.ThreadId);
            item.GetProperty("isRead").GetBoolean().ShouldBe(!message.LabelIds.Contains("UNREAD"));
            item.GetProperty("isStarred").GetBoolean().ShouldBe(message.LabelIds.Contains("STARRED"));
            item.GetProperty("labelIds").EnumerateArray().Select(l => l.GetString()).ShouldBe(message.LabelIds.Select(l => (string?)l), ignoreOrder: true);
        }

        (await App.GetAsync($"/api/gmail/folders?email={gmail.Email}")).Result.EnumerateArray().Select(f => f.GetProperty("folder").GetString())
            .ShouldBe(["inbox", "sent", "drafts", "archive", "spam", "trash"]);
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Pass_with_nothing_new_is_one_request()
    {
        await gmail.SyncAsync();
        gmail.Gmail.ClearRequests();

        await gmail.SyncAsync();

        gmail.Gmail.Requests.ShouldHaveSingleItem().Method.ShouldBe("gmail.users.history.list");
    }

    [Fact]
    public async Task What_another_client_does_is_there_after_the_next_pass()
    {
        var messages = gmail.Mailbox.Messages.Where(m => m.LabelIds.Contains("INBOX")).Take(6).ToList();
        var label = gmail.Mailbox.CreateLabel("客户/重要");
        gmail.Mailbox.Star(messages[0].Id);
        gmail.Mailbox.Archive(messages[1].Id);
        gmail.Mailbox.Trash(messages[2].Id);
        gmail.Mailbox.MoveToSpam(messages[3].Id);
        gmail.Mailbox.Modify(messages[4].Id, [label.Id], ["UNREAD"]);
        gmail.Mailbox.Delete(messages[5].Id);
        var arrived = gmail.Mailbox.Deliver(Mail("arrived"));

        var pass = await gmail.SyncAsync();

        pass.GetProperty("added").GetInt32().ShouldBe(1);
        pass.GetProperty("removed").GetInt32().ShouldBe(1);
        (await ItemAsync(messages[0].Id)).GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        (await ItemAsync(messages[1].Id)).GetProperty("folder").GetString().ShouldBe("archive");
        (await ItemAsync(messages[2].Id)).GetProperty("folder").GetString().ShouldBe("trash");
        (await ItemAsync(messages[3].Id)).GetProperty("folder").GetString().ShouldBe("spam");
        (await ItemAsync(messages[4].Id)).GetProperty("labelIds").EnumerateArray().Select(l => l.GetString()).ShouldContain(label.Id);
        (await ItemAsync(arrived.Id)).GetProperty("folder").GetString().ShouldBe("inbox");
        await gmail.SyncAsync();
        (await App.GetAsync($"/api/labels?provider=gmail&email={gmail.Email}")).Result.EnumerateArray().Select(l => l.GetProperty("name").GetString()).ShouldContain("客户/重要");
        await gmail.ShouldBeVerifiedAsync();
    }

    [Theory]
    [InlineData("star", "STARRED", true)]
    [InlineData("unread", "UNREAD", true)]
    [InlineData("read", "UNREAD", false)]
    [InlineData("archive", "INBOX", false)]
    [InlineData("spam", "SPAM", true)]
    public async Task What_is_asked_for_here_is_done_at_gmail(string action, string label, bool isThere)
    {
        var id = gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("INBOX")).Id;

        var done = await App.PostAsync($"/api/gmail/messages/{id}/{action}?email={gmail.Email}");

        done.Status.ShouldBe(200, done.Text);
        gmail.Mailbox.Find(id)!.LabelIds.Contains(label).ShouldBe(isThere);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Deleting_moves_to_trash_and_from_there_deletes_for_good()
    {
        var id = gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("INBOX")).Id;

        var first = await App.DeleteAsync($"/api/gmail/messages/{id}?email={gmail.Email}");
        var second = await App.DeleteAsync($"/api/gmail/messages/{id}?email={gmail.Email}");

        (first.Result.GetProperty("folder").GetString(), first.Result.GetProperty("permanent").GetBoolean()).ShouldBe(("trash", false), first.Text);
        second.Result.GetProperty("permanent").GetBoolean().ShouldBeTrue(second.Text);
        gmail.Mailbox.Find(id).ShouldBeNull();
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Detail_holds_body_attachments_and_their_bytes()
    {
        var item = (await gmail.ListAsync()).First(m => m.GetProperty("hasAttachments").GetBoolean());
        var detail = await App.GetAsync($"/api/gmail/messages/{item.GetProperty("id").GetString()}?email={gmail.Email}");

        detail.Result.GetProperty("text").GetString().ShouldNotBeNullOrWhiteSpace();
        var attachment = detail.Result.GetProperty("attachments").EnumerateArray().First();
        var data = await App.PostAsync(
            $"/api/gmail/messages/{item.GetProperty("id").GetString()}/attachment", new { email = gmail.Email, attachmentId = attachment.GetProperty("id").GetString() });
        data.Status.ShouldBe(200, data.Text);
        Convert.FromBase64String(data.Result.GetProperty("data").GetString()!).Length.ShouldBe(attachment.GetProperty("size").GetInt32());
        gmail.Gmail.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sent_mail_goes_out_once_and_a_reply_stays_in_its_conversation()
    {
        var original = gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("INBOX"));
        var sent = await App.PostAsync("/api/gmail/send", new { email = gmail.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "Hello 你好", body = "text" });
        var reply = await App.PostAsync("/api/gmail/reply", new { email = gmail.Email, messageId = original.Id, body = "Thanks" });

        sent.Status.ShouldBe(200, sent.Text);
        reply.Status.ShouldBe(200, reply.Text);
        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        (reply.Status, reply.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), reply.Text);
        await gmail.SyncAsync();
        var items = await gmail.ListAsync("sent");
        items.Select(m => m.GetProperty("id").GetString()).ShouldContain(sent.Result.GetProperty("id").GetString());
        items.Count(m => m.GetProperty("subject").GetString() == "Hello 你好").ShouldBe(1);
        items.First(m => m.GetProperty("internetMessageId").GetString() == reply.Result.GetProperty("messageId").GetString()).GetProperty("threadId").GetString().ShouldBe(original.ThreadId);
        gmail.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Count(m => Encoding.UTF8.GetString(m.Raw.Span).Contains(sent.Result.GetProperty("messageId").GetString()!, StringComparison.Ordinal)).ShouldBe(1);
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Draft_is_made_changed_sent_and_gone()
    {
        var made = await App.PostAsync("/api/gmail/drafts", new { email = gmail.Email, to = "tom@sandbox.test", subject = "Offer", body = "first" });
        made.Status.ShouldBe(201, made.Text);
        var id = made.Result.GetProperty("id").GetString();
        var changed = await App.PutAsync($"/api/gmail/drafts/{id}", new { email = gmail.Email, to = "tom@sandbox.test", subject = "Offer", body = "second" });
        changed.Status.ShouldBe(200, changed.Text);
        gmail.Mailbox.Messages.Count(m => m.LabelIds.Contains("DRAFT") && Encoding.UTF8.GetString(m.Raw.Span).Contains("Subject: Offer", StringComparison.Ordinal)).ShouldBe(1);

        var sent = await App.PostAsync($"/api/gmail/drafts/{changed.Result.GetProperty("id").GetString()}/send?email={gmail.Email}");

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        await gmail.SyncAsync();
        (await gmail.ListAsync("drafts")).ShouldNotContain(m => m.GetProperty("subject").GetString() == "Offer");
        (await gmail.ListAsync("sent")).Count(m => m.GetProperty("subject").GetString() == "Offer").ShouldBe(1);
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Label_is_made_given_renamed_and_deleted_at_gmail()
    {
        var id = gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("INBOX")).Id;
        var made = await App.PostAsync("/api/labels", new { provider = "gmail", email = gmail.Email, name = "Orders/2026", color = "red" });
        made.Status.ShouldBe(201, made.Text);
        var label = made.Result.GetProperty("id").GetString();
        var given = await App.PostAsync($"/api/mails/gmail/{gmail.Email}/labels", new { mailId = id, labelId = label });
        var native = gmail.Mailbox.Labels.Single(l => l.Name == "Orders/2026");
        gmail.Mailbox.Find(id)!.LabelIds.ShouldContain(native.Id, customMessage: given.Text);

        var renamed = await App.PutAsync($"/api/labels/{label}", new { name = "Orders/old" });

        renamed.Status.ShouldBe(200, renamed.Text);
        gmail.Mailbox.FindLabel(native.Id)!.Name.ShouldBe("Orders/old");
        (await App.DeleteAsync($"/api/labels/{label}")).Status.ShouldBe(200);
        gmail.Mailbox.FindLabel(native.Id).ShouldBeNull();
        (await ItemAsync(id)).GetProperty("labelIds").EnumerateArray().Select(l => l.GetString()).ShouldNotContain(native.Id);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Fetch_reads_pages_and_queries_of_gmail_and_knows_no_offset()
    {
        var first = await App.PostAsync($"/api/gmail/messages/fetch?email={gmail.Email}&limit=5");
        first.Status.ShouldBe(200, first.Text);
        first.Result.GetProperty("messages").GetArrayLength().ShouldBe(5);
        var token = first.Result.GetProperty("pagination").GetProperty("nextPageToken").GetString();
        var second = await App.PostAsync($"/api/gmail/messages/fetch?email={gmail.Email}&limit=5&pageToken={Uri.EscapeDataString(token!)}");
        second.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString())
            .Intersect(first.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString())).ShouldBeEmpty();
        var found = await App.PostAsync($"/api/gmail/messages/fetch?email={gmail.Email}&query={Uri.EscapeDataString("has:attachment")}");
        found.Result.GetProperty("messages").GetArrayLength().ShouldBeGreaterThan(0, found.Text);
        (await App.PostAsync($"/api/gmail/messages/fetch?email={gmail.Email}&offset=5")).Status.ShouldBe(400);
        gmail.Gmail.Violations.ShouldBeEmpty();
    }

    private static byte[] Mail(string subject) => Encoding.UTF8.GetBytes($"From: Tom <tom@sandbox.test>\r\nTo: gina@gmail.sandbox.test\r\nMessage-ID: <{Guid.NewGuid():N}@sandbox.test>\r\nSubject: {subject}\r\nDate: Tue, 01 Dec 2026 10:00:00 +0000\r\n\r\nbody of {subject}\r\n");

    private async Task<JsonElement> ItemAsync(string id)
    {
        var detail = await App.GetAsync($"/api/gmail/messages/{id}?email={gmail.Email}");
        detail.Status.ShouldBe(200, detail.Text);
        return detail.Result;
    }
}
