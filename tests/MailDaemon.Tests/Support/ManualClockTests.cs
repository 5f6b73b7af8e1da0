namespace MailDaemon.Tests.Support;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Time_stands_still_until_advanced()
    {
        _clock.GetUtcNow().ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(90));

        _clock.GetUtcNow().ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 1, 30, TimeSpan.Zero));
        _clock.GetElapsedTime(before).ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public void Timers_fire_in_order_of_their_due_time_and_see_it()
    {
        var seen = new List<string>();
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);

        _clock.Advance(TimeSpan.FromSeconds(2));
        seen.ShouldBe(["early at 1"]);
        _clock.Advance(TimeSpan.FromSeconds(2));

        seen.ShouldBe(["early at 1", "late at 3"]);
        _clock.GetUtcNow().Second.ShouldBe(4);

        ITimer Timer(string name, int seconds) => _clock.CreateTimer(
            _ => seen.Add($"{name} at {_clock.GetUtcNow().Second}"), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_periodic_timer_fires_for_each_period_until_it_is_disposed()
    {
        var fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

        _clock.Advance(TimeSpan.FromSeconds(21));
        fired.ShouldBe(3);
        timer.Dispose();
        _clock.Advance(TimeSpan.FromMinutes(1));

        fired.ShouldBe(3);
        _clock.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task A_delay_ends_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);

        await _clock.UntilArmedAsync(1, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(59));
        delay.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await delay;
    }

    [Fact]
    public async Task Waiting_for_a_timer_ends_when_one_is_armed()
    {
        var waiting = _clock.UntilArmedAsync(1, CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1), _clock);
        await waiting;
        _clock.Advance(TimeSpan.FromSeconds(1));

        cancel.IsCancellationRequested.ShouldBeTrue();
    }
}
