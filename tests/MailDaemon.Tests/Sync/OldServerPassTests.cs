using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

/// <summary>A server without mod-sequences tells some changes by its counts and others not at all.</summary>
public sealed class OldServerPassTests : IAsyncLifetime
{
    private EngineFixture engine = null!;

    private SyncPasses Passes => engine.Get<SyncPasses>();

    private MailFolder Inbox => engine.Servers.World.Users[0].Inbox;

    private MessageItem Mail => engine.Get<MailCaches>().Open(engine.Account).List(new MessageQuery()).Messages.ShouldHaveSingleItem();

    public async Task InitializeAsync()
    {
        engine = await EngineFixture.StartAsync(new ImapServerOptions().Without("CONDSTORE", "QRESYNC"));
        Inbox.Append("Subject: one\r\n\r\nx\r\n"u8.ToArray());
        await Passes.RunAsync(engine.Account, CancellationToken.None);

        // The first pass learned the counts before it read; the second finds them as they were.
        await Passes.RunAsync(engine.Account, CancellationToken.None);
    }

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task Poll_with_equal_counts_opens_no_folder()
    {
        var opened = Opened();

        await Passes.RunAsync(engine.Account, CancellationToken.None);

        Opened().ShouldBe(opened);
    }

    [Fact]
    public async Task Flag_that_no_count_shows_is_seen_when_somebody_asks()
    {
        Star();

        await Passes.RunAsync(engine.Account, CancellationToken.None);
        Mail.IsStarred.ShouldBeFalse();

        await Passes.RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None);
        Mail.IsStarred.ShouldBeTrue();
    }

    [Fact]
    public async Task Flag_that_no_count_shows_is_seen_by_a_poll_after_a_while()
    {
        Star();
        engine.Clock.Advance(TimeSpan.FromMinutes(6));

        await Passes.RunAsync(engine.Account, CancellationToken.None);

        Mail.IsStarred.ShouldBeTrue();
    }

    [Fact]
    public async Task Mail_that_was_read_elsewhere_is_seen_by_the_next_poll()
    {
        Inbox.ChangeFlags([1], flags => flags.Add("\\Seen"));

        await Passes.RunAsync(engine.Account, CancellationToken.None);

        Mail.IsRead.ShouldBeTrue();
    }

    private int Opened() => engine.Servers.ImapCounters.CountOf("EXAMINE") + engine.Servers.ImapCounters.CountOf("SELECT");

    private void Star() => Inbox.ChangeFlags([1], flags => flags.Add("\\Flagged"));
}
