using MailDaemon.Tests.Peers;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Accounts that go, and come again.</summary>
[Collection(MailPeers.Collection)]
public sealed class DeleteAccountTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    [PeerFact]
    public async Task Deleted_account_leaves_nothing_on_the_disk_and_comes_back_with_the_same_keys()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 30);
        var secrets = Secrets();
        await daemon.Api.AddAsync(user);
        var before = await daemon.Api.ListAsync(user);
        var secretsWith = Secrets();

        var deleted = await daemon.Api.DeleteAsync($"/api/accounts/imap/{user.Address}");
        var gone = await daemon.Api.GetAsync($"/api/imap/messages?email={user.Address}");
        var unknown = await daemon.Api.GetAsync($"/api/imap/messages/{before[0].Key}");
        var (folderLeft, secretsLeft) = (Directory.Exists(Folder(user)), Secrets());
        await daemon.Api.AddAsync(user);

        deleted.Status.ShouldBe(200, deleted.Text);
        secretsWith.Length.ShouldBeGreaterThan(secrets.Length);
        (folderLeft, secretsLeft).ShouldBe((false, secrets));
        (gone.Status, gone.Msg).ShouldBe((401, "Account not configured"));
        unknown.Status.ShouldBe(404);
        (await daemon.Api.ListAsync(user)).ShouldBe(before);
        (await peers.Dovecot.MessagesAsync(user, "INBOX")).Count.ShouldBe(30);
    }

    [PeerFact]
    public async Task Kept_cache_is_found_again()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 30);
        await daemon.Api.AddAsync(user);
        var before = await daemon.Api.ListAsync(user);

        await daemon.Api.DeleteAsync($"/api/accounts/imap/{user.Address}?keepCache=true");
        var kept = File.Exists(Path.Combine(Folder(user), "index.db"));
        (await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(user))).Status.ShouldBe(201);
        var pass = await daemon.Api.SyncAsync(user);

        kept.ShouldBeTrue();
        pass.GetProperty("added").GetInt32().ShouldBe(0);
        (await daemon.Api.ListAsync(user)).ShouldBe(before);
    }

    [PeerFact]
    public async Task Account_deleted_in_its_first_pass_is_gone_at_once_and_for_good()
    {
        const int Many = 8000;
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, Many);
        (await daemon.Api.PostAsync("/api/imap/accounts", daemon.Api.Account(user))).Status.ShouldBe(201);
        var total = await MailApi.UntilAsync(() => daemon.Api.TotalAsync(user), t => t > 0);

        var deleted = await daemon.Api.DeleteAsync($"/api/accounts/imap/{user.Address}");
        var left = Directory.Exists(Folder(user));
        var accounts = await daemon.Api.GetAsync("/api/accounts");
        var status = await daemon.Api.GetAsync($"/api/sync-status?provider=imap&email={user.Address}");
        await daemon.Api.AddAsync(user);

        total.ShouldBeLessThan(Many);
        (deleted.Status, left).ShouldBe((200, false), deleted.Text);
        accounts.Text.ShouldNotContain(user.Address);
        status.Status.ShouldBe(401);
        (await daemon.Api.ListAsync(user)).Select(m => m.InternetMessageId).ShouldBe(Enumerable.Range(0, Many).Select(n => $"<seed-{Many - 1 - n}@mail.test>"));
    }

    private string Folder(MailUser user) => Path.Combine(daemon.App.DataDirectory, "imap", user.Address);

    private string[] Secrets() => [.. Directory.EnumerateFiles(Path.Combine(daemon.App.DataDirectory, "secrets"), "*", SearchOption.AllDirectories)
        .Where(path => !Path.GetFileName(path).StartsWith("key-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
