using System.Text.Json;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Offline;

/// <summary>Changes while the mail server is away: shown at once, done later in their order, taken back where they are refused; each test has servers of its own.</summary>
public sealed class OfflineQueueTests : IAsyncLifetime
{
    private const string Messages = "/api/imap/messages";
    private const string Batch = Messages + "/batch";
    private readonly SandboxApp _sandbox = new();

    private DaemonApp App => _sandbox.App;

    private MailUser User => _sandbox.User;

    public Task InitializeAsync() => _sandbox.InitializeAsync();

    public Task DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("read", "isRead", true)]
    [InlineData("unread", "isRead", false)]
    [InlineData("star", "isStarred", true)]
    [InlineData("unstar", "isStarred", false)]
    public async Task Flag_is_shown_at_once_and_the_server_hears_of_it_when_it_is_back(string route, string property, bool value)
    {
        var key = await KeyAsync(m => m.GetProperty(property).GetBoolean() != value);
        await _sandbox.Servers.GoAwayAsync();

        var queued = await App.PostAsync($"{Messages}/{key}/{route}");
        var status = await App.GetAsync("/api/offline/status");
        var queue = await QueueAsync();

        queued.Status.ShouldBe(202, queued.Text);
        queued.Envelope.GetProperty("queued").GetBoolean().ShouldBeTrue();
        queued.Result.GetProperty("queued").GetBoolean().ShouldBeTrue();
        queued.Result.GetProperty(property).GetBoolean().ShouldBe(value);
        (await DetailAsync(key)).GetProperty(property).GetBoolean().ShouldBe(value);
        (status.Result.GetProperty("online").GetBoolean(), status.Result.GetProperty("pending").GetInt32()).ShouldBe((false, 1), status.Text);
        var operation = queue.GetProperty("operations").EnumerateArray().ShouldHaveSingleItem();
        (operation.GetProperty("kind").GetString(), operation.GetProperty("status").GetString(), operation.GetProperty("attempts").GetInt32()).ShouldBe((route, "pending", 1));
        operation.GetProperty("keys").EnumerateArray().Select(k => k.GetString()).ShouldBe([key]);
        operation.GetProperty("errorCode").GetString().ShouldBe("connection_lost");

        await BackAsync();

        OnServer(property, key).ShouldBe(value);
        (await DetailAsync(key)).GetProperty(property).GetBoolean().ShouldBe(value);
        (await App.GetAsync("/api/offline/status")).Result.GetProperty("online").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("archive", "Archive")]
    [InlineData("delete", "Trash")]
    [InlineData("spam", "Junk")]
    public async Task Move_is_listed_in_the_new_folder_at_once_and_keeps_its_key(string action, string path)
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox");
        var uid = (await DetailAsync(key)).GetProperty("uid").GetUInt32();
        var before = User.Find(path)!.Messages.Count;
        await _sandbox.Servers.GoAwayAsync();

        var queued = action == "delete" ? await App.DeleteAsync($"{Messages}/{key}") : await App.PostAsync($"{Messages}/{key}/{action}");

        queued.Status.ShouldBe(202, queued.Text);
        queued.Result.GetProperty("folder").GetString().ShouldBe(path == "Junk" ? "spam" : path.ToLowerInvariant());
        queued.Result.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null, "the new id is the server's to give");
        (await KeysInAsync(path)).ShouldContain(key);
        (await KeysInAsync("INBOX")).ShouldNotContain(key);
        User.Find(path)!.Messages.Count.ShouldBe(before, "the server has not heard of it");

        await BackAsync();

        User.Find(path)!.Messages.Count.ShouldBe(before + 1);
        User.Inbox.Messages.ShouldNotContain(m => m.Uid == uid);
        await ShouldEqualServerAsync();
        (await KeysInAsync(path)).ShouldContain(key);
    }

    [Fact]
    public async Task Changes_are_done_in_the_order_in_which_they_were_asked_for()
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox" && !m.GetProperty("isStarred").GetBoolean());
        var subject = (await DetailAsync(key)).GetProperty("subject").GetString()!;
        await _sandbox.Servers.GoAwayAsync();

        foreach (var step in (string[])["star", "archive", "unread", "spam", "unstar", "read", "not-spam"])
            (await App.PostAsync(Batch, new { keys = new[] { key }, action = step })).Status.ShouldBe(202, step);
        (await App.PostAsync($"{Messages}/{key}/move", new { folder = "Archive" })).Status.ShouldBe(202);
        await BackAsync();

        await ShouldEqualServerAsync();
        var moved = await DetailAsync(key);
        (moved.GetProperty("folder").GetString(), moved.GetProperty("isRead").GetBoolean(), moved.GetProperty("isStarred").GetBoolean()).ShouldBe(("archive", true, false));
        User.Find("Archive")!.Messages.ShouldContain(m => m.Uid == moved.GetProperty("uid").GetUInt32() && m.Flags.Contains(MessageFlags.Seen), subject);
    }

    [Fact]
    public async Task What_is_asked_for_while_changes_wait_is_done_after_them_though_the_server_is_there()
    {
        var key = await KeyAsync(m => !m.GetProperty("isStarred").GetBoolean());
        var first = await App.PostAsync("/api/offline/queue", new { provider = "imap", keys = new[] { key }, action = "star" });
        var second = await App.PostAsync($"{Messages}/{key}/unstar");

        first.Status.ShouldBe(202, first.Text);
        first.Result.GetProperty("results")[0].GetProperty("status").GetString().ShouldBe("queued");
        second.Status.ShouldBeOneOf(200, 202);
        await ProcessedAsync();
        OnServer("isStarred", key).ShouldBeFalse();
        (await DetailAsync(key)).GetProperty("isStarred").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Refused_change_is_taken_back_and_told()
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox" && !m.GetProperty("isStarred").GetBoolean());
        await using var events = await EventReader.OpenAsync(App);
        await _sandbox.Servers.GoAwayAsync();
        (await App.PostAsync($"{Messages}/{key}/star")).Status.ShouldBe(202);
        (await App.PostAsync($"{Messages}/{key}/archive")).Status.ShouldBe(202);
        (await App.PostAsync($"{Messages}/{key}/read")).Status.ShouldBe(202);
        _sandbox.Servers.ImapFaults.Refuse.Arm("MOVE", "NO [NOPERM] This folder is read only", times: 1);

        await BackAsync();

        var message = await DetailAsync(key);
        (message.GetProperty("folder").GetString(), message.GetProperty("isStarred").GetBoolean(), message.GetProperty("isRead").GetBoolean()).ShouldBe(("inbox", true, true));
        var failed = (await QueueAsync()).GetProperty("operations").EnumerateArray().ShouldHaveSingleItem();
        (failed.GetProperty("kind").GetString(), failed.GetProperty("status").GetString(), failed.GetProperty("errorCode").GetString()).ShouldBe(("move", "failed", "server_refused"));
        failed.GetProperty("lastError").GetString()!.ShouldContain("read only");
        var told = await events.NextAsync("offline.failed");
        told.GetProperty("operation").GetProperty("id").GetString().ShouldBe(failed.GetProperty("id").GetString());
        await ShouldEqualServerAsync();
        (await App.DeleteAsync("/api/offline/failed")).Result.GetProperty("removed").GetInt32().ShouldBe(1);
        (await QueueAsync()).GetProperty("failed").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Message_that_is_gone_when_the_server_is_back_loses_the_change_and_leaves_the_cache()
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox");
        var uid = (await DetailAsync(key)).GetProperty("uid").GetUInt32();
        await _sandbox.Servers.GoAwayAsync();
        (await App.PostAsync($"{Messages}/{key}/archive")).Status.ShouldBe(202);
        User.Inbox.Expunge([uid]);

        await BackAsync();

        (await QueueAsync()).GetProperty("operations").EnumerateArray().ShouldHaveSingleItem().GetProperty("errorCode").GetString().ShouldBe("message_gone");
        (await App.GetAsync($"{Messages}/{key}")).ShouldBeRefused(404, "message_not_found");
        await ShouldEqualServerAsync();
    }

    [Fact]
    public async Task Change_that_is_taken_out_is_not_shown_any_more()
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox" && !m.GetProperty("isStarred").GetBoolean());
        var other = await KeyAsync(m => m.GetProperty("folder").GetString() == "sent");
        await _sandbox.Servers.GoAwayAsync();
        (await App.PostAsync($"{Messages}/{key}/star")).Status.ShouldBe(202);
        (await App.PostAsync($"{Messages}/{key}/archive")).Status.ShouldBe(202);
        (await App.DeleteAsync($"{Messages}/{other}")).Status.ShouldBe(202);
        var ids = (await QueueAsync()).GetProperty("operations").EnumerateArray().Select(o => o.GetProperty("id").GetString()).ToList();

        (await App.DeleteAsync($"/api/offline/queue/{ids[0]}")).Result.GetProperty("kind").GetString().ShouldBe("star");
        var unstarred = await DetailAsync(key);
        var cleared = await App.DeleteAsync("/api/offline/queue");

        (unstarred.GetProperty("isStarred").GetBoolean(), unstarred.GetProperty("folder").GetString()).ShouldBe((false, "archive"));
        cleared.Result.GetProperty("removed").GetInt32().ShouldBe(2, cleared.Text);
        (await DetailAsync(key)).GetProperty("folder").GetString().ShouldBe("inbox");
        (await DetailAsync(other)).GetProperty("folder").GetString().ShouldBe("sent");
        (await QueueAsync()).GetProperty("pending").GetInt32().ShouldBe(0);
        (await App.DeleteAsync($"/api/offline/queue/{ids[0]}")).ShouldBeRefused(404, "operation_not_found");
        await BackAsync();
        await ShouldEqualServerAsync();
        (await DetailAsync(key)).GetProperty("folder").GetString().ShouldBe("inbox");
    }

    [Fact]
    public async Task Labels_of_the_server_wait_too()
    {
        var made = await App.PostAsync("/api/labels", new { name = "Urgent", provider = "imap", email = _sandbox.Email });
        made.Status.ShouldBe(201, made.Text);
        var label = made.Result.GetProperty("id").GetString();
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "inbox");
        var mail = $"/api/mails/imap/{_sandbox.Email}/labels?mailId={key}";
        await _sandbox.Servers.GoAwayAsync();

        var given = await App.PostAsync(mail, new { labelId = label });
        var shown = await App.GetAsync(mail);
        await BackAsync();

        given.Status.ShouldBe(202, given.Text);
        given.Envelope.GetProperty("queued").GetBoolean().ShouldBeTrue();
        shown.Text.ShouldContain(label!);
        (await App.GetAsync(mail)).Text.ShouldContain(label!);
        User.Inbox.Messages.ShouldContain(m => m.Flags.Any(k => k.Contains("Urgent", StringComparison.OrdinalIgnoreCase)));
        (await App.DeleteAsync($"{mail}&labelId={label}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Mail_that_could_not_be_sent_is_listed_with_the_changes()
    {
        await _sandbox.Servers.GoAwayAsync();
        var mail = await App.PostAsync("/api/imap/send", new { email = _sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "offline", body = "x" });
        var later = await App.PostAsync("/api/imap/send", new
        {
            email = _sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "later", body = "x", sendAt = "2099-01-01T00:00:00Z",
        });
        mail.Status.ShouldBe(202, mail.Text);
        later.Status.ShouldBe(202, later.Text);

        var queue = await QueueAsync();
        var operation = queue.GetProperty("operations").EnumerateArray().ShouldHaveSingleItem("a mail that is for much later has not failed");
        operation.GetProperty("kind").GetString().ShouldBe("send");
        operation.GetProperty("messageId").GetString().ShouldBe(mail.Result.GetProperty("messageId").GetString());
        _sandbox.Servers.ComeBack();
        await ProcessedAsync();

        _sandbox.Servers.Accepted.ShouldHaveSingleItem();
        (await App.GetAsync("/api/outbox?status=pending")).Result.GetProperty("total").GetInt32().ShouldBe(1, "the one for much later");
    }

    [Fact]
    public async Task Deletion_for_good_is_never_put_off()
    {
        var key = await KeyAsync(m => m.GetProperty("folder").GetString() == "trash");
        await _sandbox.Servers.GoAwayAsync();

        (await App.DeleteAsync($"{Messages}/{key}")).Status.ShouldBeOneOf(502, 503);

        (await KeysInAsync("Trash")).ShouldContain(key);
        (await QueueAsync()).GetProperty("pending").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Changes_of_a_removed_account_are_gone()
    {
        var key = await KeyAsync(_ => true);
        await _sandbox.Servers.GoAwayAsync();
        (await App.PostAsync($"{Messages}/{key}/star")).Status.ShouldBe(202);

        (await App.DeleteAsync($"/api/accounts/imap/{_sandbox.Email}")).Status.ShouldBe(200);

        (await QueueAsync()).GetProperty("pending").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Many_at_once_are_one_operation_a_folder()
    {
        var keys = (await ListAsync("INBOX")).Select(m => m.GetProperty("key").GetString()!).Take(20).ToList();
        await _sandbox.Servers.GoAwayAsync();

        var reply = await App.PostAsync(Batch, new { keys, action = "archive" });

        (reply.Status, reply.Result.GetProperty("queued").GetInt32(), reply.Result.GetProperty("done").GetInt32()).ShouldBe((202, keys.Count, 0), reply.Text);
        (await QueueAsync()).GetProperty("operations").EnumerateArray().ShouldHaveSingleItem().GetProperty("keys").GetArrayLength().ShouldBe(keys.Count);
        await BackAsync();
        (await KeysInAsync("Archive")).Intersect(keys).Count().ShouldBe(keys.Count);
        await ShouldEqualServerAsync();
    }

    [Theory]
    [InlineData("GET", "/api/offline/status?provider=imap", null, 400, "missing_parameter")]
    [InlineData("GET", "/api/offline/status?provider=yahoo&email=a@b.test", null, 400, "invalid_parameter")]
    [InlineData("GET", "/api/offline/queue?email=lina@sandbox.test", null, 400, "missing_parameter")]
    [InlineData("POST", "/api/offline/queue", "{}", 400, "missing_parameter")]
    [InlineData("POST", "/api/offline/queue", """{"provider":"imap","action":"star"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/api/offline/queue", """{"provider":"imap","keys":["m_x"],"action":"burn"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/api/offline/queue", """{"provider":"imap","keys":["m_x"],"action":"move"}""", 400, "missing_parameter")]
    [InlineData("POST", "/api/offline/queue", """{"keys":["m_x"],"action":"star"}""", 400, "missing_parameter")]
    [InlineData("DELETE", "/api/offline/queue/c_nothere", null, 404, "operation_not_found")]
    [InlineData("DELETE", "/api/offline/queue/o_nothere", null, 404, "operation_not_found")]
    [InlineData("DELETE", "/api/offline/queue?provider=imap", null, 400, "missing_parameter")]
    [InlineData("DELETE", "/api/offline/failed?provider=imap", null, 400, "missing_parameter")]
    [InlineData("POST", "/api/offline/process?email=lina@sandbox.test", null, 400, "missing_parameter")]
    public async Task Bad_call_is_refused_by_name(string method, string path, string? body, int status, string error) =>
        (await App.SendAsync(method, path, body is null ? null : JsonDocument.Parse(body).RootElement)).ShouldBeRefused(status, error);

    /// <summary>The server is there again, and whatever waited was tried.</summary>
    private async Task BackAsync()
    {
        _sandbox.Servers.ComeBack();
        await ProcessedAsync();
        await _sandbox.SyncAsync();
    }

    private async Task ProcessedAsync()
    {
        var processed = await App.PostAsync("/api/offline/process");
        processed.Status.ShouldBe(200, processed.Text);
        processed.Result.GetProperty("errors").GetArrayLength().ShouldBe(0, processed.Text);
        await Eventually.UntilAsync(async () => (await QueueAsync()).GetProperty("pending").GetInt32() == 0, "the queue is empty");
    }

    private async Task<JsonElement> QueueAsync() => (await App.GetAsync("/api/offline/queue")).Result;

    private async Task<List<JsonElement>> ListAsync(string? folder = null)
    {
        var list = await App.GetAsync($"{Messages}?email={_sandbox.Email}&limit=500{(folder is null ? "" : $"&folder={folder}")}");
        list.Status.ShouldBe(200, list.Text);
        return [.. list.Result.GetProperty("messages").EnumerateArray()];
    }

    private async Task<string> KeyAsync(Func<JsonElement, bool> isWanted) => (await ListAsync()).First(isWanted).GetProperty("key").GetString()!;

    private async Task<List<string>> KeysInAsync(string folder) => [.. (await ListAsync(folder)).Select(m => m.GetProperty("key").GetString()!)];

    private async Task<JsonElement> DetailAsync(string key)
    {
        var detail = await App.GetAsync($"{Messages}/{key}");
        detail.Status.ShouldBe(200, detail.Text);
        return detail.Result;
    }

    private bool OnServer(string property, string key)
    {
        var item = DetailAsync(key).GetAwaiter().GetResult();
        var message = User.Find(item.GetProperty("folderPath").GetString()!)!.Messages.Single(m => m.Uid == item.GetProperty("uid").GetUInt32());
        return message.Flags.Contains(property == "isRead" ? MessageFlags.Seen : MessageFlags.Flagged);
    }

    private async Task ShouldEqualServerAsync()
    {
        var proof = await App.GetAsync($"/api/sync/verify?provider=imap&email={_sandbox.Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
    }
}
