using System.Text.Json;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

public sealed class MailCachePublishTests : IAsyncLifetime
{
    private readonly CacheFixture _fixture = new(publishedItems: 600);

    private MailCache Cache => _fixture.Cache;

    public async Task InitializeAsync() => await Cache.SaveFoldersAsync([Inbox, Sent], _ => true, CancellationToken.None);

    [Fact]
    public async Task Items_have_the_names_of_both_vocabularies()
    {
        await _fixture.AddAsync(Mail(7, flags: MessageFlags.Read) with { Subject = "报价 <b>", SentDate = null, NativeLabels = ["x"] });

        await PublishAsync();

        using var json = JsonDocument.Parse(File.ReadAllBytes(_fixture.Files.IndexJson));
        json.RootElement.GetProperty("total").GetInt32().ShouldBe(1);
        var item = json.RootElement.GetProperty("messages")[0];
        var key = Cache.Find("INBOX", "7")!.Key;
        var thread = Cache.Find("INBOX", "7")!.ThreadId;
        item.GetRawText().ShouldBe(
            $$"""
            {"id":"imap:7","key":"{{key}}","provider":"imap","email":"me@example.com","subject":"报价 <b>",
            "from":{"name":"Ann","address":"ann@example.com"},"to":[{"name":"Me","address":"me@example.com"}],
            "toRecipients":[{"name":"Me","address":"me@example.com"}],"replyTo":[],"replyToDiffers":false,"authentication":null,"date":"2026-01-05T08:07:00Z","receivedDateTime":"2026-01-05T08:07:00Z",
            "sentDateTime":null,"snippet":"Text of 7","bodyPreview":"Text of 7","isRead":true,"isStarred":false,"isAnswered":false,"isForwarded":false,"hasAttachments":false,
            "folder":"inbox","folderPath":"INBOX","uid":7,"labels":["x","INBOX"],"threadId":"{{thread}}","internetMessageId":"<7@example.com>","size":1007}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Index_is_bounded_to_the_newest()
    {
        await _fixture.AddAsync([.. Enumerable.Range(1, 700).Select(i => Mail(i))]);

        await PublishAsync();

        using var json = JsonDocument.Parse(File.ReadAllBytes(_fixture.Files.IndexJson));
        json.RootElement.GetProperty("total").GetInt32().ShouldBe(700);
        var ids = json.RootElement.GetProperty("messages").EnumerateArray().Select(item => item.GetProperty("uid").GetInt32()).ToList();
        ids.ShouldBe(Enumerable.Range(101, 600).Reverse());
    }

    [Fact]
    public async Task Sync_says_how_the_account_stands()
    {
        await _fixture.ApplyAsync(Page("INBOX", "cursor 1", Mail(1)) with { Progress = new SyncProgress(1, 9) });
        await Cache.SavePassAsync(new PassResult(Monday, Monday.AddMilliseconds(1_500), 1, 0, 0, null), listed: null, CancellationToken.None);
        await Cache.SaveFolderPassAsync("Sent", Monday, new FolderFailure("server_timeout", Monday), CancellationToken.None);

        await PublishAsync();

        File.ReadAllText(_fixture.Files.SyncJson).ShouldBe(
            """
            {"provider":"imap","email":"me@example.com","updatedAt":"2026-01-01T00:00:00Z","total":1,"unread":1,
            "lastPass":{"started":"2026-01-05T08:00:00Z","finished":"2026-01-05T08:00:01.500Z","added":1,"updated":0,"removed":0,"error":null},
            "progress":{"done":1,"total":9},
            "folders":[{"path":"INBOX","folder":"inbox","total":1,"unread":1,"lastPass":null,"error":null},
            {"path":"Sent","folder":"sent","total":0,"unread":0,"lastPass":null,"error":"server_timeout"}],
            "cursors":[{"scope":"INBOX","cursor":"cursor 1"}]}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Published_a_moment_ago_it_waits_and_then_says_the_latest()
    {
        await _fixture.AddAsync(Mail(1));
        await PublishAsync();
        await _fixture.AddAsync(Mail(2));

        (await Cache.PublishAsync(CancellationToken.None)).ShouldBeFalse();
        Published().ShouldBe(1);

        _fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        (await Cache.PublishAsync(CancellationToken.None)).ShouldBeTrue();
        Published().ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_new_writes_nothing()
    {
        await _fixture.AddAsync(Mail(1));
        await PublishAsync();
        File.Delete(_fixture.Files.IndexJson);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        await _fixture.AddAsync(Mail(1));
        await PublishAsync();
        File.Exists(_fixture.Files.IndexJson).ShouldBeFalse();

        await Cache.SavePassAsync(new PassResult(Monday, Monday, 0, 0, 0, null), listed: null, CancellationToken.None);
        await PublishAsync();
        File.Exists(_fixture.Files.IndexJson).ShouldBeFalse();
        File.ReadAllText(_fixture.Files.SyncJson).ShouldContain("2026-01-05T08:00:00Z");
    }

    [Fact]
    public async Task Closing_publishes_what_is_left()
    {
        await _fixture.AddAsync(Mail(1));
        await PublishAsync();
        await _fixture.AddAsync(Mail(2));

        await _fixture.RestartAsync();

        Published().ShouldBe(2);
    }

    [Fact]
    public async Task Tending_publishes_what_is_due_in_every_open_cache()
    {
        await _fixture.AddAsync(Mail(1));
        var other = new AccountKey(ProviderKind.Gmail, "g@example.com");
        await _fixture.Caches.Open(other).ApplyAsync(Page("", "1", Mail(1)), CancellationToken.None);

        await _fixture.Caches.TendAsync(CancellationToken.None);

        Published().ShouldBe(1);
        File.Exists(_fixture.Paths.Account(other).IndexJson).ShouldBeTrue();
    }

    [Fact]
    public async Task One_account_that_cannot_be_published_does_not_keep_the_others_from_it()
    {
        await _fixture.AddAsync(Mail(1));
        Directory.CreateDirectory(Path.Combine(_fixture.Files.IndexJson, "in the way"));
        var other = new AccountKey(ProviderKind.Gmail, "g@example.com");
        await _fixture.Caches.Open(other).ApplyAsync(Page("", "1", Mail(1)), CancellationToken.None);

        await Should.ThrowAsync<AggregateException>(() => _fixture.Caches.TendAsync(CancellationToken.None));

        File.Exists(_fixture.Paths.Account(other).IndexJson).ShouldBeTrue();
        Directory.GetFiles(_fixture.Files.Directory, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task Readers_meanwhile_see_a_whole_file_and_nothing_is_left_beside_it()
    {
        await _fixture.AddAsync(Mail(1));
        await PublishAsync();
        using var held = new FileStream(_fixture.Files.IndexJson, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await _fixture.AddAsync(Mail(2));
        _fixture.Clock.Advance(TimeSpan.FromSeconds(3));

        await PublishAsync();

        using var old = JsonDocument.Parse(held);
        old.RootElement.GetProperty("messages").GetArrayLength().ShouldBe(1);
        Published().ShouldBe(2);
        Directory.GetFiles(_fixture.Files.Directory, "*.tmp").ShouldBeEmpty();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(_fixture.Files.IndexJson).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private async Task PublishAsync() => (await Cache.PublishAsync(CancellationToken.None)).ShouldBeTrue();

    private int Published()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(_fixture.Files.IndexJson));
        return json.RootElement.GetProperty("messages").GetArrayLength();
    }
}
