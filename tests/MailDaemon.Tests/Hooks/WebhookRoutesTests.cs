using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Agents;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hooks;

/// <summary>Webhooks of rules as the API and their receivers see them.</summary>
public sealed class WebhookRoutesTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new(new SandboxOptions { Seed = false }, []);
    private int mails;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Endpoint_that_is_gone_is_called_no_more_by_that_rule_until_it_is_changed()
    {
        await using var endpoint = new HookEndpoint();
        endpoint.Answer = 503;
        var gone = await RuleAsync("gone", endpoint.Url + "/in");
        Deliver(3);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => endpoint.Calls.Count > 0 && (await OutboxAsync("pending")).Count == 3, "all wait");
        endpoint.Answer = 410;
        await Eventually.UntilAsync(async () => (await OutboxAsync("cancelled")).Count == 2, "the others are cancelled");

        endpoint.Calls[^1].Headers["User-Agent"].ShouldStartWith("MailDaemon/");
        var before = endpoint.Calls.Count;
        endpoint.Answer = 200;
        var failed = (await OutboxAsync("failed")).ShouldHaveSingleItem();
        (failed.GetProperty("kind").GetString(), failed.GetProperty("url").GetString(), failed.GetProperty("attempts").GetInt32() > 0, failed.GetProperty("errorCode").GetString())
            .ShouldBe(("webhook", endpoint.Url + "/in", true, "hook_gone"));
        failed.GetProperty("lastError").GetString()!.ShouldContain("410 Gone");
        Deliver(1);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => (await RunsAsync(gone)).Count(run => run.TryGetProperty("error", out var error) && error.GetString() == "hook_gone") == 4, "later mail is not sent there either, and the run says so");
        endpoint.Calls.Count.ShouldBe(before);

        // The same endpoint for another rule, and for this one once somebody looked at it.
        await RuleAsync("other", endpoint.Url + "/in");
        (await sandbox.App.SendAsync("PUT", $"/api/rules/{gone}", new { description = "it is back" })).Status.ShouldBe(200);
        Deliver(1);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => endpoint.Calls.Count == before + 2, "both call again");
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("disable")]
    public async Task What_waits_of_a_rule_that_does_not_want_it_any_more_is_cancelled(string how)
    {
        await using var endpoint = new HookEndpoint();
        endpoint.Answer = 503;
        var rule = await RuleAsync("waits", endpoint.Url);
        Deliver(2);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => endpoint.Calls.Count > 0, "it is away");
        (await OutboxAsync("pending")).Count.ShouldBe(2);

        var changed = how == "DELETE" ? await sandbox.App.SendAsync("DELETE", $"/api/rules/{rule}", null) : await sandbox.App.SendAsync("PUT", $"/api/rules/{rule}", new { enabled = false });
        changed.Status.ShouldBe(200, changed.Text);

        var cancelled = await OutboxAsync("cancelled");
        cancelled.Count.ShouldBe(2);
        cancelled.ShouldAllBe(item => item.GetProperty("errorCode").GetString() == "rule_gone" && item.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.Null);
        (await OutboxAsync("pending")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Outbox_shows_webhooks_beside_mail_and_each_can_be_shown_sent_again_and_taken_out()
    {
        await using var endpoint = new HookEndpoint();
        endpoint.Answer = 503;
        await RuleAsync("hook", endpoint.Url);
        Deliver(1);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => (await OutboxAsync("pending")) is [var item] && item.GetProperty("attempts").GetInt32() > 0, "it waits");
        var sent = await sandbox.App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "a@example.test" } }, subject = "s", body = "x" });
        sent.Status.ShouldBe(200, sent.Text);

        var all = await OutboxAsync(null);
        all.Select(item => item.GetProperty("kind").GetString()).ShouldBe(["send", "webhook"]);
        var path = $"/api/outbox/{all[1].GetProperty("id").GetString()}";
        (await sandbox.App.GetAsync(path)).Result.GetProperty("url").GetString().ShouldBe(endpoint.Url);
        (await sandbox.App.GetAsync("/api/outbox?status=nonsense")).Status.ShouldBe(400);
        (await sandbox.App.GetAsync("/api/outbox/w_none")).Error.ShouldBe("outbox_item_not_found");
        (await sandbox.App.PostAsync(path + "/retry")).Result.GetProperty("status").GetString().ShouldBe("pending");
        (await sandbox.App.SendAsync("DELETE", path, null)).Status.ShouldBe(200);
        (await OutboxAsync(null)).ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("send");
    }

    [Fact]
    public async Task Webhook_to_a_private_address_is_given_up_at_once_and_says_why()
    {
        await RuleAsync("private", "https://10.255.255.1/in");
        Deliver(1);
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(async () => (await OutboxAsync("failed")) is [var item] && item.GetProperty("errorCode").GetString() == "address_not_allowed", "it is not sent");
        (await OutboxAsync("failed"))[0].GetProperty("lastError").GetString()!.ShouldContain("Outgoing:AllowPrivateHosts");
    }

    [Fact]
    public async Task Receivers_have_secrets_of_their_own()
    {
        await using var endpoint = new HookEndpoint();
        await RuleAsync("one", endpoint.Url + "/one");
        await RuleAsync("two", endpoint.Url + "/two");
        Deliver(1);
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => endpoint.Calls.Count == 2, "both are called");

        var file = (await File.ReadAllTextAsync(Path.Combine(sandbox.App.DataDirectory, "hook-secret"))).Trim();
        foreach (var call in endpoint.Calls)
        {
            // As a receiver does with the word that openssl dgst -sha256 -hmac made of the URL.
            var secret = Hex(Encoding.UTF8.GetBytes(file), Encoding.UTF8.GetBytes(endpoint.Url + call.Path));
            var parts = call.Headers["X-MailDaemon-Signature"].Split(',');
            parts[1].ShouldBe("v1=" + Hex(Encoding.UTF8.GetBytes(secret), [.. Encoding.ASCII.GetBytes(parts[0][2..] + "."), .. call.Body]));
        }

        static string Hex(byte[] key, byte[] data) => Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(key, data));
    }

    private async Task<string> RuleAsync(string name, string url)
    {
        var made = await sandbox.App.PostAsync("/api/rules", new { name, matchAll = true, actions = new[] { new { type = "webhook", value = url } } });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }

    private async Task<IReadOnlyList<JsonElement>> OutboxAsync(string? status)
    {
        var reply = await sandbox.App.GetAsync("/api/outbox" + (status is null ? "" : "?status=" + status));
        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("total").GetInt32().ShouldBe(reply.Result.GetProperty("items").GetArrayLength());
        return [.. reply.Result.GetProperty("items").EnumerateArray()];
    }

    private async Task<IReadOnlyList<JsonElement>> RunsAsync(string rule) => [.. (await sandbox.App.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("runs").EnumerateArray()];

    private void Deliver(int count)
    {
        for (var i = 0; i < count; i++)
            sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes($"From: a@b.test\r\nTo: {sandbox.Email}\r\nSubject: {++mails}\r\nMessage-ID: <w{mails}@hooks.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\nx\r\n"));
    }
}
