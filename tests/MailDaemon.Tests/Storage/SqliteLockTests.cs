using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Storage;

public sealed class SqliteLockTests
{
    [Fact]
    public async Task Open_store_is_locked_against_others_that_look_into_it()
    {
        await using var directory = new TempDirectory();
        var paths = new DataPaths(directory.Path);
        StoreSchema.Open(paths).Dispose();
        using var store = StoreSchema.Open(paths);
        store.Read(reader => reader.Number("select count(*) from rules")).ShouldBe(0);

        // Of each of our descriptors the system tells the locks that this process holds by it.
        var locks = Directory.EnumerateFiles("/proc/self/fd")
            .Where(descriptor => new FileInfo(descriptor).LinkTarget == paths.StoreDatabase)
            .Select(descriptor => File.ReadAllText("/proc/self/fdinfo/" + Path.GetFileName(descriptor)))
            .ToList();

        locks.ShouldContain(told => told.Contains("POSIX  ADVISORY  READ", StringComparison.Ordinal));
    }
}
