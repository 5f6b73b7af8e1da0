using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using static MailDaemon.Tests.Cache.CacheFixture;

namespace MailDaemon.Tests.Cache;

public sealed class UnifiedListTests : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private MailCaches _caches = null!;
    private List<MailCache> _all = [];
    private List<string> _expected = [];

    /// <summary>Three accounts of very different size, with many messages of the same instant within and between them.</summary>
    public async Task InitializeAsync()
    {
        _caches = new MailCaches(new DataPaths(_directory.Path), new ManualClock(), new EventHub(TimeProvider.System));
        var random = new Random(20260101);
        var messages = new List<(int Account, long Date, long Uid)>();
        foreach (var (account, count) in new[] { (0, 3_000), (1, 1_300), (2, 7) })
        {
            var cache = _caches.Open(new AccountKey(ProviderKind.Imap, $"a{account}@example.com"));
            await cache.SaveFoldersAsync([Inbox], _ => true, CancellationToken.None);
            var mail = Enumerable.Range(1, count).Select(uid => Mail(uid, flags: uid % 3 == 0 ? MessageFlags.Read : MessageFlags.None) with { Date = Monday.AddSeconds(random.Next(2_000)) }).ToArray();
            await cache.ApplyAsync(CacheFixture.Page("INBOX", "1", mail), CancellationToken.None);
            _all.Add(cache);
            messages.AddRange(mail.Select(m => (account, m.Date.ToUnixTimeMilliseconds(), m.Uid!.Value)));
        }

        _expected = [.. messages.OrderByDescending(m => m.Date).ThenBy(m => m.Account).ThenByDescending(m => m.Uid).Select(m => $"{m.Account}/{m.Uid}")];
    }

    public async Task DisposeAsync()
    {
        await _caches.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(1, 1)]
    [InlineData(511, 2)]
    [InlineData(512, 500)]
    [InlineData(2_999, 50)]
    [InlineData(4_300, 50)]
    [InlineData(4_306, 1)]
    public void Page_is_the_same_part_of_the_merged_list(int offset, int limit) =>
        Listed(new MessageQuery { Offset = offset, Limit = limit }).ShouldBe(_expected.Skip(offset).Take(limit));

    [Fact]
    public void Pages_join_without_gap() =>
        Enumerable.Range(0, 44).SelectMany(page => Listed(new MessageQuery { Offset = page * 100, Limit = 100 })).ShouldBe(_expected);

    [Fact]
    public void Unread_ones_are_paged_alike() =>
        Enumerable.Range(0, 30).SelectMany(page => Listed(new MessageQuery { IsUnread = true, Offset = page * 100, Limit = 100 }))
            .ShouldBe(_expected.Where(m => int.Parse(m.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture) % 3 != 0));

    [Fact]
    public void Total_counts_all_accounts() => UnifiedList.Read(_all, new MessageQuery { Offset = 10_000 }).Total.ShouldBe(4_307);

    [Fact]
    public async Task Folder_of_one_account_leaves_the_others_out()
    {
        await _all[1].SaveFoldersAsync([Inbox, Work], _ => true, CancellationToken.None);
        await _all[1].ApplyAsync(CacheFixture.Page(Work.Path, "1", Mail(1, identity: "w", folder: Work.Path)), CancellationToken.None);

        Listed(new MessageQuery { Folder = Work.Path }).ShouldBe(["1/1"]);
        Should.Throw<MailException>(() => Listed(new MessageQuery { Folder = "nowhere" })).Code.ShouldBe("folder_not_found");
    }

    private List<string> Listed(MessageQuery query) => [.. UnifiedList.Read(_all, query).Messages.Select(item => $"{item.Email[1]}/{item.Uid}")];
}
