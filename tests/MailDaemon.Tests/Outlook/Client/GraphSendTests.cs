using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>The sending of a draft: what comes before the hand-over, what after, and what is certain when it fails.</summary>
public sealed class GraphSendTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
    private readonly List<string> steps = [];

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task The_hand_over_comes_after_all_else_and_before_the_request()
    {
        using var graph = new FakeGraph { Otherwise = _ => Sent() };
        using var client = graph.Client(tokens: new NotedTokens(steps));

        await client.SendDraftAsync(FakeGraph.OddId, HandOver, Ct);

        steps.ShouldBe(["token", "hand-over", "sent"]);
        var seen = graph.Seen.Single();
        seen.ToString().ShouldBe($"POST https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}/send");
        (seen.Body.Length, seen.Headers["Content-Length"], seen.Headers["Prefer"]).ShouldBe((0, "0", "IdType=\"ImmutableId\""));
    }

    [Fact]
    public async Task The_hand_over_waits_for_the_permit()
    {
        var clock = new ManualClock();
        using var graph = new FakeGraph().Answers(FakeGraph.Error(429, "TooManyRequests", retryAfter: 30));
        graph.Answers(FakeGraph.Json("{}")).Answers(_ => Sent());
        using var client = graph.Client(clock);
        var other = client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct);
        await clock.UntilArmedAsync(3, Ct);

        var sending = client.SendDraftAsync("d1", HandOver, Ct);
        clock.Advance(TimeSpan.FromSeconds(29));
        steps.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(1));

        await Task.WhenAll(other, sending);
        steps.ShouldContain("hand-over");
    }

    [Fact]
    public async Task A_hand_over_that_fails_sends_nothing()
    {
        using var graph = new FakeGraph { Otherwise = _ => Sent() };
        using var client = graph.Client();

        for (var i = 0; i < 5; i++)
            (await Should.ThrowAsync<IOException>(client.SendDraftAsync("d1", _ => throw new IOException("disk"), Ct))).Message.ShouldBe("disk");
        graph.Seen.ShouldBeEmpty();

        // All permits are back.
        await client.SendDraftAsync("d1", HandOver, Ct);
        steps.ShouldBe(["hand-over", "sent"]);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    [InlineData(302)]
    public async Task An_answer_that_does_not_say_whether_it_was_sent_is_uncertain_and_not_repeated(int status)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(status, "") };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe("send_uncertain");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_is_uncertain_and_not_repeated()
    {
        using var graph = new FakeGraph { Otherwise = _ => throw new HttpIOException(HttpRequestError.ResponseEnded) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe("send_uncertain");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_uncertain()
    {
        var clock = new ManualClock();
        using var graph = new FakeGraph().Answers(async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException();
        });
        using var client = graph.Client(clock);
        var sending = client.SendDraftAsync("d1", HandOver, Ct);
        await clock.UntilArmedAsync(2, Ct);

        clock.Advance(TimeSpan.FromSeconds(60));

        (await Should.ThrowAsync<MailException>(sending)).Code.ShouldBe("send_uncertain");
    }

    [Theory]
    [InlineData(400, "ErrorInvalidRecipients", "recipient_refused")]
    [InlineData(403, "ErrorAccessDenied", "server_refused")]
    [InlineData(404, "ErrorItemNotFound", "message_gone")]
    [InlineData(413, "ErrorMessageSizeExceeded", "message_too_large")]
    public async Task A_no_is_certain(int status, string code, string expected)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(status, code) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe(expected);
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_proves_that_it_was_not_sent_is_repeated_with_one_hand_over()
    {
        using var graph = new FakeGraph()
            .Fails(new HttpRequestException(HttpRequestError.ConnectionError))
            .Answers(FakeGraph.Error(429, "ApplicationThrottled"))
            .Answers(FakeGraph.Error(503, "ErrorServerBusy", retryAfter: 1))
            .Answers(FakeGraph.Error(401, "InvalidAuthenticationToken"))
            .Answers(_ => Sent());
        using var client = graph.Client();

        await client.SendDraftAsync("d1", HandOver, Ct);

        steps.ShouldBe(["hand-over", "sent"]);
    }

    [Fact]
    public async Task Trouble_after_a_proof_is_uncertain_all_the_same()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Error(429, "ApplicationThrottled")).Fails(new HttpIOException(HttpRequestError.ResponseEnded));
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe("send_uncertain");
    }

    [Theory]
    [InlineData(429, "rate_limited")]
    [InlineData(503, "server_unavailable")]
    public async Task Throttling_that_stays_is_certain(int status, string code)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(status, "ErrorServerBusy", retryAfter: 40) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_certain()
    {
        using var graph = new FakeGraph { Otherwise = _ => throw new HttpRequestException(HttpRequestError.ConnectionError) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe("server_unreachable");
    }

    [Fact]
    public async Task A_consent_that_is_over_after_the_hand_over_is_certain()
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(401, "InvalidAuthenticationToken") };
        using var client = graph.Client(tokens: new NotedTokens(steps) { IsOver = true });

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync("d1", HandOver, Ct))).Code.ShouldBe("authorization_expired");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_breaks_after_its_head_was_an_answer()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new StreamContent(new BrokenStream()) } };
        using var client = graph.Client();

        await client.SendDraftAsync("d1", HandOver, Ct);

        graph.Seen.Count.ShouldBe(1);
    }

    public void Dispose() => limit.Dispose();

    private Task HandOver(CancellationToken ct)
    {
        steps.Add("hand-over");
        return Task.CompletedTask;
    }

    private HttpResponseMessage Sent()
    {
        steps.Add("sent");
        return new HttpResponseMessage(HttpStatusCode.Accepted);
    }

    private sealed class NotedTokens(List<string> steps) : IAccessTokens
    {
        public bool IsOver { get; init; }

        public Task<string> GetAccessTokenAsync(CancellationToken ct)
        {
            steps.Add("token");
            return Task.FromResult("token-1");
        }

        public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct) =>
            IsOver ? throw new MailException(MailFault.NotAuthorized, "authorization_expired", "Over.") : Task.FromResult("token-2");
    }
}
