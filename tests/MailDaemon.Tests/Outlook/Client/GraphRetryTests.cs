using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;
using Microsoft.Graph.Models;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>What is repeated, after which wait, and what a failure that stays is told as.</summary>
public sealed class GraphRetryTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    private CancellationToken Ct => limit.Token;

    [Theory]
    [InlineData(429, "ApplicationThrottled")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "ErrorInternalServerError")]
    [InlineData(502, "")]
    [InlineData(503, "ErrorServerBusy")]
    [InlineData(504, "")]
    public async Task Passing_trouble_of_a_reading_is_repeated_until_it_has_passed(int status, string code)
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Error(status, code)).Answers(FakeGraph.Error(status, code)).Answers(FakeGraph.Json("""{"mail":"o@x"}"""));
        using var client = graph.Client();

        (await ReadMe(client)).Mail.ShouldBe("o@x");

        graph.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_broken_connection_is_repeated_also_when_it_breaks_within_the_reply()
    {
        using var graph = new FakeGraph()
            .Fails(new HttpRequestException(HttpRequestError.ConnectionError))
            .Answers(new HttpResponseMessage { Content = new StreamContent(new BrokenStream("""{"mail":"""u8.ToArray())) })
            .Answers(FakeGraph.Json("""{"mail":"o@x"}"""));
        using var client = graph.Client();

        (await ReadMe(client)).Mail.ShouldBe("o@x");
        graph.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Retry_after_is_waited_for_whether_seconds_or_a_date()
    {
        var time = new HastyClock { NeverFrom = TimeSpan.FromSeconds(45) };
        using var graph = new FakeGraph()
            .Answers(FakeGraph.Error(429, "TooManyRequests", retryAfter: 17))
            .Answers(_ => FakeGraph.Error(503, "ErrorServerBusy", retryAfter: time.GetUtcNow().AddSeconds(12).ToString("R")))
            .Answers(FakeGraph.Json("""{"mail":"o@x"}"""));
        using var client = graph.Client(time);

        (await ReadMe(client)).Mail.ShouldBe("o@x");

        time.Waits.ShouldContain(TimeSpan.FromSeconds(17));
        time.Waits.ShouldContain(w => w > TimeSpan.FromSeconds(10.9) && w <= TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task A_mailbox_that_is_told_to_wait_lets_all_its_requests_wait()
    {
        var clock = new ManualClock();
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Json("""{"mail":"o@x"}""") };
        graph.Answers(FakeGraph.Error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", 10));
        using var client = graph.Client(clock);
        var first = ReadMe(client);
        await clock.UntilArmedAsync(3, Ct); // The limits of the call and of its wait for a permit, and the pause.
        var second = ReadMe(client);
        clock.Advance(TimeSpan.FromSeconds(9));
        graph.Seen.Count.ShouldBe(1);

        clock.Advance(TimeSpan.FromSeconds(1));

        await Task.WhenAll(first, second);
        graph.Seen.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(40, 3)]
    [InlineData(91, 1)]
    [InlineData(86_400, 1)]
    public async Task A_wait_that_is_too_long_is_told_and_not_waited_for(int seconds, int requests)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(429, "TooManyRequests", retryAfter: seconds) };
        using var client = graph.Client();

        var failure = await Should.ThrowAsync<MailException>(ReadMe(client));

        (failure.Fault, failure.Code, failure.RetryAfter, failure.MayPass).ShouldBe((MailFault.TooMany, "rate_limited", TimeSpan.FromSeconds(seconds), true));
        graph.Seen.Count.ShouldBe(requests);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_would_be_made_twice_is_not_repeated_when_it_may_have_been_done(int status)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(status, "") };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(MakeFolder(client))).Code.ShouldBe("server_unavailable");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_would_be_made_twice_is_not_repeated_when_the_answer_is_lost()
    {
        using var graph = new FakeGraph { Otherwise = _ => throw new HttpIOException(HttpRequestError.ResponseEnded) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(MakeFolder(client))).Code.ShouldBe("connection_lost");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_surely_was_not_done_is_repeated_with_its_body()
    {
        using var graph = new FakeGraph()
            .Fails(new HttpRequestException(HttpRequestError.ConnectionError))
            .Answers(FakeGraph.Error(429, "ApplicationThrottled"))
            .Answers(FakeGraph.Error(503, "ErrorServerBusy", retryAfter: 1))
            .Answers(FakeGraph.Error(401, "InvalidAuthenticationToken"))
            .Answers(FakeGraph.Json("""{"id":"f1"}""", HttpStatusCode.Created));
        using var client = graph.Client();

        (await MakeFolder(client)).Id.ShouldBe("f1");

        graph.Seen.Count.ShouldBe(5);
        graph.Seen.ShouldAllBe(s => s.Text == graph.Seen[0].Text && s.Text.Contains("Reports", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_gone_after_a_lost_delete_was_deleted()
    {
        using var graph = new FakeGraph().Fails(new HttpIOException(HttpRequestError.ResponseEnded)).Answers(FakeGraph.Error(404, "ErrorItemNotFound"));
        using var client = graph.Client();

        await client.RunAsync((me, ct) => me.Messages["m1"].DeleteAsync(cancellationToken: ct), Ct);

        graph.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Error(401, "InvalidAuthenticationToken")).Answers(FakeGraph.Json("""{"mail":"o@x"}"""));
        var tokens = new FakeTokens();
        using var client = graph.Client(tokens: tokens);

        (await ReadMe(client)).Mail.ShouldBe("o@x");

        graph.Seen.Select(s => s.Headers["Authorization"]).ShouldBe(["Bearer token-1", "Bearer token-2"]);
        tokens.Refused.ShouldBe(["token-1"]);
    }

    [Fact]
    public async Task A_token_that_is_refused_again_is_told()
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(401, "InvalidAuthenticationToken") };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(ReadMe(client))).Code.ShouldBe("auth_failed");
        graph.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Trouble_that_stays_ends_after_six_tries()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>no</html>", null, "text/html") } };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(ReadMe(client))).Code.ShouldBe("server_unavailable");
        graph.Seen.Count.ShouldBe(GraphLimits.Tries);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_in_time()
    {
        var clock = new ManualClock();
        using var graph = new FakeGraph { };
        graph.Answers(async (_, ct) => { await Task.Delay(Timeout.Infinite, ct); throw new InvalidOperationException(); });
        graph.Answers(async (_, ct) => { await Task.Delay(Timeout.Infinite, ct); throw new InvalidOperationException(); });
        using var client = graph.Client(clock);
        var call = ReadMe(client);

        await clock.UntilArmedAsync(2, Ct);
        clock.Advance(TimeSpan.FromSeconds(60)); // The first try.
        await clock.UntilArmedAsync(2, Ct);
        clock.Advance(TimeSpan.FromSeconds(1)); // The pause.
        await clock.UntilArmedAsync(2, Ct);
        clock.Advance(TimeSpan.FromSeconds(29)); // The call.

        (await Should.ThrowAsync<MailException>(call)).Code.ShouldBe("server_timeout");
    }

    [Fact]
    public async Task Who_gives_up_is_not_told_a_failure()
    {
        using var graph = new FakeGraph().Answers(async (_, ct) => { await Task.Delay(Timeout.Infinite, ct); throw new InvalidOperationException(); });
        using var client = graph.Client(new ManualClock());
        using var gaveUp = new CancellationTokenSource();
        var call = client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), gaveUp.Token);

        await gaveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
    }

    [Fact]
    public async Task Of_many_requests_four_are_on_their_way_at_once()
    {
        var (now, most) = (0, 0);
        using var graph = new FakeGraph();
        for (var i = 0; i < 30; i++)
        {
            graph.Answers(async (_, ct) =>
            {
                var at = Interlocked.Increment(ref now);
                InterlockedMax(ref most, at);
                await Task.Delay(5, ct);
                Interlocked.Decrement(ref now);
                return FakeGraph.Json("""{"mail":"o@x"}""");
            });
        }

        using var client = graph.Client();

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ReadMe(client)));

        most.ShouldBe(4);
    }

    public void Dispose() => limit.Dispose();

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private Task<User> ReadMe(GraphClient client) => client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct);

    private Task<MailFolder> MakeFolder(GraphClient client) =>
        client.RunAsync((me, ct) => me.MailFolders.PostAsync(new MailFolder { DisplayName = "Reports" }, cancellationToken: ct), Ct);
}
