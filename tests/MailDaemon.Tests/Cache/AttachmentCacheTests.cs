using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Cache;

public sealed class AttachmentCacheTests : IDisposable
{
    private static readonly AccountKey me = new(ProviderKind.Imap, "me@example.com");
    private static readonly AccountKey you = new(ProviderKind.Gmail, "you@example.com");
    private readonly TempDirectory directory = new();
    private readonly ManualClock clock = new();
    private readonly DataPaths paths;
    private readonly AttachmentCache cache;
    private int downloads;

    public AttachmentCacheTests()
    {
        paths = new DataPaths(directory.Path);
        cache = new AttachmentCache(paths, Options.Create(new CacheOptions { AttachmentBytes = 100 }), clock);
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Attachment_is_downloaded_once()
    {
        var first = await GetAsync("m_1", "0", 10);
        var second = await GetAsync("m_1", "0", 10);

        downloads.ShouldBe(1);
        second.FullName.ShouldBe(first.FullName);
        second.Length.ShouldBe(10);
        first.DirectoryName.ShouldBe(paths.Account(me).Attachments);
    }

    [Theory]
    [InlineData("m_1", "1")]
    [InlineData("m_2", "0")]
    [InlineData("m_1\n0", "")]
    public async Task Another_attachment_is_another_file(string key, string id)
    {
        var first = await GetAsync("m_1", "0", 10);
        var other = await GetAsync(key, id, 10);

        other.FullName.ShouldNotBe(first.FullName);
        downloads.ShouldBe(2);
    }

    [Fact]
    public async Task Names_of_others_never_become_a_path()
    {
        var file = await GetAsync("../../../etc", "/etc/passwd", 10);

        file.DirectoryName.ShouldBe(paths.Account(me).Attachments);
        file.Name.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Two_callers_wait_for_one_download()
    {
        var release = new TaskCompletionSource();
        var first = GetAsync("m_1", "0", 10, release.Task);
        var second = GetAsync("m_1", "0", 10, release.Task);

        downloads.ShouldBe(1);
        second.IsCompleted.ShouldBeFalse();
        release.SetResult();

        (await first).FullName.ShouldBe((await second).FullName);
        downloads.ShouldBe(1);
    }

    [Fact]
    public async Task Failure_leaves_nothing_and_the_next_caller_tries_again()
    {
        await Should.ThrowAsync<MailException>(GetAsync("m_1", "0", 10, Task.FromException(MailException.NotFound("gone", "gone"))));
        Directory.GetFiles(paths.Account(me).Attachments).ShouldBeEmpty();

        (await GetAsync("m_1", "0", 10)).Length.ShouldBe(10);
        downloads.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_failure_the_waiting_still_come_one_by_one()
    {
        var (failing, going) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = GetAsync("m_1", "0", 10, failing.Task);
        var second = GetAsync("m_1", "0", 10, going.Task);
        failing.SetException(MailException.NotFound("gone", "gone"));
        await Should.ThrowAsync<MailException>(first);
        await Eventually.UntilAsync(() => Volatile.Read(ref downloads) == 2, "the second downloads");

        var third = GetAsync("m_1", "0", 10, going.Task);
        downloads.ShouldBe(2);
        going.SetResult();

        (await second).Length.ShouldBe(10);
        (await third).Length.ShouldBe(10);
        downloads.ShouldBe(2);
    }

    [Fact]
    public async Task Caller_that_leaves_leaves_nothing()
    {
        using var leaving = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var left = cache.GetAsync(me, "m_1", "0", (_, ct) => never.Task.WaitAsync(ct), leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(left);
        Directory.GetFiles(paths.Account(me).Attachments).ShouldBeEmpty();
    }

    [Fact]
    public async Task Least_recently_used_go_first_over_all_accounts()
    {
        var old = await GetAsync("m_1", "0", 40);
        var unused = await GetAsync("m_2", "0", 40, account: you);
        await GetAsync("m_1", "0", 40);

        var newest = await GetAsync("m_3", "0", 40);

        File.Exists(old.FullName).ShouldBeTrue();
        File.Exists(unused.FullName).ShouldBeFalse();
        File.Exists(newest.FullName).ShouldBeTrue();
    }

    [Fact]
    public async Task Newest_stays_whatever_its_size()
    {
        await GetAsync("m_1", "0", 60);
        var large = await GetAsync("m_2", "0", 5_000);

        Directory.GetFiles(paths.Account(me).Attachments).ShouldHaveSingleItem().ShouldBe(large.FullName);
    }

    [Fact]
    public async Task File_is_its_owners_alone()
    {
        var file = await GetAsync("m_1", "0", 10);

        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file.FullName).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<FileInfo> GetAsync(string key, string id, int bytes, Task? until = null, AccountKey? account = null)
    {
        clock.Advance(TimeSpan.FromMinutes(1));
        return cache.GetAsync(
            account ?? me,
            key,
            id,
            async (stream, ct) =>
            {
                Interlocked.Increment(ref downloads);
                await (until ?? Task.CompletedTask);
                await stream.WriteAsync(new byte[bytes], ct);
            },
            CancellationToken.None);
    }
}
