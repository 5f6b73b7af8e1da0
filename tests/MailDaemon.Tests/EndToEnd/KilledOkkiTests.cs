using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// A daemon that is killed while a rule and the API bring mails into a CRM that takes records and drops the answer now and then: one record a
/// mail, always. <c>MAILDAEMON_OKKI_CYCLES</c> makes it longer; <c>scripts/crash.sh okki</c> sets it.
/// </summary>
public sealed class KilledOkkiTests
{
    private const string Push = "/v1/dynamic/trail/push";
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMinutes(4);

    private static int Cycles => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_OKKI_CYCLES"), CultureInfo.InvariantCulture, out var cycles) ? cycles : 4;

    [Fact]
    public async Task Each_mail_is_one_record_whatever_is_killed()
    {
        await using var directory = new TempDirectory();
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, CancellationToken.None);
        servers.Okki.Add(OkkiSeed.Companies);
        var authority = Path.Combine(directory.Path, "ca.pem");
        await File.WriteAllTextAsync(authority, servers.CaPem);
        string[] settings =
        [
            $"--Imap:TrustedCertificates={authority}", "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=5", "--Sync:Idle=true",
            "--Okki:Enabled=true", "--Okki:DryRun=false", $"--Okki:BaseUrl={servers.Okki.Url}", $"--Okki:ClientId={OkkiServer.ClientId}", $"--Okki:ClientSecret={OkkiServer.ClientSecret}", "--Okki:RequestsPerSecond=200",
        ];
        var data = directory.Sub("data");
        var random = new Random(20261129);
        var inbox = servers.World.FindUser(SandboxUser.Lina.Address)!.Inbox;
        var taken = new ConcurrentBag<string>();
        var mails = 0;

        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await using var daemon = await DaemonProcess.StartAsync(data, settings);
            using var client = daemon.NewClient();
            if (cycle == 0)
                await BeginAsync(client, servers);
            servers.Okki.Faults.Reset();
            if (random.Next(3) == 0)
                servers.Okki.Faults.DropAfter.Arm(Push, true, times: 2);
            for (var i = 0; i < 2; i++)
                inbox.Append(Mail(mails++));
            var posting = Enumerable.Range(0, 2).Select(i => PostAsync(client, $"api-{cycle}-{i}", taken)).ToList();
            await UntilItIsTimeAsync(servers.Okki, random);
            await daemon.KillAsync();
            await Task.WhenAll(posting);
        }

        servers.Okki.Faults.Reset();
        await using var last = await DaemonProcess.StartAsync(data, settings);
        using var lastClient = last.NewClient();
        await Eventually.UntilAsync(async () => await IsSettledAsync(lastClient, mails), "all is settled", LongestSettling);

        var records = servers.Okki.Trails;
        records.GroupBy(record => record.Content.Split('\n')[^1]).ShouldAllBe(same => same.Count() == 1, "one record a mail");
        for (var i = 0; i < mails; i++)
            records.Count(record => record.Content.Contains($"：mail {i} end\n", StringComparison.Ordinal)).ShouldBe(1, $"mail {i}");
        foreach (var uid in taken)
            records.Count(record => record.Content.Contains($"：{uid} end\n", StringComparison.Ordinal)).ShouldBe(1, uid);
        var trails = (await DaemonApp.ResultAsync(lastClient, "/api/okki/trails?limit=1")).GetProperty("counts");
        trails.EnumerateObject().ShouldAllBe(count => count.Name == "synced");
        trails.GetProperty("synced").GetInt32().ShouldBe(records.Count);
    }

    private static async Task BeginAsync(HttpClient client, SandboxServers servers)
    {
        var user = SandboxUser.Lina;
        object account = new { email = user.Address, password = user.Password, imap = new { host = "127.0.0.1", port = servers.ImapPort, secure = true }, smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true } };
        (await DaemonApp.SendAsync(client, "POST", "/api/imap/accounts", account)).Status.ShouldBe(201);
        (await DaemonApp.SendAsync(client, "POST", $"/api/sync?provider=imap&email={user.Address}")).Status.ShouldBe(200);
        (await DaemonApp.SendAsync(client, "POST", "/api/rules", new { name = "crm", matchAll = true, actions = new[] { new { type = "okki_sync" } } })).Status.ShouldBe(201);
    }

    /// <summary>What is answered counts; what the daemon died over may be there or not, but not twice.</summary>
    private static async Task PostAsync(HttpClient client, string uid, ConcurrentBag<string> taken)
    {
        try
        {
            var reply = await DaemonApp.SendAsync(client, "POST", "/api/okki/trails/email", new { uid, from = "m.rossi@bellaluce.example", to = SandboxUser.Lina.Address, subject = $"{uid} end", body = "x" });
            if (reply.Status is 200 or 202)
                taken.Add(uid);
        }
        catch (Exception e) when (DaemonProcess.IsGone(e))
        {
            // It was killed.
        }
    }

    private static async Task UntilItIsTimeAsync(OkkiServer crm, Random random)
    {
        var (steps, requests) = (random.Next(50, 1500), crm.Requests.Count + random.Next(1, 16));
        for (var waited = 0; waited < steps && crm.Requests.Count < requests; waited += 2)
            await Task.Delay(2);
    }

    private static async Task<bool> IsSettledAsync(HttpClient client, int mails)
    {
        var runs = await DaemonApp.ResultAsync(client, "/api/rules/runs?limit=1");
        var trails = await DaemonApp.ResultAsync(client, "/api/okki/trails?limit=1");
        var open = trails.GetProperty("counts").EnumerateObject().Where(count => count.Name is "pending" or "matched" or "posting" or "uncertain").Sum(count => count.Value.GetInt32());
        return runs.GetProperty("runs").GetArrayLength() > 0 && trails.GetProperty("total").GetInt32() >= mails && open == 0;
    }

    private static byte[] Mail(int number) => Encoding.ASCII.GetBytes(
        $"From: Anna <anna.schmidt@nordlicht.example>\r\nTo: {SandboxUser.Lina.Address}\r\nSubject: mail {number} end\r\nMessage-ID: <okki{number}@okki.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext {number}\r\n");
}
