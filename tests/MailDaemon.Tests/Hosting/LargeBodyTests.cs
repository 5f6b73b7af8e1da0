using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hosting;

/// <summary>Bodies of many megabytes, several at once.</summary>
public sealed class LargeBodyTests
{
    private const int BodyBytes = 48_000_000;
    private const long MaxMemory = 1_000_000_000;

    [Fact]
    public async Task Eight_bodies_of_48_mb_take_less_than_a_gigabyte_and_those_beyond_the_budget_come_later()
    {
        await using var directory = new TempDirectory();
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        await File.WriteAllTextAsync(directory.File("ca.pem"), servers.CaPem);
        await using var daemon = await DaemonProcess.StartAsync(
            Path.Combine(directory.Path, "data"), $"--Imap:TrustedCertificates={Path.Combine(directory.Path, "ca.pem")}", "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=0");
        using var client = daemon.NewClient();
        var user = servers.Users[0];
        var added = await DaemonApp.SendAsync(client, "POST", "/api/imap/accounts", new
        {
            email = user.Address,
            password = user.Password,
            imap = new { host = "127.0.0.1", port = servers.ImapPort, secure = true },
            smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true },
        });
        added.Status.ShouldBe(201, added.Text);
        var body = Encoding.ASCII.GetBytes(
            $$"""{"email":"{{user.Address}}","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"large","body":"x","sendAt":"2099-01-01T00:00:00Z","attachments":[{"filename":"a.bin","content":"{{new string('A', BodyBytes)}}"}]}""");

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(client, body)));
        var last = await SendAsync(client, body);

        replies.ShouldAllBe(r => r.Status == 202 || r.Status == 429);
        replies.ShouldContain(r => r.Status == 202);
        replies.Where(r => r.Status == 429).ShouldAllBe(r => r.Error == "too_many_bytes" && r.Headers["retry-after"] == "1");
        last.Status.ShouldBe(202, last.Text);
        PeakMemory(daemon.Id).ShouldBeLessThan(MaxMemory);
        Directory.GetFiles(Path.Combine(directory.Path, "data"), "body-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Account_in_the_url_is_looked_at_before_the_body()
    {
        await using var app = await DaemonApp.StartAsync();
        var head = $"HTTP/1.1\nHost: 127.0.0.1:{app.Port}\nContent-Type: application/json\nContent-Length: {BodyBytes}";

        // The rest of the bodies never comes.
        (await RawHttp.SendAsync(app, $"POST /api/imap/send?email=nobody@sandbox.test {head}", "{")).ShouldBeRefused(401, "account_not_configured");
        (await RawHttp.SendAsync(app, $"PUT /api/accounts/imap/nobody@sandbox.test/settings {head.Replace($"{BodyBytes}", "20000000", StringComparison.Ordinal)}", "{")).ShouldBeRefused(404, "account_not_found");
    }

    private static async Task<Reply> SendAsync(HttpClient client, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/imap/send") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // A refusal may come before the body is sent.
        request.Headers.ExpectContinue = true;
        return await DaemonApp.SendAsync(client, request);
    }

    private static long PeakMemory(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
