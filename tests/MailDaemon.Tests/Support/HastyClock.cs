namespace MailDaemon.Tests.Support;

/// <summary>Time in which every wait is over at once and is counted: the pauses between tries cost a test nothing. Limits, which are longer, never end.</summary>
internal sealed class HastyClock : TimeProvider
{
    private readonly ManualClock clock = new();

    /// <summary>What is as long as this is a limit.</summary>
    public TimeSpan NeverFrom { get; init; } = TimeSpan.FromMinutes(1);

    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan || dueTime >= NeverFrom)
            return clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (Waits)
            Waits.Add(dueTime);
        clock.Advance(dueTime);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
