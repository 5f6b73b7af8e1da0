using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Sync;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

public sealed class PushWatcherTests : IAsyncLifetime
{
    private EngineFixture engine = null!;

    public async Task InitializeAsync() => engine = await EngineFixture.StartAsync();

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task Server_that_lets_in_and_drops_again_is_called_upon_ever_more_seldom()
    {
        engine.Servers.ImapFaults.Refuse.Arm("IDLE", "NO Not now");
        var account = engine.Get<AccountStore>().Get(engine.Account);
        using var stop = new CancellationTokenSource();
        var watcher = engine.Get<SyncTimers>().Watcher(
            account with { Settings = account.Settings with { Folders = ["inbox"] } }, engine.Get<MailCaches>(), engine.Get<MailProviders>(), engine.Get<SyncPasses>());
        var watching = watcher.RunAsync(stop.Token);

        // The first wait is 4 to 6 seconds, the second 8 to 12, although a pass went well between.
        await UntilRefusedAsync(times: 1);
        engine.Clock.Advance(TimeSpan.FromSeconds(6));
        await UntilRefusedAsync(times: 2);
        engine.Clock.Advance(TimeSpan.FromSeconds(7));

        engine.Clock.ArmedTimers.ShouldBe(1, "it still waits");
        engine.Clock.Advance(TimeSpan.FromSeconds(5));
        await UntilRefusedAsync(times: 3);

        await stop.CancelAsync();
        await watching;
    }

    private async Task UntilRefusedAsync(int times)
    {
        await Eventually.UntilAsync(() => engine.Servers.ImapFaults.Refuse.HitsOf("IDLE") == times, $"IDLE was refused {times} times");
        await engine.Clock.UntilArmedAsync(1, CancellationToken.None);
    }
}
