using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>The batch route: each message has its own result, and bad input is named.</summary>
public sealed class BatchRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Batch = "/api/imap/messages/batch";

    [Fact]
    public async Task Malformed_id_has_its_own_result_and_numbers_are_ids()
    {
        var items = (await sandbox.App.GetAsync($"/api/imap/messages?email={sandbox.Email}&folder=inbox&limit=2")).Result.GetProperty("messages").EnumerateArray().ToList();
        var uids = items.Select(item => item.GetProperty("uid").GetInt64()).ToList();

        var reply = await sandbox.App.PostAsync(Batch, new { email = sandbox.Email, folder = "INBOX", ids = new object[] { uids[0], "one", "", 0, $"imap:{uids[1]}", 1.5 }, action = "star" });

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("results").EnumerateArray().Select(r => (r.GetProperty("asked").GetString(), r.GetProperty("status").GetString(), Error(r))).ShouldBe(
            [($"{uids[0]}", "done", null), ("one", "failed", "invalid_parameter"), ("", "failed", "invalid_parameter"), ("0", "failed", "invalid_parameter"), ($"imap:{uids[1]}", "done", null), ("1.5", "failed", "invalid_parameter")]);
        reply.Result.GetProperty("results")[1].GetProperty("msg").GetString()!.ShouldContain("'one'");
    }

    private static string? Error(JsonElement result) => result.TryGetProperty("error", out var error) ? error.GetString() : null;

    [Fact]
    public async Task Folder_that_fails_keeps_none_of_the_others()
    {
        await using var own = await SandboxApp.StartAsync(new SandboxOptions());
        var list = (await own.App.GetAsync($"/api/imap/messages?email={own.Email}&limit=500")).Result.GetProperty("messages").EnumerateArray().ToList();
        var keys = list.Where(m => m.GetProperty("folder").GetString() is "inbox" or "sent").Select(m => m.GetProperty("key").GetString()).ToList();
        own.Servers.ImapFaults.Refuse.Arm("STORE", "NO [NOPERM] Read only", times: 1);

        var reply = await own.App.PostAsync(Batch, new { keys, action = "star" });

        var results = reply.Result.GetProperty("results").EnumerateArray().ToList();
        results.Count(r => r.GetProperty("status").GetString() == "failed").ShouldBeInRange(1, keys.Count - 1, reply.Text);
        results.Where(r => r.GetProperty("status").GetString() == "failed").ShouldAllBe(r => r.GetProperty("error").GetString() == "server_refused");
        foreach (var result in results)
            (await own.App.GetAsync($"/api/imap/messages/{result.GetProperty("key").GetString()}")).Result.GetProperty("isStarred").GetBoolean()
                .ShouldBe(result.GetProperty("status").GetString() == "done" || list.First(m => m.GetProperty("key").GetString() == result.GetProperty("key").GetString()).GetProperty("isStarred").GetBoolean());
    }

    [Theory]
    [InlineData("""{"action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"keys":[],"action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"keys":["m_x"]}""", 400, "missing_parameter")]
    [InlineData("""{"keys":["m_x"],"action":"burn"}""", 400, "invalid_parameter")]
    [InlineData("""{"keys":["m_x"],"action":"move"}""", 400, "missing_parameter")]
    [InlineData("""{"keys":"m_x","action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"keys":[null],"action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"keys":["m_\u0001"],"action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"ids":["1"],"action":"read"}""", 400, "missing_parameter")]
    [InlineData("""{"ids":["1"],"email":"nobody@sandbox.test","action":"read"}""", 401, "account_not_configured")]
    [InlineData("""{"ids":["1",{"uid":1}],"email":"lina@sandbox.test","action":"read"}""", 400, "invalid_parameter")]
    [InlineData("""{"ids":["1"],"email":"lina@sandbox.test","folder":"nowhere","action":"read"}""", 404, "folder_not_found")]
    public async Task Bad_batch_is_refused_by_name(string body, int status, string error)
    {
        var reply = await sandbox.App.PostAsync(Batch, JsonDocument.Parse(body).RootElement);

        (reply.Status, reply.Error).ShouldBe((status, error), reply.Text);
    }

    [Fact]
    public async Task More_than_a_thousand_are_refused()
    {
        var reply = await sandbox.App.PostAsync(Batch, new { keys = Enumerable.Range(0, 1_001).Select(i => $"m_{i}"), action = "read" });

        (reply.Status, reply.Error).ShouldBe((400, "invalid_parameter"), reply.Text);
    }
}
