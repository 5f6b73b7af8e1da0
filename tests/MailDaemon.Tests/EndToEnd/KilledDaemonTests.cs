using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>The daemon dies without warning and goes on where it was.</summary>
[Collection(MailPeers.Collection)]
public sealed class KilledDaemonTests(MailPeers peers)
{
    private const int Messages = 2000;

    [PeerFact]
    public async Task First_pass_killed_again_and_again_ends_complete_with_nothing_twice_and_the_same_keys()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, Messages);
        var expected = await UninterruptedAsync(user);
        await using var directory = new TempDirectory();
        var seen = new List<int>();

        foreach (var killAt in (int[])[1, 200, 500, 900])
        {
            await using var daemon = await StartAsync(directory);
            using var client = daemon.NewClient();
            var api = new MailApi(client, peers.Dovecot);
            if (seen.Count == 0)
                (await api.PostAsync("/api/imap/accounts", api.Account(user))).Status.ShouldBe(201);
            else
                (await api.TotalAsync(user)).ShouldBeGreaterThanOrEqualTo(seen[^1], "what was there is there after the crash");
            seen.Add(await MailApi.UntilAsync(() => api.TotalAsync(user), total => total >= killAt));
            await daemon.KillAsync();
        }

        await using var last = await StartAsync(directory);
        using var lastClient = last.NewClient();
        var lastApi = new MailApi(lastClient, peers.Dovecot);
        await lastApi.SyncAsync(user);
        var all = await lastApi.ListAsync(user);

        seen[0].ShouldBeLessThan(Messages, "the first kill came in the middle");
        all.Select(m => m.InternetMessageId).ShouldBe(Enumerable.Range(0, Messages).Select(n => $"<seed-{Messages - 1 - n}@mail.test>"));
        all.Select(m => m.Uid).Distinct().Count().ShouldBe(Messages);
        all.Select(m => m.Key).ShouldBe(expected);
        (await lastApi.DetailAsync(all[^1].Key)).GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
        (await last.StopAsync()).ShouldBe(0);
    }

    [PeerFact]
    public async Task Stopped_in_the_middle_of_a_pass_it_ends_in_order_and_goes_on_later()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, Messages);
        await using var directory = new TempDirectory();

        await using (var daemon = await StartAsync(directory))
        {
            using var client = daemon.NewClient();
            var api = new MailApi(client, peers.Dovecot);
            (await api.PostAsync("/api/imap/accounts", api.Account(user))).Status.ShouldBe(201);
            await MailApi.UntilAsync(() => api.TotalAsync(user), total => total > 0);

            (await daemon.StopAsync()).ShouldBe(0, daemon.Errors);
        }

        await using var again = await StartAsync(directory);
        using var laterClient = again.NewClient();
        var later = new MailApi(laterClient, peers.Dovecot);
        await later.SyncAsync(user);

        (await later.ListAsync(user)).Select(m => m.InternetMessageId).Distinct(StringComparer.Ordinal).Count().ShouldBe(Messages);
    }

    private async Task<List<string>> UninterruptedAsync(MailUser user)
    {
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot));
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        return [.. (await api.ListAsync(user)).Select(m => m.Key)];
    }

    private Task<DaemonProcess> StartAsync(TempDirectory directory) => DaemonProcess.StartAsync(directory.Path, MailApi.Arguments(peers.Dovecot));
}
