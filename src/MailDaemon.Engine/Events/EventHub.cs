using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Events;

/// <summary>What was read of the events after a certain one.</summary>
/// <param name="IsGap">Events between that one and these are no longer known.</param>
public sealed record EventPage(IReadOnlyList<MailEvent> Events, bool IsGap);

/// <summary>
/// The newest events, for whoever follows them. Readers read at their own pace and never hold up a writer; who is slower than the memory
/// is long is told of the gap. Nothing is kept over a restart. Thread-safe.
/// </summary>
public sealed class EventHub(TimeProvider time)
{
    /// <summary>Events that are remembered.</summary>
    public const int Capacity = 10_000;

    private readonly Lock gate = new();
    private readonly MailEvent[] ring = new MailEvent[Capacity];
    private long last;
    private TaskCompletionSource arrived = NewSignal();

    /// <summary>Tells the events of one run of the daemon from those of another.</summary>
    public string Run { get; } = Convert.ToString(time.GetUtcNow().ToUnixTimeMilliseconds(), 16);

    /// <summary>The number of the newest event; 0 before the first.</summary>
    public long Last
    {
        get
        {
            lock (gate)
            {
                return last;
            }
        }
    }

    public void Publish(string type, AccountKey account, string? key = null, object? data = null)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            last++;
            ring[last % Capacity] = new MailEvent(last, time.GetUtcNow(), type, account, key, data);
            signal = arrived;
            arrived = NewSignal();
        }

        signal.TrySetResult();
    }

    /// <summary>The events after a number, oldest first.</summary>
    public EventPage Read(long after, int limit)
    {
        lock (gate)
        {
            var oldest = Math.Max(1, last - Capacity + 1);
            var first = Math.Max(after + 1, oldest);
            var count = (int)Math.Clamp(last - first + 1, 0, limit);
            var events = new MailEvent[count];
            for (var i = 0; i < count; i++)
            {
                events[i] = ring[(first + i) % Capacity];
            }

            return new EventPage(events, after + 1 < oldest || after > last);
        }
    }

    /// <summary>Returns as soon as there is an event after a number.</summary>
    public Task WaitAsync(long after, CancellationToken ct)
    {
        lock (gate)
        {
            return last > after ? Task.CompletedTask : arrived.Task.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
