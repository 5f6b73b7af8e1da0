using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;
using MessageFlags = MailDaemon.Engine.Messages.MessageFlags;
using StoredMessage = MailDaemon.Engine.Cache.StoredMessage;

namespace MailDaemon.Tests.Sync;

/// <summary>What a pass read from the server before a change of our own is not stored after it.</summary>
public sealed class OwnChangeDuringPassTests : IAsyncLifetime
{
    private EngineFixture engine = null!;

    private MailFolder Inbox => engine.Servers.World.Users[0].Inbox;

    private MailCache Cache => engine.Get<MailCaches>().Open(engine.Account);

    private MessageItem Shown => Cache.List(new MessageQuery { Folder = "INBOX" }).Messages.ShouldHaveSingleItem();

    public async Task InitializeAsync()
    {
        engine = await EngineFixture.StartAsync();
        Inbox.Append("Message-ID: <one@test>\r\nSubject: one\r\n\r\nx\r\n"u8.ToArray());
        await PassAsync();
    }

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Theory]
    [InlineData(MessageFlags.Starred, "\\Flagged")]
    [InlineData(MessageFlags.Read, "\\Seen")]
    public async Task Flag_that_a_pass_read_before_we_took_it_away_stays_away(MessageFlags flag, string name)
    {
        Inbox.ChangeFlags([1], flags => flags.Add(name));
        await DuringPassAsync(async message =>
        {
            await Provider.SetFlagsAsync([RefOf(message)], MessageFlags.None, flag, CancellationToken.None);
            await Cache.ApplyLocalAsync([new LocalChange(message.Key) { Flags = message.Flags & ~flag }], CancellationToken.None);
        });

        Cache.Locate(Shown.Key)!.Flags.ShouldBe(MessageFlags.None);
        Inbox.Messages.ShouldHaveSingleItem().Flags.ShouldNotContain(name);
    }

    [Fact]
    public async Task What_another_client_changed_beside_our_change_is_kept()
    {
        Inbox.ChangeFlags([1], flags => flags.Add("\\Answered"));
        await DuringPassAsync(async message =>
        {
            await Provider.SetFlagsAsync([RefOf(message)], MessageFlags.Starred, MessageFlags.None, CancellationToken.None);
            await Cache.ApplyLocalAsync([new LocalChange(message.Key) { Flags = message.Flags | MessageFlags.Starred }], CancellationToken.None);
        });

        Cache.Locate(Shown.Key)!.Flags.ShouldBe(MessageFlags.Starred | MessageFlags.Answered);
    }

    [Fact]
    public async Task Change_that_waits_for_its_server_is_shown_over_what_a_pass_reads()
    {
        Inbox.ChangeFlags([1], flags => flags.Add("\\Answered"));
        await DuringPassAsync(async message =>
        {
            var found = new FoundMessage(engine.Get<AccountStore>().Get(engine.Account), Cache, message);
            await engine.Get<ChangeQueue>().AddAsync(Cache, [found], new MessageChange { Add = MessageFlags.Starred }, why: null, CancellationToken.None);
        });

        Cache.Locate(Shown.Key)!.Flags.ShouldBe(MessageFlags.Starred | MessageFlags.Answered);
    }

    private IMailProvider Provider => engine.Get<MailProviders>().For(engine.Get<AccountStore>().Get(engine.Account));

    /// <summary>Acts while a pass that has read the folder's changes waits to store them.</summary>
    private async Task DuringPassAsync(Func<StoredMessage, Task> act)
    {
        var fetched = engine.Servers.ImapCounters.CountOf("FETCH");
        Task pass;
        using (await Cache.EnterAsync(CancellationToken.None))
        {
            pass = PassAsync();
            await Eventually.UntilAsync(() => engine.Servers.ImapCounters.CountOf("FETCH") > fetched, "the pass read the changes");

            // The reply to a command that comes after it on the same mailbox: the one to FETCH was written before.
            await Provider.CountAsync("INBOX", "<one@test>", CancellationToken.None);
            await act(Cache.Locate(Shown.Key)!);
            pass.IsCompleted.ShouldBeFalse();
        }

        await pass;
    }

    private Task PassAsync() => engine.Get<SyncPasses>().RunAsync(engine.Account, CancellationToken.None);

    private RemoteRef RefOf(StoredMessage message) => new FoundMessage(engine.Get<AccountStore>().Get(engine.Account), Cache, message).Remote;
}
