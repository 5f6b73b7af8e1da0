using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Who may go, and when: four at once, persons before passes and passes not for ever after them, nobody while the server asks to wait.</summary>
public sealed class GraphPermitsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    private readonly ManualClock clock = new();
    private readonly GraphPermits permits;
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    public GraphPermitsTests() => permits = new GraphPermits(clock);

    [Fact]
    public async Task Four_go_at_once_and_the_fifth_when_one_is_back()
    {
        var held = new List<GraphPermit>();
        for (var i = 0; i < 4; i++)
            held.Add(await Take(1));
        var fifth = Take(1);
        fifth.IsCompleted.ShouldBeFalse();

        held[2].Dispose();
        held[2].Dispose();

        (await fifth).Dispose();
        var sixth = await Take(1);
        Take(1).IsCompleted.ShouldBeFalse();
        sixth.Dispose();
    }

    [Fact]
    public async Task A_batch_waits_for_all_four()
    {
        var single = await Take(1);
        var batch = Take(4);
        batch.IsCompleted.ShouldBeFalse();

        single.Dispose();

        using var _ = await batch;
        Take(1).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_person_goes_before_the_batches_that_wait()
    {
        var running = await Take(4);
        var (second, third, person) = (Take(4), Take(4), Take(1));

        running.Dispose();

        using (await person)
            second.IsCompleted.ShouldBeFalse();
        (await second).Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task A_batch_that_has_waited_gets_the_next_permits_and_then_persons_go_again()
    {
        var first = await Take(1);
        var batch = Take(4);
        var persons = new List<Task<GraphPermit>> { Take(1), Take(1), Take(1) };
        persons.ShouldAllBe(p => p.IsCompleted, "it has not waited yet");
        clock.Advance(TimeSpan.FromSeconds(2));
        var later = new List<Task<GraphPermit>>();
        for (var i = 0; i < 6; i++)
            later.Add(Take(1));

        first.Dispose();
        foreach (var person in persons)
            (await person).Dispose();

        var running = await batch;
        later.ShouldAllBe(p => !p.IsCompleted);
        var next = Take(4);
        clock.Advance(TimeSpan.FromSeconds(10));
        running.Dispose();
        next.IsCompleted.ShouldBeFalse();
        later.Count(p => p.IsCompleted).ShouldBe(4);
        foreach (var person in later.Take(4))
            (await person).Dispose();
        (await next).Dispose();
        later.ShouldAllBe(p => p.IsCompleted);
    }

    [Fact]
    public async Task Nobody_goes_while_the_server_asks_to_wait()
    {
        permits.Pause(TimeSpan.FromSeconds(20));
        permits.Pause(TimeSpan.FromSeconds(5));
        var (single, batch) = (Take(1), Take(4));

        clock.Advance(TimeSpan.FromSeconds(19));
        (single.IsCompleted || batch.IsCompleted).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));

        (await batch).Dispose();
        (await single).Dispose();
    }

    [Fact]
    public async Task Who_would_wait_too_long_is_told_at_once_and_when_to_come_again()
    {
        permits.Pause(TimeSpan.FromSeconds(100));

        var failure = await Should.ThrowAsync<MailException>(Take(1));

        (failure.Code, failure.Fault, failure.RetryAfter).ShouldBe(("rate_limited", MailFault.TooMany, TimeSpan.FromSeconds(100)));
    }

    [Fact]
    public async Task Who_has_waited_too_long_is_told_and_takes_nothing_along()
    {
        var running = await Take(4);
        var waiting = Take(1);
        clock.Advance(Long);

        (await Should.ThrowAsync<MailException>(waiting)).Code.ShouldBe("rate_limited");
        running.Dispose();
        (await Take(4)).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_queue()
    {
        var running = await Take(4);
        using var gaveUp = new CancellationTokenSource();
        var batch = permits.TakeAsync(4, Long, gaveUp.Token);
        await gaveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(batch);
        running.Dispose();
        (await Take(4)).Dispose();
    }

    [Fact]
    public async Task A_wait_of_days_is_cut()
    {
        permits.Pause(TimeSpan.FromDays(2));

        (await Should.ThrowAsync<MailException>(Take(1))).RetryAfter.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task All_who_wait_end_with_the_client()
    {
        using var running = await Take(4);
        var waiting = Take(1);

        permits.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(waiting);
        await Should.ThrowAsync<ObjectDisposedException>(Take(1));
    }

    public void Dispose()
    {
        permits.Dispose();
        limit.Dispose();
    }

    private Task<GraphPermit> Take(int count) => permits.TakeAsync(count, Long, limit.Token);
}
