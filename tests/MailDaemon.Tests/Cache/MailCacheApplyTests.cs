using MailDaemon.Tests.Support;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

public sealed class MailCacheApplyTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Sent, Work], _ => true, CancellationToken.None);

    [Fact]
    public async Task Added_message_is_listed_as_it_was_read_after_a_restart()
    {
        await _fixture.AddAsync(Mail(7, flags: MessageFlags.Read | MessageFlags.Starred) with
        {
            Subject = "报价\0 for you",
            NativeLabels = ["$Important", "待办"],
            HasAttachments = true,
            SentDate = null,
            Content = new MessageContent { Html = "<p>Hello</p>", Text = "Hello\r\n\u200B\tworld" },
        });

        await _fixture.RestartAsync();

        var item = Cache.List(new MessageQuery { Folder = "inbox" }).Messages.ShouldHaveSingleItem();
        item.Id.ShouldBe("imap:7");
        item.Uid.ShouldBe(7);
        item.Provider.ShouldBe("imap");
        item.Email.ShouldBe("me@example.com");
        item.Subject.ShouldBe("报价 for you");
        item.From.ShouldBe(new EmailAddress("Ann", "ann@example.com"));
        item.ToRecipients.ShouldBe([new EmailAddress("Me", "me@example.com")]);
        item.ReceivedDateTime.ShouldBe(new DateTimeOffset(2026, 1, 5, 8, 7, 0, TimeSpan.Zero));
        item.SentDateTime.ShouldBeNull();
        item.BodyPreview.ShouldBe("Hello world");
        item.IsRead.ShouldBeTrue();
        item.IsStarred.ShouldBeTrue();
        item.HasAttachments.ShouldBeTrue();
        item.Folder.ShouldBe("inbox");
        item.FolderPath.ShouldBe("INBOX");
        item.Labels.ShouldBe(["$Important", "待办", "INBOX"]);
        item.LabelIds.ShouldBeNull();
        item.Categories.ShouldBeNull();
        item.InternetMessageId.ShouldBe("<7@example.com>");
        item.Size.ShouldBe(1_007);
        Cache.Cursor("INBOX").ShouldBe("1");
    }

    [Fact]
    public async Task Page_applied_twice_changes_nothing()
    {
        var page = Page("INBOX", "5", Mail(1), Mail(2, flags: MessageFlags.Read)) with { Changed = [new RemoteChange("1", MessageFlags.Read)] };

        var first = await _fixture.ApplyAsync(page with { Changed = [] });
        var again = await _fixture.ApplyAsync(page with { Changed = [] });

        first.Added.Select(item => item.Id).ShouldBe(["imap:1", "imap:2"]);
        first.Updated.ShouldBeEmpty();
        again.IsEmpty.ShouldBeTrue();
        Cache.Folders()[0].Total.ShouldBe(2);
        Cache.Folders()[0].Unread.ShouldBe(1);
        _fixture.ContentFiles().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Page_without_a_cursor_adds_its_messages_and_leaves_the_cursor()
    {
        await _fixture.AddAsync(Mail(5));

        var applied = await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = null, Added = [Mail(1)] });

        applied.Added.ShouldHaveSingleItem().Id.ShouldBe("imap:1");
        Cache.Cursor("INBOX").ShouldBe("1");
    }

    [Fact]
    public async Task Changes_and_removals_are_named_once_and_counted()
    {
        await _fixture.AddAsync(Mail(1), Mail(2), Mail(3));
        var keys = Keys();

        var applied = await _fixture.ApplyAsync(new Delta
        {
            Scope = "INBOX",
            Next = "2",
            Changed = [new RemoteChange("1", MessageFlags.Read), new RemoteChange("2", MessageFlags.None), new RemoteChange("99", MessageFlags.Read)],
            Removed = ["3", "98"],
        });

        applied.Added.ShouldBeEmpty();
        applied.Updated.ShouldBe([keys["imap:1"]]);
        applied.Removed.ShouldBe([keys["imap:3"]]);
        Cache.Folders()[0].Total.ShouldBe(2);
        Cache.UnreadCount().ShouldBe(1);
        Cache.Find(keys["imap:3"]).ShouldBeNull();
        _fixture.ContentFiles().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Changed_labels_are_kept_unless_they_are_said()
    {
        await _fixture.AddAsync(Mail(1) with { NativeLabels = ["a"] });

        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Changed = [new RemoteChange("1", MessageFlags.Read)] });
        Cache.Find(Keys()["imap:1"])!.Labels.ShouldBe(["a", "INBOX"]);

        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "3", Changed = [new RemoteChange("1", MessageFlags.Read, ["b", "c"])] });
        Cache.Find(Keys()["imap:1"])!.Labels.ShouldBe(["b", "c", "INBOX"]);
    }

    [Fact]
    public async Task Known_says_what_is_cached_within_the_bounds()
    {
        await _fixture.AddAsync(Mail(10), Mail(2, flags: MessageFlags.Read) with { NativeLabels = ["x"] }, Mail(30));

        Cache.Known("INBOX").Select(known => known.RemoteId).ShouldBe(["2", "10", "30"]);
        var one = Cache.Known("INBOX", 1, 9).ShouldHaveSingleItem();
        one.Flags.ShouldBe(MessageFlags.Read);
        one.NativeLabels.ShouldBe(["x"]);
        Cache.Known("Sent").ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancelled_page_leaves_no_row_and_the_old_cursor()
    {
        await _fixture.AddAsync(Mail(1));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Cache.ApplyAsync(Page("INBOX", "9", Mail(2)), cancelled.Token));

        Cache.Cursor("INBOX").ShouldBe("1");
        Cache.Folders()[0].Total.ShouldBe(1);
    }

    [Fact]
    public async Task Page_that_fails_half_way_leaves_nothing_of_itself()
    {
        await _fixture.AddAsync(Mail(1));

        await Should.ThrowAsync<Exception>(() => _fixture.ApplyAsync(Page("INBOX", "9", Mail(2), Mail(3) with { Subject = null! })));

        Cache.Cursor("INBOX").ShouldBe("1");
        Cache.Known("INBOX").Select(known => known.RemoteId).ShouldBe(["1"]);
        (await _fixture.ApplyAsync(Page("INBOX", "9", Mail(2), Mail(3)))).Added.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Folders_gone_from_the_server_lose_their_messages_and_cursor()
    {
        await _fixture.AddAsync(Mail(1));
        var added = await _fixture.ApplyAsync(Page("Projects/工作", "w1", Mail(1, "<work>", "Projects/工作")));

        var applied = await Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);

        applied.Removed.ShouldBe([added.Added[0].Key]);
        Cache.Folders().Select(folder => folder.Folder.Path).ShouldBe(["INBOX", "Sent"]);
        Cache.Cursor("Projects/工作").ShouldBeNull();
        Cache.Cursor("INBOX").ShouldBe("1");
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Folder_gone_from_an_account_of_one_scope_waits_for_its_messages_to_move()
    {
        var key = (await _fixture.ApplyAsync(Page("", "h1", Mail(1, folder: "Projects/工作")))).Added[0].Key;

        var gone = await Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);
        gone.Removed.ShouldBeEmpty();
        Cache.Folders().Single(folder => folder.Folder.Path == "Projects/工作").Folder.IsSelectable.ShouldBeFalse();

        await _fixture.ApplyAsync(new Delta { Scope = "", Next = "h2", Changed = [new RemoteChange("1", MessageFlags.None, FolderPath: "INBOX")] });
        await Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);

        Cache.Folders().Select(folder => folder.Folder.Path).ShouldBe(["INBOX", "Sent"]);
        Cache.Find(key)!.Folder.ShouldBe("inbox");
    }

    [Fact]
    public async Task Folders_are_taken_over_with_all_they_say_and_the_same_list_changes_nothing()
    {
        var renamed = Sent with { Role = FolderRole.Archive, SpecialUse = null, Flags = ["\\Noinferiors"] };

        await Cache.SaveFoldersAsync([renamed, Inbox], _ => true, CancellationToken.None);
        await _fixture.RestartAsync();

        Cache.Folders().Select(folder => folder.Folder.Path).ShouldBe(["Sent", "INBOX"]);
        var sent = Cache.Folders()[0].Folder;
        sent.Role.ShouldBe(FolderRole.Archive);
        sent.SpecialUse.ShouldBeNull();
        sent.Flags.ShouldBe(["\\Noinferiors"]);
    }

    [Fact]
    public async Task Message_in_a_folder_not_listed_yet_is_kept()
    {
        var applied = await _fixture.ApplyAsync(Page("New", "1", Mail(1, folder: "New")));

        applied.Added[0].FolderPath.ShouldBe("New");
        applied.Added[0].Folder.ShouldBe("other");
        Cache.Folders()[^1].Total.ShouldBe(1);
    }

    [Fact]
    public async Task Only_mail_after_the_baseline_awaits_rules_until_they_are_done()
    {
        await _fixture.AddAsync(Mail(1) with { IsBaseline = true }, Mail(2), Mail(3));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:2", "imap:3"]);
        Cache.AwaitingRules(limit: 1).Count.ShouldBe(1);

        await Cache.MarkRulesDoneAsync([Keys()["imap:2"], "m_unknown"], CancellationToken.None);
        await _fixture.AddAsync(Mail(2));
        await _fixture.RestartAsync();

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:3"]);
        Cache.Locate(Keys()["imap:3"])!.AwaitsRules.ShouldBeTrue();
    }

    [Fact]
    public async Task Passes_progress_and_errors_are_summed_up()
    {
        await _fixture.ApplyAsync(Page("INBOX", "1", Mail(1), Mail(2, flags: MessageFlags.Read)) with { Progress = new SyncProgress(2, 10) });
        await _fixture.ApplyAsync(Page("Sent", "1") with { Progress = new SyncProgress(0, 5) });
        await Cache.SavePassAsync(new PassResult(Monday, Monday.AddSeconds(2), 2, 0, 0, "server_timeout"), listed: null, CancellationToken.None);
        await Cache.SaveFolderPassAsync("INBOX", Monday, null, CancellationToken.None);
        await Cache.SaveFolderPassAsync("Sent", Monday, new FolderFailure("refused", Monday), CancellationToken.None);
        await Cache.SaveFolderPassAsync("INBOX", Monday.AddMinutes(1), new FolderFailure("dropped", Monday.AddMinutes(1)), CancellationToken.None);

        var summary = Cache.Summary();

        summary.ShouldBe(new SyncSummary(new PassResult(Monday, Monday.AddSeconds(2), 2, 0, 0, "server_timeout"), 2, 1, new SyncProgress(2, 15)));
        Cache.Folders()[0].LastPass.ShouldBe(Monday);
        Cache.Folders()[0].Error.ShouldBe("dropped");
        Cache.Folders()[1].LastPass.ShouldBeNull();
        Cache.Folders()[1].Error.ShouldBe("refused");
        await _fixture.ApplyAsync(Page("INBOX", "2"));
        await _fixture.ApplyAsync(Page("Sent", "2"));
        Cache.Summary().Progress.ShouldBeNull();
    }

    [Fact]
    public async Task Text_that_is_no_unicode_is_kept_as_well_as_can_be()
    {
        await _fixture.AddAsync(Mail(1) with { Subject = "half \uD83D pair", Content = new MessageContent { Text = "lone \uDE00 half" }, NativeLabels = ["x\uD800"] });

        var key = Keys()["imap:1"];
        Cache.Find(key)!.Subject.ShouldBe("half \uFFFD pair");
        Cache.ReadContent(key)!.Text.ShouldBe("lone \uFFFD half");
        Cache.Find(key)!.Labels.ShouldBe(["x\uFFFD", "INBOX"]);
    }

    [Fact]
    public async Task Pages_of_many_folders_at_once_lose_nothing()
    {
        await Parallel.ForAsync(0, 20, async (i, ct) =>
        {
            var scope = $"Folder {i}";
            for (var page = 0; page < 5; page++)
                await Cache.ApplyAsync(Page(scope, $"{page}", Mail(page * 2, $"<{i}-{page}a>", scope), Mail((page * 2) + 1, $"<{i}-{page}b>", scope)), ct);
            Cache.List(new MessageQuery { Folder = scope }).Total.ShouldBe(10);
        });

        Cache.List(new MessageQuery()).Total.ShouldBe(200);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private Dictionary<string, string> Keys() =>
        Cache.List(new MessageQuery { Folder = "INBOX", Limit = 500 }).Messages.ToDictionary(item => item.Id, item => item.Key, StringComparer.Ordinal);
}
