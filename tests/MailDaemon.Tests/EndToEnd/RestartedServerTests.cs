using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>The server goes away while the daemon listens to it, and comes back.</summary>
public sealed class RestartedServerTests
{
    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cache_answers_while_the_server_is_away_and_mail_flows_again_by_itself(bool isKilled)
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions { Transcripts = true });
        var user = dovecot.AddUser("anna");
        await dovecot.SeedAsync(user, 20);
        var settings = MailApi.Settings(dovecot);
        settings["Sync:Idle"] = "true";
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, dovecot);
        await api.AddAsync(user);
        await dovecot.SeedAsync(user, 1, from: 20);
        await UntilTotalAsync(api, dovecot, user, 21);

        await (isKilled ? dovecot.KillAsync() : dovecot.StopAsync());
        var failed = await api.PostAsync($"/api/sync?provider=imap&email={user.Address}");
        var list = await api.ListAsync(user);
        var detail = await api.DetailAsync(list[0].Key);
        var action = await api.PostAsync($"/api/imap/messages/{list[0].Key}/star");
        var accounts = await api.GetAsync("/api/accounts");
        var status = await api.StatusAsync(user);
        await dovecot.RestartAsync();
        await dovecot.SeedAsync(user, 1, from: 21);

        (failed.Status, failed.Error).ShouldBe((503, "server_unreachable"), failed.Text);
        list.Count.ShouldBe(21);
        detail.GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
        (action.Status, action.Envelope.GetProperty("queued").GetBoolean()).ShouldBe((202, true), action.Text);
        accounts.Result[0].GetProperty("status").GetString().ShouldBe("error");
        (status.GetProperty("status").GetString(), status.GetProperty("errorCode").GetString()).ShouldBe(("error", "server_unreachable"));
        await UntilTotalAsync(api, dovecot, user, 22);
        await MailApi.UntilAsync(() => api.GetAsync("/api/accounts"), reply => reply.Result[0].GetProperty("status").GetString() == "connected");
        await dovecot.SeedAsync(user, 1, from: 22);
        await UntilTotalAsync(api, dovecot, user, 23);
        await api.ShouldShowAsync(dovecot, user);
        (await dovecot.MessageAsync(user, "INBOX", list[0].Uid)).Flags.ShouldContain("\\Flagged", customMessage: "what was asked for while it was away was done");
    }

    [PeerFact]
    public async Task Connection_that_died_while_nobody_used_it_is_replaced_without_a_word()
    {
        await using var dovecot = await DovecotServer.StartAsync();
        var user = dovecot.AddUser("anna");
        await dovecot.SeedAsync(user, 2);
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(dovecot));
        var api = new MailApi(app.Client, dovecot);
        await api.AddAsync(user);

        await dovecot.KillAsync();
        await dovecot.RestartAsync();
        var starred = await api.PostAsync($"/api/imap/messages/1/unstar?email={user.Address}");

        starred.Status.ShouldBe(200, starred.Text);
        (await dovecot.MessageAsync(user, "INBOX", 1)).Flags.ShouldBe("\\Answered");
    }

    [PeerFact]
    public async Task Account_on_a_dead_server_does_not_slow_another()
    {
        await using var alive = await DovecotServer.StartAsync();
        await using var dead = await DovecotServer.StartAsync();
        var (anna, ben) = (alive.AddUser("anna"), dead.AddUser("ben"));
        await alive.SeedAsync(anna, 3);
        await using var directory = new TempDirectory();
        var authorities = directory.File("authorities.pem");
        await File.WriteAllTextAsync(authorities, alive.Authority.Pem + "\n" + dead.Authority.Pem);
        var settings = MailApi.Settings(alive);
        settings["Imap:TrustedCertificates"] = authorities;
        settings["Imap:ConnectSeconds"] = "300";
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var (here, there) = (new MailApi(app.Client, alive), new MailApi(app.Client, dead));
        await here.AddAsync(anna);
        await there.AddAsync(ben);
        await dead.StopAsync();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, dead.ImapsPort);
        silent.Start();

        var hanging = there.PostAsync($"/api/sync?provider=imap&email={ben.Address}");
        using var limit = new CancellationTokenSource(MailApi.Patience);
        using var caller = await silent.AcceptTcpClientAsync(limit.Token);
        await alive.SeedAsync(anna, 2, from: 3);
        var pass = await here.SyncAsync(anna);
        var starred = await here.PostAsync($"/api/imap/messages/2/star?email={anna.Address}");
        var status = await there.StatusAsync(ben);
        var wasHanging = !hanging.IsCompleted;
        caller.Close();
        silent.Stop();
        var failed = await hanging;

        pass.GetProperty("added").GetInt32().ShouldBe(2);
        starred.Status.ShouldBe(200, starred.Text);
        status.GetProperty("status").GetString().ShouldBe("syncing");
        wasHanging.ShouldBeTrue("all this was done while the other server kept its caller waiting");
        failed.Status.ShouldBeOneOf(502, 503);
        (await here.StatusAsync(anna)).GetProperty("status").GetString().ShouldBe("idle");
    }

    /// <summary>Waits for what the server tells by itself; when it does not come, the wire says on which side it was lost.</summary>
    private static async Task UntilTotalAsync(MailApi api, DovecotServer dovecot, MailUser user, int wanted)
    {
        try
        {
            await MailApi.UntilAsync(() => api.TotalAsync(user), total => total == wanted);
        }
        catch (ShouldAssertException e)
        {
            var (sent, received) = dovecot.Transcript(user);
            throw new ShouldAssertException($"{e.Message}\nstatus: {await api.StatusAsync(user)}\nsaid:\n{sent}\nheard:\n{received}\nserver:\n{dovecot.Log()}", e);
        }
    }
}
