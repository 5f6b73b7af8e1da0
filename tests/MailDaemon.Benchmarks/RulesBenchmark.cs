using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Benchmarks;

/// <summary>A thousand rules on mail that comes at once, beside Pigeonhole's sieve-filter with the same rules on the same Maildir; and how soon an agent has its task.</summary>
internal sealed class RulesBenchmark(DovecotServer dovecot, int messages, BenchmarkMail mail)
{
    public const string Conditions =
        "TLS on loopback; mails come at once, a rule stars each hundredth, and 1,000 others look at subject and text of each and match none; sieve-filter runs them over 200 such mails on its disk and changes nothing; medians.";

    private const int Rules = 1_000;
    private const int PeerMails = 200;
    private const int Deliveries = 50;
    private const double MostMedian = 0.030;
    private const double MostSlow = 0.100;
    private static readonly string[] Words = ["invoice", "quotation", "报价", "发票", "shipment", "panel", "contract", "meeting"];
    private static readonly TimeSpan BetweenMails = TimeSpan.FromSeconds(1);

    /// <summary>As rules that are written without care: each way to split a line into groups is one to try.</summary>
    private const string Catastrophic = "^(([a-z ])+.)+[A-Z]([a-z])+$";

    private readonly Dictionary<Kind, Measured> _ours = [];
    private readonly Dictionary<Kind, Samples> _peer = [];
    private readonly Samples _listed = new();
    private readonly Samples _task = new();

    private enum Kind
    {
        One,
        Thousand,
        ThousandAndCatastrophic,
    }

    public static long Needs(int messages, int rounds) => messages * (long)rounds * 3 * 80_000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(DovecotServer dovecot, int messages, BenchmarkMail mail, int rounds, CancellationToken ct)
    {
        var benchmark = new RulesBenchmark(dovecot, messages, mail);
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var kind in Enum.GetValues<Kind>()) await benchmark.RunAsync(kind, round, isLast: round == rounds, ct);
        }

        return benchmark.Table();
    }

    private async Task RunAsync(Kind kind, int round, bool isLast, CancellationToken ct)
    {
        Console.Error.WriteLine($"  round {round}: {kind} ...");
        var user = dovecot.AddUser($"rules-{(int)kind}-{round}", "secret");
        var mailbox = await MailboxSeed.FillInboxAsync(dovecot, user, 0, MailboxSeed.Fewest, mail, ct);
        var data = Directory.CreateTempSubdirectory("ours-").FullName;
        await using (var daemon = await MeasuredDaemon.StartAsync(data, user, dovecot.CaPemPath, listens: false))
        {
            await daemon.AddAsync(MailTransport.Tls(dovecot), mailbox, ct);
            var told = await AddRulesAsync(daemon, user, kind, ct);
            await MailboxSeed.FillInboxAsync(dovecot, user, MailboxSeed.Fewest, messages, mail, ct);
            await MeasureAsync(daemon, kind, told, ct);
        }

        if (kind != Kind.ThousandAndCatastrophic) await PeerAsync(kind, round, ct);
        if (kind == Kind.Thousand && isLast) await NewMailAsync(data, user, ct);
    }

    /// <returns>The rule that tells when all are judged.</returns>
    private static async Task<string> AddRulesAsync(MeasuredDaemon daemon, MailUser user, Kind kind, CancellationToken ct)
    {
        if (kind != Kind.One)
        {
            for (var i = 0; i < Rules; i++)
                await AddAsync($"rule {i}", Tests(i).Select(test => (object)new { test.Field, test.Operator, test.Value }), 1, new { type = "star" });
        }

        if (kind == Kind.ThousandAndCatastrophic)
            await AddAsync("catastrophic", [new { field = "body", @operator = "regex", value = Catastrophic }], 1, new { type = "star" });
        return await AddAsync("each hundredth", [new { field = "subject", @operator = "regex", value = "Order \\d*00 " }], 2, new { type = "star" });

        async Task<string> AddAsync(string name, IEnumerable<object> conditions, int priority, object action) => (await daemon.PostAsync(
            "/api/rules",
            new { name, provider = "imap", email = user.Address, conditions, conditionLogic = "or", priority, actions = new[] { action } },
            ct)).GetProperty("id").GetString()!;
    }

    /// <summary>One in ten is a regular expression.</summary>
    private static (string Field, string Operator, string Value)[] Tests(int rule) => rule % 10 == 0
        ? [("body", "regex", $"(foo|bar)+{rule}x")]
        : [("subject", "contains", $"zz{rule}"), ("body", "contains", $"{Words[rule % Words.Length]} {rule} never")];

    private async Task MeasureAsync(MeasuredDaemon daemon, Kind kind, string told, CancellationToken ct)
    {
        daemon.ForgetMostMemory();
        var cpu = await daemon.CpuAsync(ct);
        var since = Stopwatch.GetTimestamp();
        await daemon.SyncAsync(messages, 0, ct);
        while (!IsOver(JsonDocument.Parse(await daemon.ReadAsync($"/api/rules/{told}/runs?limit=500", ct)).RootElement.GetProperty("result")))
            await Task.Delay(50, ct);
        var took = Stopwatch.GetElapsedTime(since);
        if (!_ours.TryGetValue(kind, out var measured)) _ours[kind] = measured = new Measured(new Samples(), new Samples(), new Samples());
        measured.Time.Add(took);
        measured.Cpu.Add(await daemon.CpuAsync(ct) - cpu);
        measured.Memory.Add(daemon.Memory().Most);

        bool IsOver(JsonElement runs) => runs.GetProperty("total").GetInt32() >= messages / 100
            && runs.GetProperty("runs").EnumerateArray().All(run => run.GetProperty("status").GetString() != "planned");
    }

    private async Task PeerAsync(Kind kind, int round, CancellationToken ct)
    {
        var user = dovecot.AddUser($"sieve-{(int)kind}-{round}", "secret");
        await MailboxSeed.FillInboxAsync(dovecot, user, MailboxSeed.Fewest, PeerMails, mail, ct);
        await using var directory = new TempDirectory(openToAll: true);
        var script = Path.Combine(directory.Path, "rules.sieve");
        var rules = kind == Kind.One ? [] : Enumerable.Range(0, Rules).Select(Sieve);
        await File.WriteAllTextAsync(script, $"require [\"body\", \"regex\"];\nif header :regex \"subject\" \"Order [0-9]*00 \" {{ keep; }}\n{string.Concat(rules)}", ct);
        if (!_peer.TryGetValue(kind, out var samples)) _peer[kind] = samples = new Samples();
        var since = Stopwatch.GetTimestamp();
        await PeerTool.RunAsync(PeerSoftware.FindProgram("sieve-filter")!, ["-c", dovecot.ConfigPath, "-u", user.Address, script, "INBOX"], null, ct);
        samples.Add(Stopwatch.GetElapsedTime(since));
    }

    private static string Sieve(int rule)
    {
        var tests = Tests(rule).Select(test => $"{(test.Field == "subject" ? "header" : "body :text")} :{test.Operator} {(test.Field == "subject" ? "\"subject\" " : "")}\"{test.Value}\"");
        return $"if anyof ({string.Join(", ", tests)}) {{ keep; }}\n";
    }

    private async Task NewMailAsync(string data, MailUser user, CancellationToken ct)
    {
        Console.Error.WriteLine("  new mail ...");
        await using var daemon = await MeasuredDaemon.StartAsync(data, user, dovecot.CaPemPath, listens: true);
        await using var tap = new WireTap(dovecot.ImapPort);
        await daemon.ReconnectAsync(MailTransport.Clear(tap.Port), ct);
        await daemon.PostAsync(
            "/api/rules", new { name = "agent", provider = "imap", email = user.Address, matchAll = true, priority = 0, actions = new[] { new { type = "agent_handle", value = "bench" } } }, ct);
        await using var sender = new MailChanges(await dovecot.ConnectAsync(user, ct), mail, 10 * messages);
        var count = await sender.CountAsync(ct);
        await daemon.SyncAsync(0, 0, ct);
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        for (var delivery = 1; delivery <= Deliveries; delivery++)
        {
            var exists = tap.HearAsync($"* {count + delivery} EXISTS", ct);
            var task = daemon.UntilTaskAsync("bench", ct);
            var id = await sender.DeliverAsync(ct);
            var listed = await daemon.UntilListedAsync(id, ct);
            _listed.Add(Stopwatch.GetElapsedTime(await exists, listed));
            _task.Add(Stopwatch.GetElapsedTime(await exists, await task));
            await Task.Delay(BetweenMails, ct);
        }
    }

    private List<Figure> Table()
    {
        var (one, thousand, catastrophic) = (_ours[Kind.One], _ours[Kind.Thousand], _ours[Kind.ThousandAndCatastrophic]);
        var (ours, peer) = (Math.Max(0, thousand.Cpu.Median - one.Cpu.Median) / messages, (_peer[Kind.Thousand].Median - _peer[Kind.One].Median) / PeerMails);
        return
        [
            Line("one rule, pass included", one),
            Line("1,000 more", thousand),
            Line("and a catastrophic expression", catastrophic),
            new Figure("processor for 1,000 rules on a mail", Report.Seconds(ours), Report.Seconds(peer), "", Report.Ratio(ours, peer), "", null),
            Latency("EXISTS → in the list", _listed),
            Latency("EXISTS → the agent has its task", _task),
        ];

        static Figure Line(string work, Measured ours) => new(
            work, $"{Report.Seconds(ours.Time.Median)}, processor {Report.Seconds(ours.Cpu.Median)}, at most {Report.Megabytes(ours.Memory.Median)}", "", "", "", "", null);

        static Figure Latency(string work, Samples samples) => new(
            work,
            $"median {Report.Seconds(samples.Median)}, 99 of 100 {Report.Seconds(samples.Percentile(99))}",
            "",
            "",
            "",
            $"≤ {Report.Seconds(MostMedian)}, ≤ {Report.Seconds(MostSlow)}",
            samples.Median <= MostMedian && samples.Percentile(99) <= MostSlow);
    }

    private sealed record Measured(Samples Time, Samples Cpu, Samples Memory);
}
