using System.Diagnostics;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Operating;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new();

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Health_names_accounts_queues_and_what_fails()
    {
        var well = await sandbox.App.GetAsync("/health");
        (well.Status, well.Result.GetProperty("status").GetString()).ShouldBe((200, "ok"), well.Text);
        var account = well.Result.GetProperty("accounts")[0];
        (account.GetProperty("email").GetString(), account.GetProperty("status").GetString(), account.GetProperty("messages").GetInt32()).ShouldBe(("lina@sandbox.test", "connected", 58));
        well.Result.GetProperty("outbox").EnumerateObject().Select(p => p.Name).ShouldBe(["pending", "sending", "sent", "failed", "uncertain"]);

        sandbox.Servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 1);
        await sandbox.App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, body = "x" });
        var worse = await sandbox.App.GetAsync("/health");
        (worse.Result.GetProperty("status").GetString(), worse.Result.GetProperty("outbox").GetProperty("uncertain").GetInt32()).ShouldBe(("degraded", 1), worse.Text);
        await sandbox.StopServersAsync();
        await sandbox.App.PostAsync($"/api/sync?provider=imap&email={sandbox.Email}");
        var gone = await sandbox.App.GetAsync("/health");
        gone.Result.GetProperty("accounts")[0].GetProperty("status").GetString().ShouldBe("error", gone.Text);
        gone.Result.GetProperty("accounts")[0].GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Uptime_is_counted_from_the_start_of_this_daemon()
    {
        var before = Stopwatch.GetTimestamp();
        await using var app = await DaemonApp.StartAsync();

        var health = await app.GetAsync("/health");
        health.Result.GetProperty("uptimeSeconds").GetDouble().ShouldBeInRange(0, Stopwatch.GetElapsedTime(before).TotalSeconds);
    }

    [Fact]
    public async Task Metrics_are_in_the_text_format_of_prometheus()
    {
        var reply = await sandbox.App.GetAsync("/metrics");

        reply.Status.ShouldBe(200);
        reply.Headers["Content-Type"].ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        foreach (var line in reply.Text.TrimEnd().Split('\n'))
            line.ShouldMatch("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.E+-]+)$""");
        reply.Text.ShouldContain("maildaemon_messages{provider=\"imap\",account=\"lina@sandbox.test\"} 58\n");
        reply.Text.ShouldContain("maildaemon_outbox{state=\"pending\"} 0\n");
    }
}
