using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>What a message of any provider says. Abstract: each provider has its own account.</summary>
public abstract class DetailTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Fact]
    public async Task Detail_is_the_item_and_what_it_says()
    {
        var item = await account.FindAsync("AW: AW: Request for quotation: LED panels 60x60");

        var detail = await account.ReadAsync(item.Key());

        foreach (var property in item.EnumerateObject())
            detail.GetProperty(property.Name).GetRawText().ShouldBe(property.Value.GetRawText(), property.Name);
        detail.GetProperty("body").String("contentType").ShouldBe("html");
        detail.GetProperty("body").String("content")!.ShouldContain("<b>1,200 panels at USD 12.65</b>");
        detail.String("text")!.ShouldContain("agreed: 1,200 panels at USD 12.65.");
        detail.GetProperty("headers").String("inReplyTo").ShouldBe($"<nordlicht-4@{account.Email.Split('@')[1]}>");
        detail.GetProperty("headers").All("references").Count.ShouldBe(4);
        detail.All("replyTo").ShouldBeEmpty();
        var logo = detail.All("attachments").ShouldHaveSingleItem();
        logo.EnumerateObject().Select(p => p.Name).Where(name => name != "sizeIsEstimate").ShouldBe(["id", "filename", "mimeType", "contentType", "size", "isInline", "contentId"]);
        if (!account.HasOwnAttachmentIds)
            logo.String("id").ShouldBe("0");
        (logo.String("contentType"), logo.String("mimeType"), logo.Is("isInline"), logo.String("contentId")).ShouldBe(("image/png", "image/png", true, "logo@nordlicht"));
        detail.Is("hasAttachments").ShouldBeFalse();
    }

    [Fact]
    public async Task Detail_names_the_copied_in_both_vocabularies()
    {
        var item = await account.FindAsync("周一例会：第四季度销售目标");

        var reply = await App.GetAsync(account.MessagePath(item.Key()));

        reply.Result.All("cc").Count.ShouldBe(2);
        reply.Result.GetProperty("ccRecipients").GetRawText().ShouldBe(reply.Result.GetProperty("cc").GetRawText());
        reply.Text.ShouldContain("周一例会：第四季度销售目标");
        reply.Text.ShouldNotContain("\\u");
    }

    [Fact]
    public async Task Message_is_found_by_its_id_and_by_its_key()
    {
        var item = await account.FindAsync("Quote for high bay lights, 150 W");
        var id = item.String("id")!;

        foreach (var path in (string[])
        [
            account.MessagePath(id, query: $"email={account.Email}"), account.MessagePath(id, query: $"email={account.Email.ToUpperInvariant()}"),
            account.MessagePath(item.Key()), account.MessagePath(item.Key(), query: $"email={account.Email}&folder=archive"),
        ])
        {
            var reply = await App.GetAsync(path);
            reply.Status.ShouldBe(200, $"{path}: {reply.Text}");
            reply.Result.Key().ShouldBe(item.Key());
        }

        (await App.GetAsync(account.MessagePath(item.Key(), query: "email=tom@sandbox.test"))).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task Reading_marks_nothing_as_read()
    {
        var item = await account.FindAsync("Remittance advice 88213");

        (await account.ReadAsync(item.Key())).Is("isRead").ShouldBeFalse();

        account.OnServer(item).IsRead.ShouldBeFalse();
        await account.SyncAsync();
        (await account.FindAsync("Remittance advice 88213")).Is("isRead").ShouldBeFalse();
    }

    [Fact]
    public async Task Header_fields_of_interest_are_told_and_a_page_alone_has_a_text_too()
    {
        var item = await account.ReceiveAsync(
            "weekly", "<p>Hello <b>报价</b></p>", fields: "Content-Type: text/html; charset=utf-8\r\nReply-To: desk@lists.test\r\nList-Id: Weekly <weekly.lists.test>\r\nAuto-Submitted: auto-generated\r\n");

        var detail = await account.ReadAsync(item.Key());

        (detail.GetProperty("body").String("contentType"), detail.String("text")!.Trim()).ShouldBe(("html", "Hello 报价"));
        detail.GetProperty("headers").String("listId")!.ShouldContain("weekly.lists.test");
        detail.GetProperty("headers").String("autoSubmitted").ShouldBe("auto-generated");
        detail.GetProperty("replyTo")[0].String("address").ShouldBe("desk@lists.test");
        detail.Is("replyToDiffers").ShouldBeTrue();
    }

    [Fact]
    public async Task Attachment_comes_as_it_was_sent_whole_and_in_part()
    {
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        var encoded = string.Join("\r\n", Convert.ToBase64String(bytes).Chunk(76).Select(line => new string(line)));
        var item = await account.ReceiveAsync(
            "with a file",
            "--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\nContent-Type: application/pdf; name=\"=?utf-8?B?5oql5Lu3?=.pdf\"\r\nContent-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + encoded + "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: a@b.example\r\n\r\ninner text\r\n--b--",
            fields: "Content-Type: multipart/mixed; boundary=b\r\n");

        var attachments = (await account.ReadAsync(item.Key())).All("attachments");

        item.Is("hasAttachments").ShouldBeTrue();
        attachments.Select(a => (a.String("filename"), a.String("mimeType"))).First().ShouldBe(("报价.pdf", "application/pdf"));
        attachments.Count.ShouldBe(2);
        var ids = attachments.Select(a => a.String("id")!).ToList();
        if (!account.HasOwnAttachmentIds)
            ids.ShouldBe(["0", "1"]);
        var path = $"/api/attachments?key={item.Key()}&attachmentId=";
        (await App.Client.GetByteArrayAsync(path + Uri.EscapeDataString(ids[0]))).ShouldBe(bytes);
        Encoding.UTF8.GetString(await App.Client.GetByteArrayAsync(path + Uri.EscapeDataString(ids[1]))).ShouldContain("inner text");
        using var part = new HttpRequestMessage(HttpMethod.Get, path + Uri.EscapeDataString(ids[0])) { Version = new Version(2, 0) };
        part.Headers.Range = new(100_000, 100_099);
        using var answer = await App.Client.SendAsync(part);
        ((int)answer.StatusCode).ShouldBe(206);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[100_000..100_100]);
        (await App.GetAsync(path + "7")).ShouldBeRefused(404, "attachment_not_found");
    }
}
