using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

public sealed class InputTests(SampleApp sample) : IClassFixture<SampleApp>
{
    private const string Route = "/api/sample/me@example.com";

    private DaemonApp App => sample.App;

    [Fact]
    public async Task Route_query_and_body_come_together_in_one_request()
    {
        var reply = await App.PostAsync($"{Route}?limit=7&isUnread=True", new { name = "报价", provider = "imap" });

        reply.Status.ShouldBe(200);
        reply.Result.GetRawText().ShouldBe(
            """{"email":"me@example.com","name":"报价","limit":7,"isUnread":true,"provider":"imap","since":null,"folder":"inbox","body":null,"parts":null}""");
    }

    [Fact]
    public async Task Any_parameter_may_come_by_query_or_by_body()
    {
        var byQuery = await App.PostAsync($"{Route}?name=a&folder=sent");
        var byBody = await App.PostAsync(Route, new { name = "a", limit = 9, isUnread = false });

        byQuery.Result.GetProperty("folder").GetString().ShouldBe("sent");
        byBody.Result.GetProperty("limit").GetInt32().ShouldBe(9);
        byBody.Result.GetProperty("isUnread").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Delete_and_put_take_a_body_too()
    {
        (await App.DeleteAsync(Route, new { name = "a" })).Status.ShouldBe(202);
        (await App.PutAsync(Route, new { name = "a" })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Same_value_twice_is_accepted()
    {
        var reply = await App.PostAsync($"{Route}?limit=4&name=b", new { name = "b", limit = 4 });

        reply.Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("?limit=4", """{"name":"b","limit":5}""", "limit")]
    [InlineData("?name=x", """{"name":"b"}""", "name")]
    [InlineData("?limit=4&limit=5&name=x", "{}", "limit")]
    public async Task Different_values_are_refused_by_name(string query, string body, string name)
    {
        var reply = await App.PostAsync(Route + query, body);

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("conflicting_parameter");
        reply.Msg.ShouldBe($"Parameter {name} is given twice with different values");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":"  "}""")]
    public async Task Missing_parameter_is_named(string body)
    {
        var reply = await App.PostAsync(Route, body);

        reply.Status.ShouldBe(400);
        reply.Msg.ShouldBe("Missing name parameter");
        reply.Error.ShouldBe("missing_parameter");
        reply.Envelope.GetProperty("details").GetRawText().ShouldBe("""{"name":"is missing"}""");
    }

    [Theory]
    [InlineData("?limit=abc", "limit must be a whole number")]
    [InlineData("?limit=1.5", "limit must be a whole number")]
    [InlineData("?limit=99999999999", "limit must be a whole number")]
    [InlineData("?limit=0", "limit must be between 1 and 500")]
    [InlineData("?limit=501", "limit must be between 1 and 500")]
    [InlineData("?isUnread=1", "isUnread must be true or false")]
    [InlineData("?provider=yahoo", "provider must be one of gmail, outlook, imap")]
    [InlineData("?provider=1", "provider must be one of gmail, outlook, imap")]
    [InlineData("?since=yesterday", "since must be an instant like 2026-01-31T08:00:00Z")]
    [InlineData("?folder=12345678901", "folder must have at most 10 characters")]
    [InlineData("?parts=a,b", "parts must be given in the JSON body")]
    public async Task Wrong_value_in_the_query_is_named(string query, string problem)
    {
        var reply = await App.PostAsync($"{Route}{query}&name=x");

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("invalid_parameter");
        reply.Msg.ShouldBe(problem);
    }

    [Theory]
    [InlineData("""{"name":"x","limit":"7"}""", "limit", "must be a whole number")]
    [InlineData("""{"name":5}""", "name", "must be a string")]
    [InlineData("""{"name":"x","isUnread":"true"}""", "isUnread", "must be true or false")]
    [InlineData("""{"name":"x","parts":{}}""", "parts", "must be a JSON array or object of the documented form")]
    [InlineData("""{"name":"x","parts":[{}]}""", "parts[0].filename", "is missing")]
    [InlineData("""{"name":"x","parts":[{"filename":null}]}""", "parts[0].filename", "is missing")]
    [InlineData("""{"name":"x","parts":[null]}""", "parts[0]", "must not be null")]
    [InlineData("""{"name":"x","parts":["a"]}""", "parts[0]", "must be of the documented form")]
    [InlineData("""{"name":"x","parts":[{"filename":"a","rank":"9"}]}""", "parts[0].rank", "must be a whole number")]
    [InlineData("""{"name":"x","parts":[{"filename":"a","rank":10}]}""", "parts[0].rank", "must be between 0 and 9")]
    public async Task Wrong_value_in_the_body_is_named(string body, string field, string problem)
    {
        var reply = await App.PostAsync(Route, body);

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("invalid_parameter");
        reply.Envelope.GetProperty("details").GetProperty(field).GetString().ShouldBe(problem);
    }

    [Theory]
    [InlineData("""{"name":"a\r\nBcc: x@evil.example"}""", "name")]
    [InlineData("""{"name":"a\u0000"}""", "name")]
    [InlineData("""{"name":"a\tb"}""", "name")]
    [InlineData("""{"name":"a\u007f"}""", "name")]
    [InlineData("""{"name":"a\u0085b"}""", "name")]
    [InlineData("""{"name":"a\ud800"}""", "name")]
    [InlineData("""{"name":"a","body":"x\u0007"}""", "body")]
    [InlineData("""{"name":"a","parts":[{"filename":"ok"},{"filename":"a\nb"}]}""", "parts[1].filename")]
    public async Task Control_characters_are_refused(string body, string field)
    {
        var reply = await App.PostAsync(Route, body);

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("invalid_parameter");
        reply.Msg.ShouldBe($"{field} must not contain control characters");
    }

    [Fact]
    public async Task Control_characters_in_the_query_are_refused()
    {
        var reply = await App.GetAsync($"{Route}?name=a%0d%0ab");

        reply.Status.ShouldBe(400);
        reply.Msg.ShouldBe("name must not contain control characters");
    }

    [Fact]
    public async Task Raw_c1_control_in_the_body_is_refused()
    {
        var reply = await App.PostAsync(Route, "{\"name\":\"a\u0085b\"}");

        reply.Msg.ShouldBe("name must not contain control characters");
    }

    [Fact]
    public async Task Lines_are_kept_where_a_text_of_lines_belongs()
    {
        var reply = await App.PostAsync(Route, new { name = "a", body = "Dear Li,\r\n\tthank you" });

        reply.Result.GetProperty("body").GetString().ShouldBe("Dear Li,\r\n\tthank you");
    }

    [Theory]
    [InlineData("""{"name":""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"name":"a","name":"a"}""")]
    [InlineData("""{"name":"a","parts":[{"filename":"a","filename":"b"}]}""")]
    [InlineData("""{"name":"a",}""")]
    [InlineData("""{"name":"a","\ud800":1}""")]
    [InlineData("""{"name":"a","parts":[{"filename":"a","\udc00":1}]}""")]
    [InlineData("// note\n{}")]
    public async Task Broken_json_is_a_400(string body)
    {
        var reply = await App.PostAsync(Route, body);

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("invalid_json");
    }

    [Theory]
    [InlineData(63, "unknown_parameter")]
    [InlineData(64, "invalid_json")]
    [InlineData(5000, "invalid_json")]
    public async Task Nesting_deeper_than_64_is_not_read(int arrays, string error)
    {
        var reply = await App.PostAsync(Route, $$"""{"name":"a","unread":{{new string('[', arrays)}}{{new string(']', arrays)}}}""");

        reply.ShouldBeRefused(400, error);
    }

    [Fact]
    public async Task Body_that_is_not_utf8_is_a_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Route) { Version = new Version(2, 0) };
        request.Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xFF, .. "\"}"u8]);
        request.Content.Headers.Add("Content-Type", "application/json");

        var reply = await DaemonApp.SendAsync(App.Client, request);

        reply.Status.ShouldBe(400);
        reply.Error.ShouldBe("invalid_json");
    }

    [Theory]
    [InlineData("?name=a&colour=red", null, "colour", "known here: email, name, limit, isUnread, provider, since, folder, body, parts")]
    [InlineData("?name=a&Limit=3", null, "Limit", "did you mean limit?")]
    [InlineData("?name=a&is_unread=true", null, "is_unread", "did you mean isUnread?")]
    [InlineData("?name=a&limti=3", null, "limti", "did you mean limit?")]
    [InlineData("?name=a", """{"Folder":"sent"}""", "Folder", "did you mean folder?")]
    [InlineData("?name=a", """{"text":"hello"}""", "text", "did you mean body?")]
    [InlineData("?name=a", """{"parts":[{"filename":"a"},{"filename":"b","Rank":1}]}""", "parts[1].Rank", "did you mean rank?")]
    [InlineData("?name=a", """{"parts":[{"filename":"a","mime":"x"}]}""", "parts[0].mime", "known here: filename, file_name, rank")]
    [InlineData("?name=a", """{"idempotencyKey":"7"}""", "idempotencyKey", "known here: email, name, limit, isUnread, provider, since, folder, body, parts")]
    public async Task Name_that_nobody_reads_is_refused_with_the_nearest_known_one(string query, string? body, string path, string advice)
    {
        var reply = await App.PostAsync(Route + query, body);

        reply.ShouldBeRefused(400, "unknown_parameter");
        reply.Msg.ShouldBe($"Unknown parameter {path}: {advice}");
        reply.Envelope.GetProperty("details").GetProperty(path).GetString().ShouldBe($"is not known; {advice}");
    }

    [Theory]
    [InlineData("POST", "/api/touch?x=1", null)]
    [InlineData("POST", "/api/touch", """{"dryRun":true}""")]
    public async Task Endpoint_that_takes_nothing_refuses_everything(string method, string path, string? body)
    {
        (await App.SendAsync(method, path, body)).ShouldBeRefused(400, "unknown_parameter");
        (await App.SendAsync(method, "/api/touch", "{}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Null_of_an_optional_member_is_not_given_at_any_depth()
    {
        var reply = await App.PostAsync(Route, """{"name":"a","limit":null,"folder":null,"parts":[{"filename":"b","rank":null}]}""");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.GetProperty("limit").GetInt32().ShouldBe(50);
        reply.Result.GetProperty("folder").GetString().ShouldBe("inbox");
        reply.Result.GetProperty("parts")[0].GetProperty("rank").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Alias_is_taken_at_any_depth_and_not_beside_the_name()
    {
        var alias = await App.PostAsync(Route, """{"name":"a","parts":[{"file_name":"b"}]}""");
        var both = await App.PostAsync(Route, """{"name":"a","parts":[{"file_name":"b","filename":"b"}]}""");

        alias.Result.GetProperty("parts")[0].GetProperty("filename").GetString().ShouldBe("b");
        both.ShouldBeRefused(400, "invalid_parameter");
        both.Msg.ShouldBe("parts[0].filename is given twice, as filename and file_name");
    }

    [Fact]
    public async Task Long_names_are_not_echoed_whole()
    {
        var reply = await App.GetAsync($"/api/strict?{new string('a', 5000)}=1");

        reply.Status.ShouldBe(400);
        reply.Text.Length.ShouldBeLessThan(300);
    }

    [Fact]
    public async Task Initial_values_stay_at_every_depth()
    {
        var reply = await App.PostAsync(Route, """{"name":"a","parts":[{"filename":"b"}]}""");

        reply.Result.GetProperty("limit").GetInt32().ShouldBe(50);
        reply.Result.GetProperty("folder").GetString().ShouldBe("inbox");
        reply.Result.GetProperty("parts")[0].GetProperty("rank").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Home_only_parameters_keep_to_their_places()
    {
        var reply = await App.PostAsync("/api/move?folder=INBOX", new { folder = "Archive" });

        reply.Result.GetRawText().ShouldBe("""{"folder":"INBOX","target":"Archive"}""");
    }

    [Fact]
    public async Task Aliases_that_differ_conflict()
    {
        var reply = await App.PostAsync("/api/move", new { target = "a", to = "b" });

        reply.Error.ShouldBe("conflicting_parameter");
        reply.Msg.ShouldBe("Parameter target is given twice with different values");
    }

    [Fact]
    public async Task Route_value_may_be_repeated_and_not_contradicted()
    {
        var same = await App.PostAsync($"{Route}?email=me@example.com", new { name = "a", email = "me@example.com" });
        var other = await App.PostAsync($"{Route}?email=other@example.com", new { name = "a" });
        var odd = await App.PostAsync(Route, new { name = "a", email = new { x = 1 } });

        same.Result.GetProperty("email").GetString().ShouldBe("me@example.com");
        other.ShouldBeRefused(400, "conflicting_parameter");
        odd.ShouldBeRefused(400, "conflicting_parameter");
    }

    [Fact]
    public async Task Get_reads_a_body_as_all_others_do()
    {
        var taken = await App.SendAsync("GET", $"{Route}?name=a", """{"limit":7}""");
        var unknown = await App.SendAsync("GET", $"{Route}?name=a", """{"colour":"red"}""");
        var broken = await App.SendAsync("GET", $"{Route}?name=a", "{broken");

        taken.Result.GetProperty("limit").GetInt32().ShouldBe(7);
        unknown.ShouldBeRefused(400, "unknown_parameter");
        broken.ShouldBeRefused(400, "invalid_json");
    }

    [Fact]
    public async Task Empty_body_is_no_body()
    {
        var reply = await RawHttp.SendAsync(App, $"POST {Route}?name=a HTTP/1.1\nHost: localhost:{App.Port}\nContent-Type: application/json\nTransfer-Encoding: chunked", "0\r\n\r\n");

        reply.Status.ShouldBe(200);
    }
}
