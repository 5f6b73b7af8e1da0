using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Mail that goes out, by itself, as an answer and passed on. Abstract: each provider has its own account.</summary>
public abstract class SendTests(MailAccount account)
{
    private static readonly object[] Tom = [new { name = "Tom", address = "tom@sandbox.test" }];

    private DaemonApp App => account.App;

    private string Send => $"/api/{account.Provider}/send";

    [Fact]
    public async Task Mail_is_sent_and_its_copy_filed()
    {
        var reply = await App.PostAsync(Send, new
        {
            email = account.Email.ToUpperInvariant(),
            toRecipients = Tom,
            ccRecipients = new[] { new { address = "anna.schmidt@nordlicht.example" } },
            bccRecipients = new[] { new { address = "printer@other.example" } },
            subject = "报价 2026-01",
            body = "Hello\n测试\n.dot",
            attachments = new[] { new { filename = "报价.txt", content = Convert.ToBase64String("bytes"u8), contentType = "text/plain" } },
        });

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.String("status").ShouldBe("sent");
        reply.Result.String("messageId")!.ShouldEndWith($"@{account.Email.Split('@')[1]}>");
        var accepted = account.Sent[^1];
        accepted.Sender.ShouldBe(account.Email);
        accepted.Recipients.ShouldBe(["tom@sandbox.test", "anna.schmidt@nordlicht.example", "printer@other.example"]);
        var raw = Encoding.UTF8.GetString(accepted.Raw.Span);
        raw.ShouldContain($"Message-ID: {reply.Result.String("messageId")}\r\n");
        raw.ShouldNotContain("printer@other.example");
        raw.Replace("\r\n", "", StringComparison.Ordinal).ShouldNotContain('\n');

        await account.SyncAsync();
        var copy = (await account.ListAsync("sent")).Where(m => m.String("internetMessageId") == reply.Result.String("messageId")).ShouldHaveSingleItem();
        copy.String("id").ShouldBe(reply.Result.String("id"));
        account.OnServer(copy).Text.ShouldContain("Bcc: printer@other.example\r\n");
        account.OnServer(copy).IsRead.ShouldBeTrue();
        var detail = await account.ReadAsync(copy.Key());
        (detail.GetProperty("body").String("contentType"), detail.String("text")!.ReplaceLineEndings("\n").Trim()).ShouldBe(("text", "Hello\n测试\n.dot"));
        detail.GetProperty("bcc")[0].String("address").ShouldBe("printer@other.example");
        (await FileAsync(copy.Key())).ShouldBe("bytes"u8.ToArray());
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Page_is_sent_as_one_with_its_picture()
    {
        var reply = await App.PostAsync(Send, new
        {
            email = account.Email, toRecipients = Tom, subject = "page", body = "<p>Hello <b>报价</b> <img src=\"cid:logo\"></p>", contentType = "html",
            attachments = new[] { new { filename = "logo.png", content = Convert.ToBase64String(new byte[64]), contentType = "image/png", contentId = "logo", isInline = true } },
        });

        reply.Status.ShouldBe(200, reply.Text);
        await account.SyncAsync();
        var detail = await account.ReadAsync((await account.FindAsync("page", "sent")).Key());
        (detail.GetProperty("body").String("contentType"), detail.Is("hasAttachments")).ShouldBe(("html", false));
        detail.GetProperty("body").String("content")!.ShouldContain("<b>报价</b>");
        detail.String("text")!.ShouldContain("Hello 报价");
        var picture = detail.All("attachments").ShouldHaveSingleItem();
        (picture.Is("isInline"), picture.String("contentId"), picture.String("filename")).ShouldBe((true, "logo", "logo.png"));
    }

    [Theory]
    [InlineData("toRecipients", """[{"address":"tom@sandbox.test"}]""")]
    [InlineData("ccRecipients", """[{"address":"TOM@sandbox.test","name":"汤姆"}]""")]
    [InlineData("bccRecipients", """[{"address":"tom@sandbox.test"},{"address":"Tom@Sandbox.test"}]""")]
    public async Task One_recipient_anywhere_is_enough_and_named_once(string field, string recipients)
    {
        var reply = await App.PostAsync(Send, $$"""{"email":"{{account.Email}}","{{field}}":{{recipients}},"subject":"s","body":"b","contentType":"text/html"}""");

        reply.Status.ShouldBe(200, reply.Text);
        account.Sent[^1].Recipients.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Request_that_is_repeated_under_its_key_sends_once()
    {
        var sent = account.Sent.Count;
        var mail = new { email = account.Email, toRecipients = Tom, subject = "once", body = "b" };

        var first = await App.PostAsync(Send, mail, ("Idempotency-Key", "suite-once"));
        var again = await App.PostAsync(Send, mail, ("Idempotency-Key", "suite-once"));
        var other = await App.PostAsync(Send, new { email = account.Email, toRecipients = Tom, subject = "another", body = "b" }, ("Idempotency-Key", "suite-once"));

        first.Status.ShouldBe(200, first.Text);
        again.Text.ShouldBe(first.Text);
        other.Status.ShouldBe(409, other.Text);
        account.Sent.Count.ShouldBe(sent + 1);
    }

    [Fact]
    public async Task Reply_goes_into_the_thread_and_marks_the_original()
    {
        var original = await account.FindAsync("New inquiry: linear lights for an office project");

        var reply = await App.PostAsync(account.ReplyPath(original.Key()), new { body = "<p>Yes</p>", contentType = "html", quoteOriginal = true });

        reply.Status.ShouldBe(200, reply.Text);
        var sent = account.Sent[^1];
        sent.Recipients.ShouldBe(["anna.schmidt@nordlicht.example"]);
        var raw = Encoding.UTF8.GetString(sent.Raw.Span);
        raw.ShouldContain("In-Reply-To: <nordlicht-6@nordlicht.example>\r\n");
        raw.ShouldContain("References: <nordlicht-6@nordlicht.example>\r\n");
        raw.ShouldContain("Subject: Re: New inquiry: linear lights for an office project\r\n");
        account.OnServer(original).IsAnswered.ShouldNotBe(false);
        (await account.ReadAsync(original.Key())).Is("isAnswered").ShouldBeTrue();
        await account.SyncAsync();
        var copy = (await account.ListAsync("sent")).First(m => m.String("internetMessageId") == reply.Result.String("messageId"));
        copy.String("threadId").ShouldBe(original.String("threadId"));
        (await account.ReadAsync(original.Key())).Is("isAnswered").ShouldBeTrue();
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Reply_goes_where_the_sender_wants_it_and_on_demand_to_all()
    {
        var original = await account.ReceiveAsync(
            "six lamps", from: "Bob <bob@orders.test>", fields: $"To: {account.Email}, Anna <anna@orders.test>\r\nCc: eva@orders.test\r\nReply-To: desk@orders.test\r\n");

        foreach (var (replyAll, recipients) in new (bool, string[])[] { (false, ["desk@orders.test"]), (true, ["desk@orders.test", "anna@orders.test", "eva@orders.test"]) })
        {
            var reply = await App.PostAsync(account.ReplyPath(original.Key()), new { body = "ok", replyAll });
            reply.Status.ShouldBe(200, reply.Text);
            account.Sent[^1].Recipients.ShouldBe(recipients, ignoreOrder: true);
        }

        var byId = await App.PostAsync($"/api/{account.Provider}/reply", new { messageId = original.String("id"), email = account.Email, body = "ok" });
        byId.Status.ShouldBe(200, byId.Text);
        account.Sent[^1].Recipients.ShouldBe(["desk@orders.test"]);
    }

    [Theory]
    [InlineData("text", "FYI", "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: ")]
    [InlineData("html", "<p>FYI</p>", "<p>FYI</p><br><br><div>---------- Forwarded message ---------")]
    public async Task Forward_carries_the_text_and_the_attachments(string contentType, string body, string expected)
    {
        var original = await account.FindAsync("合同已盖章 📄 请查收");
        var files = (await account.ReadAsync(original.Key())).All("attachments");

        var sent = await App.PostAsync($"/api/{account.Provider}/forward", new { key = original.Key(), toRecipients = Tom, body, contentType });

        (sent.Status, sent.Result.String("status")).ShouldBe((200, "sent"), sent.Text);
        account.Sent[^1].Recipients.ShouldBe(["tom@sandbox.test"]);
        await account.SyncAsync();
        var copy = await account.FindAsync("Fwd: 合同已盖章 📄 请查收", "sent");
        var detail = await account.ReadAsync(copy.Key());
        detail.GetProperty("body").String("content")!.ReplaceLineEndings("\r\n").ShouldContain(expected);
        detail.All("attachments").Select(a => (a.String("filename"), a.String("mimeType"))).ShouldBe(files.Select(a => (a.String("filename"), a.String("mimeType"))));
        (await FileAsync(copy.Key())).ShouldBe(await FileAsync(original.Key()));
        (await account.ReadAsync(original.Key())).Is("isForwarded").ShouldBeTrue();
        account.OnServer(original).IsForwarded.ShouldNotBe(false);
    }

    private async Task<byte[]> FileAsync(string key) =>
        await App.Client.GetByteArrayAsync($"/api/attachments?key={key}&attachmentId={Uri.EscapeDataString((await account.ReadAsync(key)).All("attachments")[0].String("id")!)}");
}
