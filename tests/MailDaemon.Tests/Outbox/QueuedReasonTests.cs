using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outbox;

/// <summary>What waits says what it is and why it waits.</summary>
public sealed class QueuedReasonTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new();

    private DaemonApp App => sandbox.App;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Outbox_shows_subject_and_recipients_and_the_reply_why_it_waits()
    {
        await sandbox.StopServersAsync();

        var sent = await App.PostAsync("/api/imap/send", new
        {
            email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, bccRecipients = new[] { new { address = "ann@a.example" } }, subject = "报价 1", body = "x",
        });

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((202, "queued"));
        sent.Result.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        var item = (await App.GetAsync("/api/outbox")).Result.GetProperty("items")[0];
        item.GetProperty("subject").GetString().ShouldBe("报价 1");
        item.GetProperty("recipients").EnumerateArray().Select(r => r.GetString()).ShouldBe(["tom@sandbox.test", "ann@a.example"]);
        item.GetProperty("lastError").GetString().ShouldBe(sent.Result.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Mail_for_later_says_when()
    {
        var sent = await App.PostAsync("/api/imap/send", new
        {
            email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "later", body = "x", sendAt = "2099-01-31T08:00:00Z",
        });

        sent.Result.GetProperty("reason").GetString().ShouldBe("It is to be sent at 2099-01-31T08:00:00Z.");
    }

    [Fact]
    public async Task Change_that_waits_says_why_on_each_route()
    {
        var keys = (await App.GetAsync("/api/messages?folder=inbox&limit=4")).Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("key").GetString()).ToList();
        await sandbox.StopServersAsync();

        var star = await App.PostAsync($"/api/imap/messages/{keys[0]}/star");
        var move = await App.PostAsync($"/api/imap/messages/{keys[1]}/archive");
        var delete = await App.DeleteAsync($"/api/imap/messages/{keys[2]}");
        var batch = await App.PostAsync("/api/imap/messages/batch", new { keys = keys.TakeLast(1), action = "read" });

        foreach (var reply in (Reply[])[star, move, delete])
        {
            reply.Status.ShouldBe(202, reply.Text);
            reply.Result.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        }

        batch.Result.GetProperty("results")[0].GetProperty("msg").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Run_of_a_rule_has_the_rules_name_and_why_it_waits()
    {
        var rule = (await App.PostAsync("/api/rules", new { name = "星标", matchAll = true, actions = new[] { new { type = "star" } } })).Result.GetProperty("id").GetString();
        var key = (await App.GetAsync("/api/messages?folder=inbox&limit=1")).Result.GetProperty("messages")[0].GetProperty("key").GetString();
        await sandbox.StopServersAsync();
        (await App.PostAsync("/api/rules/execute", new { mailId = key })).Status.ShouldBe(200);

        foreach (var path in (string[])["/api/rules/runs", $"/api/rules/{rule}/runs"])
        {
            var run = (await App.GetAsync(path)).Result.GetProperty("runs")[0];
            (run.GetProperty("ruleName").GetString(), run.GetProperty("status").GetString()).ShouldBe(("星标", "queued"));
            run.GetProperty("msg").GetString().ShouldNotBeNullOrEmpty();
        }

        (await App.DeleteAsync($"/api/rules/{rule}")).Status.ShouldBe(200);
        (await App.GetAsync("/api/rules/runs")).Result.GetProperty("runs")[0].GetProperty("ruleName").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }
}
