using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Drafts of every provider. Abstract: each provider has its own account.</summary>
public abstract class DraftTests(MailAccount account)
{
    private DaemonApp App => account.App;

    private string Drafts => $"/api/{account.Provider}/drafts";

    [Theory]
    [InlineData("\"汤姆 <tom@sandbox.test>, anna@nordlicht.example\"")]
    [InlineData("[\"汤姆 <tom@sandbox.test>\", \"anna@nordlicht.example\"]")]
    [InlineData("[{\"name\":\"汤姆\",\"address\":\"tom@sandbox.test\"}, \"anna@nordlicht.example\"]")]
    public async Task Draft_takes_recipients_in_every_form(string to)
    {
        var made = await App.PostAsync(Drafts, JsonDocument.Parse($$"""{"email":"{{account.Email}}","to":{{to}},"subject":"草稿","body":"<b>x</b>","contentType":"html"}""").RootElement);

        made.Status.ShouldBe(201, made.Text);
        made.Result.String("folder").ShouldBe("drafts");
        var detail = await App.GetAsync(account.ReadDraftPath(made.Result.Key()));
        detail.Result.GetProperty("to").GetRawText().ShouldBe("""[{"name":"汤姆","address":"tom@sandbox.test"},{"name":"","address":"anna@nordlicht.example"}]""");
        detail.Result.GetProperty("body").String("content")!.ShouldContain("<b>x</b>");
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Draft_lives_from_its_making_to_its_sending()
    {
        var made = await App.PostAsync(Drafts, new
        {
            email = account.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, bcc = "eva@orders.test", subject = "first", body = "one",
            attachments = new[] { new { filename = "a.txt", content = Convert.ToBase64String("hello"u8) } },
        });
        made.Status.ShouldBe(201, made.Text);
        (await App.GetAsync($"{Drafts}?email={account.Email}")).Result.All("messages").Select(m => m.String("id")).ShouldContain(made.Result.String("id"));
        (Written("first").Folder, Written("first").IsDraft).ShouldBe(("drafts", true));

        var changed = await App.PutAsync(account.DraftPath(made.Result.String("id")!, query: $"email={account.Email}"), new
        {
            to = "tom@sandbox.test", bcc = "eva@orders.test", subject = "second", body = "two",
            attachments = new[] { new { filename = "a.txt", content = Convert.ToBase64String("hello"u8) } },
        });
        changed.Status.ShouldBe(200, changed.Text);
        changed.Result.Key().ShouldBe(made.Result.Key());
        account.ServerMails.ShouldNotContain(mail => mail.Text.Contains("Subject: first", StringComparison.Ordinal));
        Written("second").Folder.ShouldBe("drafts");
        (await App.GetAsync(account.ReadDraftPath(made.Result.Key()))).Result.String("subject").ShouldBe("second");
        var sentBefore = account.Sent.Count;

        var sent = await App.PostAsync(account.DraftPath(changed.Result.String("id")!, "send", $"email={account.Email}"));

        (sent.Status, sent.Result.String("status")).ShouldBe((200, "sent"), sent.Text);
        account.Sent.Count.ShouldBe(sentBefore + 1);
        account.Sent[^1].Recipients.ShouldBe(["tom@sandbox.test", "eva@orders.test"], ignoreOrder: true);
        var text = Encoding.UTF8.GetString(account.Sent[^1].Raw.Span);
        text.ShouldContain("Subject: second");
        text.ShouldContain("a.txt");
        text.ShouldNotContain("Bcc:", Case.Insensitive);
        text.ShouldContain(changed.Result.String("internetMessageId")!);
        (await App.GetAsync(account.ReadDraftPath(changed.Result.Key()))).Status.ShouldBe(404);
        Written("second").Folder.ShouldBe("sent");
        await account.ShouldBeVerifiedAsync();
        (await account.FindAsync("second")).String("folder").ShouldBe("sent");
    }

    [Fact]
    public async Task Draft_without_recipients_is_kept_and_cannot_be_sent()
    {
        var made = await App.PostAsync(Drafts, new { email = account.Email });
        made.Status.ShouldBe(201, made.Text);
        var drafts = account.ServerMails.Count(mail => mail.Folder == "drafts");

        (await App.PostAsync(account.DraftPath(made.Result.Key(), "send"))).ShouldBeRefused(400, "missing_recipient");
        (await App.DeleteAsync(account.DraftPath(made.Result.Key()))).Result.Is("permanent").ShouldBeTrue();
        account.ServerMails.Count(mail => mail.Folder == "drafts").ShouldBe(drafts - 1);
        (await App.DeleteAsync(account.DraftPath(made.Result.Key()))).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task What_is_no_draft_is_left_alone()
    {
        var key = (await account.ListAsync("inbox"))[0].Key();

        (await App.DeleteAsync(account.DraftPath(key))).ShouldBeRefused(409, "not_a_draft");
        (await App.PutAsync(account.DraftPath(key), new { subject = "x" })).ShouldBeRefused(409, "not_a_draft");
        (await App.PostAsync(account.DraftPath(key, "send"))).ShouldBeRefused(409, "not_a_draft");
        (await App.GetAsync(account.ReadDraftPath(key))).ShouldBeRefused(409, "not_a_draft");
        (await App.GetAsync(account.MessagePath(key))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Draft_of_a_reply_is_in_the_thread_and_stays_there()
    {
        var original = await account.ReceiveAsync("six lamps", "six lamps");

        var made = await App.PostAsync(Drafts, new { email = account.Email, inReplyTo = original.Key(), quoteOriginal = true, body = "Yes." });

        made.Status.ShouldBe(201, made.Text);
        var draft = (await App.GetAsync(account.ReadDraftPath(made.Result.Key()))).Result;
        (draft.String("subject"), draft.GetProperty("headers").String("inReplyTo")).ShouldBe(("Re: six lamps", original.String("internetMessageId")));
        draft.String("text")!.ShouldContain("> six lamps");
        (await App.PostAsync(account.DraftPath(made.Result.Key(), "send"))).Status.ShouldBe(200);
        await account.SyncAsync();
        (await account.FindAsync("Re: six lamps", "sent")).String("threadId").ShouldBe(original.String("threadId"));
        await account.ShouldBeVerifiedAsync();
    }

    private ServerMail Written(string subject) => account.ServerMails.Where(mail => mail.Text.Contains($"Subject: {subject}", StringComparison.Ordinal)).ShouldHaveSingleItem();
}
