using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Rules;

/// <summary>Rules that are changed while they run, whose account goes, or that cannot be judged for a while.</summary>
public sealed class RuleChangedTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new();

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("delete")]
    [InlineData("toggle")]
    public async Task Rule_that_goes_while_it_runs_ends_what_it_began_and_begins_nothing_more(string how)
    {
        var rule = await RuleAsync("one", [new { type = "star" }, new { type = "mark_as_read" }]);
        await WhileStarringAsync(async () => (await (how == "delete" ? sandbox.App.SendAsync("DELETE", $"/api/rules/{rule}", null) : sandbox.App.PostAsync($"/api/rules/{rule}/toggle"))).Status.ShouldBe(200));

        await RunsAreAsync(("star", "done", null), ("mark_as_read", "skipped", "rule_gone"));
        sandbox.User.Inbox.Messages[^1].Flags.ShouldBe(["\\Flagged"]);
        if (how == "delete")
            return;

        // Switched on again, and asked for by people, it does what it left out.
        var mail = new { mailId = (await sandbox.FindAsync("new mail")).GetProperty("key").GetString() };
        (await sandbox.App.PostAsync($"/api/rules/{rule}/toggle")).Status.ShouldBe(200);
        (await sandbox.App.PostAsync("/api/rules/execute", mail)).Status.ShouldBe(200);
        await RunsAreAsync(("star", "done", null), ("mark_as_read", "done", null));
    }

    [Fact]
    public async Task Rule_that_is_edited_while_it_runs_ends_as_it_began()
    {
        var rule = await RuleAsync("one", [new { type = "star" }, new { type = "mark_as_read" }]);
        await WhileStarringAsync(async () => (await sandbox.App.SendAsync("PUT", $"/api/rules/{rule}", new { actions = new[] { new { type = "delete" } } })).Result.GetProperty("version").GetInt32().ShouldBe(2));

        await RunsAreAsync(("star", "done", null), ("mark_as_read", "done", null));
        sandbox.User.Inbox.Messages[^1].Flags.Order().ShouldBe(["\\Flagged", "\\Seen"]);
    }

    [Fact]
    public async Task With_an_account_go_its_rules_and_what_they_began()
    {
        await RuleAsync("its own", [new { type = "agent_handle", value = "sales" }]);
        var hook = await sandbox.App.PostAsync("/api/rules", new { name = "for all", matchAll = true, actions = new[] { new { type = "webhook", value = "http://127.0.0.1:9/" } } });
        hook.Status.ShouldBe(201, hook.Text);
        Deliver();
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => (await MetricsAsync()).Contains("maildaemon_webhooks{state=\"pending\"} 1\n", StringComparison.Ordinal), "it waits for its endpoint");
        (await MetricsAsync()).ShouldContain("maildaemon_agent_tasks{state=\"queued\"} 1\n");

        (await sandbox.App.SendAsync("DELETE", $"/api/accounts/imap/{sandbox.Email}", null)).Status.ShouldBe(200);

        (await sandbox.App.GetAsync("/api/rules")).Result.EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("for all");
        (await sandbox.App.GetAsync("/api/rules/runs")).Result.GetProperty("runs").GetArrayLength().ShouldBe(0);
        (await sandbox.App.GetAsync("/api/agents/tasks")).Result.GetProperty("total").GetInt32().ShouldBe(0);
        (await MetricsAsync()).ShouldContain("maildaemon_webhooks{state=\"pending\"} 0\n");
    }

    [Fact]
    public async Task Mail_whose_header_is_not_to_be_had_holds_up_no_other()
    {
        var made = await sandbox.App.PostAsync("/api/rules", new { name = "x", conditions = new[] { new { field = "header:X-Kind", @operator = "equals", value = "order" } }, actions = new[] { new { type = "star" } } });
        made.Status.ShouldBe(201, made.Text);
        sandbox.Servers.ImapFaults.UnavailableSection.Arm(sandbox.User.Inbox.UidNext);
        Deliver("first");
        Deliver("second");
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(() => sandbox.User.Inbox.Messages[^1].Flags.Contains("\\Flagged"), "the second is handled");
        sandbox.User.Inbox.Messages[^2].Flags.ShouldBeEmpty();
        sandbox.Servers.ImapFaults.Reset();
        await Eventually.UntilAsync(() => sandbox.User.Inbox.Messages[^2].Flags.Contains("\\Flagged"), "and the first when it can be");
    }

    [Fact]
    public async Task What_is_planned_for_a_mail_that_is_between_two_folders_waits_for_it()
    {
        await RuleAsync("one", [new { type = "star" }]);
        var (rules, ledger, runner) = (Service<RuleStore>(), Service<RuleLedger>(), Service<RuleRunner>());
        var account = new AccountKey(ProviderKind.Imap, sandbox.Email);
        await ledger.PlanAsync(account, [("m_onitsway", rules.All())], areNew: true, CancellationToken.None);

        var next = await runner.RunAsync(account, CancellationToken.None);

        ledger.Of("m_onitsway").ShouldHaveSingleItem().State.ShouldBe("planned");
        next.ShouldNotBeNull().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddMinutes(4));

        T Service<T>()
            where T : notnull => sandbox.App.Services.GetRequiredService<T>();
    }

    [Fact]
    public async Task Rule_that_is_off_is_applied_only_for_a_look()
    {
        var rule = await RuleAsync("off", [new { type = "star" }]);
        await sandbox.App.PostAsync($"/api/rules/{rule}/toggle");

        (await sandbox.App.PostAsync($"/api/rules/{rule}/apply", new { })).Error.ShouldBe("rule_disabled");
        (await sandbox.App.PostAsync($"/api/rules/{rule}/apply", new { dryRun = true })).Status.ShouldBe(202);
    }

    /// <summary>A new mail, and something that is done while its star is on the way.</summary>
    private async Task WhileStarringAsync(Func<Task> what)
    {
        sandbox.Servers.ImapFaults.Delay.Arm("STORE", TimeSpan.FromSeconds(1), times: 1);
        Deliver();
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => sandbox.Servers.ImapFaults.Delay.HitsOf("STORE") == 1, "it is being starred");
        await what();
    }

    private Task RunsAreAsync(params (string Type, string Status, string? Error)[] expected) => Eventually.UntilAsync(
        async () => (await sandbox.App.GetAsync("/api/rules/runs")).Result.GetProperty("runs").EnumerateArray()
            .Select(run => (run.GetProperty("type").GetString()!, run.GetProperty("status").GetString()!, run.TryGetProperty("error", out var error) ? error.GetString() : null))
            .Reverse().SequenceEqual(expected),
        string.Join(", ", expected));

    private async Task<string> RuleAsync(string name, object[] actions)
    {
        var made = await sandbox.App.PostAsync(
            "/api/rules", new { name, provider = "imap", email = sandbox.Email, conditions = new[] { new { field = "subject", @operator = "equals", value = "new mail" } }, actions });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }

    private async Task<string> MetricsAsync() => (await sandbox.App.SendAsync("GET", "/metrics", null)).Text;

    private void Deliver(string id = "one") => sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
        $"From: Ann <ann@rules.test>\r\nTo: {sandbox.Email}\r\nSubject: new mail\r\nX-Kind: order\r\nMessage-ID: <{id}@rules.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
}
