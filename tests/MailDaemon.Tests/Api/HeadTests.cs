using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>HEAD is answered wherever GET is, without a body and without an effect.</summary>
public sealed class HeadTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    [Fact]
    public async Task Head_has_the_status_and_headers_of_get_on_each_route()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString()!;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["p"] = "imap", ["provider"] = "imap", ["email"] = sandbox.Email, ["id"] = key, ["mailId"] = key, ["key"] = key, ["attachmentId"] = "0", ["follow"] = "false",
        };
        foreach (var route in (await AllRoutes.ReadAsync(sandbox.App)).Where(route => route.Method == "GET"))
        {
            var path = RouteCalls.PathOf(route, values);
            var get = await sandbox.App.GetAsync(path);

            var head = await sandbox.App.SendAsync("HEAD", path, null).WaitAsync(TimeSpan.FromSeconds(30));

            (head.Status, head.Text).ShouldBe((get.Status, ""), path);
            head.Headers["content-type"].ShouldBe(get.Headers["content-type"], path);
        }
    }

    [Fact]
    public async Task Head_over_http_1_leaves_the_connection_in_order()
    {
        using var client = sandbox.App.NewClient(new Version(1, 1));

        for (var i = 0; i < 3; i++)
        {
            (await DaemonApp.SendAsync(client, "HEAD", "/api/accounts")).Status.ShouldBe(200);
            (await DaemonApp.SendAsync(client, "HEAD", "/api/nowhere")).Status.ShouldBe(404);
            (await DaemonApp.SendAsync(client, "GET", "/api/accounts")).Result.GetArrayLength().ShouldBe(1);
        }
    }

    [Fact]
    public async Task Head_of_an_agents_tasks_takes_none_and_of_the_events_does_not_wait()
    {
        await sandbox.App.PostAsync("/api/rules", new { name = "all to sales", matchAll = true, actions = new[] { new { type = "agent_handle", value = "sales" } } });
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString()!;
        (await sandbox.App.PostAsync("/api/rules/execute", new { mailId = key })).Status.ShouldBe(200);

        (await sandbox.App.SendAsync("HEAD", "/api/agents/sales/tasks?limit=50", null)).Status.ShouldBe(200);
        (await sandbox.App.SendAsync("HEAD", "/api/events", null).WaitAsync(TimeSpan.FromSeconds(30))).Headers["content-type"].ShouldBe("text/event-stream; charset=utf-8");

        (await sandbox.App.GetAsync("/api/agents/tasks?state=queued")).Result.GetProperty("total").GetInt32().ShouldBe(1);
    }
}
