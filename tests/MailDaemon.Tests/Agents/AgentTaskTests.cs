using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Agents;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Agents;

/// <summary>Tasks of agents over HTTP, on the stand-in servers.</summary>
public sealed class AgentTaskTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new();
    private int mails;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task What_the_rule_does_not_allow_is_refused_and_nothing_of_it_is_done()
    {
        await RuleAsync();
        Deliver("agent: one", "x");
        var task = await TakeAsync();
        var before = sandbox.Servers.Accepted.Count;

        foreach (var (type, value) in new[] { ("delete", ""), ("forward_to", "thief@evil.test"), ("reply", "yes"), ("move_to_folder", "Archive"), ("mark_as_spam", "") })
        {
            var refused = await CompleteAsync(task, new { actions = new object[] { new { type = "star" }, new { type, value } } });
            (refused.Status, refused.Error).ShouldBe((403, "capability_refused"), refused.Text);
        }

        (await CompleteAsync(task, new { actions = new[] { new { type = "format_disk" } } })).Error.ShouldBe("invalid_action");
        (await CompleteAsync(task, new { actions = new[] { new { type = "add_label" } } })).Error.ShouldBe("invalid_action");
        (await sandbox.FindAsync("agent: one")).GetProperty("isStarred").GetBoolean().ShouldBeFalse();
        sandbox.Servers.Accepted.Count.ShouldBe(before);
        (await CompleteAsync(task, new { })).Status.ShouldBe(200, "the lease goes on");
    }

    [Fact]
    public async Task Rule_may_allow_more()
    {
        await RuleAsync(["reply", "forward", "delete"]);
        Deliver("agent: more", "x");
        var task = await TakeAsync();

        var done = await CompleteAsync(task, new
        {
            actions = new object[] { new { type = "reply", value = "Thank you." }, new { type = "forward_to", value = "tom@sandbox.test" }, new { type = "delete" } },
        });

        done.Status.ShouldBe(200, done.Text);
        done.Result.GetProperty("actions").EnumerateArray().Select(a => a.GetProperty("status").GetString()).ShouldBe(["queued", "queued", "done"]);
        await Eventually.UntilAsync(() => sandbox.Servers.Accepted.Count(m => Text(m.Raw).Contains("agent: more", StringComparison.Ordinal)) == 2, "both went out");
        (await CompleteAsync(task, new { actions = new[] { new { type = "star" } } })).Result.GetProperty("actions").GetArrayLength().ShouldBe(3, "it is complete");
        (await sandbox.FindAsync("agent: more")).GetProperty("folder").GetString().ShouldBe("trash");
    }

    [Fact]
    public async Task Token_opens_its_task_and_nothing_else()
    {
        await RuleAsync();
        Deliver("agent: one", "x");
        Deliver("agent: two", "x");
        var (one, two) = (await TakeAsync(), await TakeAsync());
        var key = one.GetProperty("message").GetProperty("key").GetString();
        var bearer = ("Authorization", $"Bearer {one.GetProperty("capabilityToken").GetString()}");

        foreach (var (method, path) in new[]
        {
            ("GET", "/api/accounts"), ("GET", $"/api/imap/messages/{key}"), ("POST", $"/api/imap/messages/{key}/read"), ("DELETE", $"/api/imap/messages/{key}"), ("POST", "/api/imap/send"),
            ("GET", "/api/agents/tasks"), ("GET", "/api/agents/sales/tasks"), ("POST", $"/api/agents/tasks/{one.GetProperty("id").GetString()}/requeue"), ("POST", "/api/rules"), ("GET", "/swagger"), ("GET", "/"),
        })
        {
            var refused = await sandbox.App.SendAsync(method, path, null, bearer);
            (refused.Status, refused.Error).ShouldBe((403, "capability_refused"), $"{method} {path}");
        }

        var other = two.GetProperty("id").GetString();
        foreach (var what in new[] { "complete", "fail", "extend" })
        {
            (await sandbox.App.PostAsync($"/api/agents/tasks/{other}/{what}", null, bearer)).Error.ShouldBe("capability_refused", what);
            (await sandbox.App.PostAsync($"/api/agents/tasks/{other}/{what}")).Error.ShouldBe("capability_refused", what);
            (await sandbox.App.PostAsync($"/api/agents/tasks/t_none/{what}", null, bearer)).Error.ShouldBe("task_not_found", what);
        }
    }

    [Fact]
    public async Task Task_is_kept_longer_given_back_and_left_for_people_when_nobody_wants_it()
    {
        await RuleAsync();
        Deliver("agent: one", "x");
        var task = await TakeAsync();
        var id = task.GetProperty("id").GetString();

        var extended = await PostAsync(task, "extend", new { lease = 3600 });
        (extended.Result.GetProperty("leaseUntil").GetDateTimeOffset() - task.GetProperty("leaseUntil").GetDateTimeOffset()).ShouldBeGreaterThan(TimeSpan.FromMinutes(50));
        var given = await PostAsync(task, "fail", new { error = "model overloaded" });
        (given.Result.GetProperty("state").GetString(), given.Result.GetProperty("error").GetString()).ShouldBe(("queued", "model overloaded"));
        (await PostAsync(task, "complete", new { })).Error.ShouldBe("capability_refused", "its token went with the lease");
        (await sandbox.App.PostAsync($"/api/agents/tasks/{id}/requeue")).Error.ShouldBe("task_state");

        Deliver("agent: two", "x");
        var second = await TakeAsync();
        (await PostAsync(second, "fail", new { error = "never", retry = false })).Result.GetProperty("state").GetString().ShouldBe("dead");
        (await sandbox.App.GetAsync("/api/agents/tasks?state=dead")).Result.GetProperty("tasks").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(second.GetProperty("id").GetString());
        (await sandbox.App.PostAsync($"/api/agents/tasks/{second.GetProperty("id").GetString()}/requeue")).Result.GetProperty("state").GetString().ShouldBe("queued");
        (await TakeAsync(isNew: false)).GetProperty("id").GetString().ShouldBe(second.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Task_is_pushed_signed_and_whoever_gets_it_completes_it()
    {
        await using var endpoint = new HookEndpoint();
        await using var pushed = await SandboxApp.StartAsync(new Sandbox.SandboxOptions(), ("Agents:sales:Url", endpoint.Url + "/handle/{agentId}"), ("Agents:sales:Secret", "s3cret"));
        await RuleAsync(app: pushed);
        Deliver("agent: push", "x", pushed);
        await pushed.SyncAsync();
        await Eventually.UntilAsync(() => endpoint.Calls.Count == 1, "it is pushed");

        var call = endpoint.Calls[0];
        var signature = call.Headers["X-MailDaemon-Signature"].Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var expected = HMACSHA256.HashData("s3cret"u8, [.. Encoding.ASCII.GetBytes(signature["t"] + "."), .. call.Body]);
        signature["v1"].ShouldBe(Convert.ToHexStringLower(expected));
        var task = JsonDocument.Parse(call.Body).RootElement;
        (call.Method, call.Path, call.Headers["X-MailDaemon-Delivery"]).ShouldBe(("POST", "/handle/sales", task.GetProperty("id").GetString()));
        (await PostAsync(task, "complete", new { actions = new[] { new { type = "star" } } }, pushed)).Result.GetProperty("state").GetString().ShouldBe("done");
        endpoint.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Webhook_is_signed_sent_once_and_again_after_a_lost_answer_under_its_id()
    {
        await using var endpoint = new HookEndpoint();
        endpoint.Arm(HookEndpoint.Drop);
        var made = await sandbox.App.PostAsync("/api/rules", new { name = "hook", matchAll = true, actions = new[] { new { type = "webhook", value = endpoint.Url + "/in" } } });
        made.Status.ShouldBe(201, made.Text);
        Deliver("hook: 报价", "x");
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => endpoint.Calls.Count == 2, "it is sent again");
        await Task.Delay(200);

        endpoint.Calls.Count.ShouldBe(2);
        endpoint.Calls.Select(c => c.Headers["X-MailDaemon-Delivery"]).Distinct().ShouldHaveSingleItem();
        endpoint.Calls[1].Body.ShouldBe(endpoint.Calls[0].Body);
        var body = JsonDocument.Parse(endpoint.Calls[0].Body).RootElement;
        (body.GetProperty("type").GetString(), body.GetProperty("message").GetProperty("subject").GetString(), body.GetProperty("rule").GetProperty("name").GetString()).ShouldBe(("rule.matched", "hook: 报价", "hook"));
        var file = (await File.ReadAllTextAsync(Path.Combine(sandbox.App.DataDirectory, "hook-secret"))).Trim();
        var secret = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(file), Encoding.UTF8.GetBytes(endpoint.Url + "/in")));
        var parts = endpoint.Calls[0].Headers["X-MailDaemon-Signature"].Split(',');
        parts[1].ShouldBe("v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(parts[0][2..] + "."), .. endpoint.Calls[0].Body])));
    }

    [Fact]
    public async Task Endpoint_that_is_silent_holds_up_no_other()
    {
        await using var endpoint = new HookEndpoint();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        foreach (var (name, url) in new[] { ("silent", $"http://{silent.LocalEndpoint}/"), ("live", endpoint.Url) })
        {
            var made = await sandbox.App.PostAsync(
                "/api/rules", new { name, conditions = new[] { new { field = "subject", @operator = "starts_with", value = "hook:" } }, actions = new[] { new { type = "webhook", value = url } } });
            made.Status.ShouldBe(201, made.Text);
        }

        for (var i = 0; i < 120; i++)
            Deliver($"hook: {i}", "x");
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(() => endpoint.Calls.Count == 120, "what the other waits for is there");
        await Eventually.UntilAsync(
            async () => (await sandbox.App.GetAsync("/metrics")).Text.Contains("maildaemon_webhooks{state=\"pending\"} 120\n", StringComparison.Ordinal), "those of the silent one wait");
    }

    [Fact]
    public async Task Events_tell_of_rules_and_tasks()
    {
        await RuleAsync();
        await using var events = await EventReader.OpenAsync(sandbox.App, "?types=rule,task");
        Deliver("agent: told", "x");
        await TakeAsync();

        var told = new List<(string Type, JsonElement Data)>();
        while (told.Count < 4 && await events.NextAsync() is { } next)
            told.Add(next);
        told.Select(e => e.Type).Order().ShouldBe(["rule.done", "rule.matched", "task.leased", "task.queued"]);
        told.Single(e => e.Type == "rule.matched").Data.GetProperty("rule").GetProperty("name").GetString().ShouldBe("agents");
        told.Single(e => e.Type == "task.leased").Data.GetProperty("task").TryGetProperty("capabilityToken", out _).ShouldBeFalse();
    }

    private static string Text(ReadOnlyMemory<byte> raw) => Encoding.UTF8.GetString(raw.Span);

    private Task<Reply> CompleteAsync(JsonElement task, object body) => PostAsync(task, "complete", body);

    private Task<Reply> PostAsync(JsonElement task, string what, object body, SandboxApp? app = null) => (app ?? sandbox).App.PostAsync(
        $"/api/agents/tasks/{task.GetProperty("id").GetString()}/{what}", body, ("Authorization", $"Bearer {task.GetProperty("capabilityToken").GetString()}"));

    private async Task<JsonElement> TakeAsync(bool isNew = true)
    {
        if (isNew)
            await sandbox.SyncAsync();
        var taken = await sandbox.App.GetAsync("/api/agents/sales/tasks?wait=30");
        taken.Status.ShouldBe(200, taken.Text);
        return taken.Result.GetProperty("tasks").EnumerateArray().ShouldHaveSingleItem();
    }

    private async Task RuleAsync(string[]? allowed = null, SandboxApp? app = null)
    {
        var action = new Dictionary<string, object> { ["type"] = "agent_handle", ["value"] = "sales" };
        if (allowed is not null)
            action["allowedActions"] = allowed;
        var made = await (app ?? sandbox).App.PostAsync(
            "/api/rules", new { name = "agents", conditions = new[] { new { field = "subject", @operator = "starts_with", value = "agent:" } }, actions = new[] { action } });
        made.Status.ShouldBe(201, made.Text);
    }

    private void Deliver(string subject, string text, SandboxApp? app = null)
    {
        var encoded = $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=";
        (app ?? sandbox).User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"From: Ann <ann@agents.test>\r\nTo: {sandbox.Email}\r\nSubject: {encoded}\r\nMessage-ID: <agent{++mails}@agents.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"));
    }
}
