using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Rules;

/// <summary>How much rules send by themselves.</summary>
public sealed class AutomaticMailTests
{
    [Fact]
    public async Task Rule_sends_no_more_than_its_limit_and_says_so_in_its_runs()
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false }, ("AutomaticMail:RulePerHour", "2"), ("AutomaticMail:AccountPerHour", "3"));
        foreach (var (name, action) in new (string, object)[] { ("forward", new { type = "forward_to", value = "tom@sandbox.test" }), ("answer", new { type = "auto_reply", value = "It has come." }) })
        {
            var made = await sandbox.App.PostAsync("/api/rules", new { name, conditions = new[] { new { field = "subject", @operator = "starts_with", value = name } }, actions = new[] { action } });
            made.Status.ShouldBe(201, made.Text);
        }

        foreach (var name in new[] { "forward", "answer" })
        {
            for (var i = 1; i <= 4; i++)
                sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes($"From: P{i} <p{i}@limits.test>\r\nTo: {sandbox.Email}\r\nSubject: {name} {i}\r\nMessage-ID: <{name}{i}@limits.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
            await sandbox.SyncAsync();
            await Eventually.UntilAsync(async () => (await RunsAsync(sandbox, name)).Count(run => run.Status is not "planned" and not "queued") == 4, $"all {name} are settled");
        }

        (await RunsAsync(sandbox, "forward")).Select(run => (run.Status, run.Error)).Order().ShouldBe([("done", null), ("done", null), ("skipped", "limit"), ("skipped", "limit")]);
        (await RunsAsync(sandbox, "answer")).Select(run => (run.Status, run.Error)).Order().ShouldBe([("done", null), ("skipped", "limit"), ("skipped", "limit"), ("skipped", "limit")]);
        sandbox.Servers.Accepted.Count.ShouldBe(3, "two of the rule, three of the account");
        foreach (var mail in sandbox.Servers.Accepted)
            Encoding.UTF8.GetString(mail.Raw.Span).ShouldContain("Auto-Submitted: auto-");
    }

    [Fact]
    public async Task Rule_names_few_recipients_and_does_not_send_to_an_account_of_ours()
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        var many = await sandbox.App.PostAsync("/api/rules", new { name = "many", matchAll = true, actions = new[] { new { type = "forward_to", value = "a@x.test, b@x.test, c@x.test, d@x.test, e@x.test, f@x.test" } } });
        (many.Status, many.Error).ShouldBe((400, "invalid_rule"), many.Text);
        (await sandbox.App.PostAsync("/api/rules", new { name = "back", matchAll = true, actions = new[] { new { type = "forward_to", value = "Lina+x@SANDBOX.test" } } })).Status.ShouldBe(201);
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes($"From: Ann <ann@limits.test>\r\nTo: {sandbox.Email}\r\nSubject: back\r\nMessage-ID: <back@limits.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(async () => (await RunsAsync(sandbox, "back")).Any(run => run is { Status: "skipped", Error: "not_forwarded" }), "it is left out");
        sandbox.Servers.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_are_counted_in_the_store_and_end_with_their_hour()
    {
        await using var directory = new TempDirectory();
        var clock = new ManualClock();
        var account = new AccountKey(ProviderKind.Imap, "a@limits.test");
        var agent = new AutomaticSender(account, "r_1", "sales", AgentsPerDay: 3);
        for (var start = 0; start < 2; start++)
        {
            using var store = StoreSchema.Open(new DataPaths(directory.Path));
            var limits = new AutomaticMailLimits(store, Options.Create(new AutomaticMailOptions { AgentPerHour = 2, RulePerHour = 100, AccountPerHour = 100 }), clock);
            limits.Refusal(agent).ShouldBeNull();
            limits.Refusal(agent, mails: 3)!.Code.ShouldBe("limit");
            await store.WriteAsync(writer => limits.Take(writer, agent), CancellationToken.None);
        }

        using var last = StoreSchema.Open(new DataPaths(directory.Path));
        var same = new AutomaticMailLimits(last, Options.Create(new AutomaticMailOptions { AgentPerHour = 2, RulePerHour = 100, AccountPerHour = 100 }), clock);
        same.Refusal(agent)!.Message.ShouldContain("AutomaticMail:AgentPerHour");
        (await Should.ThrowAsync<MailException>(() => last.WriteAsync(writer => same.Take(writer, agent), CancellationToken.None))).Fault.ShouldBe(MailFault.TooMany);
        same.Refusal(new AutomaticSender(account, "r_1")).ShouldBeNull("the rule itself may");
        same.Refusal(agent with { AgentId = "other" }).ShouldBeNull("another agent may");
        clock.Advance(TimeSpan.FromMinutes(61));
        same.Refusal(agent).ShouldBeNull();
        await last.WriteAsync(writer => same.Take(writer, agent), CancellationToken.None);
        same.Refusal(agent)!.Message.ShouldContain("agentPolicy.perDay");
        clock.Advance(TimeSpan.FromHours(24));
        same.Refusal(agent).ShouldBeNull();
    }

    private static async Task<List<(string? Status, string? Error)>> RunsAsync(SandboxApp sandbox, string rule)
    {
        var id = (await sandbox.App.GetAsync("/api/rules")).Result.EnumerateArray().Single(made => made.GetProperty("name").GetString() == rule).GetProperty("id").GetString();
        var runs = await sandbox.App.GetAsync($"/api/rules/{id}/runs");
        runs.Status.ShouldBe(200, runs.Text);
        return [.. runs.Result.GetProperty("runs").EnumerateArray().Select(run => (run.GetProperty("status").GetString(), run.TryGetProperty("error", out var error) ? error.GetString() : null))];
    }
}
