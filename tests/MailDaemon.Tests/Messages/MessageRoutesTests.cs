using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

public sealed class MessageRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Messages = "/api/imap/messages";
    private const string Email = "email=lina@sandbox.test";

    private DaemonApp App => sandbox.App;

    [Fact]
    public async Task Item_has_the_names_of_both_versions()
    {
        var item = await sandbox.FindAsync("New inquiry: linear lights for an office project");

        item.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(
        [
            "authentication", "bodyPreview", "date", "email", "folder", "folderPath", "from", "hasAttachments", "id", "internetMessageId", "isAnswered", "isForwarded", "isRead",
            "isStarred", "key", "labels", "provider", "receivedDateTime", "replyTo", "replyToDiffers", "sentDateTime", "size", "snippet", "subject", "threadId", "to", "toRecipients", "uid",
        ]);
        var uid = item.GetProperty("uid").GetInt64();
        item.GetProperty("id").GetString().ShouldBe($"imap:{uid}");
        item.GetProperty("key").GetString()!.ShouldStartWith("m_");
        item.GetProperty("provider").GetString().ShouldBe("imap");
        item.GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        item.GetProperty("from").GetProperty("name").GetString().ShouldBe("Anna Schmidt");
        item.GetProperty("to")[0].GetProperty("address").GetString().ShouldBe("lina@sandbox.test");
        item.GetProperty("toRecipients").GetRawText().ShouldBe(item.GetProperty("to").GetRawText());
        item.GetProperty("date").GetString()!.ShouldEndWith("Z");
        item.GetProperty("receivedDateTime").GetString().ShouldBe(item.GetProperty("date").GetString());
        item.GetProperty("sentDateTime").GetString()!.ShouldEndWith("Z");
        item.GetProperty("snippet").GetString()!.ShouldStartWith("Dear Ms. Li, the panels sell well.");
        item.GetProperty("bodyPreview").GetString().ShouldBe(item.GetProperty("snippet").GetString());
        item.GetProperty("isRead").GetBoolean().ShouldBeFalse();
        item.GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        item.GetProperty("hasAttachments").GetBoolean().ShouldBeTrue();
        item.GetProperty("folder").GetString().ShouldBe("inbox");
        item.GetProperty("folderPath").GetString().ShouldBe("INBOX");
        item.GetProperty("internetMessageId").GetString().ShouldBe("<nordlicht-6@nordlicht.example>");
        item.GetProperty("size").GetInt64().ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task Detail_is_the_item_and_what_it_says()
    {
        var item = await sandbox.FindAsync("AW: AW: Request for quotation: LED panels 60x60");

        var detail = (await App.GetAsync($"{Messages}/{item.GetProperty("key").GetString()}")).Result;

        foreach (var property in item.EnumerateObject())
            detail.GetProperty(property.Name).GetRawText().ShouldBe(property.Value.GetRawText());
        detail.GetProperty("body").GetProperty("contentType").GetString().ShouldBe("html");
        detail.GetProperty("body").GetProperty("content").GetString()!.ShouldContain("<b>1,200 panels at USD 12.65</b>");
        detail.GetProperty("text").GetString()!.ShouldContain("agreed: 1,200 panels at USD 12.65.");
        detail.GetProperty("headers").GetProperty("inReplyTo").GetString().ShouldBe("<nordlicht-4@sandbox.test>");
        detail.GetProperty("headers").GetProperty("references").GetArrayLength().ShouldBe(4);
        detail.GetProperty("replyTo").GetArrayLength().ShouldBe(0);
        var logo = detail.GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem();
        logo.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "filename", "mimeType", "contentType", "size", "sizeIsEstimate", "isInline", "contentId"], ignoreOrder: true);
        logo.GetProperty("id").GetString().ShouldBe("0");
        logo.GetProperty("contentType").GetString().ShouldBe("image/png");
        logo.GetProperty("mimeType").GetString().ShouldBe("image/png");
        logo.GetProperty("isInline").GetBoolean().ShouldBeTrue();
        logo.GetProperty("contentId").GetString().ShouldBe("logo@nordlicht");
        detail.GetProperty("hasAttachments").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Detail_names_the_copied_in_both_vocabularies()
    {
        var item = await sandbox.FindAsync("周一例会：第四季度销售目标");

        var reply = await App.GetAsync($"{Messages}/{item.GetProperty("key").GetString()}");

        reply.Result.GetProperty("cc").GetArrayLength().ShouldBe(2);
        reply.Result.GetProperty("ccRecipients").GetRawText().ShouldBe(reply.Result.GetProperty("cc").GetRawText());
        reply.Text.ShouldContain("周一例会：第四季度销售目标");
        reply.Text.ShouldNotContain("\\u");
    }

    [Fact]
    public async Task Message_is_found_by_uid_prefixed_id_and_key()
    {
        var item = await sandbox.FindAsync("Quote for high bay lights, 150 W");
        var (uid, key) = (item.GetProperty("uid").GetInt64(), item.GetProperty("key").GetString()!);

        foreach (var path in new[]
        {
            $"{Messages}/{uid}?{Email}",
            $"{Messages}/imap:{uid}?{Email}",
            $"{Messages}/IMAP:{uid}?{Email}",
            $"{Messages}/imap%3A{uid}?{Email}",
            $"{Messages}/{uid}?email=LINA@SANDBOX.TEST",
            $"{Messages}/{uid}?{Email}&folder=inbox",
            $"{Messages}/{uid}?{Email}&folder=INBOX",
            $"{Messages}/{key}",
            $"{Messages}/{key}?{Email}&folder=Archive",
        })
        {
            var reply = await App.GetAsync(path);
            reply.Status.ShouldBe(200, $"{path}: {reply.Text}");
            reply.Result.GetProperty("subject").GetString().ShouldBe("Quote for high bay lights, 150 W");
        }

        (await App.GetAsync($"{Messages}/{key}?email=tom@sandbox.test")).ShouldBeRefused(404, "message_not_found");
        (await App.GetAsync($"/api/gmail/messages/{key}")).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task Reading_marks_nothing_as_read()
    {
        var item = await sandbox.FindAsync("Remittance advice 88213");

        (await App.GetAsync($"{Messages}/{item.GetProperty("key").GetString()}")).Result.GetProperty("isRead").GetBoolean().ShouldBeFalse();

        await sandbox.SyncAsync();
        (await sandbox.FindAsync("Remittance advice 88213")).GetProperty("isRead").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task List_is_paged_newest_first()
    {
        var all = (await App.GetAsync($"{Messages}?{Email}&limit=500")).Result;
        var total = all.GetProperty("total").GetInt32();
        total.ShouldBe(sandbox.User.Folders.Sum(f => f.Messages.Count));
        all.GetProperty("messages").GetArrayLength().ShouldBe(total);
        all.GetProperty("limit").GetInt32().ShouldBe(500);
        var dates = all.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("date").GetString()!).ToList();
        dates.ShouldBe([.. dates.OrderDescending(StringComparer.Ordinal)]);

        var page = (await App.GetAsync($"{Messages}?{Email}&offset=2&limit=3")).Result;
        page.GetProperty("offset").GetInt32().ShouldBe(2);
        page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("key").GetString())
            .ShouldBe(all.GetProperty("messages").EnumerateArray().Skip(2).Take(3).Select(m => m.GetProperty("key").GetString()));

        var beyond = (await App.GetAsync($"{Messages}?{Email}&offset=2147483647")).Result;
        beyond.GetProperty("messages").GetArrayLength().ShouldBe(0);
        beyond.GetProperty("total").GetInt32().ShouldBe(total);
        (await App.GetAsync($"{Messages}?{Email}")).Result.GetProperty("limit").GetInt32().ShouldBe(50);
    }

    [Theory]
    [InlineData("inbox", "inbox", "INBOX")]
    [InlineData("INBOX", "inbox", "INBOX")]
    [InlineData("Sent", "sent", "Sent")]
    [InlineData("SPAM", "spam", "Junk")]
    [InlineData("junk", "spam", "Junk")]
    [InlineData("项目/报价", "other", "项目/报价")]
    [InlineData("other", "other", "项目/报价")]
    public async Task Folder_is_named_by_role_or_path_in_any_case(string folder, string role, string path)
    {
        var reply = await App.GetAsync($"{Messages}?{Email}&folder={Uri.EscapeDataString(folder)}");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("messages").GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var message in reply.Result.GetProperty("messages").EnumerateArray())
        {
            message.GetProperty("folder").GetString().ShouldBe(role);
            message.GetProperty("folderPath").GetString().ShouldBe(path);
        }
    }

    [Theory]
    [InlineData("", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("?email=", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("?email=%20", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("?email=nobody@sandbox.test", 401, "account_not_configured", "Account not configured")]
    [InlineData("?email=../../etc/passwd", 401, "account_not_configured", "Account not configured")]
    [InlineData("?email=%2fetc%2fpasswd", 401, "account_not_configured", "Account not configured")]
    [InlineData("?email=lina@sandbox.test&limit=0", 400, "invalid_parameter", "limit must be between 1 and 500")]
    [InlineData("?email=lina@sandbox.test&limit=501", 400, "invalid_parameter", "limit must be between 1 and 500")]
    [InlineData("?email=lina@sandbox.test&limit=abc", 400, "invalid_parameter", "limit must be a whole number")]
    [InlineData("?email=lina@sandbox.test&limit=1.5", 400, "invalid_parameter", "limit must be a whole number")]
    [InlineData("?email=lina@sandbox.test&limit=99999999999", 400, "invalid_parameter", "limit must be a whole number")]
    [InlineData("?email=lina@sandbox.test&offset=-1", 400, "invalid_parameter", "offset must be between 0 and 2147483647")]
    [InlineData("?email=lina@sandbox.test&folder=nowhere", 404, "folder_not_found", "There is no folder 'nowhere'. GET the account's folders for their paths.")]
    [InlineData("?email=lina@sandbox.test&folder=..%2f..%2f", 404, "folder_not_found", null)]
    [InlineData("?email=lina@sandbox.test&folder=a%0d%0ab", 400, "invalid_parameter", "folder must not contain control characters")]
    [InlineData("?email=lina@sandbox.test&email=tom@sandbox.test", 400, "conflicting_parameter", "Parameter email is given twice with different values")]
    public async Task Bad_list_call_is_told_exactly(string query, int status, string error, string? message)
    {
        var reply = await App.GetAsync(Messages + query);

        reply.ShouldBeRefused(status, error);
        if (message is not null)
            reply.Msg.ShouldBe(message);
    }

    [Theory]
    [InlineData("GET", "/999999", 404, "message_not_found")]
    [InlineData("GET", "/imap:999999", 404, "message_not_found")]
    [InlineData("GET", "/m_0000000000000000", 404, "message_not_found")]
    [InlineData("GET", "/m_..%2f..%2fstore.db", 404, "message_not_found")]
    [InlineData("GET", "/0", 400, "invalid_parameter")]
    [InlineData("GET", "/-1", 400, "invalid_parameter")]
    [InlineData("GET", "/4294967296", 400, "invalid_parameter")]
    [InlineData("GET", "/abc", 400, "invalid_parameter")]
    [InlineData("GET", "/imap:", 400, "invalid_parameter")]
    [InlineData("GET", "/1:*", 400, "invalid_parameter")]
    [InlineData("GET", "/1,2", 400, "invalid_parameter")]
    [InlineData("GET", "/1%0d%0aA1%20LOGOUT", 400, "invalid_parameter")]
    [InlineData("GET", "/..%2f..%2f..%2fetc%2fpasswd", 400, "invalid_parameter")]
    [InlineData("GET", "/%2fetc%2fpasswd", 400, "invalid_parameter")]
    [InlineData("DELETE", "/999999", 404, "message_not_found")]
    [InlineData("POST", "/999999/read", 404, "message_not_found")]
    [InlineData("POST", "/999999/unread", 404, "message_not_found")]
    [InlineData("POST", "/999999/star", 404, "message_not_found")]
    [InlineData("POST", "/999999/unstar", 404, "message_not_found")]
    [InlineData("POST", "/999999/archive", 404, "message_not_found")]
    [InlineData("POST", "/999999/spam", 404, "message_not_found")]
    [InlineData("POST", "/999999/not-spam", 404, "message_not_found")]
    [InlineData("POST", "/x/read", 400, "invalid_parameter")]
    public async Task Unknown_message_is_told_by_every_route(string method, string path, int status, string error)
    {
        (await App.SendAsync(method, $"{Messages}{path}?{Email}", null)).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Message_without_its_account_is_not_searched()
    {
        var missing = await App.GetAsync($"{Messages}/1");
        missing.ShouldBeRefused(400, "missing_parameter");
        missing.Msg.ShouldBe("Missing email parameter");
        (await App.GetAsync($"{Messages}/1?email=nobody@sandbox.test")).ShouldBeRefused(401, "account_not_configured");
        (await App.GetAsync($"{Messages}/1?{Email}&folder=nowhere")).ShouldBeRefused(404, "folder_not_found");
    }

    [Theory]
    [InlineData("read", "\\Seen", true, "isRead")]
    [InlineData("unread", "\\Seen", false, "isRead")]
    [InlineData("star", "\\Flagged", true, "isStarred")]
    [InlineData("unstar", "\\Flagged", false, "isStarred")]
    public async Task Flag_is_set_on_the_server_and_in_the_cache(string route, string flag, bool isOn, string property)
    {
        var item = await sandbox.FindAsync("您有 1 条新询盘待回复");
        var uid = (uint)item.GetProperty("uid").GetInt64();

        for (var times = 0; times < 2; times++)
        {
            var reply = await App.PostAsync($"{Messages}/{uid}/{route}?{Email}&folder=INBOX");

            reply.Status.ShouldBe(200, reply.Text);
            reply.Result.GetProperty(property).GetBoolean().ShouldBe(isOn);
            reply.Result.GetProperty("key").GetString().ShouldBe(item.GetProperty("key").GetString());
            sandbox.User.Inbox.Messages.Single(m => m.Uid == uid).Flags.Contains(flag).ShouldBe(isOn);
            (await App.GetAsync($"{Messages}/{uid}?{Email}")).Result.GetProperty(property).GetBoolean().ShouldBe(isOn);
        }
    }

    [Fact]
    public async Task Spam_goes_to_junk_and_comes_back_with_its_key()
    {
        var item = await sandbox.FindAsync("Your parcel 1Z-88-4471 was delivered");
        var key = item.GetProperty("key").GetString();

        var spam = await App.PostAsync($"{Messages}/{item.GetProperty("uid")}/spam?{Email}");
        spam.Status.ShouldBe(200, spam.Text);
        spam.Result.GetProperty("key").GetString().ShouldBe(key);
        spam.Result.GetProperty("folder").GetString().ShouldBe("spam");
        var id = spam.Result.GetProperty("id").GetString()!;
        id.ShouldStartWith("imap:");
        sandbox.User.Find("Junk")!.Messages.ShouldContain(m => $"imap:{m.Uid}" == id);
        (await App.GetAsync($"{Messages}/{id}?{Email}&folder=spam")).Result.GetProperty("key").GetString().ShouldBe(key);

        var back = await App.PostAsync($"{Messages}/{key}/not-spam");
        back.Result.GetProperty("folder").GetString().ShouldBe("inbox");
        await sandbox.SyncAsync();
        (await App.GetAsync($"{Messages}/{key}")).Result.GetProperty("folderPath").GetString().ShouldBe("INBOX");
    }

    [Fact]
    public async Task Archive_and_move_tell_where_the_message_is()
    {
        var key = (await sandbox.FindAsync("请假申请")).GetProperty("key").GetString();

        (await App.PostAsync($"{Messages}/{key}/archive")).Result.GetProperty("folder").GetString().ShouldBe("archive");
        var own = await App.PostAsync($"{Messages}/{key}/move", new { target = "项目/报价" });
        own.Status.ShouldBe(200, own.Text);
        own.Result.GetProperty("folder").GetString().ShouldBe("other");
        own.Result.GetProperty("folderPath").GetString().ShouldBe("项目/报价");
        own.Result.GetProperty("key").GetString().ShouldBe(key);

        var source = Uri.EscapeDataString("项目/报价");
        var byUid = await App.PostAsync($"{Messages}/{own.Result.GetProperty("id").GetString()}/move?{Email}&folder={source}", new { folder = "inbox" });
        byUid.Status.ShouldBe(200, byUid.Text);
        byUid.Result.GetProperty("folderPath").GetString().ShouldBe("INBOX");

        var same = await App.PostAsync($"{Messages}/{key}/move", new { target = "INBOX" });
        same.Status.ShouldBe(200);
        same.Result.GetProperty("id").GetString().ShouldBe(byUid.Result.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Bad_target_moves_nothing()
    {
        var key = (await sandbox.FindAsync("Fattura e pagamento / invoice INV-0877")).GetProperty("key").GetString();

        var missing = await App.PostAsync($"{Messages}/{key}/move");
        missing.ShouldBeRefused(400, "missing_parameter");
        missing.Msg.ShouldBe("Missing target parameter");
        var inQuery = await App.PostAsync($"{Messages}/{key}/move?target=inbox");
        inQuery.ShouldBeRefused(400, "unknown_parameter");
        inQuery.Msg.ShouldBe("Unknown parameter target: it goes into the JSON body");
        (await App.PostAsync($"{Messages}/{key}/move", new { target = "nowhere" })).ShouldBeRefused(404, "folder_not_found");
        (await App.PostAsync($"{Messages}/{key}/move", new { target = "a\r\nA1 DELETE INBOX" })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PostAsync($"{Messages}/{key}/move", new { target = 7 })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PostAsync($"{Messages}/{key}/move", new { target = "inbox", folder = "sent" })).ShouldBeRefused(400, "conflicting_parameter");
        (await App.GetAsync($"{Messages}/{key}")).Result.GetProperty("folder").GetString().ShouldBe("archive");
    }

    [Fact]
    public async Task Deleted_message_goes_to_trash_and_from_there_for_good()
    {
        var item = await sandbox.FindAsync("到港通知：波士顿 HB-0921");
        var key = item.GetProperty("key").GetString();

        var trashed = await App.DeleteAsync($"{Messages}/{item.GetProperty("uid")}?{Email}&folder=archive");
        trashed.Status.ShouldBe(200, trashed.Text);
        trashed.Result.GetProperty("folder").GetString().ShouldBe("trash");
        trashed.Result.GetProperty("permanent").GetBoolean().ShouldBeFalse();
        trashed.Result.GetProperty("key").GetString().ShouldBe(key);

        var gone = await App.DeleteAsync($"{Messages}/{key}");
        gone.Status.ShouldBe(200, gone.Text);
        gone.Result.GetProperty("permanent").GetBoolean().ShouldBeTrue();
        gone.Result.GetProperty("id").GetString().ShouldBe(trashed.Result.GetProperty("id").GetString());
        sandbox.User.Find("Trash")!.Messages.ShouldNotContain(m => $"imap:{m.Uid}" == gone.Result.GetProperty("id").GetString());
        (await App.DeleteAsync($"{Messages}/{key}")).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task Message_that_left_the_server_meanwhile_is_told_and_forgotten()
    {
        var item = await sandbox.FindAsync("您有 3 条新询盘待回复");
        sandbox.User.Inbox.Expunge([(uint)item.GetProperty("uid").GetInt64()]);

        (await App.PostAsync($"{Messages}/{item.GetProperty("key").GetString()}/archive")).ShouldBeRefused(404, "message_gone");

        (await App.GetAsync($"{Messages}/{item.GetProperty("key").GetString()}")).ShouldBeRefused(404, "message_not_found");
    }

    [Fact]
    public async Task Fetch_reads_a_page_from_the_server()
    {
        var reply = await App.PostAsync($"{Messages}/fetch?{Email}&limit=5");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("messages").GetArrayLength().ShouldBe(5);
        var pagination = reply.Result.GetProperty("pagination");
        pagination.GetProperty("total").GetInt32().ShouldBe(sandbox.User.Inbox.Messages.Count);
        pagination.GetProperty("count").GetInt32().ShouldBe(5);
        pagination.GetProperty("hasMore").GetBoolean().ShouldBeTrue();
        pagination.GetProperty("nextOffset").GetInt32().ShouldBe(5);

        var next = await App.PostAsync($"{Messages}/fetch", new { email = "lina@sandbox.test", limit = 1000, skip = 5, folder = "INBOX" });
        next.Status.ShouldBe(200, next.Text);
        next.Result.GetProperty("pagination").GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        next.Result.GetProperty("pagination").GetProperty("nextOffset").ValueKind.ShouldBe(JsonValueKind.Null);
        next.Result.GetProperty("messages").GetArrayLength().ShouldBe(sandbox.User.Inbox.Messages.Count - 5);

        var empty = await App.PostAsync($"{Messages}/fetch?{Email}&offset=100000");
        empty.Result.GetProperty("messages").GetArrayLength().ShouldBe(0);
        (await App.PostAsync($"{Messages}/fetch?{Email}")).Result.GetProperty("pagination").GetProperty("limit").GetInt32().ShouldBe(20);
    }

    [Theory]
    [InlineData("", 400, "missing_parameter")]
    [InlineData("?email=nobody@sandbox.test", 401, "account_not_configured")]
    [InlineData("?email=lina@sandbox.test&limit=0", 400, "invalid_parameter")]
    [InlineData("?email=lina@sandbox.test&limit=1001", 400, "invalid_parameter")]
    [InlineData("?email=lina@sandbox.test&offset=-1", 400, "invalid_parameter")]
    [InlineData("?email=lina@sandbox.test&offset=1&skip=2", 400, "conflicting_parameter")]
    [InlineData("?email=lina@sandbox.test&folder=nowhere", 404, "folder_not_found")]
    [InlineData("?email=lina@sandbox.test&folder=%00", 400, "invalid_parameter")]
    public async Task Bad_fetch_is_refused(string query, int status, string error)
    {
        (await App.PostAsync($"{Messages}/fetch{query}")).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Folders_have_roles_and_counts()
    {
        var reply = await App.GetAsync($"/api/imap/folders?{Email}");

        reply.Status.ShouldBe(200);
        var inbox = reply.Result.EnumerateArray().Single(f => f.GetProperty("path").GetString() == "INBOX");
        inbox.GetProperty("name").GetString().ShouldBe("INBOX");
        inbox.GetProperty("folder").GetString().ShouldBe("inbox");
        inbox.GetProperty("total").GetInt32().ShouldBeGreaterThan(20);
        inbox.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        var own = reply.Result.EnumerateArray().Single(f => f.GetProperty("path").GetString() == "项目/报价");
        own.GetProperty("name").GetString().ShouldBe("报价");
        own.GetProperty("folder").GetString().ShouldBe("other");
        var junk = reply.Result.EnumerateArray().Single(f => f.GetProperty("folder").GetString() == "spam");
        junk.GetProperty("specialUse").GetString().ShouldBe("\\Junk");
        (await App.GetAsync("/api/imap/folders")).ShouldBeRefused(400, "missing_parameter");
        (await App.GetAsync("/api/imap/folders?email=nobody@sandbox.test")).ShouldBeRefused(401, "account_not_configured");
    }
}
