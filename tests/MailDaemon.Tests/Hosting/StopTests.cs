using System.Diagnostics;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hosting;

/// <summary>A daemon that is told to stop while requests run longer than that may take.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private SandboxServers servers = null!;

    public async Task InitializeAsync()
    {
        servers = await SandboxServers.StartAsync(new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        await File.WriteAllTextAsync(directory.File("ca.pem"), servers.CaPem);
    }

    public async Task DisposeAsync()
    {
        await servers.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Sigterm_ends_it_with_0_within_10_seconds_whatever_runs()
    {
        string[] settings = [$"--Imap:TrustedCertificates={Path.Combine(directory.Path, "ca.pem")}", "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=0", "--Imap:ReplySeconds=120"];
        await using var daemon = await DaemonProcess.StartAsync(Path.Combine(directory.Path, "data"), settings);
        using var client = daemon.NewClient();
        client.Timeout = TimeSpan.FromSeconds(60);
        var user = servers.Users[0];
        var added = await DaemonApp.SendAsync(client, "POST", "/api/imap/accounts", new
        {
            email = user.Address,
            password = user.Password,
            imap = new { host = "127.0.0.1", port = servers.ImapPort, secure = true },
            smtp = new { host = "127.0.0.1", port = servers.SmtpPort, secure = true },
        });
        added.Status.ShouldBe(201, added.Text);
        (await DaemonApp.SendAsync(client, "POST", $"/api/sync?provider=imap&email={user.Address}")).Status.ShouldBe(200);
        var list = await DaemonApp.ResultAsync(client, $"/api/imap/messages?email={user.Address}&hasAttachment=true&limit=1");
        var key = list.GetProperty("messages")[0].GetProperty("key").GetString();
        string[] commands = ["FETCH", "STORE", "SELECT", "EXAMINE", "LIST", "STATUS", "NOOP"];
        foreach (var command in commands)
            servers.ImapFaults.Silence.Arm(command, true);

        Task<Reply>[] running =
        [
            Task.Run(() => DaemonApp.SendAsync(client, "GET", "/api/agents/sales/tasks?wait=60")),
            Task.Run(() => DaemonApp.SendAsync(client, "GET", "/api/events")),
            Task.Run(() => DaemonApp.SendAsync(client, "POST", $"/api/sync?provider=imap&email={user.Address}")),
            Task.Run(() => DaemonApp.SendAsync(client, "GET", $"/api/attachments?key={key}&attachmentId=0")),
            Task.Run(() => DaemonApp.SendAsync(client, "POST", $"/api/imap/messages/{key}/star")),
        ];
        await Eventually.UntilAsync(() => commands.Sum(servers.ImapFaults.Silence.HitsOf) > 0, "a request waits for the mail server");
        var clock = Stopwatch.StartNew();
        var code = await daemon.StopAsync();

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        code.ShouldBe(0, daemon.Errors);
        daemon.Errors.ShouldNotContain("Unhandled");
        daemon.Errors.ShouldNotContain("   at ");
        foreach (var request in running)
            await Task.WhenAny(request);

        // Nothing half done: it starts again on what it left.
        await using var next = await DaemonProcess.StartAsync(Path.Combine(directory.Path, "data"), settings);
        using var again = next.NewClient();
        (await DaemonApp.ResultAsync(again, $"/api/imap/messages/{key}")).GetProperty("key").GetString().ShouldBe(key);
    }
}
