using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Changes that were asked for while the server was away outlive the daemon.</summary>
public sealed class KilledOfflineTests
{
    [PeerFact]
    public async Task Changes_wait_through_kills_and_are_done_once_the_server_is_back()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        var user = dovecot.AddUser("anna");
        await dovecot.SeedAsync(user, 6);
        await using var directory = new TempDirectory();
        List<ListedMessage> before;
        await using (var daemon = await StartAsync(directory, dovecot))
        {
            using var client = daemon.NewClient();
            var api = new MailApi(client, dovecot);
            await api.AddAsync(user);
            before = await api.ListAsync(user, "INBOX");
            await dovecot.StopAsync();
            (await api.PostAsync($"/api/imap/messages/{before[0].Key}/star")).Status.ShouldBe(202);
            (await api.PostAsync($"/api/imap/messages/{before[0].Key}/archive")).Status.ShouldBe(202);
            await daemon.KillAsync();
        }

        await using (var daemon = await StartAsync(directory, dovecot))
        {
            using var client = daemon.NewClient();
            var api = new MailApi(client, dovecot);
            var waiting = await api.GetAsync("/api/offline/queue");
            waiting.Result.GetProperty("operations").EnumerateArray().Select(o => o.GetProperty("kind").GetString()).ShouldBe(["star", "move"], waiting.Text);
            (await api.SingleAsync(user, "Archive")).IsStarred.ShouldBeTrue();
            (await api.PostAsync($"/api/imap/messages/{before[1].Key}/read")).Status.ShouldBe(202);
            await daemon.KillAsync();
        }

        await dovecot.RestartAsync();
        await using var last = await StartAsync(directory, dovecot);
        using var lastClient = last.NewClient();
        var later = new MailApi(lastClient, dovecot);
        await later.SyncAsync(user);

        (await later.GetAsync("/api/offline/queue")).Result.GetProperty("pending").GetInt32().ShouldBe(0);
        var archived = await later.SingleAsync(user, "Archive");
        (archived.Key, archived.IsStarred).ShouldBe((before[0].Key, true));
        (await dovecot.MessageAsync(user, "Archive", archived.Uid)).Flags.ShouldContain("\\Flagged");
        (await dovecot.MessageAsync(user, "INBOX", before[1].Uid)).Flags.ShouldContain("\\Seen");
        var proof = await later.GetAsync($"/api/sync/verify?provider=imap&email={user.Address}");
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
    }

    private static Task<DaemonProcess> StartAsync(TempDirectory directory, DovecotServer dovecot) => DaemonProcess.StartAsync(directory.Path, MailApi.Arguments(dovecot));
}
