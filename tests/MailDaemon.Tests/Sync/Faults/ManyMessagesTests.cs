using System.Text;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>A hundred thousand messages, and everybody wants them at once.</summary>
[Collection(nameof(EndlessAnswerTests))]
public sealed class ManyMessagesTests
{
    private const int Messages = 100_000;

    /// <summary>Some pages of mail: what is held must not grow with the folder.</summary>
    private const long MostBytes = 64 * 1024 * 1024;

    [Fact]
    public async Task Two_passes_and_a_manual_sync_at_once_read_each_of_many_messages_once()
    {
        await using var server = await FaultyServer.StartAsync();
        var counters = server.Engine.Servers.ImapCounters;
        for (var i = 0; i < Messages; i++)
        {
            server.Inbox.Append(Encoding.ASCII.GetBytes($"Message-ID: <{i}@many.test>\r\nSubject: {i}\r\n\r\nx\r\n"), internalDate: server.Engine.Clock.GetUtcNow().AddSeconds(-i));
        }

        var passes = server.Engine.Get<SyncPasses>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var all = Task.WhenAll(
            passes.RunAsync(server.Engine.Account, CancellationToken.None),
            passes.RunAsync(server.Engine.Account, CancellationToken.None),
            passes.RunAfreshAsync(server.Engine.Account, PassScope.Thorough, CancellationToken.None));
        var seen = 0;
        while (await Task.WhenAny(all, Task.Delay(1000)) != all)
        {
            (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MostBytes);
            counters.OpenConnections.ShouldBeInRange(1, 3);
            var total = server.Cache.List(new MessageQuery()).Total;
            total.ShouldBeGreaterThanOrEqualTo(seen);
            seen = total;
        }

        // The manual sync had one pass more to itself, which found nothing; headers and bodies came in pages of 250.
        (await all).Select(r => r.Added).ShouldBe([Messages, Messages, Messages]);
        counters.CountOf("LIST").ShouldBe(2);
        counters.CountOf("FETCH").ShouldBeLessThan(2 * ((Messages / 250) + 10));
        await server.ShouldHealAsync();

        server.Inbox.Expunge(server.Inbox.Messages.Select(m => m.Uid).Where(u => u % 10 != 0).ToList());
        await server.ShouldHealAsync();
    }
}
