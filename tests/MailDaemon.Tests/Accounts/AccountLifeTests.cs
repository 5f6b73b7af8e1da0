using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Accounts;

/// <summary>Accounts that change their servers and go; each test has a daemon of its own.</summary>
public sealed class AccountLifeTests : IAsyncLifetime
{
    private const string Account = "/api/accounts/imap/lina@sandbox.test";

    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("imap")]
    [InlineData("smtp")]
    public async Task New_host_without_the_password_is_refused_and_sees_no_connection(string server)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = new { host = "127.0.0.1", port = ((IPEndPoint)other.LocalEndpoint).Port, secure = true };

        var reply = await App.PutAsync($"{Account}/settings", server == "imap" ? new { imap = address } : new { smtp = address } as object);

        reply.ShouldBeRefused(400, "password_required");
        other.Pending().ShouldBeFalse();
        (await App.GetAsync($"{Account}/settings")).Result.GetProperty(server).GetProperty("port").GetInt32()
            .ShouldBe(server == "imap" ? sandbox.Servers.ImapPort : sandbox.Servers.SmtpPort);
    }

    [Fact]
    public async Task Other_protection_or_user_name_needs_the_password_too()
    {
        var protection = new { imap = new { host = "127.0.0.1", port = sandbox.Servers.ImapPort, secure = false } };

        (await App.PutAsync($"{Account}/settings", protection)).ShouldBeRefused(400, "password_required");
        (await App.PutAsync($"{Account}/settings", new { username = "tom@sandbox.test" })).ShouldBeRefused(400, "password_required");
    }

    [Fact]
    public async Task Same_servers_again_need_no_password()
    {
        var reply = await App.PutAsync($"{Account}/settings", new { imap = sandbox.Imap, smtp = sandbox.Smtp, notify = false });

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Fact]
    public async Task Other_port_with_the_password_is_tried_and_kept()
    {
        var starttls = new { host = "127.0.0.1", port = sandbox.Servers.ImapStartTlsPort, secure = false };

        var reply = await App.PutAsync($"{Account}/settings", new { imap = starttls, password = "sandbox" });

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("imap").GetProperty("security").GetString().ShouldBe("starttls");
        await sandbox.SyncAsync();
    }

    [Fact]
    public async Task Wrong_new_password_is_refused_and_the_old_one_stays()
    {
        var reply = await App.PutAsync($"{Account}/settings", new { password = "wrong" });

        reply.ShouldBeRefused(400, "auth_failed");
        await sandbox.SyncAsync();
    }

    [Fact]
    public async Task Interval_of_zero_stops_polling_and_another_starts_it_again()
    {
        var before = await App.GetAsync("/api/sync-status?provider=imap&email=lina@sandbox.test");
        before.Result.GetProperty("nextPoll").GetString()!.ShouldEndWith("Z");

        (await App.PutAsync($"{Account}/settings", new { syncInterval = 0 })).Status.ShouldBe(200);
        var off = await App.GetAsync("/api/sync-status?provider=imap&email=lina@sandbox.test");
        off.Result.GetProperty("nextPoll").ValueKind.ShouldBe(JsonValueKind.Null);
        await sandbox.SyncAsync();

        (await App.PutAsync($"{Account}/settings", new { syncInterval = 3600 })).Status.ShouldBe(200);
        var on = await App.GetAsync("/api/sync-status?provider=imap&email=lina@sandbox.test");
        on.Result.GetProperty("nextPoll").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Removed_account_leaves_nothing_behind()
    {
        var folder = Path.Combine(App.DataDirectory, "imap", "lina@sandbox.test");
        Directory.Exists(folder).ShouldBeTrue();

        var reply = await App.DeleteAsync(Account);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetRawText().ShouldBe("""{"provider":"imap","email":"lina@sandbox.test"}""");
        Directory.Exists(folder).ShouldBeFalse();
        Directory.GetFiles(Path.Combine(App.DataDirectory, "secrets"), "*.secret").ShouldBeEmpty();
        (await App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(0);
        (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test")).ShouldBeRefused(401, "account_not_configured");
        (await App.DeleteAsync(Account)).ShouldBeRefused(404, "account_not_found");
        sandbox.User.Folders.Count.ShouldBeGreaterThan(0, "the mail on the server stays");
    }

    [Fact]
    public async Task Removed_account_can_keep_its_cache_and_come_again()
    {
        var reply = await App.DeleteAsync($"{Account}?keepCache=true");

        reply.Status.ShouldBe(200);
        File.Exists(Path.Combine(App.DataDirectory, "imap", "lina@sandbox.test", "index.db")).ShouldBeTrue();
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).Status.ShouldBe(201);
        await sandbox.SyncAsync();
    }

    [Fact]
    public async Task Account_removed_during_its_pass_ends_the_pass_and_whoever_waits_is_told()
    {
        var listed = sandbox.Servers.ImapCounters.CountOf("LIST");
        sandbox.Servers.ImapFaults.Silence.Arm("LIST", true, times: 1);
        var waiting = App.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test");
        await Eventually.UntilAsync(() => sandbox.Servers.ImapCounters.CountOf("LIST") > listed, "the pass lists the folders");

        (await App.DeleteAsync(Account)).Status.ShouldBe(200);

        (await waiting).ShouldBeRefused(409, "sync_stopped");
        Directory.Exists(Path.Combine(App.DataDirectory, "imap", "lina@sandbox.test")).ShouldBeFalse();
    }

    [Fact]
    public async Task Daemon_with_accounts_stops_cleanly_and_has_them_after_a_restart()
    {
        using var directory = new TempDirectory();
        await using (var first = await DaemonApp.StartAsync(dataDirectory: directory.Path, settings: Settings()))
            (await first.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).Status.ShouldBe(201);

        await using var second = await DaemonApp.StartAsync(dataDirectory: directory.Path, settings: Settings());

        (await second.GetAsync("/api/accounts")).Result[0].GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        (await second.PostAsync("/api/sync?provider=imap&email=lina@sandbox.test")).Status.ShouldBe(200);

        Dictionary<string, string?> Settings() => new(StringComparer.Ordinal)
        {
            ["Imap:TrustedCertificates"] = sandbox.AuthorityFile,
            ["Imap:AllowPrivateHosts"] = "true",
        };
    }

    [Theory]
    [InlineData("keepCache=maybe")]
    [InlineData("keepCache=1")]
    public async Task Bad_flag_removes_nothing(string query)
    {
        (await App.DeleteAsync($"{Account}?{query}")).ShouldBeRefused(400, "invalid_parameter");

        (await App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(1);
    }
}
