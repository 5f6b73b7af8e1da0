using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>The password is changed on the server.</summary>
public sealed class ChangedPasswordTests
{
    [PeerFact]
    public async Task Account_waits_for_the_new_password_and_the_cache_answers_meanwhile()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        var user = dovecot.AddUser("anna");
        await dovecot.SeedAsync(user, 3);
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(dovecot));
        var api = new MailApi(app.Client, dovecot);
        await api.AddAsync(user);
        var settings = $"/api/accounts/imap/{user.Address}/settings";

        var changed = dovecot.AddUser(user.Address, "the new one: 新的");
        await dovecot.RestartAsync();
        var sync = await api.PostAsync($"/api/sync?provider=imap&email={user.Address}");
        var status = await api.StatusAsync(user);
        var list = await api.ListAsync(user);
        var wrong = await api.PutAsync(settings, new { password = "also not right" });
        var right = await api.PutAsync(settings, new { password = changed.Password });
        await dovecot.SeedAsync(changed, 1, from: 3);
        await api.SyncAsync(user);
        await api.SyncAsync(user);

        (sync.Status, sync.Error).ShouldBe((401, "auth_failed"), sync.Text);
        status.GetProperty("status").GetString().ShouldBe("auth_required");
        list.Count.ShouldBe(3);
        (wrong.Status, wrong.Error).ShouldBe((400, "auth_failed"), wrong.Text);
        right.Status.ShouldBe(200, right.Text);
        right.Text.ShouldNotContain("the new one");
        (await api.ListAsync(user)).Count.ShouldBe(4);
        (await api.StatusAsync(user)).GetProperty("status").GetString().ShouldBe("idle");
    }
}
