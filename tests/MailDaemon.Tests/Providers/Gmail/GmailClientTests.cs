using System.Net;
using Google.Apis.Gmail.v1;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Tests.Support;
using static Google.Apis.Gmail.v1.UsersResource;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>Requests as they go over the wire: address, body, token, what is repeated and what is not, and what failures become.</summary>
public sealed class GmailClientTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task Query_parameters_go_as_the_contract_names_them()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"messages":[{"id":"1a","threadId":"1b"}],"nextPageToken":"p2","resultSizeEstimate":7}"""));
        using var client = gmail.Client();
        var request = client.Users.Messages.List("me");
        (request.LabelIds, request.MaxResults, request.Q, request.IncludeSpamTrash, request.Fields) = (new(["INBOX", "Label_1"]), 500, "from:a b", true, "messages/id,nextPageToken");

        var page = await client.RunAsync(GmailLane.Pass, request, Ct);

        (page.Messages![0].Id, page.NextPageToken, page.ResultSizeEstimate).ShouldBe(("1a", "p2", 7));
        var seen = gmail.Seen.ShouldHaveSingleItem();
        seen.Method.ShouldBe("GET");
        var (path, query) = (seen.Url.Split('?')[0], seen.Url.Split('?')[1].Split('&').Order(StringComparer.Ordinal));
        path.ShouldBe("https://gmail.test/gmail/v1/users/me/messages");
        query.ShouldBe(["fields=messages%2Fid%2CnextPageToken", "includeSpamTrash=true", "labelIds=INBOX", "labelIds=Label_1", "maxResults=500", "q=from%3Aa%20b"]);
        seen.Headers["Authorization"].ShouldBe("Bearer token-1");
        seen.Headers.Keys.ShouldNotContain("Content-Encoding");
    }

    [Fact]
    public async Task History_is_asked_with_all_its_types_and_numbers_beyond_a_long()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"historyId":"18446744073709551615","history":[{"id":"12","labelsAdded":[{"message":{"id":"1"},"labelIds":["UNREAD"]}]}]}"""));
        using var client = gmail.Client();
        var request = client.Users.History.List("me");
        request.StartHistoryId = ulong.MaxValue - 1;
        request.HistoryTypesList = new([HistoryResource.ListRequest.HistoryTypesEnum.MessageAdded, HistoryResource.ListRequest.HistoryTypesEnum.LabelRemoved]);

        var page = await client.RunAsync(GmailLane.Pass, request, Ct);

        page.HistoryId.ShouldBe(ulong.MaxValue);
        page.History!.Single().LabelsAdded!.Single().LabelIds.ShouldBe(["UNREAD"]);
        gmail.Seen.Single().Url.Split('?')[1].Split('&').Order(StringComparer.Ordinal)
            .ShouldBe(["historyTypes=labelRemoved", "historyTypes=messageAdded", "startHistoryId=18446744073709551614"]);
    }

    [Fact]
    public async Task A_body_holds_what_is_set_and_nothing_else()
    {
        using var gmail = new FakeGmail().Answers(new HttpResponseMessage(HttpStatusCode.NoContent));
        using var client = gmail.Client();

        await client.RunAsync(GmailLane.Person, client.Users.Messages.BatchModify(new BatchModifyMessagesRequest { Ids = ["1", "2"], RemoveLabelIds = ["UNREAD"] }, "me"), Ct);

        var seen = gmail.Seen.Single();
        seen.ToString().ShouldBe("POST https://gmail.test/gmail/v1/users/me/messages/batchModify");
        seen.Text.ShouldBe("""{"ids":["1","2"],"removeLabelIds":["UNREAD"]}""");
        seen.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        client.Spending.Units.ShouldBe(50);
    }

    [Fact]
    public async Task The_configured_address_may_be_plain_http_with_a_port_and_a_path()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("""{"emailAddress":"gina@gmail.test","historyId":"9"}"""));
        using var client = gmail.Client(url: "http://127.0.0.1:8123/stand-in");

        (await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct)).EmailAddress.ShouldBe("gina@gmail.test");

        gmail.Seen.Single().Url.ShouldBe("http://127.0.0.1:8123/stand-in/gmail/v1/users/me/profile");
    }

    [Fact]
    public async Task An_id_cannot_leave_its_place_in_the_path()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("{}"));
        using var client = gmail.Client();

        await client.RunAsync(GmailLane.Pass, client.Users.Labels.Get("me", "a/../b?c"), Ct);

        gmail.Seen.Single().Url.ShouldBe("https://gmail.test/gmail/v1/users/me/labels/a%2F..%2Fb%3Fc");
    }

    [Theory]
    [InlineData(429, "rateLimitExceeded")]
    [InlineData(403, "rateLimitExceeded")]
    [InlineData(403, "userRateLimitExceeded")]
    [InlineData(500, "backendError")]
    [InlineData(502, "")]
    [InlineData(503, "backendError")]
    [InlineData(504, "")]
    public async Task Passing_trouble_is_repeated_until_it_has_passed(int status, string reason)
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Error(status, reason)).Answers(FakeGmail.Error(status, reason)).Answers(FakeGmail.Json("""{"historyId":"5"}"""));
        var time = new HastyClock();
        using var client = gmail.Client(time);

        (await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct)).HistoryId.ShouldBe(5UL);

        gmail.Seen.Count.ShouldBe(3);
        client.Spending.Units.ShouldBe(3);
        time.Waits.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_broken_connection_is_repeated_also_when_it_breaks_within_the_reply()
    {
        using var gmail = new FakeGmail()
            .Fails(new HttpRequestException(HttpRequestError.ConnectionError))
            .Answers(new HttpResponseMessage { Content = new StreamContent(new BrokenStream("""{"historyId":"""u8.ToArray())) })
            .Answers(FakeGmail.Json("""{"historyId":"5"}"""));
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct)).HistoryId.ShouldBe(5UL);
        gmail.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Retry_after_is_waited_for_and_told_when_it_goes_on_too_long()
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(429, "rateLimitExceeded", retryAfter: 20) };
        var time = new HastyClock();
        using var client = gmail.Client(time);

        var failure = await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Person, client.Users.GetProfile("me"), Ct));

        (failure.Fault, failure.Code, failure.RetryAfter, failure.MayPass).ShouldBe((MailFault.TooMany, "rate_limited", TimeSpan.FromSeconds(20), true));
        time.Waits.ShouldContain(TimeSpan.FromSeconds(20));

        // A person waits a minute at most: the fourth wait would go beyond.
        gmail.Seen.Count.ShouldBeLessThanOrEqualTo(4);
    }

    [Theory]
    [InlineData(403, "dailyLimitExceeded", "quota_exceeded", MailFault.TooMany)]
    [InlineData(403, "quotaExceeded", "quota_exceeded", MailFault.TooMany)]
    [InlineData(429, "quotaExceeded", "quota_exceeded", MailFault.TooMany)]
    [InlineData(403, "insufficientPermissions", "scope_missing", MailFault.NotAuthorized)]
    [InlineData(403, "accessNotConfigured", "api_disabled", MailFault.Forbidden)]
    [InlineData(403, "domainPolicy", "domain_policy", MailFault.Forbidden)]
    [InlineData(403, "forbidden", "server_refused", MailFault.Forbidden)]
    [InlineData(400, "invalidArgument", "server_refused", MailFault.InvalidInput)]
    [InlineData(400, "failedPrecondition", "server_refused", MailFault.Refused)]
    [InlineData(404, "notFound", "message_gone", MailFault.NotFound)]
    [InlineData(409, "aborted", "server_conflict", MailFault.Conflict)]
    [InlineData(413, "uploadTooLarge", "message_too_large", MailFault.TooLarge)]
    [InlineData(501, "notImplemented", "server_unavailable", MailFault.Unreachable)]
    public async Task What_will_not_pass_is_not_repeated_and_told_by_its_reason(int status, string reason, string code, MailFault fault)
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(status, reason) };
        using var client = gmail.Client();

        var failure = await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Person, client.Users.Messages.Get("me", "1"), Ct));

        (failure.Code, failure.Fault).ShouldBe((code, fault));
        gmail.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_missing_is_told_by_what_was_asked_for()
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(404, "notFound") };
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.History.List("me"), Ct))).Code.ShouldBe("history_expired");
        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.Labels.Get("me", "L"), Ct))).Code.ShouldBe("folder_not_found");
        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.Threads.Get("me", "T"), Ct))).Code.ShouldBe("message_gone");
    }

    [Fact]
    public async Task A_second_label_is_never_made_when_the_reply_is_lost()
    {
        using var gmail = new FakeGmail { Otherwise = _ => throw new HttpIOException(HttpRequestError.ResponseEnded) };
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Person, client.Users.Labels.Create(new Label { Name = "a" }, "me"), Ct))).Code.ShouldBe("connection_lost");
        gmail.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_label_is_made_after_a_refusal_for_the_rate()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Error(429, "rateLimitExceeded")).Answers(FakeGmail.Json("""{"id":"Label_1"}"""));
        using var client = gmail.Client();

        (await client.RunAsync(GmailLane.Person, client.Users.Labels.Create(new Label { Name = "a" }, "me"), Ct)).Id.ShouldBe("Label_1");
    }

    [Fact]
    public async Task What_is_gone_after_a_lost_reply_was_deleted()
    {
        using var gmail = new FakeGmail().Fails(new HttpIOException(HttpRequestError.ResponseEnded)).Answers(FakeGmail.Error(404, "notFound"));
        using var client = gmail.Client();

        await client.RunAsync(GmailLane.Person, client.Users.Messages.Delete("me", "1"), Ct);

        gmail.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Error(401, "authError")).Answers(FakeGmail.Json("""{"historyId":"5"}"""));
        var tokens = new FakeTokens();
        using var client = gmail.Client(tokens: tokens);

        await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct);

        tokens.Refused.ShouldBe(["token-1"]);
        gmail.Seen.Select(s => s.Headers["Authorization"]).ShouldBe(["Bearer token-1", "Bearer token-2"]);
    }

    [Fact]
    public async Task A_token_refused_twice_ends_the_sign_in()
    {
        using var gmail = new FakeGmail { Otherwise = _ => FakeGmail.Error(401, "authError") };
        var tokens = new FakeTokens();
        using var client = gmail.Client(tokens: tokens);

        var failure = await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct));

        (failure.Fault, failure.Code).ShouldBe((MailFault.NotAuthorized, "auth_failed"));
        (gmail.Seen.Count, tokens.Refused.Count).ShouldBe((2, 1));
        failure.ToString().ShouldNotContain("token-");
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var away = new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new Uri("https://elsewhere.test/") } };
        using var gmail = new FakeGmail().Answers(away);
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct))).Code.ShouldBe("server_refused");
        gmail.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_is_not_json_is_not_quoted()
    {
        using var gmail = new FakeGmail().Answers(FakeGmail.Json("<html>private words"));
        using var client = gmail.Client();

        var failure = await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct));

        failure.Code.ShouldBe("protocol_error");
        failure.ToString().ShouldNotContain("private words");
    }

    [Fact]
    public async Task Parts_may_be_within_parts_as_deep_as_mail_has_them()
    {
        var payload = string.Concat(Enumerable.Repeat("""{"mimeType":"multipart/mixed","parts":[""", 100)) + """{"mimeType":"text/plain"}""" + string.Concat(Enumerable.Repeat("]}", 100));
        using var gmail = new FakeGmail().Answers(FakeGmail.Json($$"""{"id":"1","payload":{{payload}}}"""));
        using var client = gmail.Client();

        var part = (await client.RunAsync(GmailLane.Pass, client.Users.Messages.Get("me", "1"), Ct)).Payload;

        for (var depth = 0; depth < 100; depth++)
            part = part!.Parts!.Single();
        part!.MimeType.ShouldBe("text/plain");
    }

    [Fact]
    public async Task Clear_text_is_for_this_machine_only()
    {
        using var gmail = new FakeGmail();
        using var client = gmail.Client(url: "http://gmail.test");

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct))).Code.ShouldBe("server_not_allowed");
        gmail.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_page_of_a_proxy_is_told_by_its_status()
    {
        using var gmail = new FakeGmail { Otherwise = _ => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>no</html>") } };
        using var client = gmail.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), Ct))).Code.ShouldBe("server_unavailable");
        gmail.Seen.Count.ShouldBe(GmailLimits.Tries);
    }

    [Fact]
    public void Every_request_has_a_price()
    {
        using var client = new FakeGmail().Client();
        var service = client.Users.GetProfile("me").Service;
        foreach (var type in typeof(UsersResource).GetNestedTypes().SelectMany(t => t.GetNestedTypes().Prepend(t)).SelectMany(t => t.GetNestedTypes().Prepend(t)))
        {
            if (!type.Name.EndsWith("Request", StringComparison.Ordinal) && !type.Name.EndsWith("MediaUpload", StringComparison.Ordinal))
                continue;
            var constructor = type.GetConstructors().Single();
            object? Argument(Type t) => t == typeof(string) ? "x" : t == typeof(Stream) ? new MemoryStream() : t.IsInterface ? service : Activator.CreateInstance(t);
            GmailUnits.Of(constructor.Invoke([.. constructor.GetParameters().Select(p => Argument(p.ParameterType))])).ShouldBeGreaterThan(0, type.FullName);
        }
    }

    public void Dispose() => limit.Dispose();
}
