using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

/// <summary>Kills, damage and removal: the cache repeats work, and loses and doubles nothing.</summary>
public sealed class MailCacheFaultTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new();

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox], _ => true, CancellationToken.None);

    [Fact]
    public async Task Killed_between_pages_the_cache_resumes_at_the_last_cursor()
    {
        await _fixture.ApplyAsync(Page("INBOX", "page 1", Mail(1), Mail(2)));
        var killed = new AccountKey(ProviderKind.Imap, "killed@example.com");
        CopyTree(_fixture.Files.Directory, _fixture.Paths.CreateAccount(killed).Directory);
        await _fixture.ApplyAsync(Page("INBOX", "page 2", Mail(3)));

        var survivor = _fixture.Caches.Open(killed);

        survivor.Cursor("INBOX").ShouldBe("page 1");
        survivor.List(new MessageQuery()).Messages.Select(item => item.Id).ShouldBe(["imap:2", "imap:1"]);
        survivor.ReadContent(survivor.Find("INBOX", "2")!.Key)!.Text.ShouldBe("Text of 2");
        (await survivor.ApplyAsync(Page("INBOX", "page 2", Mail(3)), CancellationToken.None)).Added.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("zeroed")]
    [InlineData("truncated")]
    public async Task Damaged_index_is_set_aside_and_a_new_first_pass_gives_the_same_keys(string damage)
    {
        var key = (await _fixture.AddAsync([.. Enumerable.Range(1, 200).Select(i => Mail(i))])).Added[0].Key;
        await _fixture.Caches.DisposeAsync();
        var bytes = File.ReadAllBytes(_fixture.Files.IndexDatabase);
        File.WriteAllBytes(_fixture.Files.IndexDatabase, damage switch
        {
            "garbage" => [.. bytes.Select((_, i) => (byte)(i * 31))],
            "zeroed" => new byte[bytes.Length],
            _ => bytes[..(bytes.Length / 2)],
        });

        await _fixture.RestartAsync();

        Cache.Cursor("INBOX").ShouldBeNull();
        Cache.List(new MessageQuery()).Total.ShouldBe(0);
        File.Exists(_fixture.Files.IndexDatabase + ".corrupt-1").ShouldBeTrue();
        (await _fixture.AddAsync(Mail(1))).Added[0].Key.ShouldBe(key);
    }

    [Fact]
    public async Task Damage_met_in_use_empties_the_cache_and_what_was_remembered_of_it()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 400).Select(i => Mail(i))]);
        await _fixture.RestartAsync();
        Cache.List(new MessageQuery()).Total.ShouldBe(400);
        using (var raw = new FileStream(_fixture.Files.IndexDatabase, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            raw.Position = 4096;
            raw.Write(new byte[raw.Length - 4096]);
        }

        // The connections still hold sound pages in memory: reading on, the damage is met sooner or later.
        for (var i = 1; i <= 400; i++)
            Cache.Find("INBOX", $"{i}");
        await _fixture.ApplyAsync(Page("INBOX", "again", Mail(1)));

        Cache.List(new MessageQuery()).Messages.ShouldHaveSingleItem().Id.ShouldBe("imap:1");
        Cache.Cursor("INBOX").ShouldBe("again");
    }

    [Fact]
    public async Task Removed_account_says_so_to_whoever_still_uses_it_and_leaves_no_file()
    {
        await _fixture.AddAsync(Mail(1));
        var held = Cache;

        await _fixture.Caches.RemoveAsync(Me, keepFiles: false, CancellationToken.None);

        Directory.Exists(_fixture.Files.Directory).ShouldBeFalse();
        Should.Throw<MailException>(() => held.List(new MessageQuery())).Code.ShouldBe("account_not_found");
        (await Should.ThrowAsync<MailException>(() => held.ApplyAsync(Page("INBOX", "2", Mail(2)), CancellationToken.None))).Code.ShouldBe("account_not_found");
        (await Should.ThrowAsync<MailException>(() => held.SavePassAsync(new PassResult(Monday, Monday, 0, 0, 0, null), listed: null, CancellationToken.None))).Code.ShouldBe("account_not_found");
        Directory.Exists(_fixture.Files.Directory).ShouldBeFalse();
        _fixture.Caches.Open(Me).List(new MessageQuery()).Total.ShouldBe(0);
    }

    [Fact]
    public async Task Removed_account_can_keep_its_files()
    {
        var key = (await _fixture.AddAsync(Mail(1))).Added[0].Key;

        await _fixture.Caches.RemoveAsync(Me, keepFiles: true, CancellationToken.None);

        _fixture.Caches.Open(Me).ReadDetail(key)!.Text.ShouldBe("Text of 1");
    }

    [Fact]
    public async Task Removing_does_not_follow_a_link()
    {
        await _fixture.Caches.RemoveAsync(Me, keepFiles: false, CancellationToken.None);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_fixture.Paths.Root, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "precious"), "");
        Directory.CreateSymbolicLink(_fixture.Files.Directory, elsewhere);

        await Should.ThrowAsync<MailException>(() => _fixture.Caches.RemoveAsync(Me, keepFiles: false, CancellationToken.None));

        File.Exists(Path.Combine(elsewhere, "precious")).ShouldBeTrue();
        File.Delete(_fixture.Files.Directory);
    }

    [Fact]
    public async Task One_account_has_one_cache()
    {
        var opened = new MailCache[16];

        await Parallel.ForAsync(0, opened.Length, (i, _) =>
        {
            opened[i] = _fixture.Caches.Open(new AccountKey(ProviderKind.Gmail, "Someone@example.com"));
            return ValueTask.CompletedTask;
        });

        opened.ShouldAllBe(cache => ReferenceEquals(cache, opened[0]));
    }

    [Fact]
    public async Task Gmail_and_outlook_items_have_their_own_names_for_labels()
    {
        var gmail = _fixture.Caches.Open(new AccountKey(ProviderKind.Gmail, "g@example.com"));
        var outlook = _fixture.Caches.Open(new AccountKey(ProviderKind.Outlook, "o@example.com"));
        var mail = Mail(1) with { RemoteId = "18c2f", Uid = null, NativeLabels = ["x"], ThreadId = "18c00" };
        await gmail.ApplyAsync(Page("", "h1", mail), CancellationToken.None);
        await outlook.ApplyAsync(Page("AAMk", "d1", mail), CancellationToken.None);

        var fromGmail = gmail.List(new MessageQuery()).Messages[0];
        var fromOutlook = outlook.List(new MessageQuery()).Messages[0];

        (fromGmail.Id, fromGmail.ThreadId, fromGmail.Uid).ShouldBe(("18c2f", "18c00", (long?)null));
        fromGmail.LabelIds.ShouldBe(["INBOX", "UNREAD", "x"]);
        fromGmail.Categories.ShouldBeNull();
        fromOutlook.Categories.ShouldBe(["x"]);
        fromOutlook.LabelIds.ShouldBeNull();
        gmail.Known("").ShouldHaveSingleItem().RemoteId.ShouldBe("18c2f");
    }

    [Fact]
    public async Task Replies_share_the_thread_of_the_message_they_go_back_to()
    {
        await _fixture.AddAsync(
            Mail(1),
            Mail(2) with { Content = new MessageContent { Text = "", Headers = new MessageHeaders { InReplyTo = "<1@example.com>", References = ["<1@example.com>"] } } },
            Mail(3) with { Content = new MessageContent { Text = "", Headers = new MessageHeaders { InReplyTo = "<2@example.com>", References = ["<1@example.com>", "<2@example.com>"] } } },
            Mail(4));

        var thread = Cache.Find("INBOX", "3")!.ThreadId;

        thread.ShouldStartWith("t_");
        thread.Length.ShouldBe(29);
        Cache.Thread(thread).Select(item => item.Id).ShouldBe(["imap:1", "imap:2", "imap:3"]);
        Cache.Find("INBOX", "4")!.ThreadId.ShouldNotBe(thread);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    internal static void CopyTree(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
