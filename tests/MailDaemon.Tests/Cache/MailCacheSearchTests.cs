using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

/// <summary>The index says what the rows say, whatever happens to either.</summary>
public sealed class MailCacheSearchTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    private string SearchFile => _fixture.Files.SearchDatabase;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Work], _ => true, CancellationToken.None);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("quotation")]
    [InlineData("QUOTATION valves")]
    [InlineData("brass")]
    [InlineData("zhang")]
    [InlineData("zhang@acme.cn")]
    [InlineData("copied@example.com")]
    [InlineData("pricelist")]
    [InlineData("pricelist.pdf")]
    [InlineData("报价")]
    [InlineData("价单")]
    [InlineData("报价单")]
    [InlineData("单")]
    [InlineData("张伟")]
    [InlineData("附件")]
    [InlineData("ＱＵＯＴＡＴＩＯＮ")]
    [InlineData("見積書")]
    [InlineData("견적서")]
    [InlineData("🎉")]
    [InlineData("cafe\u0301")]
    [InlineData("\"brass valves\"")]
    [InlineData("\"报价单已发\"")]
    [InlineData("quotation -steel")]
    public async Task Word_is_found_wherever_it_stands(string query)
    {
        await _fixture.AddAsync(Mail(1), Quotation(2), Mail(3));
        await IndexAsync();

        Found(query).ShouldBe(["2"]);
    }

    [Theory]
    [InlineData("quot")]
    [InlineData("报单")]
    [InlineData("\"valves brass\"")]
    [InlineData("quotation steel")]
    [InlineData("quotation -brass")]
    [InlineData("quotation -报价")]
    [InlineData("-quotation")]
    [InlineData("")]
    public async Task What_is_not_said_is_not_found(string query)
    {
        await _fixture.AddAsync(Quotation(1));
        await IndexAsync();

        Found(query).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("-quotation", "3 1")]
    [InlineData("-brass -subject", "")]
    [InlineData("-\"brass valves\"", "3 1")]
    [InlineData("-nowhere", "3 2 1")]
    public async Task Query_of_what_is_not_wanted_finds_all_else(string query, string found)
    {
        await _fixture.AddAsync(Mail(1), Quotation(2), Mail(3));
        await IndexAsync();

        string.Join(' ', Found(query)).ShouldBe(found);
    }

    [Fact]
    public async Task Newest_come_first_and_pages_join_without_gap()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 1_200).Select(i => Mail(i))]);
        await IndexAsync();

        var pages = Enumerable.Range(0, 5).SelectMany(page => Cache.Search(new SearchQuery { Text = "subject", Offset = page * 300, Limit = 300 }).Messages).ToList();

        pages.Select(item => item.Uid).ShouldBe(Enumerable.Range(0, 1_200).Select(i => (long?)(1_200 - i)));
    }

    [Fact]
    public async Task Messages_of_one_second_are_all_found()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 5).Select(i => Mail(i) with { Date = Monday })]);
        await IndexAsync();

        Found("subject").Order().ShouldBe(["1", "2", "3", "4", "5"]);
    }

    [Fact]
    public async Task Second_with_more_messages_than_row_ids_is_found_whole_in_order_and_by_date()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 300).Select(i => Mail(i) with { Date = Monday })]);
        await IndexAsync();
        await _fixture.AddAsync([Mail(301) with { Date = Monday.AddSeconds(1) }, .. Enumerable.Range(302, 50).Select(i => Mail(i) with { Date = Monday }), Mail(352) with { Date = Monday.AddSeconds(-1) }]);
        await IndexAsync();

        Found("subject").Count.ShouldBe(352);
        Dated(Monday, Monday.AddSeconds(1)).ShouldBe(350);
        Dated(Monday.AddSeconds(1), Monday.AddSeconds(60)).ShouldBe(1);
        Dated(Monday.AddSeconds(-60), Monday).ShouldBe(1);

        int Dated(DateTimeOffset since, DateTimeOffset before) => Cache.Search(new SearchQuery { Text = "subject", Since = since, Before = before }).Total;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Index_of_an_older_form_is_filled_again_by_itself(int version)
    {
        using (var old = SqliteFile.Open(SearchFile, new SqliteSchema("search.db", [.. SearchSchema.Current.Scripts.Take(version)], IsDurable: false, IsRebuildable: true)))
        {
            await old.WriteAsync(
                writer =>
                {
                    writer.Execute("insert into documents (rowid, subject) values (1, 'old')");
                    if (version > 1)
                        writer.Execute("insert into numbers (row_id, number) values (1, 1)");
                    writer.Execute("update progress set watermark = 1, documents = 1");
                },
                CancellationToken.None);
        }

        await _fixture.AddAsync(Mail(1), Mail(2));
        await IndexAsync();

        Found("old").ShouldBeEmpty();
        Found("subject").ShouldBe(["2", "1"]);
    }

    [Fact]
    public async Task Pages_that_nothing_uses_any_more_are_given_back()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 500).Select(i => Mail(i) with { Content = new MessageContent { Text = string.Join(' ', Enumerable.Range(0, 900).Select(w => $"w{(i * 7_919L) + (w * 104_729L)}")) } })]);
        await IndexAsync();
        await _fixture.Caches.DisposeAsync();
        var (kept, full) = (File.ReadAllBytes(SearchFile), new FileInfo(SearchFile).Length);
        await _fixture.RebuildAsync();
        await _fixture.AddAsync(Mail(1));
        File.WriteAllBytes(SearchFile, kept);

        await IndexAsync();
        Found("subject").ShouldBe(["1"]);
        await _fixture.Caches.DisposeAsync();

        full.ShouldBeGreaterThan(4_000_000);
        new FileInfo(SearchFile).Length.ShouldBeLessThan(full / 2);
    }

    [Fact]
    public async Task Message_of_before_1970_and_one_of_a_far_year_are_found()
    {
        await _fixture.AddAsync(Mail(1) with { Date = DateTimeOffset.UnixEpoch.AddMilliseconds(-1) }, Mail(2) with { Date = new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        await IndexAsync();

        Found("subject").ShouldBe(["2", "1"]);
    }

    [Fact]
    public async Task Best_come_first_when_asked_for()
    {
        await _fixture.AddAsync(
            Mail(1) with { Subject = "Invoice" },
            Mail(2) with { Content = new MessageContent { Text = string.Concat(Enumerable.Repeat("other words ", 100)) + "invoice" } });
        await IndexAsync();

        Found("invoice").ShouldBe(["2", "1"]);
        Found("invoice", isByRelevance: true).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Deleted_message_is_not_found_and_leaves_no_hole_in_a_page()
    {
        await _fixture.AddAsync(Mail(1), Mail(2), Mail(3));
        await IndexAsync();

        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Removed = ["2"] });

        Found("subject").ShouldBe(["3", "1"]);
        Cache.Search(new SearchQuery { Text = "subject", Offset = 1, Limit = 1 }).Messages.Single().Uid.ShouldBe(1);
    }

    [Fact]
    public async Task Changed_message_is_found_by_what_it_says_now()
    {
        await _fixture.AddAsync(Mail(1) with { Content = new MessageContent { Text = "first draft" } });
        await IndexAsync();

        await _fixture.AddAsync(Mail(1) with { Content = new MessageContent { Text = "final version" } });

        Found("draft").ShouldBeEmpty();
        await IndexAsync();
        Found("draft").ShouldBeEmpty();
        Found("final").ShouldBe(["1"]);
        Found("subject").ShouldBe(["1"]);
    }

    [Fact]
    public async Task Flag_changes_nothing_and_a_move_shows_where_the_message_is()
    {
        var key = (await _fixture.AddAsync(Mail(1))).Added[0].Key;
        await IndexAsync();

        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Changed = [new RemoteChange("1", MessageFlags.Read)] });
        Cache.Indexed().ShouldBe(new SearchProgress(1, 1));
        await Cache.ApplyLocalAsync([new LocalChange(key) { Move = new LocalMove(Work.Path, Work.Path, "9", 9) }], CancellationToken.None);

        Cache.Indexed().ShouldBe(new SearchProgress(1, 1));
        Cache.Search(new SearchQuery { Text = "subject" }).Messages.Single().FolderPath.ShouldBe(Work.Path);
    }

    [Fact]
    public async Task Message_seen_in_its_new_folder_before_it_is_missed_in_the_old_is_found_once()
    {
        await _fixture.AddAsync(Mail(1, "<moved@example.com>"));
        await IndexAsync();

        await _fixture.ApplyAsync(Page(Work.Path, "1", Mail(7, "<moved@example.com>", Work.Path) with { Date = Mail(1).Date }));
        await IndexAsync();
        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Removed = ["1"] });

        Found("subject").ShouldBe(["7"]);
    }

    [Fact]
    public async Task Content_that_was_missing_is_indexed_once_it_is_there()
    {
        var key = (await _fixture.AddAsync(Mail(1) with { Content = new MessageContent { Text = "needle" } })).Added[0].Key;
        foreach (var file in _fixture.ContentFiles())
            File.Delete(file);
        await IndexAsync();
        Cache.Find(key)!.Snippet.ShouldBe("needle");

        await Cache.SaveContentAsync(key, new MessageContent { Text = "needle", Attachments = [Attachment("haystack.txt")] }, CancellationToken.None);
        await IndexAsync();

        Found("haystack").ShouldBe(["1"]);
        Cache.Find(key)!.Uid.ShouldBe(1);
    }

    [Fact]
    public async Task Progress_is_of_what_is_cached()
    {
        Cache.Indexed().ShouldBe(new SearchProgress(0, 0));
        await _fixture.AddAsync([.. Enumerable.Range(1, 1_450).Select(i => Mail(i))]);
        Cache.Indexed().ShouldBe(new SearchProgress(0, 1_450));

        await IndexBatchAsync();
        Cache.Indexed().ShouldBe(new SearchProgress(1_000, 1_450));

        await IndexAsync();
        Cache.Indexed().ShouldBe(new SearchProgress(1_450, 1_450));
        (await Cache.IndexNextAsync(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Killed_between_batches_it_goes_on_from_its_mark()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 1_450).Select(i => Mail(i))]);
        await IndexBatchAsync();
        var killed = new AccountKey(ProviderKind.Imap, "killed@example.com");
        MailCacheFaultTests.CopyTree(_fixture.Files.Directory, _fixture.Paths.CreateAccount(killed).Directory);

        var survivor = _fixture.Caches.Open(killed);

        survivor.Indexed().ShouldBe(new SearchProgress(1_000, 1_450));
        await IndexAsync(survivor);
        survivor.Search(new SearchQuery { Text = "subject", Offset = 1_000, Limit = 500 }).Messages.Count.ShouldBe(450);
    }

    [Fact]
    public async Task Index_that_is_ahead_of_rows_lost_with_the_power_is_filled_anew()
    {
        await _fixture.AddAsync(Mail(1));
        var lost = new AccountKey(ProviderKind.Imap, "lost@example.com");
        MailCacheFaultTests.CopyTree(_fixture.Files.Directory, _fixture.Paths.CreateAccount(lost).Directory);
        await _fixture.AddAsync(Mail(2) with { Subject = "Lost" });
        await IndexAsync();
        await _fixture.Caches.DisposeAsync();
        File.Copy(SearchFile, _fixture.Paths.Account(lost).SearchDatabase);
        await _fixture.RestartAsync();

        var cache = _fixture.Caches.Open(lost);
        await cache.ApplyAsync(Page("INBOX", "2", Mail(2) with { Subject = "Other" }), CancellationToken.None);

        cache.Indexed().ShouldBe(new SearchProgress(0, 2));
        cache.Search(new SearchQuery { Text = "lost" }).Messages.ShouldBeEmpty();
        await IndexAsync(cache);
        cache.Search(new SearchQuery { Text = "lost" }).Messages.ShouldBeEmpty();
        cache.Search(new SearchQuery { Text = "other" }).Messages.Count.ShouldBe(1);
        cache.Search(new SearchQuery { Text = "subject" }).Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Index_of_another_index_db_is_filled_anew()
    {
        await _fixture.AddAsync(Mail(1) with { Subject = "Old" });
        await IndexAsync();
        await _fixture.Caches.DisposeAsync();
        var kept = File.ReadAllBytes(SearchFile);
        await _fixture.RebuildAsync();
        File.Exists(SearchFile).ShouldBeFalse();
        await _fixture.AddAsync(Mail(1) with { Subject = "New" }, Mail(2));
        File.WriteAllBytes(SearchFile, kept);

        Found("old").ShouldBeEmpty();
        await IndexAsync();

        Found("old").ShouldBeEmpty();
        Found("new").ShouldBe(["1"]);
    }

    [Fact]
    public async Task Damage_met_while_searching_wakes_the_indexer()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 300).Select(i => Mail(i, $"<{i}>") with { Subject = $"alpha {new string('x', i % 90)}" })]);
        await IndexAsync();
        await _fixture.RestartAsync();
        await IndexAsync();
        Cache.Indexed().Done.ShouldBe(300);
        using (var raw = new FileStream(SearchFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            raw.Position = 4096;
            raw.Write(new byte[raw.Length - 4096]);
        }

        Cache.Search(new SearchQuery { Text = "alpha" }).Messages.ShouldBeEmpty();

        await IndexAsync();
        Cache.Search(new SearchQuery { Text = "alpha", Limit = 1 }).Messages.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("zeroed")]
    [InlineData("truncated")]
    [InlineData("deleted")]
    public async Task Damaged_file_is_filled_anew(string damage)
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 300).Select(i => Mail(i))]);
        await IndexAsync();
        await _fixture.Caches.DisposeAsync();
        var bytes = File.ReadAllBytes(SearchFile);
        if (damage == "deleted")
            File.Delete(SearchFile);
        else
            File.WriteAllBytes(SearchFile, Damage(bytes, damage));
        await _fixture.RestartAsync();

        Found("subject").ShouldBeEmpty();
        Cache.Indexed().ShouldBe(new SearchProgress(0, 300));
        await IndexAsync();

        Found("subject").Count.ShouldBe(300);
        File.Exists(SearchFile + ".corrupt-1").ShouldBe(damage != "deleted");
    }

    [Fact]
    public async Task What_is_mostly_gone_is_filled_anew_in_a_smaller_file()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 2_000).Select(i => Mail(i))]);
        await IndexAsync();
        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Removed = [.. Enumerable.Range(1, 1_000).Select(i => $"{i}")] });
        (await Cache.IndexNextAsync(CancellationToken.None)).ShouldBeFalse();
        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "3", Removed = ["1001"] });
        var before = Mark();

        (await Cache.IndexNextAsync(CancellationToken.None)).ShouldBeTrue();
        Found("subject").Count.ShouldBe(500, "the old file answers meanwhile");
        await IndexAsync();

        before.ShouldBe(2_000);
        Mark().ShouldBe(999);
        Found("subject").Count.ShouldBe(500);
        Cache.Indexed().ShouldBe(new SearchProgress(999, 999));
        File.Exists(SearchFile + ".new").ShouldBeFalse();
    }

    [Fact]
    public async Task Search_goes_on_while_files_are_changed_over()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 1_500).Select(i => Mail(i))]);
        await IndexAsync();
        await _fixture.ApplyAsync(new Delta { Scope = "INBOX", Next = "2", Removed = [.. Enumerable.Range(1, 1_200).Select(i => $"{i}")] });
        using var isDone = new CancellationTokenSource();
        var searching = Task.Run(() =>
        {
            var counts = new HashSet<int>();
            do
                counts.Add(Found("subject").Count);
            while (!isDone.IsCancellationRequested);
            return counts;
        });

        await IndexAsync();
        await isDone.CancelAsync();

        (await searching).ShouldBe([300]);
        Mark().ShouldBe(300);
    }

    [Fact]
    public async Task Removed_account_takes_its_index_along()
    {
        await _fixture.AddAsync(Mail(1));
        await IndexAsync();
        var removed = Cache;

        await _fixture.Caches.RemoveAsync(_fixture.Account, keepFiles: false, CancellationToken.None);

        File.Exists(SearchFile).ShouldBeFalse();
        Should.Throw<MailException>(() => removed.Search(new SearchQuery { Text = "subject" }).Messages).Fault.ShouldBe(MailFault.NotFound);
        (await Should.ThrowAsync<MailException>(() => removed.IndexNextAsync(CancellationToken.None))).Fault.ShouldBe(MailFault.NotFound);
    }

    [Fact]
    public async Task Very_long_texts_are_taken_in_parts()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"word{i} "));
        await _fixture.AddAsync([.. Enumerable.Range(1, 60).Select(i => Mail(i) with { Content = new MessageContent { Text = text } })]);

        await IndexBatchAsync();
        Cache.Indexed().Done.ShouldBeInRange(1, 59);
        await IndexAsync();

        Found("word20000").Count.ShouldBe(60);
        Found("word39999").ShouldBeEmpty("only the first 256 K characters are looked at");
    }

    private static RemoteMessage Quotation(long uid) => Mail(uid) with
    {
        Subject = "Quotation 见积 報價單 報告 见 報",
        From = new EmailAddress("张伟", "zhang@acme.cn"),
        Content = new MessageContent
        {
            Text = "Dear Ann, brass valves as asked.\0 报价单已发，请查收附件。見積書 견적서 🎉 café",
            Cc = [new EmailAddress("", "copied@example.com")],
            Attachments = [Attachment("PriceList.pdf")],
        },
    };

    private static Attachment Attachment(string name) => new() { Id = "0", Filename = name, MimeType = "application/octet-stream", Size = 1, IsInline = false };

    private static byte[] Damage(byte[] bytes, string damage) => damage switch
    {
        "garbage" => [.. bytes.Select((_, i) => (byte)(i * 31))],
        "zeroed" => new byte[bytes.Length],
        _ => bytes[..(bytes.Length / 2)],
    };

    private static async Task IndexAsync(MailCache cache)
    {
        while (await cache.IndexNextAsync(CancellationToken.None))
        {
        }
    }

    /// <summary>The first step of a new file is to note which rows it follows.</summary>
    private async Task IndexBatchAsync()
    {
        (await Cache.IndexNextAsync(CancellationToken.None)).ShouldBeTrue();
        (await Cache.IndexNextAsync(CancellationToken.None)).ShouldBeTrue();
    }

    private Task IndexAsync() => IndexAsync(Cache);

    private List<string> Found(string query, bool isByRelevance = false) =>
        [.. Cache.Search(new SearchQuery { Text = query, IsByRelevance = isByRelevance, Limit = 500 }).Messages.Select(item => $"{item.Uid}")];

    /// <summary>How many documents the file holds.</summary>
    private long Mark()
    {
        using var file = new Engine.Cache.SearchFile(SearchFile);
        return file.Mark().Documents;
    }
}
