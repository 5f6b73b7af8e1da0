using System.Text;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outbox;

public sealed class OutboxSweepTests
{
    [Fact]
    public async Task Mail_whose_row_is_about_to_be_written_is_not_swept_and_what_a_crash_left_is()
    {
        await using var directory = new TempDirectory();
        var (paths, clock) = (new DataPaths(directory.Path), new ManualClock());
        using var store = StoreSchema.Open(paths);
        var outbox = new OutboxStore(store, paths, new EventHub(clock), clock);
        await outbox.WriteMailAsync("o_1", stream => stream.WriteAsync(Encoding.ASCII.GetBytes("Subject: x\r\n\r\n")).AsTask());

        await outbox.SweepAsync(clock.GetUtcNow(), CancellationToken.None);
        File.Exists(outbox.PathOf("o_1")).ShouldBeTrue("its row comes");

        await new OutboxStore(store, paths, new EventHub(clock), clock).SweepAsync(clock.GetUtcNow(), CancellationToken.None);
        File.Exists(outbox.PathOf("o_1")).ShouldBeFalse("nobody knows it after a crash");
    }
}
