using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Agents;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Agents;

/// <summary>Tasks pushed to an endpoint that fails in its ways, by a clock that stands still.</summary>
public sealed class AgentPushTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private readonly ManualClock clock = new();
    private readonly HookEndpoint endpoint = new();
    private readonly HookSender sender;
    private readonly EndpointRests rests;
    private readonly SqliteFile store;
    private readonly AgentTaskStore tasks;

    public AgentPushTests()
    {
        var paths = new DataPaths(directory.Path);
        store = StoreSchema.Open(paths);
        tasks = new AgentTaskStore(store, new EventHub(clock), clock);
        sender = new HookSender(new OutgoingHttp(Options.Create(new OutgoingOptions())), clock);
        rests = new EndpointRests(clock);
    }

    private AgentTask Task => tasks.Get("t_1");

    public Task InitializeAsync() => AgentSamples.AddAsync(store, clock.GetUtcNow());

    public async Task DisposeAsync()
    {
        await endpoint.DisposeAsync();
        sender.Dispose();
        store.Dispose();
        directory.Dispose();
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Endpoint_that_is_away_for_a_day_costs_no_attempt_and_gets_the_task_when_it_is_back(int status)
    {
        var push = Push(endpoint.Url);
        endpoint.Answer = status;
        var tries = 0;
        for (var began = clock.GetUtcNow(); clock.GetUtcNow() < began.AddDays(1); tries++)
        {
            await push.PushAsync("sales", CancellationToken.None);
            (Task.State, Task.Attempts, Task.CapabilityToken).ShouldBe(("queued", 0, null));
            rests.Until(endpoint.Url).ShouldBeInRange(clock.GetUtcNow().AddSeconds(4), clock.GetUtcNow().AddMinutes(13));
            clock.Advance(rests.Until(endpoint.Url) - clock.GetUtcNow());
        }

        endpoint.Calls.Count.ShouldBe(tries);
        tries.ShouldBeLessThan(200, "it rests the longer the longer it is away");
        endpoint.Answer = 202;
        await push.PushAsync("sales", CancellationToken.None);
        (Task.State, Task.Attempts).ShouldBe(("leased", 1));
        rests.Until(endpoint.Url).ShouldBeLessThan(clock.GetUtcNow());
    }

    [Fact]
    public async Task Port_where_nobody_listens_costs_no_attempt()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var url = $"http://{nobody.LocalEndpoint}/";
        nobody.Stop();

        await Push(url).PushAsync("sales", CancellationToken.None);

        (Task.State, Task.Attempts, Task.Error).ShouldBe(("queued", 0, "The endpoint cannot be reached."));
        rests.Until(url).ShouldBeGreaterThan(clock.GetUtcNow());
    }

    [Fact]
    public async Task Who_took_the_task_and_whose_answer_was_lost_has_it_until_its_lease_ends()
    {
        endpoint.Arm(HookEndpoint.Drop);
        await Push(endpoint.Url).PushAsync("sales", CancellationToken.None);
        var given = JsonDocument.Parse(endpoint.Calls.ShouldHaveSingleItem().Body).RootElement;

        tasks.Open("t_1", given.GetProperty("capabilityToken").GetString()!).State.ShouldBe("leased");
        await Push(endpoint.Url).PushAsync("sales", CancellationToken.None);
        endpoint.Calls.Count.ShouldBe(1, "it is leased");
        clock.Advance(AgentPush.Lease);
        await Push(endpoint.Url).PushAsync("sales", CancellationToken.None);
        endpoint.Calls.Select(call => call.Headers["X-MailDaemon-Delivery"]).ShouldBe(["t_1", "t_1"]);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Endpoint_that_refuses_is_asked_again_after_a_while_and_after_some_the_task_is_dead(int status)
    {
        endpoint.Answer = status;
        for (var attempt = 1; attempt <= AgentTask.MostAttempts; attempt++)
        {
            Task.State.ShouldBe("queued");
            await Push(endpoint.Url).PushAsync("sales", CancellationToken.None);
            await Push(endpoint.Url).PushAsync("sales", CancellationToken.None);
            endpoint.Calls.Count.ShouldBe(attempt, "it rests");
            clock.Advance(AgentTaskStore.Rest(attempt));
        }

        (Task.State, Task.Attempts).ShouldBe(("dead", AgentTask.MostAttempts));
        endpoint.Calls.ShouldAllBe(call => call.Path == "/", "redirects are not followed");
    }

    private AgentPush Push(string url) => new(
        tasks, sender, rests, new HookSecret(new DataPaths(directory.Path)), Options.Create(new AgentsOptions { ["sales"] = new AgentOptions { Url = url } }), NullLogger<AgentPush>.Instance);
}
