using System.Runtime.InteropServices;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Cache;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Storage;

/// <summary>A process that is told to share everything keeps this to itself all the same.</summary>
public sealed class UmaskTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Everything_is_private_under_an_open_umask()
    {
        if (OperatingSystem.IsWindows())
            return;
        var before = SetUmask(0);
        try
        {
            var paths = new DataPaths(Path.Combine(_directory.Path, "data"));
            StoreSchema.Open(paths).Dispose();
            await using var caches = new MailCaches(paths, TimeProvider.System, new EventHub(TimeProvider.System));
            var cache = caches.Open(CacheFixture.Me);
            await cache.ApplyAsync(CacheFixture.Page("INBOX", "1", CacheFixture.Mail(1)), CancellationToken.None);
            await cache.PublishAsync(CancellationToken.None);

            var entries = new DirectoryInfo(paths.Root).GetFileSystemInfos("*", SearchOption.AllDirectories);

            entries.Length.ShouldBeGreaterThan(12);
            foreach (var entry in entries)
                entry.UnixFileMode.ShouldBe((UnixFileMode)(entry is DirectoryInfo ? 0b111_000_000 : 0b110_000_000), entry.FullName);
        }
        finally
        {
            _ = SetUmask(before);
        }
    }

    public void Dispose() => _directory.Dispose();

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetUmask(uint mask);
}
