using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

public sealed class SyncRoutesTests : IAsyncLifetime
{
    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Pass_tells_what_it_brought()
    {
        var first = sandbox.User.Inbox.Append("Subject: one\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n"u8.ToArray());
        sandbox.User.Inbox.Append("Subject: two\r\nMessage-ID: <2@x>\r\n\r\ntext\r\n"u8.ToArray());

        var added = await App.PostAsync("/api/sync?provider=imap&email=LINA@sandbox.test");
        added.Status.ShouldBe(200, added.Text);
        added.Result.GetProperty("provider").GetString().ShouldBe("imap");
        added.Result.GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        added.Result.GetProperty("status").GetString().ShouldBe("done");
        Counts(added).ShouldBe("2 0 0");
        added.Result.GetProperty("durationMs").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        added.Result.TryGetProperty("error", out _).ShouldBeFalse();

        sandbox.User.Inbox.ChangeFlags([first.Uid], flags => flags.Add("\\Seen"));
        Counts(await App.PostAsync("/api/sync", new { provider = "IMAP", email = "lina@sandbox.test" })).ShouldBe("0 1 0");

        sandbox.User.Inbox.Expunge([first.Uid]);
        Counts(await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test")).ShouldBe("0 0 1");
        Counts(await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test")).ShouldBe("0 0 0");
    }

    [Fact]
    public async Task Without_an_address_all_accounts_answer_and_one_that_fails_keeps_nobody_waiting()
    {
        var tom = new { email = "tom@sandbox.test", password = "sandbox", imap = sandbox.Imap, smtp = sandbox.Smtp };
        (await App.PostAsync("/api/imap/accounts", tom)).Status.ShouldBe(201);
        (await App.PostAsync("/api/sync?provider=imap&email=tom@sandbox.test")).Status.ShouldBe(200);
        sandbox.Servers.ImapFaults.Refuse.Arm("LIST", "NO [LIMIT] Slow down", times: 1);

        var reply = await App.PostAsync("/api/sync?provider=imap");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.EnumerateArray().Select(r => r.GetProperty("status").GetString()).Order().ShouldBe(["done", "error"]);
        reply.Result.EnumerateArray().Single(r => r.GetProperty("status").GetString() == "error").GetProperty("error").GetString()!.ShouldContain("Slow down");
        (await App.PostAsync("/api/sync?provider=gmail")).Text.ShouldBe("""{"code":1,"msg":"Success","result":[]}""");
    }

    [Theory]
    [InlineData("POST", "/api/sync", 400, "missing_parameter", "Missing provider parameter")]
    [InlineData("POST", "/api/sync?provider=yahoo", 400, "invalid_provider", "Invalid provider")]
    [InlineData("POST", "/api/sync?provider=imap&email=nobody@sandbox.test", 401, "account_not_configured", "Account not configured")]
    [InlineData("POST", "/api/sync?provider=gmail&email=nobody@gmail.com", 401, "not_authorized", "Not authorized")]
    [InlineData("POST", "/api/sync?provider=outlook&email=nobody@outlook.com", 401, "not_authorized", "Not authorized")]
    [InlineData("GET", "/api/sync-status?provider=imap", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("GET", "/api/sync-status?email=lina@sandbox.test", 400, "missing_parameter", "Missing provider parameter")]
    [InlineData("GET", "/api/sync-status?provider=yahoo&email=lina@sandbox.test", 400, "invalid_provider", "Invalid provider")]
    [InlineData("GET", "/api/sync-status?provider=imap&email=nobody@sandbox.test", 401, "account_not_configured", "Account not configured")]
    [InlineData("GET", "/api/sync-status?provider=gmail&email=nobody@gmail.com", 401, "not_authorized", "Not authorized")]
    [InlineData("GET", "/api/sync", 405, "method_not_allowed", "This route does not take GET")]
    public async Task Bad_call_is_told_exactly(string method, string path, int status, string error, string message)
    {
        var reply = await App.SendAsync(method, path, null);

        reply.ShouldBeRefused(status, error);
        reply.Msg.ShouldBe(message);
    }

    [Fact]
    public async Task Same_parameter_twice_must_agree()
    {
        (await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test", new { provider = "imap", email = "lina@sandbox.test" })).Status.ShouldBe(200);
        (await App.PostAsync("/api/sync?provider=imap", new { provider = "gmail" })).ShouldBeRefused(400, "conflicting_parameter");
        (await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test", new { email = "tom@sandbox.test" })).ShouldBeRefused(400, "conflicting_parameter");
    }

    [Fact]
    public async Task Status_follows_the_passes()
    {
        const string Path = "/api/sync-status?provider=imap&email=lina@sandbox.test";
        var idle = (await App.GetAsync(Path)).Result;
        idle.GetProperty("status").GetString().ShouldBe("idle");
        idle.GetProperty("lastSyncTime").GetString()!.ShouldEndWith("Z");
        idle.GetProperty("nextPoll").GetString()!.ShouldEndWith("Z");
        idle.GetProperty("lastError").ValueKind.ShouldBe(JsonValueKind.Null);
        idle.GetProperty("progress").ValueKind.ShouldBe(JsonValueKind.Null);

        sandbox.Servers.ImapFaults.Refuse.Arm("LIST", "NO Out of order", times: 1);
        (await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test")).ShouldBeRefused(502, "server_refused");
        var failed = (await App.GetAsync(Path)).Result;
        failed.GetProperty("status").GetString().ShouldBe("error");
        failed.GetProperty("errorCode").GetString().ShouldBe("server_refused");
        failed.GetProperty("lastError").GetString()!.ShouldContain("Out of order");
        failed.GetProperty("lastSyncTime").GetString().ShouldBe(idle.GetProperty("lastSyncTime").GetString());
        (await App.GetAsync("/api/accounts")).Result[0].GetProperty("status").GetString().ShouldBe("error");
        (await App.GetAsync("/api/polling/status")).Result[0].GetProperty("status").GetString().ShouldBe("error");

        await sandbox.SyncAsync();
        (await App.GetAsync(Path)).Result.GetProperty("status").GetString().ShouldBe("idle");
        (await App.GetAsync("/api/accounts")).Result[0].GetProperty("status").GetString().ShouldBe("connected");
    }

    [Fact]
    public async Task Status_tells_how_much_can_be_searched()
    {
        for (var i = 1; i <= 3; i++)
            sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes($"Subject: {i}\r\nMessage-ID: <{i}@x>\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();

        foreach (var path in (string[])["/api/sync-status?provider=imap&email=lina@sandbox.test", "/api/polling/status"])
        {
            await Eventually.UntilAsync(async () => (await App.GetAsync(path)).Text.Contains("\"index\":{\"done\":3,\"total\":3}", StringComparison.Ordinal), path);
        }
    }

    [Fact]
    public async Task Password_that_is_no_longer_right_asks_for_authorization()
    {
        sandbox.Servers.ImapFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword);
        (await App.PutAsync("/api/accounts/imap/lina@sandbox.test/settings", new { syncDays = 1 })).Status.ShouldBe(200);

        var reply = await App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test");

        reply.ShouldBeRefused(401, "auth_failed");
        (await App.GetAsync("/api/accounts")).Result[0].GetProperty("status").GetString().ShouldBe("auth_required");
        (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test")).Status.ShouldBe(200, "what is cached stays readable");
    }

    [Fact]
    public async Task New_uidvalidity_changes_ids_and_keeps_keys()
    {
        var gone = sandbox.User.Inbox.Append("Subject: gone\r\nMessage-ID: <0@x>\r\n\r\ntext\r\n"u8.ToArray());
        sandbox.User.Inbox.Append("Subject: stays\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n"u8.ToArray());
        await sandbox.SyncAsync();
        var before = await sandbox.FindAsync("stays");
        sandbox.User.Inbox.Expunge([gone.Uid]);

        sandbox.User.Inbox.RebuildWithNewUidValidity();
        await sandbox.SyncAsync();

        var after = await sandbox.FindAsync("stays");
        after.GetProperty("key").GetString().ShouldBe(before.GetProperty("key").GetString());
        before.GetProperty("id").GetString().ShouldBe("imap:2");
        after.GetProperty("id").GetString().ShouldBe("imap:1");
        (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test")).Result.GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Mail_moved_by_another_client_keeps_its_key()
    {
        var message = sandbox.User.Inbox.Append("Subject: wanders\r\nMessage-ID: <1@x>\r\n\r\ntext\r\n"u8.ToArray());
        await sandbox.SyncAsync();
        var before = await sandbox.FindAsync("wanders");

        sandbox.User.Inbox.MoveTo(sandbox.User.Find("Archive")!, [message.Uid]);
        await sandbox.SyncAsync();

        var after = await sandbox.FindAsync("wanders");
        after.GetProperty("key").GetString().ShouldBe(before.GetProperty("key").GetString());
        after.GetProperty("folder").GetString().ShouldBe("archive");
    }

    private static string Counts(Reply reply) =>
        $"{reply.Result.GetProperty("added")} {reply.Result.GetProperty("updated")} {reply.Result.GetProperty("removed")}";
}
