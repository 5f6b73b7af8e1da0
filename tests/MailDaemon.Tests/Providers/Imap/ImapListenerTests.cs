using MailDaemon.Protocols.Imap;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapListenerTests : IAsyncLifetime
{
    private static readonly byte[] Mail = "Subject: one\r\n\r\nx\r\n"u8.ToArray();

    private EngineFixture engine = null!;

    private MailUser User => engine.Servers.World.Users[0];

    private Account Account => engine.Get<AccountStore>().Get(engine.Account);

    public async Task InitializeAsync()
    {
        engine = await EngineFixture.StartAsync(new ImapServerOptions().Without("NOTIFY"));
        User.CreateFolder("Work");
    }

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task What_came_before_may_be_anywhere()
    {
        await using var listener = Listener(Account);

        (await WaitAsync(listener)).ShouldBe([]);
    }

    [Fact]
    public async Task Inbox_and_the_folder_that_matters_next_are_heard_without_notify()
    {
        await using var listener = Listener(Account);
        await WaitAsync(listener);

        User.Inbox.Append(Mail);
        (await WaitAsync(listener)).ShouldBe(["INBOX"]);
        User.Find("Sent")!.Append(Mail);
        (await WaitAsync(listener)).ShouldBe(["Sent"]);
        engine.Servers.ImapCounters.OpenConnections.ShouldBe(2);
    }

    [Fact]
    public async Task Change_that_comes_while_another_is_seen_to_is_heard_next()
    {
        await using var listener = Listener(Account);
        await WaitAsync(listener);
        User.Inbox.Append(Mail);
        await WaitAsync(listener);

        User.Find("Sent")!.Append(Mail);
        User.Inbox.Append(Mail);

        var told = new HashSet<string>(await WaitAsync(listener), StringComparer.Ordinal);
        if (told.Count == 1)
            told.UnionWith(await WaitAsync(listener));
        told.ShouldBe(["INBOX", "Sent"], ignoreOrder: true);
    }

    [Fact]
    public async Task Inbox_is_heard_where_no_second_folder_can_be()
    {
        await using var listener = Listener(Account);
        await WaitAsync(listener, "INBOX", "Gone");

        await Eventually.UntilAsync(() => engine.Servers.ImapCounters.OpenConnections == 1, "the connection that found nothing to listen to is closed");
        User.Inbox.Append(Mail);
        (await WaitAsync(listener)).ShouldBe(["INBOX"]);
    }

    [Fact]
    public async Task Failure_to_hear_the_inbox_is_told_and_the_next_try_begins_anew()
    {
        engine.Servers.ImapFaults.Refuse.Arm("EXAMINE", "NO [LIMIT] Not now", times: 1);
        await using var listener = Listener(Account);
        await Should.ThrowAsync<MailException>(() => WaitAsync(listener));

        (await WaitAsync(listener)).ShouldBe([]);
    }

    [Fact]
    public async Task Folder_that_nobody_wants_is_not_told()
    {
        await using var listener = Listener(Account);
        await WaitAsync(listener, "Work");
        User.Inbox.Append(Mail);
        User.Find("Work")!.Append(Mail);

        (await WaitAsync(listener, "Work")).ShouldBe(["Work"]);
    }

    [Fact]
    public async Task Server_without_idle_is_asked_where_the_timer_asks_more_seldom()
    {
        await using var often = Listener(Account with { PresetId = "163" });
        (await often.WaitAsync(["INBOX"], CancellationToken.None)).ShouldBeNull();

        await using var seldom = Listener(Account with { PresetId = "163", Settings = Account.Settings with { SyncInterval = 3600 } });
        await WaitAsync(seldom);
        var waiting = WaitAsync(seldom);
        await engine.Clock.UntilArmedAsync(1, CancellationToken.None);
        User.Find("Work")!.Append(Mail);
        engine.Clock.Advance(TimeSpan.FromSeconds(55));

        (await waiting).ShouldBe(["Work"]);
    }

    [Fact]
    public async Task Server_that_does_not_offer_idle_is_never_told_to()
    {
        await using var old = await EngineFixture.StartAsync(new ImapServerOptions().Without("NOTIFY", "IDLE"));
        var account = old.Get<AccountStore>().Get(old.Account);
        await using var listener = new ImapListener(account with { Settings = account.Settings with { SyncInterval = 60 } }, old.Get<ImapConnector>(), new MailboxNames(), old.Clock);
        await WaitAsync(listener, "INBOX");
        var waiting = WaitAsync(listener, "INBOX");
        await old.Clock.UntilArmedAsync(1, CancellationToken.None);
        old.Servers.World.Users[0].Inbox.Append(Mail);
        old.Clock.Advance(TimeSpan.FromSeconds(55));

        (await waiting).ShouldBe(["INBOX"]);
        old.Servers.ImapCounters.CountOf("IDLE").ShouldBe(0);
    }

    [Fact]
    public async Task Listening_that_is_ended_tells_nothing_and_leaves_no_connection()
    {
        var listener = Listener(Account);
        await WaitAsync(listener);
        var waiting = WaitAsync(listener);

        await listener.DisposeAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await Eventually.UntilAsync(() => engine.Servers.ImapCounters.OpenConnections == 0, "all connections are closed");
    }

    private ImapListener Listener(Account account) => new(account, engine.Get<ImapConnector>(), new MailboxNames(), engine.Clock);

    private static async Task<IReadOnlyCollection<string>> WaitAsync(ImapListener listener, params string[] folders) =>
        (await listener.WaitAsync(folders.Length > 0 ? folders : ["INBOX", "Sent", "Work"], CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))).ShouldNotBeNull();
}
