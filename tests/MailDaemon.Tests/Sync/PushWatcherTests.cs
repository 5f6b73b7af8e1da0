using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

public sealed class PushWatcherTests : IAsyncLifetime
{
    private static readonly byte[] Mail = "Subject: one\r\n\r\nx\r\n"u8.ToArray();

    private EngineFixture engine = null!;

    private MailFolder Inbox => engine.Servers.World.Users[0].Inbox;

    private MailCache Cache => engine.Get<MailCaches>().Open(engine.Account);

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

    [Fact]
    public async Task New_mail_of_the_inbox_is_read_where_it_was_told_and_the_folder_need_not_be_opened_for_it()
    {
        await using var watching = await WatchAsync();
        engine.Servers.ImapFaults.Refuse.Arm("EXAMINE", "NO [UNAVAILABLE] Later");

        Inbox.Append(Mail);
        await Eventually.UntilAsync(() => Cache.List(new MessageQuery()).Total == 2, "the mail is there");
        Inbox.Append(Mail);
        await Eventually.UntilAsync(() => Cache.List(new MessageQuery()).Total == 3, "the next one is too");

        engine.Servers.ImapFaults.Reset();
        await engine.Get<SyncPasses>().RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None);
        Cache.Folders().ShouldAllBe(f => f.Error == null);
        Cache.List(new MessageQuery()).Total.ShouldBe(3);
    }

    [Fact]
    public async Task Mail_that_came_as_listening_began_and_that_the_server_did_not_tell_of_is_found_at_a_second_look()
    {
        engine.Servers.ImapFaults.DeafIdle.Arm(true, times: 2);
        await using var watching = await WatchAsync();
        Inbox.Append(Mail);

        await Eventually.UntilAsync(
            () =>
            {
                engine.Clock.Advance(TimeSpan.FromMilliseconds(10));
                return Cache.List(new MessageQuery()).Total == 2;
            },
            "the mail is there");

        engine.Servers.ImapFaults.DeafIdle.Hits.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Mail_that_others_moved_out_of_the_inbox_and_back_keeps_its_key()
    {
        await using var watching = await WatchAsync();
        var key = Cache.List(new MessageQuery()).Messages.ShouldHaveSingleItem().Key;
        var work = engine.Servers.World.Users[0].CreateFolder("Work");
        var uid = Inbox.Messages[^1].Uid;

        Inbox.MoveTo(work, [uid]);
        work.MoveTo(Inbox, work.Messages.Select(m => m.Uid));

        await Eventually.UntilAsync(() => Cache.List(new MessageQuery()).Messages is [{ } item] && item.Uid > uid, "it is back");
        Cache.List(new MessageQuery()).Messages[0].Key.ShouldBe(key);
    }

    [Fact]
    public async Task Connection_that_is_not_shown_the_new_mail_yet_does_not_make_the_folder_be_read_anew()
    {
        await using var watching = await WatchAsync();
        var before = Inbox.Messages[^1].Uid + 1;
        engine.Servers.ImapFaults.UidNext.Arm(before);

        Inbox.Append(Mail);
        await Eventually.UntilAsync(() => Cache.List(new MessageQuery()).Total == 2, "the mail is there");
        await Eventually.UntilAsync(() => engine.Get<SyncPasses>().Status(engine.Account).State == SyncState.Idle, "the pass is over");

        ImapCursor.Read(Cache.Cursor("INBOX"))!.UidNext.ShouldBe(before + 1);
        Cache.Folders().ShouldAllBe(f => f.Error == null);
    }

    /// <summary>Listens to the inbox with one mail in it.</summary>
    private async Task<Watching> WatchAsync()
    {
        Inbox.Append(Mail);
        var account = engine.Get<AccountStore>().Get(engine.Account);
        var stop = new CancellationTokenSource();
        var watcher = engine.Get<SyncTimers>().Watcher(
            account with { Settings = account.Settings with { Folders = ["inbox"] } }, engine.Get<MailCaches>(), engine.Get<MailProviders>(), engine.Get<SyncPasses>());
        var watching = new Watching(stop, watcher.RunAsync(stop.Token));
        await Eventually.UntilAsync(() => engine.Servers.ImapCounters.CountOf("IDLE") > 0, "the server is listened to");
        return watching;
    }

    private sealed class Watching(CancellationTokenSource stop, Task work) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await work;
            stop.Dispose();
        }
    }

    private async Task UntilRefusedAsync(int times)
    {
        await Eventually.UntilAsync(() => engine.Servers.ImapFaults.Refuse.HitsOf("IDLE") == times, $"IDLE was refused {times} times");
        await engine.Clock.UntilArmedAsync(1, CancellationToken.None);
    }
}
