using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Agents;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// A daemon that is killed while rules label, send on, answer, call an agent and a webhook, whose peers take what they get and drop the
/// answer now and then, and while the agent has its answers sent: nothing happens twice, and nothing is lost without a word. <c>MAILDAEMON_RULE_CYCLES</c> makes it longer;
/// <c>scripts/crash.sh rules</c> sets it.
/// </summary>
public sealed class KilledRulesTests
{
    private const int AtOnce = 3;

    private static int Cycles => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_RULE_CYCLES"), CultureInfo.InvariantCulture, out var cycles) ? cycles : 6;

    [Fact]
    public async Task Effects_of_rules_happen_once_whatever_is_killed()
    {
        await using var directory = new TempDirectory();
        await using var endpoint = new HookEndpoint();
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, CancellationToken.None);
        var authority = Path.Combine(directory.Path, "ca.pem");
        await File.WriteAllTextAsync(authority, servers.CaPem);
        string[] settings = [$"--Imap:TrustedCertificates={authority}", "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=5", "--Sync:Idle=true", "--AutomaticMail:RulePerHour=10000", "--AutomaticMail:AgentPerHour=10000", "--AutomaticMail:AccountPerHour=10000"];
        var data = directory.Sub("data");
        var random = new Random(20261128);
        var inbox = servers.World.FindUser(SandboxUser.Lina.Address)!.Inbox;
        var mails = 0;

        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await using var daemon = await DaemonProcess.StartAsync(data, settings);
            using var client = daemon.NewClient();
            if (cycle == 0)
                await BeginAsync(client, servers, endpoint);
            Arm(servers, endpoint, random);
            for (var i = 0; i < AtOnce; i++)
                inbox.Append(Mail(mails++));
            using var over = new CancellationTokenSource();
            var agent = AgentAsync(client, over.Token);
            await UntilItIsTimeAsync(servers, endpoint, random);
            await daemon.KillAsync();
            await over.CancelAsync();
            await agent;
        }

        servers.SmtpFaults.Reset();
        endpoint.Answer = 200;
        await using var last = await DaemonProcess.StartAsync(data, settings);
        using var lastClient = last.NewClient();
        using var end = new CancellationTokenSource();
        var lastAgent = AgentAsync(lastClient, end.Token);
        await SettledAsync(lastClient, mails);
        await end.CancelAsync();
        await lastAgent;

        var runs = await RunsAsync(lastClient, mails);
        runs.GroupBy(run => (run.Key, run.Type)).ShouldAllBe(same => same.Count() == 1);
        var subjects = runs.Select(run => run.Subject).Distinct().ToList();
        subjects.Count.ShouldBe(mails);
        inbox.Messages.Count(m => m.Flags.Contains("\\Flagged")).ShouldBe(mails, "each is starred");
        var calls = endpoint.Calls.Where(call => call.Path == "/hook").ToList();
        calls.Select(call => call.Headers["X-MailDaemon-Delivery"]).Distinct().Count().ShouldBe(mails, "one delivery a mail");
        calls.GroupBy(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("key").GetString()).ShouldAllBe(same => same.Select(call => call.Headers["X-MailDaemon-Delivery"]).Distinct().Count() == 1);
        (await DaemonApp.ResultAsync(lastClient, "/api/agents/tasks?limit=1")).GetProperty("total").GetInt32().ShouldBe(mails, "one task a mail");
        await CheckMailAsync(lastClient, servers, runs);
        await CheckAgentAsync(lastClient, servers, mails);
        inbox.Messages.Count(m => m.Flags.Contains("\\Seen")).ShouldBe(mails, "the agent has read each");
    }

    /// <summary>Takes what there is and answers it, until the daemon or the test has enough.</summary>
    private static async Task AgentAsync(HttpClient client, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var body = await client.GetStringAsync(new Uri("/api/agents/sales/tasks?wait=1&limit=3&lease=10", UriKind.Relative), ct);
                foreach (var task in JsonDocument.Parse(body).RootElement.GetProperty("result").GetProperty("tasks").EnumerateArray())
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/agents/tasks/{task.GetProperty("id").GetString()}/complete");
                    request.Headers.Authorization = new("Bearer", task.GetProperty("capabilityToken").GetString());
                    request.Content = new StringContent("""{"actions":[{"type":"reply","value":"The agent has it."},{"type":"mark_as_read"}]}""", Encoding.UTF8, "application/json");
                    (await client.SendAsync(request, ct)).Dispose();
                }
            }
            catch (Exception e) when (DaemonProcess.IsGone(e))
            {
                // The daemon was killed, or it is over.
                return;
            }
        }
    }

    private static async Task CheckAgentAsync(HttpClient client, SandboxServers servers, int mails)
    {
        var accepted = servers.Accepted.Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ToList();
        var done = 0;
        for (var offset = 0; offset < mails; offset += 500)
        {
            foreach (var task in (await DaemonApp.ResultAsync(client, $"/api/agents/tasks?state=done&limit=500&offset={offset}")).GetProperty("tasks").EnumerateArray())
            {
                done++;
                var subject = $"Subject: Re: {task.GetProperty("message").GetProperty("subject").GetString()}\r\n";
                var reply = task.GetProperty("actions")[0];
                var state = (await DaemonApp.ResultAsync(client, $"/api/outbox/{reply.GetProperty("effect").GetString()}")).GetProperty("status").GetString();
                var times = accepted.Count(m => m.Contains(subject, StringComparison.Ordinal));
                (state, times <= 1, times == 1 || state == "uncertain").ShouldBe((state is "uncertain" ? "uncertain" : "sent", true, true), subject);
                task.GetProperty("actions")[1].GetProperty("status").GetString().ShouldBe("done");
            }
        }

        done.ShouldBe(mails, "the agent answered each");
    }

    private static async Task CheckMailAsync(HttpClient client, SandboxServers servers, List<Run> runs)
    {
        var accepted = servers.Accepted.Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ToList();
        foreach (var run in runs.Where(run => run.Type is "forward_to" or "auto_reply" && run.Status is "done" or "uncertain"))
        {
            var subject = run.Type == "forward_to" ? $"Subject: Fwd: {run.Subject}\r\n" : $"Subject: Auto: {run.Subject}\r\n";
            var times = accepted.Count(m => m.Contains(subject, StringComparison.Ordinal));
            var state = (await DaemonApp.ResultAsync(client, $"/api/outbox/{run.Effect}")).GetProperty("status").GetString();
            times.ShouldBeLessThanOrEqualTo(1, $"{subject}, {state}");
            state.ShouldBe(run.Status == "done" ? "sent" : "uncertain", subject);
            if (state == "sent")
                times.ShouldBe(1, subject);
        }

        runs.Where(run => run.Type == "forward_to").ShouldAllBe(run => run.Status == "done" || run.Status == "uncertain");
        runs.Where(run => run.Type == "auto_reply").ShouldAllBe(run => run.Status == "done" || run.Status == "uncertain" || run.Status == "skipped");
    }

    private static async Task BeginAsync(HttpClient client, SandboxServers servers, HookEndpoint endpoint)
    {
        var user = SandboxUser.Lina;
        await PostAsync(client, "/api/imap/accounts", 201, new
        {
            email = user.Address,
            password = user.Password,
            imap = new { host = "127.0.0.1", port = servers.ImapPort, secure = true },
            smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true },
        });
        await PostAsync(client, $"/api/sync?provider=imap&email={user.Address}", 200);
        await PostAsync(client, "/api/rules", 201, new
        {
            name = "all",
            conditions = new[] { new { field = "subject", @operator = "starts_with", value = "mail" } },
            actions = new object[]
            {
                new { type = "webhook", value = endpoint.Url + "/hook" },
                new { type = "star" },
                new { type = "forward_to", value = "tom@sandbox.test" },
                new { type = "agent_handle", value = "sales", allowedActions = new[] { "reply", "mark" } },
                new { type = "auto_reply", value = "It has come." },
            },
        });
    }

    private static void Arm(SandboxServers servers, HookEndpoint endpoint, Random random)
    {
        servers.SmtpFaults.Reset();
        endpoint.Answer = random.Next(3) == 0 ? HookEndpoint.Drop : 200;
        if (random.Next(3) == 0)
            servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 2);
    }

    /// <summary>Right as something takes effect, or at any time.</summary>
    private static async Task UntilItIsTimeAsync(SandboxServers servers, HookEndpoint endpoint, Random random)
    {
        var (began, over) = (Stopwatch.GetTimestamp(), TimeSpan.FromMilliseconds(random.Next(100, 3000)));
        var effects = servers.Accepted.Count + endpoint.Calls.Count + random.Next(1, 3 * AtOnce);
        while (Stopwatch.GetElapsedTime(began) < over && servers.Accepted.Count + endpoint.Calls.Count < effects)
            await Task.Delay(random.Next(1, 5));
    }

    /// <summary>Until nothing waits any longer; it fails when nothing has moved for two minutes. What a kill has left to a person is done as one would.</summary>
    private static async Task SettledAsync(HttpClient client, int mails)
    {
        var (before, since) = (new Open(-1, -1, -1, -1), Stopwatch.GetTimestamp());
        while (true)
        {
            foreach (var dead in (await DaemonApp.ResultAsync(client, "/api/agents/tasks?state=dead&limit=500")).GetProperty("tasks").EnumerateArray())
                await client.PostAsync(new Uri($"/api/agents/tasks/{dead.GetProperty("id").GetString()}/requeue", UriKind.Relative), null);
            foreach (var waits in (await DaemonApp.ResultAsync(client, "/api/outbox?status=pending&limit=500")).GetProperty("items").EnumerateArray())
                await client.PostAsync(new Uri($"/api/outbox/{waits.GetProperty("id").GetString()}/retry", UriKind.Relative), null);
            var runs = await RunsAsync(client, mails);
            var open = new Open(
                (5 * mails) - runs.Count,
                runs.Count(run => run.Status == "planned"),
                await TotalAsync("/api/outbox?status=pending&limit=1") + await TotalAsync("/api/outbox?status=sending&limit=1"),
                mails - await TotalAsync("/api/agents/tasks?state=done&limit=1"));
            if (open == new Open(0, 0, 0, 0))
                return;
            if (open != before)
                (before, since) = (open, Stopwatch.GetTimestamp());
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromMinutes(2), open.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        async Task<int> TotalAsync(string path) => (await DaemonApp.ResultAsync(client, path)).GetProperty("total").GetInt32();
    }

    private static async Task<List<Run>> RunsAsync(HttpClient client, int mails)
    {
        var rule = (await DaemonApp.ResultAsync(client, "/api/rules"))[0].GetProperty("id").GetString();
        var runs = new List<Run>();
        for (var offset = 0; offset < 5 * mails; offset += 500)
        {
            var page = await DaemonApp.ResultAsync(client, $"/api/rules/{rule}/runs?limit=500&offset={offset}");
            runs.AddRange(page.GetProperty("runs").EnumerateArray().Select(Run.Of));
        }

        return runs;
    }

    private static async Task PostAsync(HttpClient client, string path, int status, object? body = null)
    {
        var reply = await DaemonApp.SendAsync(client, "POST", path, body);
        reply.Status.ShouldBe(status, reply.Text);
    }

    private static byte[] Mail(int number) => Encoding.ASCII.GetBytes(
        $"From: Ann <ann{number}@rules.test>\r\nTo: {SandboxUser.Lina.Address}\r\nSubject: mail {number} end\r\nMessage-ID: <rules{number}@rules.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext {number}\r\n");

    private sealed record Open(int Unjudged, int Planned, int Outbox, int Tasks);

    private sealed record Run(string Key, string Subject, string Type, string Status, string? Effect)
    {
        public static Run Of(JsonElement run) => new(
            run.GetProperty("key").GetString()!,
            run.GetProperty("subject").GetString()!,
            run.GetProperty("type").GetString()!,
            run.GetProperty("status").GetString()!,
            run.TryGetProperty("effect", out var effect) ? effect.GetString() : null);
    }
}
