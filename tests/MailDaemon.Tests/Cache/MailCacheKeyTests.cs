using MailDaemon.Tests.Support;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

/// <summary>A key is for life: over moves seen in whatever order, resets, rebuilds and our own actions.</summary>
public sealed class MailCacheKeyTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Sent, Work], _ => true, CancellationToken.None);

    [Fact]
    public async Task Key_is_derived_and_never_drawn()
    {
        var applied = await _fixture.AddAsync(Mail(1, "<one>"), Mail(2, "<one>"));

        // SHA-256("imap/me@example.com", 0, first half of SHA-256("<one>"), ordinal), first half, base 32.
        applied.Added[0].Key.ShouldBe("m_dtujwejn7f3w7mqxpuwt4xxaoa");
        applied.Added[1].Key.ShouldBe("m_7mpshuarzrdz7ih4m7eldzg65u");
    }

    [Fact]
    public async Task Rebuilt_cache_yields_the_same_keys()
    {
        RemoteMessage[] mails = [Mail(1, "<a>"), Mail(2, "<b>"), Mail(3, "<b>")];
        var before = (await _fixture.AddAsync(mails)).Added.Select(item => item.Key).ToList();

        await _fixture.RebuildAsync();
        var after = (await _fixture.AddAsync(mails)).Added.Select(item => item.Key).ToList();

        after.ShouldBe(before);
        before.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
    }

    [Fact]
    public async Task Same_mail_in_another_account_has_another_key()
    {
        var mine = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        var other = _fixture.Caches.Open(new AccountKey(ProviderKind.Imap, "you@example.com"));

        var theirs = (await other.ApplyAsync(Page("INBOX", "1", Mail(1, "<a>")), CancellationToken.None)).Added[0].Key;

        theirs.ShouldNotBe(mine);
    }

    [Fact]
    public async Task Move_within_one_page_keeps_the_key_and_is_an_update()
    {
        var key = (await _fixture.ApplyAsync(Page("", "1", Mail(1, "<a>")))).Added[0].Key;

        var applied = await _fixture.ApplyAsync(Page("", "2", Mail(9, "<a>", "Projects/工作")) with { Removed = ["1"] });

        applied.Added.ShouldBeEmpty();
        applied.Removed.ShouldBeEmpty();
        applied.Updated.ShouldBe([key]);
        Cache.Find(key)!.FolderPath.ShouldBe("Projects/工作");
    }

    [Fact]
    public async Task Move_seen_first_where_it_left_keeps_the_key_and_runs_no_rules_again()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        await Cache.MarkRulesDoneAsync([key], CancellationToken.None);

        var left = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });
        var arrived = await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")));

        left.Removed.ShouldBe([key]);
        arrived.Added.ShouldHaveSingleItem().Key.ShouldBe(key);
        Cache.AwaitingItems().ShouldBeEmpty();
    }

    [Fact]
    public async Task Move_seen_first_where_it_arrived_keeps_the_key_and_the_short_lived_one_still_finds_it()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        var shortLived = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")))).Added[0].Key;
        shortLived.ShouldNotBe(key);

        var applied = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBeEmpty();
        applied.Updated.ShouldBe([key]);
        Cache.Find(key)!.FolderPath.ShouldBe("Projects/工作");
        Cache.Find(shortLived)!.Key.ShouldBe(key);
        Cache.Locate(shortLived)!.RemoteId.ShouldBe("9");
        Cache.ReadDetail(shortLived)!.Text.ShouldBe("Text of 9");
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Move_seen_first_where_it_arrived_and_undone_by_us_keeps_the_key()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        var shortLived = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")))).Added[0].Key;
        await Cache.ApplyLocalAsync([new LocalChange(shortLived) { Move = new LocalMove("INBOX", "INBOX", "14", 14) }], CancellationToken.None);

        var applied = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBeEmpty();
        Cache.Find(key)!.Id.ShouldBe("imap:14");
        Cache.Find(shortLived)!.Key.ShouldBe(key);
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Equal_mail_in_the_same_folder_is_no_heir()
    {
        var first = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        var second = (await _fixture.AddAsync(Mail(2, "<a>"))).Added[0].Key;

        var applied = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBe([first]);
        Cache.Find(second)!.Key.ShouldBe(second);
    }

    [Fact]
    public async Task Another_id_in_the_same_folder_of_an_account_that_is_one_scope_keeps_the_key()
    {
        var key = (await _fixture.ApplyAsync(Page("", "1", Mail(1, "<a>")))).Added[0].Key;
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var shortLived = (await _fixture.ApplyAsync(Page("", "2", Mail(2, "<a>")))).Added[0].Key;

        var applied = await _fixture.ApplyAsync(Page("", "3") with { Removed = ["1"] });

        applied.Removed.ShouldBeEmpty();
        Cache.Locate(key)!.RemoteId.ShouldBe("2");
        Cache.Find(shortLived)!.Key.ShouldBe(key);
    }

    [Fact]
    public async Task Copies_that_came_together_into_an_account_that_is_one_scope_keep_their_keys()
    {
        var keys = (await _fixture.ApplyAsync(Page("", "1", Mail(1, "<a>"), Mail(2, "<a>")))).Added.Select(item => item.Key).ToList();

        var applied = await _fixture.ApplyAsync(Page("", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBe([keys[0]]);
        Cache.Find(keys[1])!.Key.ShouldBe(keys[1]);
    }

    [Fact]
    public async Task Key_that_still_finds_an_older_message_is_given_to_no_other()
    {
        await Move_seen_first_where_it_arrived_keeps_the_key_and_the_short_lived_one_still_finds_it();
        var known = Cache.List(new MessageQuery()).Messages[0].Key;

        var copy = (await _fixture.AddAsync(Mail(5, "<a>"))).Added[0].Key;

        copy.ShouldNotBe(known);
        Cache.Find(copy)!.Id.ShouldBe("imap:5");
    }

    [Fact]
    public async Task Mail_to_oneself_keeps_two_keys_when_the_sent_one_is_deleted()
    {
        var sent = (await _fixture.ApplyAsync(Page("Sent", "1", Mail(1, "<a>", "Sent")))).Added[0].Key;
        var received = (await _fixture.AddAsync(Mail(4, "<a>"))).Added[0].Key;

        var applied = await _fixture.ApplyAsync(Page("Sent", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBe([sent]);
        Cache.Find(received)!.Id.ShouldBe("imap:4");
        Cache.Find(sent)!.ShouldBeNull();
    }

    [Fact]
    public async Task Old_copy_is_no_heir()
    {
        var first = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        var copy = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")))).Added[0].Key;
        _fixture.Clock.Advance(TimeSpan.FromMinutes(11));

        var applied = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        applied.Removed.ShouldBe([first]);
        Cache.Find(copy)!.Key.ShouldBe(copy);
    }

    [Fact]
    public async Task Reset_keeps_keys_and_rules_done_and_names_nothing_as_gone()
    {
        var keys = (await _fixture.AddAsync(Mail(1, "<a>"), Mail(2, "<b>") with { IsBaseline = true }, Mail(3, "<c>"))).Added.Select(item => item.Key).ToList();
        await Cache.MarkRulesDoneAsync([keys[0]], CancellationToken.None);

        var reset = await _fixture.ApplyAsync(Page("INBOX", "r1", Mail(101, "<a>")) with { IsReset = true });
        var rest = await _fixture.ApplyAsync(Page("INBOX", "r2", Mail(102, "<b>"), Mail(103, "<c>"), Mail(104, "<d>")));

        reset.Added.ShouldBeEmpty();
        reset.Removed.ShouldBeEmpty();
        reset.Updated.ShouldBe([keys[0]]);
        rest.Updated.ShouldBe([keys[1], keys[2]], ignoreOrder: true);
        rest.Added.ShouldHaveSingleItem().Id.ShouldBe("imap:104");
        Cache.Find(keys[1])!.Id.ShouldBe("imap:102");
        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:103", "imap:104"]);
        Cache.Folders()[0].Total.ShouldBe(4);
    }

    [Fact]
    public async Task After_a_day_an_equal_message_is_a_new_one()
    {
        await _fixture.AddAsync(Mail(1, "<a>"));
        await Cache.MarkRulesDoneAsync([Cache.List(new MessageQuery()).Messages[0].Key], CancellationToken.None);
        await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });
        _fixture.Clock.Advance(TimeSpan.FromHours(25));
        await _fixture.ApplyAsync(Page("INBOX", "3"));

        await _fixture.AddAsync(Mail(2, "<a>"));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:2"]);
    }

    [Fact]
    public async Task Our_own_move_keeps_the_key_and_the_passes_find_nothing_to_do()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;

        var moved = await Cache.ApplyLocalAsync(
            [new LocalChange(key) { Move = new LocalMove("Projects/工作", "Projects/工作", "9", 9), Flags = MessageFlags.Read }], CancellationToken.None);
        var left = await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });
        var arrived = await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作", MessageFlags.Read) with
        {
            Subject = "Subject 1",
            Date = Monday.AddMinutes(1),
            SentDate = Monday,
            Size = 1_001,
            InternetMessageId = "<1@example.com>",
            Content = new MessageContent { Text = "Text of 1" },
        }));

        moved.Updated.ShouldBe([key]);
        left.IsEmpty.ShouldBeTrue();
        arrived.IsEmpty.ShouldBeTrue();
        var item = Cache.Find(key)!;
        item.Uid.ShouldBe(9);
        item.IsRead.ShouldBeTrue();
        item.FolderPath.ShouldBe("Projects/工作");
        Cache.Folders().Select(folder => (folder.Total, folder.Unread)).ShouldBe([(0, 0), (0, 0), (1, 0)]);
    }

    [Fact]
    public async Task Our_own_move_that_a_pass_saw_first_keeps_the_old_key()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a, another size>", "Projects/工作")));

        var moved = await Cache.ApplyLocalAsync([new LocalChange(key) { Move = new LocalMove("Projects/工作", "Projects/工作", "9", 9) }], CancellationToken.None);

        moved.Updated.ShouldBe([key]);
        Cache.Find(key)!.Uid.ShouldBe(9);
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
        (await _fixture.AddAsync(Mail(5, "<a>"))).Added[0].Key.ShouldNotBe(key);
    }

    [Fact]
    public async Task Our_own_move_to_an_unknown_place_returns_under_its_key()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;

        await Cache.ApplyLocalAsync([new LocalChange(key) { Move = new LocalMove("Projects/工作", "Projects/工作", null) }], CancellationToken.None);
        Cache.Find(key).ShouldBeNull();
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")));

        Cache.Find(key)!.Uid.ShouldBe(9);
    }

    [Fact]
    public async Task Our_own_flags_labels_and_deletions_are_seen_at_once()
    {
        var keys = (await _fixture.AddAsync(Mail(1), Mail(2))).Added.Select(item => item.Key).ToList();

        var applied = await Cache.ApplyLocalAsync(
            [
                new LocalChange(keys[0]) { Flags = MessageFlags.Read | MessageFlags.Starred, NativeLabels = ["x"] },
                new LocalChange(keys[1]) { IsRemoved = true },
                new LocalChange("m_unknown") { IsRemoved = true },
            ],
            CancellationToken.None);

        applied.Updated.ShouldBe([keys[0]]);
        applied.Removed.ShouldBe([keys[1]]);
        var item = Cache.List(new MessageQuery()).Messages.ShouldHaveSingleItem();
        (item.IsRead, item.IsStarred).ShouldBe((true, true));
        item.Labels.ShouldBe(["x", "INBOX"]);
        Cache.UnreadCount().ShouldBe(0);
    }

    [Fact]
    public async Task Copy_by_another_client_runs_no_rules_again()
    {
        var done = (await _fixture.AddAsync(Mail(1, "<done>"), Mail(2, "<old>") with { IsBaseline = true }, Mail(3, "<waits>"))).Added[0].Key;
        await Cache.MarkRulesDoneAsync([done], CancellationToken.None);

        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(7, "<done>", "Projects/工作"), Mail(8, "<old>", "Projects/工作"), Mail(9, "<waits>", "Projects/工作")));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:3"]);
    }

    [Fact]
    public async Task Mail_to_oneself_runs_rules_where_it_arrives()
    {
        await _fixture.ApplyAsync(Page("Sent", "1", Mail(1, "<a>", "Sent") with { IsBaseline = true }));

        await _fixture.AddAsync(Mail(4, "<a>"));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:4"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_in_sent_that_is_seen_first_leaves_the_mark_to_the_message_itself(bool isDone)
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        if (isDone)
            await Cache.MarkRulesDoneAsync([key], CancellationToken.None);
        await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        await _fixture.ApplyAsync(Page("Sent", "1", Mail(7, "<a>", "Sent")));
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(isDone ? [] : ["imap:9"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Our_own_move_into_sent_and_out_of_it_takes_its_mark_along(bool isDone)
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        if (isDone)
            await Cache.MarkRulesDoneAsync([key], CancellationToken.None);

        await MoveAsync(key, "Sent", 7);
        var inSent = Cache.AwaitingItems();
        await MoveAsync(key, "Projects/工作", 9);

        inSent.ShouldBeEmpty();
        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(isDone ? [] : ["imap:9"]);
        Cache.Find(key)!.FolderPath.ShouldBe("Projects/工作");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_that_is_seen_after_we_moved_the_message_into_sent_is_no_second_mail(bool isDone)
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        if (isDone)
            await Cache.MarkRulesDoneAsync([key], CancellationToken.None);
        await MoveAsync(key, "Sent", 7);

        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(isDone ? [] : ["imap:9"]);
    }

    [Fact]
    public async Task Copy_that_is_left_awaits_rules_for_the_one_that_we_moved_into_sent()
    {
        var key = (await _fixture.AddAsync(Mail(1, "<a>"))).Added[0].Key;
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(9, "<a>", "Projects/工作")));

        await MoveAsync(key, "Sent", 7);

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:9"]);
    }

    [Fact]
    public async Task Move_seen_first_where_it_arrived_takes_its_mark_along()
    {
        var keys = (await _fixture.AddAsync(Mail(1, "<done>"), Mail(2, "<waits>"))).Added.Select(item => item.Key).ToList();
        await Cache.MarkRulesDoneAsync([keys[0]], CancellationToken.None);
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(8, "<done>", "Projects/工作"), Mail(9, "<waits>", "Projects/工作")));

        await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1", "2"] });

        var waiting = Cache.AwaitingItems().ShouldHaveSingleItem();
        (waiting.Key, waiting.Id).ShouldBe((keys[1], "imap:9"));
    }

    [Theory]
    [InlineData("expunge")]
    [InlineData("reset")]
    [InlineData("folder")]
    [InlineData("delete")]
    public async Task Copy_that_is_left_awaits_rules_for_the_one_that_has_gone(string how)
    {
        var first = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(1, "<a>", "Projects/工作")))).Added[0].Key;
        await _fixture.AddAsync(Mail(9, "<a>"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(11));

        await (how switch
        {
            "expunge" => _fixture.ApplyAsync(Page("Projects/工作", "2") with { Removed = ["1"] }),
            "reset" => _fixture.ApplyAsync(Page("Projects/工作", "2") with { IsReset = true }),
            "folder" => Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None),
            _ => Cache.ApplyLocalAsync([new LocalChange(first) { IsRemoved = true }], CancellationToken.None),
        });
        await Cache.SaveFoldersAsync([Inbox, Sent, Work], _ => true, CancellationToken.None);
        await _fixture.ApplyAsync(Page("Projects/工作", "3", Mail(1, "<a>", "Projects/工作")));

        Cache.AwaitingItems().Select(item => item.Id).ShouldBe(["imap:9"], "and it is the only one when the other returns");
    }

    [Fact]
    public async Task Renamed_folder_that_its_server_knows_by_id_keeps_messages_keys_and_cursor()
    {
        var work = Work with { ObjectId = "F1" };
        await Cache.SaveFoldersAsync([Inbox, Sent, work], _ => true, CancellationToken.None);
        var key = (await _fixture.ApplyAsync(Page("Projects/工作", "7", Mail(1, "<a>", "Projects/工作")))).Added[0].Key;

        var applied = await Cache.SaveFoldersAsync([Inbox, Sent, work with { Path = "Done" }], _ => true, CancellationToken.None);

        applied.Updated.ShouldBe([key]);
        applied.Removed.ShouldBeEmpty();
        Cache.Cursor("Done").ShouldBe("7");
        Cache.Cursor("Projects/工作").ShouldBeNull();
        Cache.Find(key)!.FolderPath.ShouldBe("Done");
        Cache.Folders().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Folders_that_change_names_with_one_another_keep_their_own_messages()
    {
        var (one, two) = (Work with { Path = "One", ObjectId = "F1" }, Work with { Path = "Two", ObjectId = "F2" });
        await Cache.SaveFoldersAsync([Inbox, Sent, one, two], _ => true, CancellationToken.None);
        var first = (await _fixture.ApplyAsync(Page("One", "1", Mail(1, "<a>", "One")))).Added[0].Key;
        var second = (await _fixture.ApplyAsync(Page("Two", "2", Mail(1, "<b>", "Two")))).Added[0].Key;

        await Cache.SaveFoldersAsync([Inbox, Sent, one with { Path = "Two" }, two with { Path = "One" }], _ => true, CancellationToken.None);

        Cache.Find(first)!.FolderPath.ShouldBe("Two");
        Cache.Find(second)!.FolderPath.ShouldBe("One");
        (Cache.Cursor("One"), Cache.Cursor("Two")).ShouldBe(("2", "1"));
    }

    [Fact]
    public async Task Folder_renamed_over_one_that_is_gone_takes_its_name_only()
    {
        var (one, two) = (Work with { Path = "One", ObjectId = "F1" }, Work with { Path = "Two", ObjectId = "F2" });
        await Cache.SaveFoldersAsync([Inbox, Sent, one, two], _ => true, CancellationToken.None);
        var kept = (await _fixture.ApplyAsync(Page("One", "1", Mail(1, "<a>", "One")))).Added[0].Key;
        var gone = (await _fixture.ApplyAsync(Page("Two", "2", Mail(1, "<b>", "Two")))).Added[0].Key;

        var applied = await Cache.SaveFoldersAsync([Inbox, Sent, one with { Path = "Two" }], _ => true, CancellationToken.None);

        applied.Removed.ShouldBe([gone]);
        Cache.Find(kept)!.FolderPath.ShouldBe("Two");
        Cache.Cursor("Two").ShouldBe("1");
    }

    [Fact]
    public async Task Equal_mail_of_another_object_id_is_another_message()
    {
        var first = (await _fixture.AddAsync(Mail(1, "<a>") with { ObjectId = "M1" })).Added[0].Key;
        await _fixture.ApplyAsync(Page("INBOX", "2") with { Removed = ["1"] });

        var other = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(5, "<a>", "Projects/工作") with { ObjectId = "M2" }))).Added[0].Key;
        var moved = (await _fixture.ApplyAsync(Page("Projects/工作", "2", Mail(6, "<a>", "Projects/工作") with { ObjectId = "M1" }))).Added[0].Key;

        other.ShouldNotBe(first);
        moved.ShouldBe(first);
    }

    [Fact]
    public async Task Rules_are_to_run_on_an_equal_mail_of_another_object_id()
    {
        await _fixture.AddAsync(Mail(1, "<a>") with { ObjectId = "M1" });
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(5, "<a>", "Projects/工作") with { ObjectId = "M1" }));
        await _fixture.ApplyAsync(Page("Projects/工作", "2", Mail(6, "<a>", "Projects/工作") with { ObjectId = "M2" }));

        Cache.AwaitingItems().Select(item => item.Uid).ShouldBe([1, 6], ignoreOrder: true);
    }

    [Fact]
    public async Task Message_that_an_action_misses_keeps_its_key_where_it_was_seen_already()
    {
        var key = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(1, "<a>", "Projects/工作")))).Added[0].Key;
        await _fixture.AddAsync(Mail(9, "<a>"));

        await Cache.ApplyLocalAsync([new LocalChange(key) { IsMissing = true }], CancellationToken.None);

        Cache.Find(key)!.Id.ShouldBe("imap:9");
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Message_seen_elsewhere_before_its_folder_went_keeps_its_key()
    {
        var key = (await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(1, "<a>", "Projects/工作")))).Added[0].Key;
        await _fixture.AddAsync(Mail(9, "<a>"));

        await Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);

        Cache.Find(key)!.Id.ShouldBe("imap:9");
        Cache.List(new MessageQuery()).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Folder_that_came_later_has_new_mail_since_the_listing_before()
    {
        await Cache.SavePassAsync(new PassResult(Monday, Monday, 0, 0, 0, null), listed: Monday, CancellationToken.None);
        await Cache.SavePassAsync(new PassResult(Monday, Monday, 0, 0, 0, null), listed: null, CancellationToken.None);
        var (late, unwanted) = (Work with { Path = "Late" }, Work with { Path = "Unwanted" });

        await Cache.SaveFoldersAsync([Inbox, Sent, Work, late, unwanted], folder => folder != unwanted, CancellationToken.None);
        Since("Late").ShouldBe(Monday);
        Since("Unwanted").ShouldBeNull();

        await Cache.SaveFoldersAsync([Inbox, Sent, Work, late, unwanted], folder => folder != late, CancellationToken.None);
        Since("Late").ShouldBeNull("when it is wanted again, all in it is old");
        Since("Unwanted").ShouldBeNull();
    }

    private DateTimeOffset? Since(string path) => Cache.Folders().Single(folder => folder.Folder.Path == path).Since;

    private Task MoveAsync(string key, string folder, uint uid) => Cache.ApplyLocalAsync(
        [new LocalChange(key) { Move = new LocalMove(folder, folder, uid.ToString(System.Globalization.CultureInfo.InvariantCulture), uid) }], CancellationToken.None);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();
}
