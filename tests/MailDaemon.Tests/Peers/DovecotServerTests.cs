using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Peers;

[Collection(MailPeers.Collection)]
public sealed class DovecotServerTests(MailPeers peers)
{
    private static readonly byte[] Hello =
        "From: anna@example.com\r\nTo: bob@mail.test\r\nSubject: hello\r\nMessage-ID: <h@example.com>\r\n\r\nHi Bob\r\n"u8.ToArray();

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task A_user_logs_in_over_tls_that_its_authority_signed()
    {
        var user = peers.NewUser();

        var folders = await peers.Curl(user).ListFoldersAsync(peers.Dovecot.ImapsPort);

        folders.ShouldContain("\\Sent) \"/\" Sent");
        folders.ShouldContain("\"/\" INBOX");
    }

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task A_client_that_trusts_another_authority_is_not_served()
    {
        using var directory = new TempDirectory();
        using var other = new TestAuthority();
        await File.WriteAllTextAsync(directory.File("ca.pem"), other.Pem);
        var curl = new CurlMail(directory.File("ca.pem"), peers.NewUser());

        var refused = await Should.ThrowAsync<PeerToolException>(() => curl.ListFoldersAsync(peers.Dovecot.ImapsPort));

        refused.ExitCode.ShouldBe(60);
    }

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task A_wrong_password_is_refused()
    {
        var user = peers.NewUser();

        var refused = await Should.ThrowAsync<PeerToolException>(
            () => peers.Curl(user with { Password = "other" }).ListFoldersAsync(peers.Dovecot.ImapsPort));

        refused.ExitCode.ShouldBe(67);
    }

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task A_delivered_message_is_there_with_its_flags_and_date()
    {
        var user = peers.NewUser();
        var date = new DateTimeOffset(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);

        var uid = await peers.Dovecot.DeliverAsync(user, "项目/A&B", Hello, "\\Seen $Forwarded", date);

        uid.ShouldBe(1u);
        var seen = await peers.Dovecot.DoveadmAsync(
            "-f", "tab", "fetch", "-u", user.Address, "uid flags date.received.unixtime", "mailbox", "项目/A&B", "all");
        seen.ShouldBe("uid\tflags\tdate.received.unixtime\n1\t\\Seen \\Recent $Forwarded\t1741064767\n");
        (await peers.Curl(user).FetchAsync(peers.Dovecot.ImapsPort, "项目/A&B", 1)).ShouldBe(Encoding.ASCII.GetString(Hello));
    }

    [PeerFact]
    public async Task Two_thousand_seed_mails_are_there()
    {
        await using var server = await DovecotServer.StartAsync(new DovecotOptions { Layout = MailLayout.Mdbox });
        var user = server.AddUser("hugo");

        await server.SeedAsync(user, 2000);

        var status = await server.DoveadmAsync("-f", "flow", "mailbox", "status", "-u", user.Address, "messages unseen", "INBOX");
        status.ShouldBe("INBOX messages=2000 unseen=667\n");
        var found = await server.DoveadmAsync("search", "-u", user.Address, "mailbox", "INBOX", "subject", "报价单", "uid", "1:50");
        found.Trim().Split('\n').Length.ShouldBe(5);
    }

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task Another_client_changes_flags_and_appends()
    {
        var user = peers.NewUser();
        await peers.Dovecot.DeliverAsync(user, "INBOX", Hello);
        var curl = peers.Curl(user);

        await curl.CommandAsync(peers.Dovecot.ImapsPort, "INBOX", "STORE 1 +FLAGS (\\Flagged)");
        await curl.AppendAsync(peers.Dovecot.ImapsPort, "INBOX", Hello);

        var flags = await peers.Dovecot.DoveadmAsync("-f", "tab", "fetch", "-u", user.Address, "uid flags", "mailbox", "INBOX", "all");
        flags.ShouldBe("uid\tflags\n1\t\\Flagged\n2\t\\Seen \\Recent\n");
    }

    [PeerFact]
    public async Task Waiting_for_messages_ends_when_they_arrive()
    {
        var user = peers.NewUser();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var waiting = peers.Dovecot.UntilMessagesAsync(user, "INBOX", 2, limit.Token);

        await peers.Dovecot.DeliverAsync(user, "INBOX", Hello);
        waiting.IsCompleted.ShouldBeFalse();
        await peers.Dovecot.DeliverAsync(user, "INBOX", Hello);

        await waiting;
    }

    [PeerTheory]
    [InlineData(MailLayout.Sdbox)]
    [InlineData(MailLayout.Mdbox)]
    public async Task Two_servers_run_at_once_each_with_its_own_layout_and_mail(MailLayout layout)
    {
        await using var second = await DovecotServer.StartAsync(new DovecotOptions { Layout = layout });
        var user = second.AddUser("carol");

        await second.SeedAsync(user, 3, "Archive");

        (await second.DoveadmAsync("search", "-u", user.Address, "mailbox", "Archive", "all")).Trim().Split('\n').Length.ShouldBe(3);
        second.ImapsPort.ShouldNotBe(peers.Dovecot.ImapsPort);
        await Should.ThrowAsync<PeerToolException>(() => peers.Dovecot.DoveadmAsync("mailbox", "list", "-u", user.Address));
    }

    [PeerFact]
    public async Task Capabilities_are_taken_away()
    {
        var options = new DovecotOptions { WithoutCapabilities = ["QRESYNC", "MOVE"], Transcripts = true };
        await using var server = await DovecotServer.StartAsync(options);
        var user = server.AddUser("dora");
        await using (var imap = await server.ConnectAsync(user))
        {
            var words = (await imap.CommandAsync("CAPABILITY", CancellationToken.None))[0].Split(' ');
            words.ShouldContain("CONDSTORE");
            words.ShouldContain("SPECIAL-USE");
            words.ShouldNotContain("QRESYNC");
            words.ShouldNotContain("MOVE");
        }

        await server.RestartAsync(new DovecotOptions { Compress = true });

        await using var again = await server.ConnectAsync(user);
        var full = (await again.CommandAsync("CAPABILITY", CancellationToken.None))[0].Split(' ');
        full.ShouldContain("QRESYNC");
        full.ShouldContain("COMPRESS=DEFLATE");
        server.Transcript(user).Sent.ShouldContain("w2 CAPABILITY");
    }

    [PeerFact]
    public async Task After_a_restart_or_a_kill_mail_and_ports_are_the_same()
    {
        await using var server = await DovecotServer.StartAsync();
        var user = server.AddUser("erik");
        var port = server.ImapsPort;
        await server.DeliverAsync(user, "INBOX", Hello);

        await server.RestartAsync();
        await server.DeliverAsync(user, "INBOX", Hello);
        await server.KillAsync();
        await server.RestartAsync();

        (await server.DeliverAsync(user, "INBOX", Hello)).ShouldBe(3u);
        server.ImapsPort.ShouldBe(port);
    }

    [PeerFact]
    public async Task Nothing_is_left_after_it()
    {
        var server = await DovecotServer.StartAsync();
        var user = server.AddUser("fred");
        await using var imap = await server.ConnectAsync(user);
        var directory = Path.GetDirectoryName(server.CaPemPath)!;
        Processes(directory).ShouldNotBeEmpty();

        await server.DisposeAsync();

        PeerProcess.IsAlive(server.ProcessId).ShouldBeFalse();
        Processes(directory).ShouldBeEmpty();
        Directory.Exists(directory).ShouldBeFalse();
    }

    [PeerFact]
    public async Task A_start_that_fails_shows_the_log()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(
            () => DovecotServer.StartAsync(new DovecotOptions { ExtraConfig = "no_such_setting = 1" }));

        failure.Message.ShouldContain("no_such_setting");
    }

    [PeerFact(Peer.Dovecot, Peer.Curl)]
    public async Task The_plain_port_becomes_tls_by_starttls()
    {
        var user = peers.NewUser();

        var folders = await peers.Curl(user).ListFoldersOverStartTlsAsync(peers.Dovecot.ImapPort);

        folders.ShouldContain("INBOX");
    }

    // Every Dovecot process of a server has one of its files open or its configuration on the command line.
    private static string[] Processes(string directory) => [.. Directory.GetDirectories("/proc")
        .Where(process => int.TryParse(Path.GetFileName(process), out var id) && PeerProcess.IsAlive(id))
        .Where(process => Mentions(process, directory))];

    private static bool Mentions(string process, string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(directory, StringComparison.Ordinal)
                || Array.Exists(Directory.GetFiles(Path.Combine(process, "fd")), fd => File.ResolveLinkTarget(fd, false)?.FullName
                    .Contains(directory, StringComparison.Ordinal) == true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
