namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>A clock that stands still until it is moved; its timers fire while it moves.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private TaskCompletionSource timerAdded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset now = new(2026, 3, 14, 9, 26, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var timer = new ManualTimer(this, () => callback(state), now, dueTime);
            timers.Add(timer);
            timerAdded.SetResult();
            timerAdded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return timer;
        }
    }

    /// <summary>Ends when somebody waits for this long.</summary>
    public async Task WaitForTimerAsync(TimeSpan dueTime)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (timers.Exists(t => t.Due - t.Start == dueTime))
                {
                    return;
                }

                next = timerAdded.Task;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (gate)
        {
            now += by;
            due = [.. timers.Where(t => t.Due <= now)];
            timers.RemoveAll(t => t.Due <= now);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action fire, DateTimeOffset start, TimeSpan dueTime) : ITimer
    {
        public DateTimeOffset Start { get; } = start;

        public DateTimeOffset Due { get; } = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : start + dueTime;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
