using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Events;

public sealed class EventHubTests
{
    private static readonly AccountKey Account = new(ProviderKind.Imap, "a@example.com");

    private readonly EventHub hub = new(new ManualClock());

    [Fact]
    public void Events_are_read_in_order_from_where_one_left_off()
    {
        Publish(5);

        var first = hub.Read(0, 2);
        var rest = hub.Read(first.Events[^1].Number, 10);

        first.Events.Select(e => e.Number).ShouldBe([1, 2]);
        rest.Events.Select(e => e.Key).ShouldBe(["m_3", "m_4", "m_5"]);
        hub.Read(5, 10).ShouldBe(new EventPage([], IsGap: false), new PageComparer());
    }

    [Fact]
    public void Reader_who_is_slower_than_the_memory_is_long_is_told_of_the_gap()
    {
        Publish(EventHub.Capacity + 1);

        hub.Read(0, 10).IsGap.ShouldBeTrue();
        hub.Read(1, EventHub.Capacity).IsGap.ShouldBeFalse();
        hub.Read(1, EventHub.Capacity).Events.Count.ShouldBe(EventHub.Capacity);
        hub.Read(EventHub.Capacity + 2, 1).IsGap.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_the_next_event_and_not_by_the_last()
    {
        Publish(1);
        hub.WaitAsync(0, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        var waiting = hub.WaitAsync(1, CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        Publish(1);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private void Publish(int count)
    {
        for (var i = 0; i < count; i++)
            hub.Publish(EventTypes.MessageAdded, Account, $"m_{hub.Last + 1}");
    }

    private sealed class PageComparer : IEqualityComparer<EventPage>
    {
        public bool Equals(EventPage? x, EventPage? y) => x!.IsGap == y!.IsGap && x.Events.SequenceEqual(y.Events);

        public int GetHashCode(EventPage obj) => obj.Events.Count;
    }
}
