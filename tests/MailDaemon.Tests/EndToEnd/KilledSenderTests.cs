using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// A daemon that is killed while it sends, with a mail server that drops the reply to the last word now and then: no mail goes out twice,
/// none is lost without a word. <c>MAILDAEMON_SEND_CYCLES</c> makes it longer; <c>scripts/crash.sh send</c> sets it.
/// </summary>
public sealed partial class KilledSenderTests
{
    private const int AtOnce = 4;

    private static int Cycles => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_SEND_CYCLES"), CultureInfo.InvariantCulture, out var cycles) ? cycles : 6;

    [Fact]
    public async Task Mail_goes_out_at_most_once_and_none_is_lost_without_a_word()
    {
        await using var directory = new TempDirectory();
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false }, TimeProvider.System, CancellationToken.None);
        var authority = Path.Combine(directory.Path, "ca.pem");
        await File.WriteAllTextAsync(authority, servers.CaPem);
        string[] settings = [$"--Imap:TrustedCertificates={authority}", "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=86400", "--Sync:Idle=false"];
        var data = directory.Sub("data");
        var random = new Random(20260401);
        var keys = new List<string>();

        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            await using var daemon = await DaemonProcess.StartAsync(data, settings);
            using var client = daemon.NewClient();
            if (cycle == 0)
                await AddAccountAsync(client, servers);
            Arm(servers, random);
            var fresh = Enumerable.Range(0, AtOnce).Select(i => $"{cycle}-{i}").ToList();
            keys.AddRange(fresh);

            // The last cycle's are sent again under their keys, as a caller does who heard nothing.
            var sending = fresh.Concat(keys.TakeLast(2 * AtOnce).Take(AtOnce)).Distinct(StringComparer.Ordinal).Select(key => TrySendAsync(client, key)).ToList();
            await UntilItIsTimeAsync(servers, random, Task.WhenAll(sending));
            await daemon.KillAsync();
            await Task.WhenAll(sending);
        }

        servers.SmtpFaults.Reset();
        await using var last = await DaemonProcess.StartAsync(data, settings);
        using var lastClient = last.NewClient();
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in keys)
            states[key] = await SettledAsync(lastClient, key);

        var accepted = servers.Accepted.Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ToList();
        accepted.GroupBy(m => MessageId().Match(m).Value, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty("accepted twice");
        foreach (var (key, state) in states)
        {
            var times = accepted.Count(m => m.Contains($"Subject: mail {key}\r\n", StringComparison.Ordinal));
            times.ShouldBeLessThanOrEqualTo(1, $"{key}, {state}");
            if (state == "sent")
                times.ShouldBe(1, $"{key} is called sent");
        }

        states.Values.ShouldAllBe(state => state == "sent" || state == "uncertain");
    }

    /// <summary>Right as the server takes one of the mails, when the daemon does not know it yet; or at any time.</summary>
    private static async Task UntilItIsTimeAsync(SandboxServers servers, Random random, Task sent)
    {
        if (random.Next(4) == 0)
        {
            await Task.Delay(random.Next(20, 400));
            return;
        }

        var taken = servers.Accepted.Count + random.Next(1, AtOnce);
        while (servers.Accepted.Count < taken && !sent.IsCompleted)
            await Task.Yield();
    }

    private static void Arm(SandboxServers servers, Random random)
    {
        servers.SmtpFaults.Reset();
        switch (random.Next(3))
        {
            case 0:
                servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 2);
                break;
            case 1:
                servers.SmtpFaults.Delay.Arm("END", TimeSpan.FromMilliseconds(random.Next(80)), times: AtOnce);
                break;
        }
    }

    private static async Task AddAccountAsync(HttpClient client, SandboxServers servers)
    {
        var user = SandboxUser.Lina;
        var added = await DaemonApp.SendAsync(client, "POST", "/api/imap/accounts", new
        {
            email = user.Address,
            password = user.Password,
            imap = new { host = "127.0.0.1", port = servers.ImapPort, secure = true },
            smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true },
        });
        added.Status.ShouldBe(201, added.Text);
        (await DaemonApp.SendAsync(client, "POST", $"/api/sync?provider=imap&email={user.Address}")).Status.ShouldBe(200);
    }

    private static async Task TrySendAsync(HttpClient client, string key)
    {
        try
        {
            await SendAsync(client, key);
        }
        catch (Exception e) when (DaemonProcess.IsGone(e))
        {
            // The daemon was killed.
        }
    }

    private static Task<Reply> SendAsync(HttpClient client, string key) => DaemonApp.SendAsync(
        client,
        "POST",
        "/api/imap/send",
        new { email = SandboxUser.Lina.Address, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = $"mail {key}", body = $"text of {key}" },
        ("Idempotency-Key", key));

    /// <summary>What became of it in the end; sent now when the daemon never heard of it.</summary>
    private static async Task<string> SettledAsync(HttpClient client, string key)
    {
        var state = "";
        await Eventually.UntilAsync(
            async () =>
            {
                var reply = await SendAsync(client, key);
                reply.Status.ShouldBeOneOf([200, 202], $"{key}: {reply.Text}");
                return (state = reply.Result.GetProperty("status").GetString()!) != "queued";
            },
            $"{key} is settled");
        return state;
    }

    [GeneratedRegex("^Message-ID: .*$", RegexOptions.Multiline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex MessageId();
}
