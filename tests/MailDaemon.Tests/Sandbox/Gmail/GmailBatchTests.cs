using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>Calls in one request, each with a status of its own.</summary>
public sealed class GmailBatchTests : IAsyncLifetime
{
    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync();

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Fact]
    public async Task Each_part_has_its_own_answer()
    {
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        var parts = await BatchAsync(
            $"GET /gmail/v1/users/me/messages/{id}?format=minimal HTTP/1.1\r\n\r\n",
            "GET /gmail/v1/users/me/messages/17979cfe362affff HTTP/1.1\r\n\r\n",
            $$"""POST {{gmail.Gmail.Url}}/gmail/v1/users/me/messages/{{id}}/modify HTTP/1.1{{"\r\n"}}Content-Type: application/json{{"\r\n\r\n"}}{"addLabelIds":["STARRED"]}""");

        parts.Select(part => (part.Id, part.Status)).ShouldBe([("<response-item1>", 200), ("<response-item2>", 404), ("<response-item3>", 200)]);
        parts[0].Json.Text("id").ShouldBe(id);
        parts[2].Json.Texts("labelIds").ShouldBe(["INBOX", "STARRED", "UNREAD"]);
        gmail.Gmail.Requests.Select(request => (request.Method, request.IsBatchPart, request.Units)).ShouldBe([
            ("gmail.users.messages.get", true, 20), ("gmail.users.messages.get", true, 20), ("gmail.users.messages.modify", true, 5), ("batch", false, 0),
        ]);
        gmail.Gmail.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_that_are_refused_are_hidden_in_a_200_and_in_any_order()
    {
        gmail.Gmail.Faults.PartError.Arm("gmail.users.getProfile", GmailError.RateLimit, times: 1);
        gmail.Gmail.Faults.ShufflesBatch = true;
        var parts = await BatchAsync("GET /gmail/v1/users/me/profile HTTP/1.1\r\n\r\n", "GET /gmail/v1/users/me/labels HTTP/1.1\r\n\r\n");
        parts.Select(part => (part.Id, part.Status)).ShouldBe([("<response-item2>", 200), ("<response-item1>", 429)]);
        (await gmail.GetAsync("profile")).Text("emailAddress").ShouldBe(gmail.Address);
    }

    [Fact]
    public async Task More_than_a_hundred_parts_are_refused()
    {
        using var content = Content([.. Enumerable.Repeat("GET /gmail/v1/users/me/profile HTTP/1.1\r\n\r\n", 101)]);
        (await GmailFixture.ErrorAsync(await gmail.Http.PostAsync("/batch/gmail/v1", content))).ShouldBe((400, "invalidArgument"));
    }

    [Fact]
    public async Task Parts_above_what_runs_at_once_are_429()
    {
        await using var small = await GmailFixture.StartAsync(new GmailServerOptions { MaxBatchPartsAtOnce = 2 });
        (gmail, var first) = (small, gmail);
        var parts = await BatchAsync([.. Enumerable.Repeat("GET /gmail/v1/users/me/profile HTTP/1.1\r\n\r\n", 3)]);
        gmail = first;
        parts.Select(part => part.Status).ShouldBe([200, 200, 429]);
    }

    private async Task<List<(string? Id, int Status, JsonElement Json)>> BatchAsync(params string[] calls)
    {
        using var content = Content(calls);
        var reply = await gmail.Http.PostAsync("/batch/gmail/v1", content);
        var text = await reply.Content.ReadAsStringAsync();
        reply.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var boundary = "--" + reply.Content.Headers.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary").Value;
        return text.Split(boundary)[1..^1].Select(Part).ToList();
    }

    private static (string? Id, int Status, JsonElement Json) Part(string part)
    {
        var pieces = part.Split("\r\n\r\n", 3);
        var id = pieces[0].Split("\r\n").Single(line => line.StartsWith("Content-ID: ", StringComparison.Ordinal)).Split(' ')[1];
        return (id, int.Parse(pieces[1].Split(' ')[1]), JsonDocument.Parse(pieces[2]).RootElement);
    }

    private static StringContent Content(string[] calls)
    {
        var body = new StringBuilder();
        for (var i = 0; i < calls.Length; i++)
            body.Append($"--x\r\nContent-Type: application/http\r\nContent-ID: <item{i + 1}>\r\n\r\n{calls[i]}\r\n");
        var content = new StringContent(body.Append("--x--\r\n").ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/mixed; boundary=x");
        return content;
    }
}
