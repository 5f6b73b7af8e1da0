using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

/// <summary>Folders that are renamed, come later, fail by themselves, or are wanted further back than before.</summary>
public sealed class FolderPassTests : IAsyncLifetime
{
    private EngineFixture engine = null!;

    private SyncPasses Passes => engine.Get<SyncPasses>();

    private MailUser User => engine.Servers.World.Users[0];

    private MailCache Cache => engine.Get<MailCaches>().Open(engine.Account);

    public async Task InitializeAsync() => engine = await EngineFixture.StartAsync();

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task Renamed_folder_is_not_read_again()
    {
        User.CreateFolder("Work").Append("Message-ID: <one@test>\r\nSubject: one\r\n\r\nx\r\n"u8.ToArray());
        await PassAsync();
        var key = List("Work").ShouldHaveSingleItem().Key;
        var read = engine.Servers.ImapCounters.CountOf("FETCH");

        User.RenameFolder("Work", "Done");
        await PassAsync();

        List("Done").ShouldHaveSingleItem().Key.ShouldBe(key);
        engine.Servers.ImapCounters.CountOf("FETCH").ShouldBe(read);
    }

    [Fact]
    public async Task Mail_that_arrived_in_a_folder_before_it_was_first_seen_awaits_rules()
    {
        User.Inbox.Append("Subject: baseline\r\n\r\nx\r\n"u8.ToArray(), internalDate: engine.Clock.GetUtcNow().AddHours(-1));
        await PassAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));

        var late = User.CreateFolder("Late");
        late.Append("Subject: old, brought here\r\n\r\nx\r\n"u8.ToArray(), internalDate: engine.Clock.GetUtcNow().AddDays(-3));
        late.Append("Subject: arrived\r\n\r\nx\r\n"u8.ToArray(), internalDate: engine.Clock.GetUtcNow().AddMinutes(-10));
        await PassAsync();

        Cache.AwaitingItems().Select(m => m.Subject).ShouldBe(["arrived"]);
        List("Late").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Folders_wanted_later_hold_nothing_new()
    {
        await engine.SetAsync(settings => settings with { Folders = ["inbox"] });
        await PassAsync();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        User.CreateFolder("Lists").Append("Subject: digest\r\n\r\nx\r\n"u8.ToArray(), internalDate: engine.Clock.GetUtcNow().AddMinutes(-10));
        await PassAsync();

        await engine.SetAsync(settings => settings with { Folders = [] });
        await PassAsync();

        List("Lists").ShouldHaveSingleItem();
        Cache.AwaitingItems().ShouldBeEmpty();
    }

    [Fact]
    public async Task Failing_folder_is_left_alone_for_a_while_unless_somebody_asks()
    {
        await FailAsync();
        Folder("Broken").Error.ShouldNotBeNull();

        await PassAsync();
        Folder("Broken").Total.ShouldBe(0, "it rests");

        engine.Clock.Advance(TimeSpan.FromSeconds(7));
        await PassAsync();
        Folder("Broken").ShouldSatisfyAllConditions(f => f.Total.ShouldBe(1), f => f.Error.ShouldBeNull(), f => f.Failures.ShouldBe(0), f => f.NotBefore.ShouldBeNull());
    }

    [Fact]
    public async Task Failing_folder_is_tried_at_once_when_somebody_asks()
    {
        await FailAsync();
        await Passes.RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None);

        Folder("Broken").Total.ShouldBe(1);
    }

    [Fact]
    public async Task Older_mail_is_read_when_it_is_wanted_after_all()
    {
        foreach (var days in (int[])[1, 20, 200])
        {
            User.Inbox.Append(System.Text.Encoding.ASCII.GetBytes($"Subject: {days}\r\n\r\nx\r\n"), internalDate: engine.Clock.GetUtcNow().AddDays(-days));
        }

        await engine.SetAsync(settings => settings with { SyncDays = 7 });
        await PassAsync();
        List("INBOX").Select(m => m.Subject).ShouldBe(["1"]);

        await engine.SetAsync(settings => settings with { SyncDays = 30 });
        await PassAsync();
        List("INBOX").Select(m => m.Subject).ShouldBe(["1", "20"]);

        await engine.SetAsync(settings => settings with { SyncDays = 0 });
        await PassAsync();
        List("INBOX").Select(m => m.Subject).ShouldBe(["1", "20", "200"]);
        Cache.AwaitingItems().ShouldBeEmpty();
    }

    [Fact]
    public async Task Flag_set_on_a_message_that_has_moved_meanwhile_is_set_where_it_is()
    {
        var work = User.CreateFolder("Work");
        work.Append("Message-ID: <one@test>\r\nSubject: one\r\n\r\nx\r\n"u8.ToArray());
        await PassAsync();
        var found = engine.Get<MessageLookup>().Message(new MessageAddress(ProviderKind.Imap, List("Work").ShouldHaveSingleItem().Key));
        work.MoveTo(User.Inbox, work.Messages.Select(m => m.Uid));
        await PassAsync();

        await engine.Get<MessageActions>().SetFlagAsync(found, Engine.Messages.MessageFlags.Read, on: true, CancellationToken.None);

        User.Inbox.Messages.ShouldHaveSingleItem().Flags.ShouldContain("\\Seen");
        List("INBOX").ShouldHaveSingleItem().IsRead.ShouldBeTrue();
    }

    [Fact]
    public async Task Message_that_we_moved_into_a_folder_that_was_not_read_yet_has_the_flags_of_the_server()
    {
        User.Inbox.Append("Message-ID: <one@test>\r\nSubject: one\r\n\r\nx\r\n"u8.ToArray());
        await FailAsync();
        User.Inbox.ChangeFlags(User.Inbox.Messages.Select(m => m.Uid), flags => flags.Add("\\Seen"));
        var found = engine.Get<MessageLookup>().Message(new MessageAddress(ProviderKind.Imap, List("INBOX").ShouldHaveSingleItem().Key));

        await engine.Get<MessageActions>().MoveAsync(found, "Broken", CancellationToken.None);
        await Passes.RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None);

        List("Broken").Single(m => m.InternetMessageId == "<one@test>").IsRead.ShouldBeTrue();
        List("Broken").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("NO [NONEXISTENT] Unknown mailbox")]
    [InlineData("NO Mailbox doesn't exist: Work (0.001 + 0.000 secs).")]
    public async Task Folder_that_is_listed_and_yet_not_there_leaves_nothing_in_the_cache(string refusal)
    {
        var work = User.CreateFolder("Work");
        work.Append("Message-ID: <one@test>\r\nSubject: one\r\n\r\nx\r\n"u8.ToArray());
        await PassAsync();
        var key = List("Work").ShouldHaveSingleItem().Key;
        await Cache.MarkRulesDoneAsync([key], CancellationToken.None);
        work.Append("Message-ID: <two@test>\r\nSubject: two\r\n\r\nx\r\n"u8.ToArray());

        engine.Servers.ImapFaults.Refuse.Arm("EXAMINE", refusal);
        await PassAsync();
        List("Work").ShouldBeEmpty();
        var proof = await engine.Get<SyncVerify>().RunAsync(engine.Get<AccountStore>().Get(engine.Account), CancellationToken.None);
        proof.ShouldSatisfyAllConditions(p => p.Verified.ShouldBeTrue(), p => p.IsComplete.ShouldBeTrue());

        engine.Servers.ImapFaults.Refuse.DisarmAll();
        await Passes.RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None);
        List("Work").Single(m => m.Subject == "one").Key.ShouldBe(key);
        List("Work").Count.ShouldBe(2);
        Cache.AwaitingItems().Select(m => m.Subject).ShouldBe(["two"]);
    }

    /// <summary>Lets a folder be refused once.</summary>
    private async Task FailAsync()
    {
        await PassAsync();
        User.CreateFolder("Broken").Append("Subject: one\r\n\r\nx\r\n"u8.ToArray());
        engine.Servers.ImapFaults.Refuse.Arm("EXAMINE", "NO [SERVERBUG] Internal error", times: 1);
        await PassAsync();
        Folder("Broken").Failures.ShouldBe(1);
    }

    private Task PassAsync() => Passes.RunAsync(engine.Account, CancellationToken.None);

    private CachedFolder Folder(string path) => Cache.Folders().Single(f => f.Folder.Path == path);

    private IReadOnlyList<MessageItem> List(string folder) => Cache.List(new MessageQuery { Folder = folder }).Messages;
}
