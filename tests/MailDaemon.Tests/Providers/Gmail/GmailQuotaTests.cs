using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Gmail;

public sealed class GmailQuotaTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ManualClock clock = new();

    [Fact]
    public async Task What_the_minute_holds_goes_at_once_and_the_rest_as_it_comes_free()
    {
        using var quota = new GmailQuota(100, clock);
        quota.SpendAsync(GmailLane.Person, 20, default).IsCompletedSuccessfully.ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(30));
        Enumerable.Range(0, 4).ShouldAllBe(_ => quota.SpendAsync(GmailLane.Person, 20, default).IsCompletedSuccessfully);
        var sixth = quota.SpendAsync(GmailLane.Person, 20, default);

        clock.Advance(TimeSpan.FromSeconds(30));
        quota.Spending.Requests.ShouldBe(5);
        clock.Advance(TimeSpan.FromSeconds(1));
        await sixth.WaitAsync(Limit);

        clock.ArmedTimers.ShouldBe(0);
        quota.Spending.ShouldBe(new GmailSpending(120, 6, 100));
    }

    [Fact]
    public async Task A_first_pass_of_5000_runs_at_the_quota_and_never_above_it()
    {
        using var quota = new GmailQuota(6_000, clock);
        var start = clock.GetUtcNow();
        var spent = new List<(TimeSpan At, int Units)>();
        for (var left = 5_000; left > 0;)
        {
            var before = quota.Spending.Requests;
            var grant = quota.SpendAsync(GmailLane.Pass, GmailUnits.GetMessage, Math.Min(5, left), Math.Min(50, left), default);
            while (quota.Spending.Requests == before)
                clock.Advance(TimeSpan.FromMilliseconds(50));
            var count = await grant;
            spent.Add((clock.GetUtcNow() - start, count * GmailUnits.GetMessage));
            left -= count;
        }

        // 100,000 units at 6,000 a minute are 16 minutes 40 seconds.
        spent[^1].At.ShouldBeLessThan(TimeSpan.FromMinutes(17.5));
        foreach (var (at, _) in spent)
            spent.Where(s => s.At >= at && s.At < at + TimeSpan.FromMinutes(1)).Sum(s => s.Units).ShouldBeLessThanOrEqualTo(6_000);

        // The first page comes at once.
        spent.Where(s => s.At < TimeSpan.FromSeconds(1)).Sum(s => s.Units).ShouldBeGreaterThanOrEqualTo(1_000);
    }

    [Fact]
    public async Task A_person_goes_before_a_pass_that_came_first()
    {
        using var quota = new GmailQuota(1_000, clock);
        quota.SpendAsync(GmailLane.Pass, 1, default).IsCompleted.ShouldBeTrue();
        quota.Refused(TimeSpan.FromSeconds(5));
        var pass = quota.SpendAsync(GmailLane.Pass, 700, default);
        var person = quota.SpendAsync(GmailLane.Person, 700, default);

        // Eight hundred are left of the minute: only one of them has room.
        clock.Advance(TimeSpan.FromSeconds(6));

        await person.WaitAsync(Limit);
        pass.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_pass_leaves_room_for_a_person_at_any_time()
    {
        using var quota = new GmailQuota(6_000, clock);
        using var stop = new CancellationTokenSource();
        var pass = Task.Run(
            async () =>
            {
                while (true)
                    await quota.SpendAsync(GmailLane.Pass, 20, 5, 25, stop.Token);
            },
            CancellationToken.None);
        for (var second = 0; second < 180; second++)
        {
            await clock.UntilArmedAsync(1, CancellationToken.None);
            clock.Advance(TimeSpan.FromSeconds(1));
            if (second % 15 == 0)
                quota.SpendAsync(GmailLane.Person, 20, CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(pass);
        clock.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Many_persons_do_not_keep_a_pass_from_its_turn()
    {
        using var quota = new GmailQuota(1_000, clock);
        quota.Refused(TimeSpan.FromSeconds(15));
        var persons = Enumerable.Range(0, 9).Select(_ => quota.SpendAsync(GmailLane.Person, 100, default)).ToArray();
        var pass = quota.SpendAsync(GmailLane.Pass, 100, default);
        var another = quota.SpendAsync(GmailLane.Pass, 100, default);

        // Eight of the eleven have room.
        clock.Advance(TimeSpan.FromSeconds(15));

        await pass.WaitAsync(Limit);
        await Task.WhenAll(persons[..7]).WaitAsync(Limit);
        (persons[7].IsCompleted, another.IsCompleted).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_refusal_stops_everybody_as_long_as_the_server_says_and_slows_the_rate()
    {
        using var quota = new GmailQuota(1_000, clock);
        quota.Refused(TimeSpan.FromSeconds(30));
        quota.Refused(null);
        var person = quota.SpendAsync(GmailLane.Person, 1, default);

        clock.Advance(TimeSpan.FromSeconds(29));
        person.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        await person.WaitAsync(Limit);
        quota.Spending.UnitsPerMinute.ShouldBe(800);
        clock.Advance(TimeSpan.FromMinutes(10));
        quota.Spending.UnitsPerMinute.ShouldBe(1_000);
    }

    [Fact]
    public async Task A_server_cannot_stop_an_account_for_days()
    {
        using var quota = new GmailQuota(1_000, clock);
        quota.Refused(TimeSpan.FromDays(3));
        var pass = quota.SpendAsync(GmailLane.Pass, 1, default);

        clock.Advance(RetryDelay.MaxRetryAfter);

        await pass.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_person_hears_of_it_after_a_minute()
    {
        using var quota = new GmailQuota(1_000, clock);
        quota.Refused(TimeSpan.FromMinutes(5));
        var person = quota.SpendAsync(GmailLane.Person, 1, default);

        clock.Advance(TimeSpan.FromSeconds(61));

        (await Should.ThrowAsync<MailException>(person)).Code.ShouldBe("rate_limited");
        quota.Spending.Requests.ShouldBe(0);
        clock.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Who_leaves_pays_nothing_and_holds_nobody_up()
    {
        using var quota = new GmailQuota(1_000, clock);
        using var leaving = new CancellationTokenSource();
        quota.SpendAsync(GmailLane.Person, 900, default).IsCompleted.ShouldBeTrue();
        var first = quota.SpendAsync(GmailLane.Person, 500, leaving.Token);
        var second = quota.SpendAsync(GmailLane.Person, 100, default);
        second.IsCompleted.ShouldBeFalse();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(first);
        await second.WaitAsync(Limit);
        quota.Spending.ShouldBe(new GmailSpending(1_000, 2, 1_000));
    }

    [Fact]
    public async Task What_no_minute_holds_goes_alone()
    {
        using var quota = new GmailQuota(100, clock);
        quota.SpendAsync(GmailLane.Person, 1, default).IsCompleted.ShouldBeTrue();
        var large = quota.SpendAsync(GmailLane.Pass, 250, default);
        large.IsCompleted.ShouldBeFalse();

        clock.Advance(TimeSpan.FromSeconds(61));

        await large.WaitAsync(Limit);
    }

    [Fact]
    public async Task The_end_of_the_account_ends_the_waiting()
    {
        var quota = new GmailQuota(100, clock);
        quota.Refused(TimeSpan.FromMinutes(1));
        var pass = quota.SpendAsync(GmailLane.Pass, 1, default);

        quota.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(pass);
        clock.ArmedTimers.ShouldBe(0);
    }
}
