using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

public sealed class MailCacheListTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Sent, Work], _ => true, CancellationToken.None);

    [Fact]
    public async Task Newest_come_first_and_pages_neither_repeat_nor_skip()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 1_500).Select(i => Mail(i) with { Date = Monday.AddMinutes(i / 7) })]);

        var seen = new List<string>();
        for (var offset = 0; offset < 1_500; offset += 400)
            seen.AddRange(Cache.List(new MessageQuery { Folder = "INBOX", Offset = offset, Limit = 400 }).Messages.Select(item => item.Id));

        seen.Count.ShouldBe(1_500);
        seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(1_500);
        seen[0].ShouldBe("imap:1500");
        Cache.List(new MessageQuery { Offset = 1_030, Limit = 3 }).Messages.Select(item => item.Id).ShouldBe([seen[1_030], seen[1_031], seen[1_032]]);
        Cache.List(new MessageQuery { Offset = 1_500 }).Messages.ShouldBeEmpty();
        Cache.List(new MessageQuery { Offset = int.MaxValue }).Total.ShouldBe(1_500);
    }

    [Fact]
    public async Task Filters_narrow_list_and_total_alike()
    {
        await _fixture.AddAsync(Mail(1), Mail(2, flags: MessageFlags.Read), Mail(3));
        await _fixture.ApplyAsync(Page("Sent", "1", Mail(4, folder: "Sent", flags: MessageFlags.Read)));
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(5, folder: "Projects/工作")));

        Listed(new MessageQuery()).ShouldBe((5, "5 4 3 2 1"));
        Listed(new MessageQuery { IsUnread = true }).ShouldBe((3, "5 3 1"));
        Listed(new MessageQuery { Folder = "inbox" }).ShouldBe((3, "3 2 1"));
        Listed(new MessageQuery { Folder = "INBOX", IsUnread = true }).ShouldBe((2, "3 1"));
        Listed(new MessageQuery { Folder = "Inbox", Since = Monday.AddMinutes(2) }).ShouldBe((2, "3 2"));
        Listed(new MessageQuery { Since = Monday.AddMinutes(2), IsUnread = true, Limit = 1 }).ShouldBe((2, "5"));
        Listed(new MessageQuery { Since = Monday.AddMinutes(2), Offset = 3 }).ShouldBe((4, "2"));
        Listed(new MessageQuery { Folder = "sent" }).ShouldBe((1, "4"));
        Listed(new MessageQuery { Folder = "projects/工作" }).ShouldBe((1, "5"));
        Listed(new MessageQuery { Folder = "other" }).ShouldBe((1, "5"));
        Listed(new MessageQuery { Folder = "spam" }).ShouldBe((0, ""));
        Listed(new MessageQuery { Folder = "spam", Since = Monday }).ShouldBe((0, ""));
    }

    [Fact]
    public async Task Several_folders_of_one_role_are_one_list()
    {
        await Cache.SaveFoldersAsync([Inbox, Work, Work with { Path = "Other 2" }], _ => true, CancellationToken.None);
        await _fixture.ApplyAsync(Page("Projects/工作", "1", Mail(1, folder: "Projects/工作"), Mail(3, folder: "Projects/工作", flags: MessageFlags.Read)));
        await _fixture.ApplyAsync(Page("Other 2", "1", Mail(2, folder: "Other 2")));

        Listed(new MessageQuery { Folder = "other" }).ShouldBe((3, "3 2 1"));
        Listed(new MessageQuery { Folder = "other", IsUnread = true }).ShouldBe((2, "2 1"));
        Listed(new MessageQuery { Folder = "Other 2" }).ShouldBe((1, "2"));
    }

    [Fact]
    public async Task Inbox_is_the_inbox_before_the_folders_were_read()
    {
        await Cache.SaveFoldersAsync([], _ => true, CancellationToken.None);
        await _fixture.ApplyAsync(Page("Sent", "1", Mail(2, folder: "Sent")));
        await _fixture.AddAsync(Mail(1));

        Listed(new MessageQuery { Folder = "inbox" }).ShouldBe((1, "1"));
        Listed(new MessageQuery { Folder = "sent" }).ShouldBe((1, "2"));
        Cache.UnreadCount().ShouldBe(1);
    }

    [Fact]
    public void Unknown_folder_is_not_found()
    {
        var refused = Should.Throw<MailException>(() => Cache.List(new MessageQuery { Folder = "Nowhere" }));

        refused.Fault.ShouldBe(MailFault.NotFound);
        refused.Code.ShouldBe("folder_not_found");
    }

    [Theory]
    [InlineData(-1, 50)]
    [InlineData(0, 0)]
    [InlineData(0, 501)]
    public void Paging_out_of_range_is_refused(int offset, int limit) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Cache.List(new MessageQuery { Offset = offset, Limit = limit }));

    [Fact]
    public async Task List_read_before_a_change_is_not_given_after_it()
    {
        await _fixture.AddAsync(Mail(1));
        var query = new MessageQuery { Folder = "inbox" };
        Cache.List(query).Messages[0].IsRead.ShouldBeFalse();

        await _fixture.ApplyAsync(Page("INBOX", "2", Mail(2)) with { Changed = [new RemoteChange("1", MessageFlags.Read)] });

        Cache.List(query).Messages.Select(item => item.IsRead).ShouldBe([false, true]);
        Cache.List(query).ShouldBeSameAs(Cache.List(query));
    }

    [Fact]
    public async Task Message_is_found_by_folder_and_id()
    {
        await _fixture.AddAsync(Mail(4));
        await _fixture.ApplyAsync(Page("Sent", "1", Mail(4, folder: "Sent")));

        Cache.Find("INBOX", "4")!.FolderPath.ShouldBe("INBOX");
        Cache.Find("sent", "4")!.FolderPath.ShouldBe("Sent");
        Cache.Find("inbox", "5").ShouldBeNull();
        Cache.Find(null, "4").ShouldNotBeNull();
        var stored = Cache.Locate(Cache.Find("sent", "4")!.Key)!;
        stored.ShouldBe(stored with { Scope = "Sent", RemoteId = "4", Uid = 4, Role = FolderRole.Sent, Flags = MessageFlags.None, Size = 1_004, InternetMessageId = "<4@example.com>" });
    }

    [Theory]
    [InlineData("INBOX", false, "messages_by_folder")]
    [InlineData("INBOX", true, "messages_unread_by_folder")]
    [InlineData(null, false, "messages_by_date")]
    [InlineData(null, true, "messages_unread_by_date")]
    [InlineData("several", false, "messages_by_date")]
    [InlineData("several", true, "messages_unread_by_date")]
    public void Every_list_reads_its_covering_index_in_order(string? folder, bool isUnread, string index)
    {
        using var file = SqliteFile.Open(Path.Combine(_fixture.Paths.Root, "plan.db"), CacheSchema.Current);
        var view = folder switch
        {
            "INBOX" => new ListView(1, null, isUnread),
            null => new ListView(null, null, isUnread),
            _ => new ListView(null, "[1,2]", isUnread),
        };

        var plan = file.Read(reader => reader.Query("explain query plan " + view.Sql(), row => row.GetString(3), 5L, 5L, 0L, 50, 50_000, 1L));

        plan[0].ShouldContain($"USING COVERING INDEX {index}");
        plan[0].ShouldStartWith("SEARCH");
        plan.ShouldAllBe(step => !step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Far_page_of_a_hundred_thousand_is_the_right_one()
    {
        for (var page = 0; page < 20; page++)
        {
            var first = page * 5_000;
            await _fixture.ApplyAsync(Page("INBOX", $"{page}", [.. Enumerable.Range(first + 1, 5_000).Select(i => Mail(i) with { Content = new MessageContent { Text = "" } })]));
        }

        var far = Cache.List(new MessageQuery { Folder = "inbox", Offset = 50_000, Limit = 50 });
        var nearTheEnd = Cache.List(new MessageQuery { Offset = 99_990, Limit = 50 });

        far.Total.ShouldBe(100_000);
        far.Messages.Select(item => item.Id).ShouldBe(Enumerable.Range(0, 50).Select(i => $"imap:{50_000 - i}"));
        nearTheEnd.Messages.Select(item => item.Id).ShouldBe(Enumerable.Range(0, 10).Select(i => $"imap:{10 - i}"));
        _fixture.ContentFiles().Length.ShouldBe(1);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private (int Total, string Uids) Listed(MessageQuery query)
    {
        var page = Cache.List(query);
        return (page.Total, string.Join(' ', page.Messages.Select(item => item.Uid)));
    }
}
