using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Graph;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Requests in one, and how many may run at once.</summary>
public sealed class GraphBatchTests : IAsyncLifetime
{
    private const string Prefer = """{"Prefer":"IdType=\"ImmutableId\""}""";

    private GraphFixture graph = null!;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync() => await graph.DisposeAsync();

    [Fact]
    public async Task Part_has_its_own_status_headers_and_body()
    {
        var message = graph.Mailbox.Deliver(Mail("one"));
        var id = Escaped(message.Id);
        var parts = await graph.BatchAsync(
            $$"""{"id":"a","method":"GET","url":"/me/messages/{{id}}?$select=subject","headers":{{Prefer}}}""",
            $$"""{"id":"b","method":"PATCH","url":"/me/messages/{{id}}","headers":{"Content-Type":"application/json","Prefer":"IdType=\"ImmutableId\""},"body":{"isRead":true} }""",
            $$"""{"id":"c","method":"GET","url":"me/messages/{{id}}/$value","headers":{{Prefer}}}""",
            """{"id":"d","method":"GET","url":"/me/messages/x"}""",
            $$"""{"id":"e","method":"GET","url":"/me/messages/{{id}}?$select=id"}""");
        parts["a"].GetProperty("body").GetProperty("subject").GetString().ShouldBe("one");
        parts["b"].GetProperty("status").GetInt32().ShouldBe(200);
        Convert.FromBase64String(parts["c"].GetProperty("body").GetString()!).ShouldBe(message.Raw.ToArray());
        (parts["d"].GetProperty("status").GetInt32(), parts["d"].GetProperty("body").GetProperty("error").GetProperty("code").GetString()).ShouldBe((400, "ErrorInvalidIdMalformed"));
        parts["a"].GetProperty("body").GetProperty("id").GetString().ShouldBe(message.Id);
        parts["e"].GetProperty("body").GetProperty("id").GetString().ShouldNotBe(message.Id);
        graph.Mailbox.Messages()[0].IsRead.ShouldBeTrue();
        graph.Graph.Requests.Count(request => request.IsBatchPart).ShouldBe(5);
    }

    [Fact]
    public async Task Slash_in_an_id_that_is_not_escaped_leads_nowhere()
    {
        var id = graph.Mailbox.Deliver(Mail("one")).Id;
        var part = (await graph.BatchAsync($$"""{"id":"a","method":"GET","url":"/me/messages/{{id}}","headers":{{Prefer}}}"""))["a"];
        (part.GetProperty("status").GetInt32(), part.GetProperty("body").GetProperty("error").GetProperty("code").GetString()).ShouldBe((400, "RequestBroker--ParseUri"));
    }

    [Fact]
    public async Task Headers_of_the_batch_do_not_reach_its_parts()
    {
        var message = graph.Mailbox.Deliver(Mail("one"));
        var answer = await graph.SuccessAsync(HttpMethod.Post, $"{graph.Graph.BaseUrl}/$batch", """{"requests":[{"id":"1","method":"GET","url":"/me/messages"}]}""");
        answer.GetProperty("responses")[0].GetProperty("body").GetProperty("value")[0].GetProperty("id").GetString().ShouldNotBe(message.Id);
        graph.Graph.RequestsWithoutImmutableId.ShouldHaveSingleItem().Operation.ShouldBe("me.listMessages");
    }

    [Fact]
    public async Task Part_that_depends_on_a_failed_one_is_424()
    {
        var parts = await graph.BatchAsync(
            """{"id":"1","method":"GET","url":"/me/messages/x"}""",
            """{"id":"2","method":"GET","url":"/me/mailFolders/inbox","dependsOn":["1"]}""",
            """{"id":"3","method":"GET","url":"/me/mailFolders/inbox","dependsOn":["2"]}""",
            """{"id":"4","method":"GET","url":"/me/mailFolders/inbox"}""");
        parts.OrderBy(part => part.Key).Select(part => part.Value.GetProperty("status").GetInt32()).ShouldBe([400, 424, 424, 200]);
        graph.Graph.Requests.Count(request => request.IsBatchPart).ShouldBe(2);
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{"id":"1","method":"GET","url":"/me"},{"id":"1","method":"GET","url":"/me"}]""")]
    [InlineData("""[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]},{"id":"2","method":"GET","url":"/me"}]""")]
    [InlineData("""[{"id":"1","method":"GET","url":"http://127.0.0.1/v1.0/me"}]""")]
    [InlineData("""[{"method":"GET","url":"/me"}]""")]
    [InlineData("""[{"id":"1","method":"PATCH","url":"/me/messages/x","body":{}}]""")]
    public async Task Batch_that_is_none_is_refused_whole(string requests)
    {
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"{graph.Graph.BaseUrl}/$batch", $$"""{"requests":{{requests}}}"""))).ShouldBe((400, "BadRequest"));
    }

    [Fact]
    public async Task Twenty_parts_are_the_most()
    {
        string[] parts = [.. Enumerable.Range(0, 21).Select(i => $$"""{"id":"{{i}}","method":"GET","url":"/me"}""")];
        (await graph.BatchAsync(parts[..20])).Count.ShouldBe(20);
        var body = $$"""{"requests":[{{string.Join(',', parts)}}]}""";
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"{graph.Graph.BaseUrl}/$batch", body))).ShouldBe((400, "BadRequest"));
    }

    [Fact]
    public async Task Part_can_be_throttled_in_a_batch_that_is_answered_200()
    {
        graph.Faults.PartError.Arm("me.mailFolder.get", GraphError.TooManyRequests, times: 1);
        var part = (await graph.BatchAsync("""{"id":"1","method":"GET","url":"/me/mailFolders/inbox"}"""))["1"];
        part.GetProperty("status").GetInt32().ShouldBe(429);
        part.GetProperty("headers").GetProperty("Retry-After").GetString().ShouldBe("10");
    }

    [Fact]
    public async Task Four_parts_run_at_once_and_a_fifth_request_is_too_many()
    {
        graph.Faults.Delay.Arm("me.mailFolder.get", TimeSpan.FromSeconds(1));
        string[] parts = [.. Enumerable.Range(0, 8).Select(i => $$"""{"id":"{{i}}","method":"GET","url":"/me/mailFolders/inbox"}""")];
        var batch = graph.BatchAsync(parts);
        await UntilAsync(() => graph.Graph.PeakRequests == 4);
        var refused = await graph.TryAsync(HttpMethod.Get, "mailFolders");
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await ErrorAsync(refused)).ShouldBe((429, "ApplicationThrottled"));
        while (!batch.IsCompleted)
        {
            graph.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        (await batch).Values.ShouldAllBe(part => part.GetProperty("status").GetInt32() == 200);
        graph.Graph.PeakRequests.ShouldBe(5);
        await graph.GetAsync("mailFolders");
    }

    [Fact]
    public async Task Requests_above_the_limit_of_ten_minutes_are_429()
    {
        await using var small = await GraphFixture.StartAsync(new GraphServerOptions { RequestsPerTenMinutes = 2 });
        await small.GetAsync("mailFolders");
        await small.GetAsync("mailFolders");
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "mailFolders"))).ShouldBe((429, "TooManyRequests"));
        small.Clock.Advance(TimeSpan.FromMinutes(10));
        await small.GetAsync("mailFolders");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(5);
        }

        condition().ShouldBeTrue();
    }
}
