using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>What we do is on the server, what others do is in the cache.</summary>
[Collection(MailPeers.Collection)]
public sealed class TwoWayTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    [PeerFact]
    public async Task What_is_marked_moved_and_deleted_through_the_api_is_so_on_the_server() =>
        await MailWalks.ActAsync(peers.Dovecot, daemon.Api, peers.NewUser());

    [PeerFact]
    public async Task What_others_deliver_mark_move_delete_and_create_is_in_the_cache_after_a_pass() =>
        await MailWalks.FollowAsync(peers.Dovecot, daemon.Api, peers.NewUser());

    [PeerFact]
    public async Task New_mail_and_new_flags_of_the_inbox_come_by_themselves()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 3);
        await using var app = await ListeningAsync();
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);

        await peers.Dovecot.SeedAsync(user, 1, from: 3);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 4);
        await peers.Dovecot.SeedAsync(user, 1, from: 4);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 5);
        await peers.Dovecot.DoveadmAsync("flags", "add", "-u", user.Address, "\\Flagged", "mailbox", "INBOX", "uid", "5");
        await MailApi.UntilAsync(() => api.ListAsync(user, "inbox"), list => list[0].IsStarred);
        await peers.Dovecot.DoveadmAsync("expunge", "-u", user.Address, "mailbox", "INBOX", "uid", "5");
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 4);
    }

    [PeerFact]
    public async Task New_mail_of_other_folders_comes_by_itself_where_the_server_tells_of_all()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1);
        await peers.Dovecot.SeedAsync(user, 1, "Projects", from: 1);
        await peers.Dovecot.SeedAsync(user, 1, "Lists", from: 2);
        await using var app = await ListeningAsync();
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        await peers.Dovecot.SeedAsync(user, 1, from: 3);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 2);

        await peers.Dovecot.SeedAsync(user, 1, "Projects", from: 4);
        await peers.Dovecot.SeedAsync(user, 1, "Lists", from: 5);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "Projects"), total => total == 2);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "Lists"), total => total == 2);
    }

    [PeerFact]
    public async Task Folders_that_are_made_renamed_and_deleted_follow_by_the_next_poll_also_where_the_server_forgets_to_tell()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1);
        await using var app = await ListeningAsync(pollSeconds: 5);
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        await peers.Dovecot.SeedAsync(user, 1, from: 1);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 2);
        await using var another = await peers.Dovecot.ConnectAsync(user);

        // Dovecot tells of names by NOTIFY, but not of what changes as an IDLE begins: the poll is what can be relied on.
        await another.CommandAsync("CREATE Fresh", CancellationToken.None);
        await MailApi.UntilAsync(() => FoldersAsync(api, user), folders => folders.Contains("Fresh"));
        await another.CommandAsync("RENAME Fresh Aged", CancellationToken.None);
        await MailApi.UntilAsync(() => FoldersAsync(api, user), folders => folders.Contains("Aged") && !folders.Contains("Fresh"));
        await another.CommandAsync("DELETE Aged", CancellationToken.None);
        await MailApi.UntilAsync(() => FoldersAsync(api, user), folders => !folders.Contains("Aged"));
    }

    [PeerFact]
    public async Task New_mail_that_comes_while_a_pass_is_busy_elsewhere_is_not_missed()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1);
        await using var app = await ListeningAsync();
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        await peers.Dovecot.SeedAsync(user, 1, from: 1);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 2);
        await peers.Dovecot.SeedAsync(user, 2000, "Archive", from: 100);
        await using var another = await peers.Dovecot.ConnectAsync(user);

        var pass = api.SyncAsync(user);
        await MailApi.UntilAsync(() => api.TotalAsync(user, "archive"), total => total > 0);
        await another.AppendAsync("INBOX", [new ImapAppend(MailSeed.Create(2).Bytes)], CancellationToken.None);
        await pass;

        await MailApi.UntilAsync(() => api.TotalAsync(user, "inbox"), total => total == 3);
    }

    private static async Task<List<string?>> FoldersAsync(MailApi api, MailUser user) =>
        [.. (await api.GetAsync($"/api/imap/folders?email={user.Address}")).Result.EnumerateArray().Select(f => f.GetProperty("path").GetString())];

    private Task<DaemonApp> ListeningAsync(int? pollSeconds = null)
    {
        var settings = MailApi.Settings(peers.Dovecot);
        settings["Sync:Idle"] = "true";
        if (pollSeconds is not null)
            settings["Sync:IntervalSeconds"] = $"{pollSeconds}";
        return DaemonApp.StartAsync(settings: settings);
    }
}
