using System.Net;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Rest;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>What goes wrong when it is told to, the quota, and the check against the discovery document.</summary>
public sealed class GmailFaultsTests : IAsyncLifetime
{
    private GmailFixture gmail = null!;

    private GmailFaults Faults => gmail.Gmail.Faults;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync();

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Fact]
    public async Task Units_above_the_quota_of_a_minute_are_429_until_the_minute_is_over()
    {
        await using var small = await GmailFixture.StartAsync(new GmailServerOptions { UnitsPerMinute = 45 });
        var id = small.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        await small.GetAsync($"messages/{id}");
        small.Clock.Advance(TimeSpan.FromSeconds(30));
        await small.GetAsync($"messages/{id}");
        await small.GetAsync("messages");
        (await GmailFixture.ErrorAsync(await small.TryAsync(HttpMethod.Get, "labels"))).ShouldBe((429, "rateLimitExceeded"));

        small.Clock.Advance(TimeSpan.FromSeconds(30));
        await small.GetAsync($"messages/{id}");
        (await GmailFixture.ErrorAsync(await small.TryAsync(HttpMethod.Get, "labels"))).ShouldBe((429, "rateLimitExceeded"));
        small.Gmail.Requests.Sum(request => request.Units).ShouldBe(65);
    }

    [Fact]
    public async Task Units_above_the_quota_can_be_403_too()
    {
        await using var small = await GmailFixture.StartAsync(new GmailServerOptions { UnitsPerMinute = 1, AnswersQuotaWith403 = true });
        await small.GetAsync("labels");
        (await GmailFixture.ErrorAsync(await small.TryAsync(HttpMethod.Get, "labels"))).ShouldBe((403, "userRateLimitExceeded"));
    }

    [Fact]
    public async Task Storm_ends_after_its_count_and_says_when_to_come_again()
    {
        Faults.Error.Arm("gmail.users.messages.list", GmailError.RateLimit with { RetryAfter = 7 }, times: 2);
        for (var i = 0; i < 2; i++)
        {
            var refused = await gmail.TryAsync(HttpMethod.Get, "messages");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
            (await GmailFixture.ErrorAsync(refused)).ShouldBe((429, "rateLimitExceeded"));
        }

        await gmail.GetAsync("messages");
        Faults.Error.HitsOf("gmail.users.messages.list").ShouldBe(2);
    }

    [Fact]
    public async Task Lost_reply_leaves_the_message_sent()
    {
        var body = $$"""{"raw":"{{GmailFixture.Raw("To: x@example.org\r\nSubject: x\r\n\r\nx\r\n"u8.ToArray())}}"}""";
        Faults.DropAfter.Arm("gmail.users.messages.send", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => gmail.TryAsync(HttpMethod.Post, "messages/send", body));
        gmail.Servers.Accepted.Count.ShouldBe(1);
        gmail.Gmail.Requests.ShouldHaveSingleItem().Status.ShouldBe(0);

        Faults.ErrorAfter.Arm("*", GmailError.Backend, times: 1);
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "messages/send", body))).ShouldBe((500, "backendError"));
        gmail.Servers.Accepted.Count.ShouldBe(2);

        Faults.DropBefore.Arm("gmail.users.messages.send", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => gmail.TryAsync(HttpMethod.Post, "messages/send", body));
        gmail.Servers.Accepted.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Answer_can_end_in_its_middle()
    {
        Faults.CutAfter.Arm("gmail.users.labels.list", 30, times: 1);
        using var reply = await gmail.Http.GetAsync("/gmail/v1/users/me/labels", HttpCompletionOption.ResponseHeadersRead);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(() => reply.Content.ReadAsStringAsync());
        await gmail.GetAsync("labels");
    }

    [Fact]
    public async Task Header_values_can_come_as_they_were_sent()
    {
        await using var raw = await GmailFixture.StartAsync(new GmailServerOptions { DecodesHeaders = false });
        var id = raw.Mailbox.Deliver(GmailFixture.Mail("=?utf-8?B?5oql5Lu3?=")).Id;
        var headers = (await raw.GetAsync($"messages/{id}?format=metadata&metadataHeaders=Subject")).GetProperty("payload").GetProperty("headers");
        headers[0].Text("value").ShouldBe("=?utf-8?B?5oql5Lu3?=");
    }

    [Fact]
    public async Task History_can_be_too_old_empty_late_and_told_again()
    {
        gmail.Mailbox.Fill(4);
        var start = gmail.Mailbox.Messages[^1].HistoryId;

        Faults.HistoryIsTooOld.Arm(true, times: 1);
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"history?startHistoryId={start}"))).ShouldBe((404, "notFound"));

        Faults.EmptyHistoryPage.Arm(true, times: 1);
        var empty = await gmail.GetAsync($"history?startHistoryId={start}");
        empty.TryGetProperty("history", out _).ShouldBeFalse();
        Count(await gmail.GetAsync($"history?startHistoryId={start}&pageToken={empty.Text("nextPageToken")}")).ShouldBe(3);

        Faults.HistoryLags.Arm(2, times: 1);
        var late = await gmail.GetAsync($"history?startHistoryId={start}");
        (Count(late), late.Text("historyId")).ShouldBe((1, gmail.Mailbox.Messages[2].HistoryId.ToString()));
        Count(await gmail.GetAsync($"history?startHistoryId={late.Text("historyId")}")).ShouldBe(2);

        Faults.HistoryRepeats.Arm(1, times: 1);
        Count(await gmail.GetAsync($"history?startHistoryId={start}")).ShouldBe(4);
        Count(await gmail.GetAsync($"history?startHistoryId={start}")).ShouldBe(3);

        static int Count(JsonElement history) => history.GetProperty("history").GetArrayLength();
    }

    [Fact]
    public async Task Pages_of_a_list_can_skip_and_repeat()
    {
        gmail.Mailbox.Fill(6);
        var ids = gmail.Mailbox.Messages.Select(message => message.Id).ToArray();
        var token = (await gmail.GetAsync("messages?maxResults=2")).Text("nextPageToken");
        Faults.ListSkips.Arm(1, times: 1);
        (await PageAsync()).ShouldBe([ids[3], ids[4]]);
        Faults.ListRepeats.Arm(1, times: 1);
        (await PageAsync()).ShouldBe([ids[1], ids[2]]);
        (await PageAsync()).ShouldBe([ids[2], ids[3]]);

        async Task<IEnumerable<string?>> PageAsync() =>
            (await gmail.GetAsync($"messages?maxResults=2&pageToken={token}")).GetProperty("messages").EnumerateArray().Select(message => message.Text("id"));
    }

    [Fact]
    public async Task Mail_comes_in_between_two_requests()
    {
        Faults.Meanwhile.Arm("gmail.users.messages.list", mailbox => mailbox.Deliver(GmailFixture.Mail("meanwhile")), times: 1);
        (await gmail.GetAsync("messages")).GetProperty("messages").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Slow_request_waits_by_the_clock_of_the_server()
    {
        Faults.Delay.Arm("gmail.users.getProfile", TimeSpan.FromMinutes(1), times: 1);
        var timers = gmail.Clock.ArmedTimers;
        var slow = gmail.GetAsync("profile");
        await gmail.Clock.UntilArmedAsync(timers + 1, CancellationToken.None);
        slow.IsCompleted.ShouldBeFalse();
        gmail.Clock.Advance(TimeSpan.FromMinutes(1));
        (await slow).Text("emailAddress").ShouldBe(gmail.Address);
    }

    [Fact]
    public async Task More_requests_at_the_same_time_than_allowed_are_429()
    {
        await using var narrow = await GmailFixture.StartAsync(new GmailServerOptions { MaxRequestsAtOnce = 1 });
        narrow.Gmail.Faults.Delay.Arm("gmail.users.getProfile", TimeSpan.FromMinutes(1), times: 1);
        var timers = narrow.Clock.ArmedTimers;
        var slow = narrow.GetAsync("profile");
        await narrow.Clock.UntilArmedAsync(timers + 1, CancellationToken.None);
        (await GmailFixture.ErrorAsync(await narrow.TryAsync(HttpMethod.Get, "labels"))).ShouldBe((429, "rateLimitExceeded"));
        narrow.Clock.Advance(TimeSpan.FromMinutes(1));
        await slow;
        await narrow.GetAsync("labels");
        narrow.Gmail.PeakRequests.ShouldBe(2);
    }

    [DiscoveryFact]
    public async Task Requests_that_are_not_as_the_document_says_are_told()
    {
        gmail.Mailbox.Deliver(GmailFixture.Mail("one"));
        await gmail.TryAsync(HttpMethod.Get, "messages?max=5&includeSpamTrash=yes&maxResults=x&fields=messages/subject");
        await gmail.TryAsync(HttpMethod.Get, "history");
        await gmail.TryAsync(HttpMethod.Post, "messages/batchModify", """{"ids":"x","addLabels":[]}""");
        await gmail.TryAsync(HttpMethod.Get, "messages?pageToken=a&pageToken=b");
        await gmail.TryAsync(HttpMethod.Post, "letters");

        gmail.Gmail.Violations.Select(violation => violation[(violation.IndexOf(": ", StringComparison.Ordinal) + 2)..]).ShouldBe([
            "There is no parameter max", "The parameter includeSpamTrash is no boolean", "The parameter maxResults is no integer", "There is no field fields.messages.subject",
            "The parameter startHistoryId is missing", "body.ids is no array", "There is no field body.addLabels", "The parameter pageToken is given twice",
            "There is no method POST /gmail/v1/users/me/letters",
        ]);
    }

    [DiscoveryFact]
    public void Methods_are_those_of_the_document()
    {
        using var contract = GmailContract.Load(DiscoveryDocument.Path!);
        var known = contract.Methods.ToDictionary(method => method.Id);
        var context = new GmailContext(new GmailServerOptions(), new GmailFaults(), null!, gmail.Clock);
        foreach (var method in GmailMethods.Create(context))
        {
            var (_, verb, path, scopes) = known[method.Id];
            (method.Verb, method.Path).ShouldBe((verb, path), method.Id);
            method.Scopes.ShouldBe(scopes, ignoreOrder: true, method.Id);
        }
    }

    [Fact]
    public async Task Answer_is_compressed_for_a_client_that_says_gzip_twice()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/gmail/v1/users/me/profile");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        (await gmail.Http.SendAsync(request)).Content.Headers.ContentEncoding.ShouldBeEmpty();
        using var packed = new HttpRequestMessage(HttpMethod.Get, "/gmail/v1/users/me/profile");
        packed.Headers.AcceptEncoding.ParseAdd("gzip");
        packed.Headers.UserAgent.ParseAdd("maildaemon (gzip)");
        var reply = await gmail.Http.SendAsync(packed);
        reply.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var unpacked = new System.IO.Compression.GZipStream(await reply.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        (await JsonDocument.ParseAsync(unpacked)).RootElement.Text("emailAddress").ShouldBe(gmail.Address);
    }

    [Fact]
    public async Task Sample_mail_is_there_when_asked_for()
    {
        await using var seeded = await GmailFixture.StartAsync(seed: true);
        var labels = (await seeded.GetAsync("labels")).GetProperty("labels").EnumerateArray().Select(label => label.Text("name"));
        labels.ShouldContain("项目/报价");
        var counts = await seeded.GetAsync("labels/INBOX");
        counts.GetProperty("messagesTotal").GetInt32().ShouldBeGreaterThan(20);
        (await seeded.GetAsync("messages?q=in:sent")).GetProperty("messages").GetArrayLength().ShouldBeGreaterThan(5);
        foreach (var message in (await seeded.GetAsync("messages?includeSpamTrash=true&maxResults=500")).GetProperty("messages").EnumerateArray())
            await seeded.GetAsync($"messages/{message.Text("id")}");
        seeded.Gmail.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Server_that_is_away_answers_nothing_and_comes_back()
    {
        await gmail.Servers.GoAwayAsync();
        await Should.ThrowAsync<HttpRequestException>(() => gmail.TryAsync(HttpMethod.Get, "profile"));
        gmail.Servers.ComeBack();
        await gmail.GetAsync("profile");
    }
}
