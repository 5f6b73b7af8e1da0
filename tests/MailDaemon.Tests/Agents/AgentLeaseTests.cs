using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Agents;

public sealed class AgentLeaseTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly TempDirectory directory = new();
    private readonly ManualClock clock = new();
    private readonly SqliteFile store;
    private readonly AgentTaskStore tasks;

    public AgentLeaseTests()
    {
        store = StoreSchema.Open(new DataPaths(directory.Path));
        tasks = new AgentTaskStore(store, new EventHub(clock), clock);
    }

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Lease_that_is_over_is_given_again_under_another_token_and_after_some_the_task_is_dead()
    {
        await AddAsync();
        var tokens = new List<string>();
        for (var attempt = 1; attempt <= AgentTask.MostAttempts; attempt++)
        {
            var taken = (await TakeAsync()).ShouldHaveSingleItem();
            taken.Attempts.ShouldBe(attempt);
            tokens.Add(taken.CapabilityToken!);
            (await TakeAsync()).ShouldBeEmpty("it is leased");
            clock.Advance(Lease);
        }

        (await TakeAsync()).ShouldBeEmpty();
        tasks.List("dead", null, 0, 10).Tasks.ShouldHaveSingleItem().Error.ShouldNotBeNull();
        tokens.Distinct().Count().ShouldBe(AgentTask.MostAttempts);
        Should.Throw<MailException>(() => tasks.Open("t_1", tokens[^1])).Code.ShouldBe("capability_refused");
    }

    [Fact]
    public async Task Whose_lease_is_over_cannot_complete_what_another_has()
    {
        await AddAsync();
        var first = (await TakeAsync()).Single();
        clock.Advance(Lease);
        var second = (await TakeAsync()).Single();

        Should.Throw<MailException>(() => tasks.Open("t_1", first.CapabilityToken!)).Code.ShouldBe("capability_refused");
        (await Should.ThrowAsync<MailException>(() => tasks.BeginCompletingAsync(first, null, [], CancellationToken.None))).Code.ShouldBe("lease_over");
        tasks.Open("t_1", second.CapabilityToken!).State.ShouldBe("leased");
    }

    [Fact]
    public async Task Lease_that_is_over_opens_nothing_also_when_nobody_else_has_the_task()
    {
        await using var app = await DaemonApp.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await AgentSamples.AddAsync(app.Services.GetRequiredService<SqliteFile>(), clock.GetUtcNow());
        var task = (await app.PostAsync("/api/agents/sales/tasks/lease", new { lease = 60 })).Result.GetProperty("tasks")[0];
        var bearer = ("Authorization", $"Bearer {task.GetProperty("capabilityToken").GetString()}");
        Task<Reply> PostAsync(string what) => app.PostAsync($"/api/agents/tasks/t_1/{what}", new { }, bearer);

        clock.Advance(TimeSpan.FromSeconds(59));
        (await PostAsync("extend")).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromSeconds(300));
        foreach (var what in new[] { "extend", "fail", "complete" })
        {
            var refused = await PostAsync(what);
            (refused.Status, refused.Error).ShouldBe((409, "lease_over"), what);
        }

        var again = (await app.PostAsync("/api/agents/sales/tasks/lease", new { lease = 60 })).Result.GetProperty("tasks")[0];
        (await PostAsync("complete")).Error.ShouldBe("capability_refused", "another lease has another token");
        bearer = ("Authorization", $"Bearer {again.GetProperty("capabilityToken").GetString()}");
        (await PostAsync("complete")).Status.ShouldBe(200);
        clock.Advance(TimeSpan.FromHours(1));
        (await PostAsync("complete")).Status.ShouldBe(200, "the answer may have been lost");
    }

    [Fact]
    public async Task Task_that_was_given_back_rests_a_while()
    {
        await AddAsync();
        var taken = tasks.Open("t_1", (await TakeAsync()).Single().CapabilityToken!);
        await tasks.FailAsync(taken, "busy", isFinal: false, CancellationToken.None);

        (await TakeAsync()).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(10));
        (await TakeAsync()).ShouldHaveSingleItem();
    }

    private Task<IReadOnlyList<AgentTask>> TakeAsync() => tasks.LeaseAsync("sales", 5, Lease, TimeSpan.Zero, CancellationToken.None);

    private Task AddAsync() => AgentSamples.AddAsync(store, clock.GetUtcNow());
}
