using System.Globalization;
using System.Net;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Item.Messages.Delta;
using Microsoft.Graph.Users.Item.Messages.Item.Move;
using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Batches as they go over the wire, and what becomes of each part.</summary>
public sealed class GraphBatchTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task Many_requests_go_twenty_at_a_time_and_come_back_in_order()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => Ok(p.Id), reverse: true) };
        using var client = graph.Client();

        var results = await client.RunAsync<Message>(Reads(client, 45), Ct);

        results.Select(r => r.Value?.Id).ShouldBe(Enumerable.Range(0, 45).Select(i => "m" + i));
        results.ShouldAllBe(r => r.Failure == null);
        graph.Seen.Select(s => Parts(s).Count).ShouldBe([20, 20, 5]);
        graph.Seen.ShouldAllBe(s => s.ToString() == "POST https://graph.test/v1.0/$batch");
        graph.Seen[0].Headers["Prefer"].ShouldBe("IdType=\"ImmutableId\"");
        graph.Seen[0].Headers["Content-Type"].ShouldBe("application/json");
    }

    [Fact]
    public async Task A_part_has_its_own_headers_an_escaped_address_its_body_and_no_order()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, _ => new Reply(200, "{}")) };
        using var client = graph.Client(url: "http://127.0.0.1:8123/x/v1.0");
        var me = client.Me;

        await client.RunAsync<Message>(
            [
                me.Messages[FakeGraph.OddId].ToPatchRequestInformation(new Message { IsRead = false, Categories = ["<é>"] }),
                me.MailFolders[FakeGraph.OddId].Messages.Delta.ToGetRequestInformation(r =>
                {
                    r.QueryParameters.Select = ["id", "subject"];
                    r.Headers.Add("Prefer", "odata.maxpagesize=100");
                }),
                client.Page($"http://127.0.0.1:8123/x/v1.0/me/mailFolders/{FakeGraph.OddIdEscaped}/messages/delta?$deltatoken=a%2Bb"),
            ],
            Ct);

        using var body = JsonDocument.Parse(graph.Seen.Single().Body);
        var parts = body.RootElement.GetProperty("requests").EnumerateArray().ToList();
        parts.Select(p => p.GetProperty("method").GetString()).ShouldBe(["PATCH", "GET", "GET"]);
        parts.Select(p => p.GetProperty("url").GetString()).ShouldBe([
            $"/me/messages/{FakeGraph.OddIdEscaped}",
            $"/me/mailFolders/{FakeGraph.OddIdEscaped}/messages/delta()?%24select=id,subject",
            $"/me/mailFolders/{FakeGraph.OddIdEscaped}/messages/delta?$deltatoken=a%2Bb",
        ]);
        parts.Select(p => p.GetProperty("headers").GetProperty("Prefer").GetString()).ShouldBe(["IdType=\"ImmutableId\"", "IdType=\"ImmutableId\", odata.maxpagesize=100", "IdType=\"ImmutableId\""]);
        parts[0].GetProperty("headers").GetProperty("Content-Type").GetString().ShouldBe("application/json");
        parts[0].GetProperty("body").GetProperty("categories")[0].GetString().ShouldBe("<é>");
        parts[0].GetProperty("body").GetProperty("isRead").GetBoolean().ShouldBeFalse();
        parts.SelectMany(p => p.EnumerateObject()).ShouldAllBe(p => p.Name != "dependsOn");
        parts[1].TryGetProperty("body", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_to_do_is_no_request()
    {
        using var graph = new FakeGraph();
        using var client = graph.Client();

        (await client.RunAsync<Message>([], Ct)).ShouldBeEmpty();
    }

    /// <summary>providers.md, row 7.</summary>
    [Fact]
    public async Task A_refusal_hidden_in_a_success_is_repeated_alone_and_waited_for()
    {
        var time = new HastyClock { NeverFrom = TimeSpan.FromSeconds(45) };
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => Ok(p.Id)) };
        graph.Answers(s => Answer(s, p => p.Id is "m3" or "m5" ? Throttled(13) : Ok(p.Id)));
        using var client = graph.Client(time);

        var results = await client.RunAsync<Message>(Reads(client, 8), Ct);

        results.ShouldAllBe(r => r.Failure == null && r.Value != null);
        graph.Seen.Count.ShouldBe(2);
        Parts(graph.Seen[1]).Select(p => p.Id).ShouldBe(["m3", "m5"]);
        time.Waits.ShouldContain(TimeSpan.FromSeconds(13));
    }

    [Fact]
    public async Task A_part_that_fails_does_not_touch_the_others()
    {
        using var graph = new FakeGraph
        {
            Otherwise = s => Answer(s, p => p.Id switch
            {
                "m1" => new Reply(404, FakeGraph.ErrorBody("ErrorItemNotFound")),
                "m2" => new Reply(403, FakeGraph.ErrorBody("ErrorAccessDenied")),
                "m3" => new Reply(200, "[]"),
                _ => Ok(p.Id),
            }),
        };
        using var client = graph.Client();

        var results = await client.RunAsync<Message>(Reads(client, 5), Ct);

        results.Select(r => r.Failure?.Code).ShouldBe([null, "message_gone", "server_refused", "graph_odd_answer", null]);
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_folder_whose_state_is_lost_is_told_as_that()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => p.Url.Contains("token", StringComparison.Ordinal) ? new Reply(410, FakeGraph.ErrorBody("SyncStateNotFound")) : new Reply(200, """{"value":[]}""")) };
        using var client = graph.Client();

        var results = await client.RunAsync<DeltaGetResponse>([client.Page(FakeGraph.Base + "/me/mailFolders/a/messages/delta?$deltatoken=1"), client.Me.MailFolders["b"].Messages.Delta.ToGetRequestInformation()], Ct);

        results[0].Failure!.Code.ShouldBe("sync_state_lost");
        results[1].Value!.Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_no_answer_has_no_value_and_no_failure()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, _ => new Reply(204, null)) };
        using var client = graph.Client();

        var result = (await client.RunAsync<Message>([client.Me.Messages["m1"].ToDeleteRequestInformation()], Ct)).Single();

        (result.Value, result.Failure).ShouldBe((null, null));
    }

    [Fact]
    public async Task Trouble_of_the_server_is_repeated_where_twice_is_the_same_as_once()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => Ok(p.Id)) };
        graph.Answers(s => Answer(s, _ => new Reply(500, FakeGraph.ErrorBody("ErrorInternalServerError"))));
        using var client = graph.Client();

        var results = await client.RunAsync<Message>([Read(client, "m0"), Move(client, "m1"), Mark(client, "m2")], Ct);

        results.Select(r => r.Failure?.Code).ShouldBe([null, "server_unavailable", null]);
        Parts(graph.Seen[1]).Select(p => p.Id).ShouldBe(["m0", "m2"]);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_where_twice_is_the_same_as_once()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => p.Id == "m3" ? new Reply(404, FakeGraph.ErrorBody("ErrorItemNotFound")) : Ok(p.Id)) };
        graph.Fails(new HttpIOException(HttpRequestError.ResponseEnded));
        using var client = graph.Client();

        var results = await client.RunAsync<Message>([Read(client, "m0"), Move(client, "m1"), Mark(client, "m2"), client.Me.Messages["m3"].ToDeleteRequestInformation()], Ct);

        results.Select(r => r.Failure?.Code).ShouldBe([null, "connection_lost", null, null]);
        Parts(graph.Seen[1]).Select(p => p.Id).ShouldBe(["m0", "m2", "m3"]);
    }

    [Fact]
    public async Task What_surely_did_not_arrive_is_repeated_whatever_it_is()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => Ok(p.Id)) };
        graph.Fails(new HttpRequestException(HttpRequestError.ConnectionError)).Answers(FakeGraph.Error(429, "ApplicationThrottled", retryAfter: 3)).Answers(FakeGraph.Error(503, "ErrorServerBusy", retryAfter: 2));
        using var client = graph.Client();

        (await client.RunAsync<Message>([Move(client, "m1")], Ct)).Single().Value!.Id.ShouldBe("m1");
        graph.Seen.Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_answer_that_leaves_parts_out_is_repeated_for_those()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => Ok(p.Id)) };
        graph.Answers(FakeGraph.Json("""{"responses":[{"id":"1","status":200,"body":{"id":"m1"}},{"id":"1","status":500},{"id":"9","status":200},{"id":7},5]}"""));
        using var client = graph.Client();

        var results = await client.RunAsync<Message>(Reads(client, 3), Ct);

        results.Select(r => r.Value?.Id).ShouldBe(["m0", "m1", "m2"]);
        Parts(graph.Seen[1]).Select(p => p.Id).ShouldBe(["m0", "m2"]);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once_within_a_batch()
    {
        var tokens = new FakeTokens();
        using var graph = new FakeGraph { Otherwise = s => Answer(s, p => p.Id == "m1" ? new Reply(401, FakeGraph.ErrorBody("InvalidAuthenticationToken")) : Ok(p.Id)) };
        using var client = graph.Client(tokens: tokens);

        var results = await client.RunAsync<Message>(Reads(client, 2), Ct);

        results.Select(r => r.Failure?.Code).ShouldBe([null, "auth_failed"]);
        tokens.Refused.ShouldBe(["token-1"]);
        graph.Seen.Select(s => s.Headers["Authorization"]).ShouldBe(["Bearer token-1", "Bearer token-2"]);
    }

    [Fact]
    public async Task Without_network_there_are_no_results()
    {
        using var graph = new FakeGraph { Otherwise = _ => throw new HttpRequestException(HttpRequestError.NameResolutionError) };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync<Message>(Reads(client, 45), Ct))).Code.ShouldBe("server_unreachable");
        graph.Seen.Count.ShouldBe(GraphLimits.Tries);
    }

    [Fact]
    public async Task When_the_network_ends_in_the_midst_the_first_answers_are_kept()
    {
        using var graph = new FakeGraph { Otherwise = _ => throw new HttpRequestException(HttpRequestError.ConnectionError) };
        graph.Answers(s => Answer(s, p => Ok(p.Id)));
        using var client = graph.Client();

        var results = await client.RunAsync<Message>(Reads(client, 45), Ct);

        results.Take(20).ShouldAllBe(r => r.Value != null);
        results.Skip(20).ShouldAllBe(r => r.Failure!.Code == "server_unreachable");
    }

    [Fact]
    public async Task Answers_that_are_too_large_together_are_asked_for_in_halves()
    {
        using var graph = new FakeGraph
        {
            Otherwise = s => Parts(s).Count > 5 ? FakeGraph.Json(new string(' ', GraphLimits.ReplyBytes + 1)) : Answer(s, p => Ok(p.Id)),
        };
        using var client = graph.Client();

        var results = await client.RunAsync<Message>(Reads(client, 20), Ct);

        results.Select(r => r.Value?.Id).ShouldBe(Enumerable.Range(0, 20).Select(i => "m" + i));
        graph.Seen.Select(s => Parts(s).Count).ShouldBe([20, 10, 5, 5, 5, 5]);
    }

    [Fact]
    public async Task Throttling_without_end_is_told_in_time()
    {
        using var graph = new FakeGraph { Otherwise = s => Answer(s, _ => Throttled(40)) };
        using var client = graph.Client();

        var failure = (await client.RunAsync<Message>(Reads(client, 3), Ct))[0].Failure!;

        (failure.Code, failure.Fault).ShouldBe(("rate_limited", MailFault.TooMany));
        failure.RetryAfter.ShouldNotBeNull();
        graph.Seen.Count.ShouldBeLessThanOrEqualTo(3);
    }

    /// <summary>providers.md, row 16: single requests and batches together keep to four.</summary>
    [Fact]
    public async Task A_batch_and_single_requests_are_never_more_than_four_at_once()
    {
        var gate = new Lock();
        var (now, most) = (0, 0);
        using var graph = new FakeGraph();
        for (var i = 0; i < 60; i++)
        {
            graph.Answers(async (s, ct) =>
            {
                var runs = s.Url.EndsWith("$batch", StringComparison.Ordinal) ? Math.Min(4, Parts(s).Count) : 1;
                lock (gate)
                    most = Math.Max(most, now += runs);
                await Task.Delay(3, ct);
                lock (gate)
                    now -= runs;
                return runs > 1 || s.Method == "POST" ? Answer(s, p => Ok(p.Id)) : FakeGraph.Json("""{"id":"x"}""");
            });
        }

        using var client = graph.Client();
        var batches = Enumerable.Range(0, 6).Select(i => (Task)client.RunAsync<Message>(Reads(client, 20 + i), Ct));
        var singles = Enumerable.Range(0, 20).Select(i => (Task)client.RunAsync((me, ct) => me.Messages["x"].GetAsync(cancellationToken: ct), Ct));

        await Task.WhenAll([.. batches, .. singles]);

        most.ShouldBe(4);
    }

    public void Dispose() => limit.Dispose();

    private static RequestInformation[] Reads(GraphClient client, int count) => [.. Enumerable.Range(0, count).Select(i => Read(client, "m" + i))];

    private static RequestInformation Read(GraphClient client, string id) => client.Me.Messages[id].ToGetRequestInformation();

    private static RequestInformation Mark(GraphClient client, string id) => client.Me.Messages[id].ToPatchRequestInformation(new Message { IsRead = true });

    private static RequestInformation Move(GraphClient client, string id) => client.Me.Messages[id].Move.ToPostRequestInformation(new MovePostRequestBody { DestinationId = "archive" });

    private static Reply Ok(string id) => new(200, $$"""{"id":"{{id}}"}""");

    private static Reply Throttled(int retryAfter) => new(429, FakeGraph.ErrorBody("ApplicationThrottled", "Application is over its MailboxConcurrency limit."), retryAfter);

    private static HttpResponseMessage Answer(SeenRequest request, Func<Part, Reply> answer, bool reverse = false)
    {
        var replies = Parts(request).Select(p =>
        {
            var reply = answer(p);
            var headers = reply.RetryAfter is { } wait ? $$""","headers":{"Retry-After":"{{wait}}"}""" : "";
            var body = reply.Body is null ? "" : ",\"body\":" + reply.Body;
            return $$"""{"id":"{{p.Number}}","status":{{reply.Status}}{{headers}}{{body}}}""";
        });
        return FakeGraph.Json($$"""{"responses":[{{string.Join(',', reverse ? replies.Reverse() : replies)}}]}""", HttpStatusCode.OK);
    }

    private static List<Part> Parts(SeenRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        return [.. body.RootElement.GetProperty("requests").EnumerateArray().Select(p => new Part(p.GetProperty("id").GetString()!, p.GetProperty("url").GetString()!))];
    }

    private sealed record Part(string Number, string Url)
    {
        /// <summary>Of the message.</summary>
        public string Id => Url.Split('/').Length > 3 ? Url.Split('/')[3].Split('?')[0] : "";
    }

    private sealed record Reply(int Status, string? Body, int? RetryAfter = null);
}
