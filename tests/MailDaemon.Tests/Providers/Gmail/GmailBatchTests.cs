using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Gmail;

public sealed partial class GmailBatchTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task Parts_are_whole_requests_and_answers_find_theirs_in_any_order()
    {
        using var gmail = new FakeGmail().Answers(seen => Reply([.. PartsOf(seen).Select(Answer).Reverse()]));
        using var client = gmail.Client();

        var results = await client.RunAsync(GmailLane.Pass, Gets(client, 3), limit.Token);

        results.Select(r => r.Value!.Id).ShouldBe(["m0", "m1", "m2"]);
        var seen = gmail.Seen.ShouldHaveSingleItem();
        seen.ToString().ShouldBe("POST https://gmail.test/batch/gmail/v1");
        seen.Headers["Authorization"].ShouldBe("Bearer token-1");
        seen.Headers["Content-Type"].ShouldStartWith("multipart/mixed; boundary=");
        PartsOf(seen).Select(p => p.Line).ShouldBe(["GET /gmail/v1/users/me/messages/m0 HTTP/1.1", "GET /gmail/v1/users/me/messages/m1 HTTP/1.1", "GET /gmail/v1/users/me/messages/m2 HTTP/1.1"]);
        client.Spending.ShouldBe(new GmailSpending(60, 3, 1_000_000));
    }

    [Fact]
    public async Task A_body_of_a_part_has_its_length()
    {
        using var gmail = new FakeGmail().Answers(seen => Reply(PartsOf(seen).Select(Answer)));
        using var client = gmail.Client();

        await client.RunAsync(GmailLane.Person, [client.Users.Messages.Modify(new ModifyMessageRequest { AddLabelIds = ["Ä"] }, "me", "m0")], limit.Token);

        var text = gmail.Seen.Single().Text.ReplaceLineEndings("\n");
        text.ShouldContain("POST /gmail/v1/users/me/messages/m0/modify HTTP/1.1\nContent-Type: application/json; charset=utf-8\nContent-Length: 22\n\n{\"addLabelIds\":[\"Ä\"]}\n");
    }

    [Fact]
    public async Task Parts_without_an_id_are_taken_by_their_place()
    {
        using var gmail = new FakeGmail().Answers(seen => Reply(PartsOf(seen).Select(p => Answer(p) with { Id = null }), quotesBoundary: true));
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Pass, Gets(client, 2), limit.Token)).Select(r => r.Value!.Id).ShouldBe(["m0", "m1"]);
    }

    [Fact]
    public async Task Batches_begin_with_25_grow_by_one_and_are_halved_by_a_refusal()
    {
        var sizes = new List<int>();
        var isRefusing = false;
        using var gmail = new FakeGmail
        {
            Otherwise = seen =>
            {
                var parts = PartsOf(seen);
                sizes.Add(parts.Count);
                return Reply(parts.Select((p, i) => isRefusing && i == 0 ? Refusal(p, 429, "rateLimitExceeded") : Answer(p)));
            },
        };
        using var client = gmail.Client();

        await client.RunAsync(GmailLane.Pass, Gets(client, 25 + 26 + 27), limit.Token);
        sizes.ShouldBe([25, 26, 27]);
        sizes.Clear();
        isRefusing = true;
        var failed = await client.RunAsync(GmailLane.Pass, Gets(client, 28), limit.Token);

        // The first of each batch is refused and goes again, in ever smaller ones, until it was tried often enough.
        sizes.ShouldBe([28, 1, 1, 1, 1, 1]);
        failed[0].Failure!.Code.ShouldBe("rate_limited");
        failed.Count(r => r.Failure is null).ShouldBe(27);
        isRefusing = false;
        sizes.Clear();
        await client.RunAsync(GmailLane.Pass, Gets(client, 10), limit.Token);
        sizes.ShouldBe([5, 5]);
    }

    [Fact]
    public async Task Batches_stop_growing_at_50()
    {
        var sizes = new List<int>();
        using var gmail = new FakeGmail
        {
            Otherwise = seen =>
            {
                sizes.Add(PartsOf(seen).Count);
                return Reply(PartsOf(seen).Select(Answer));
            },
        };
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Pass, Gets(client, 1_200), limit.Token)).ShouldAllBe(r => r.Failure == null);

        sizes.Max().ShouldBe(50);
    }

    [Fact]
    public async Task A_refusal_within_a_success_is_repeated_alone()
    {
        using var gmail = new FakeGmail()
            .Answers(seen => Reply(PartsOf(seen).Select((p, i) => i is 1 or 3 ? Refusal(p, i == 1 ? 429 : 403, "userRateLimitExceeded") : Answer(p))))
            .Answers(seen => Reply(PartsOf(seen).Select(Answer)));
        using var client = gmail.Client();

        var results = await client.RunAsync(GmailLane.Pass, Gets(client, 5), limit.Token);

        results.Select(r => r.Value!.Id).ShouldBe(["m0", "m1", "m2", "m3", "m4"]);
        PartsOf(gmail.Seen[1]).Select(p => p.Line.Split(' ')[1]).ShouldBe(["/gmail/v1/users/me/messages/m1", "/gmail/v1/users/me/messages/m3"]);
        client.Spending.UnitsPerMinute.ShouldBe(800_000);
    }

    [Fact]
    public async Task Other_failures_are_the_parts_own()
    {
        using var gmail = new FakeGmail().Answers(seen => Reply(PartsOf(seen).Select((p, i) => i switch
        {
            0 => Refusal(p, 404, "notFound"),
            1 => Refusal(p, 403, "insufficientPermissions"),
            2 => Answer(p) with { Body = "not json" },
            _ => Answer(p),
        })));
        using var client = gmail.Client();

        var results = await client.RunAsync(GmailLane.Pass, Gets(client, 4), limit.Token);

        results.Select(r => r.Failure?.Code).ShouldBe(["message_gone", "scope_missing", "protocol_error", null]);
        gmail.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_without_an_answer_is_repeated_if_that_is_safe()
    {
        using var gmail = new FakeGmail()
            .Answers(seen => Reply(PartsOf(seen).Take(1).Select(Answer)))
            .Answers(seen => Reply(PartsOf(seen).Select(Answer)))
            .Answers(_ => Reply([]));
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Pass, Gets(client, 2), limit.Token)).ShouldAllBe(r => r.Value != null);
        var labels = await client.RunAsync(GmailLane.Pass, [client.Users.Labels.Create(new Label { Name = "a" }, "me")], limit.Token);

        labels.Single().Failure!.Code.ShouldBe("protocol_error");
        gmail.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Parts_that_the_server_fails_at_are_repeated_and_told_in_the_end()
    {
        using var gmail = new FakeGmail { Otherwise = seen => Reply(PartsOf(seen).Select((p, i) => p.Line.Contains("/m1 ", StringComparison.Ordinal) ? Refusal(p, 503, "backendError") : Answer(p))) };
        using var client = gmail.Client();

        var results = await client.RunAsync(GmailLane.Pass, Gets(client, 3), limit.Token);

        results.Select(r => r.Failure?.Code).ShouldBe([null, "server_unavailable", null]);
        gmail.Seen.Count.ShouldBe(GmailLimits.Tries);
    }

    [Fact]
    public async Task A_batch_that_is_refused_as_a_whole_goes_again_smaller()
    {
        using var gmail = new FakeGmail { Otherwise = seen => Reply(PartsOf(seen).Select(Answer)) };
        gmail.Answers(FakeGmail.Error(429, "rateLimitExceeded")).Fails(new HttpIOException(HttpRequestError.ResponseEnded));
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Pass, Gets(client, 25), limit.Token)).Select(r => r.Value?.Id).ShouldBe(Enumerable.Range(0, 25).Select(i => "m" + i));

        gmail.Seen.Select(s => PartsOf(s).Count).ShouldBe([25, 12, 12, 13]);
    }

    [Fact]
    public async Task Without_network_all_of_it_fails()
    {
        using var gmail = new FakeGmail { Otherwise = _ => throw new HttpRequestException(HttpRequestError.NameResolutionError) };
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, Gets(client, 3), limit.Token))).Code.ShouldBe("server_unreachable");
        gmail.Seen.Count.ShouldBe(GmailLimits.Tries);
    }

    [Fact]
    public async Task A_token_that_parts_are_refused_for_is_replaced_once()
    {
        using var gmail = new FakeGmail { Otherwise = seen => Reply(PartsOf(seen).Select(p => seen.Headers["Authorization"] == "Bearer token-1" ? Refusal(p, 401, "authError") : Answer(p))) };
        var tokens = new FakeTokens();
        using var client = gmail.Client(tokens: tokens);

        (await client.RunAsync(GmailLane.Pass, Gets(client, 3), limit.Token)).ShouldAllBe(r => r.Value != null);

        tokens.Refused.ShouldBe(["token-1"]);
    }

    [Fact]
    public async Task A_token_that_is_refused_again_is_told()
    {
        using var gmail = new FakeGmail { Otherwise = seen => Reply(PartsOf(seen).Select(p => Refusal(p, 401, "authError"))) };
        var tokens = new FakeTokens();
        using var client = gmail.Client(tokens: tokens);

        (await client.RunAsync(GmailLane.Pass, Gets(client, 3), limit.Token)).ShouldAllBe(r => r.Failure!.Code == "auth_failed");

        (tokens.Refused.Count, gmail.Seen.Count).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b", "--b\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}\r\n--b--", 1)]
    [InlineData("multipart/mixed; boundary=b", "--b\nContent-ID: <response-7>\n\nHTTP/1.1 200 OK\nA: b\n\n{}\n--b--", 1)]
    [InlineData("multipart/mixed; boundary=b", "--b\r\nContent-ID: <response-x>\r\n\r\nHTTP/1.1 999 OK\r\n\r\n--b--", 0)]
    [InlineData("multipart/mixed; boundary=b", "--b\r\n\r\nHTTP/1.1\r\n--b\r\n--b--", 0)]
    [InlineData("multipart/mixed; boundary=b", "--b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{", 0)]
    [InlineData("multipart/mixed", "--b\r\n", 0)]
    [InlineData("text/html", "", 0)]
    public void Whatever_a_reply_holds_what_can_be_read_is(string type, string body, int parts) =>
        GmailBatchPart.Read(System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type), Encoding.ASCII.GetBytes(body)).Count.ShouldBe(parts);

    public void Dispose() => limit.Dispose();

    private static List<Google.Apis.Gmail.v1.GmailBaseServiceRequest<Message>> Gets(GmailClient client, int count) =>
        [.. Enumerable.Range(0, count).Select(i => client.Users.Messages.Get("me", "m" + i))];

    private static List<Part> PartsOf(SeenRequest seen) =>
        [.. PartPattern().Matches(seen.Text.ReplaceLineEndings("\n")).Select(m => new Part(m.Groups["id"].Value, m.Groups["line"].Value, ""))];

    private static Part Answer(Part asked) =>
        asked with { Line = "HTTP/1.1 200 OK", Body = $$"""{"id":"{{asked.Line.Split(' ')[1].Split('/')[6]}}"}""" };

    private static Part Refusal(Part asked, int status, string reason) =>
        asked with { Line = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} No"), Body = FakeGmail.ErrorBody(status, reason) };

    private static HttpResponseMessage Reply(IEnumerable<Part> parts, bool quotesBoundary = false)
    {
        var text = string.Concat(parts.Select(p =>
            $"--batch_x\r\nContent-Type: application/http\r\n{(p.Id is null ? "" : $"Content-ID: <response-{p.Id}>\r\n")}\r\n{p.Line}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{p.Body}\r\n")) + "--batch_x--\r\n";
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", quotesBoundary ? "multipart/mixed; boundary=\"batch_x\"" : "multipart/mixed; boundary=batch_x");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    [GeneratedRegex("Content-ID: <(?<id>[0-9]+)>\n\n(?<line>[^\n]+)\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PartPattern();

    private sealed record Part(string? Id, string Line, string Body);
}
