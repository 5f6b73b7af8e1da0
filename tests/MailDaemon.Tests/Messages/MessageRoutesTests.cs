using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

public sealed class MessageRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Messages = "/api/imap/messages";
    private const string Email = "email=lina@sandbox.test";

    private DaemonApp App => sandbox.App;

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
