using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Drafts out of MIME, and attachments in one request or in parts.</summary>
public sealed class GraphUploadTests : IDisposable
{
    private const string UploadUrl = "https://upload.test/api/upload?token=secret";
    private const int Unit = 320 * 1024;

    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private readonly byte[] file = new byte[9_000_001];
    private readonly List<byte> taken = [];
    private int opened;

    public GraphUploadTests() => new Random(1).NextBytes(file);

    private CancellationToken Ct => limit.Token;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(49_151)]
    [InlineData(49_152)]
    [InlineData(49_153)]
    [InlineData(200_000)]
    public async Task A_draft_goes_as_base64_of_its_mime(int size)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Json("""{"id":"d1","isDraft":true}""", HttpStatusCode.Created) };
        using var client = graph.Client();
        using var mime = new MemoryStream(file[..size]);
        mime.Position = size / 2;

        (await client.CreateFromMimeAsync(null, mime, Ct)).Id.ShouldBe("d1");
        (await client.CreateFromMimeAsync(FakeGraph.OddId, mime, Ct)).IsDraft.ShouldBe(true);

        graph.Seen.Select(s => s.ToString()).ShouldBe(["POST https://graph.test/v1.0/me/messages", $"POST https://graph.test/v1.0/me/mailFolders/{FakeGraph.OddIdEscaped}/messages"]);
        foreach (var seen in graph.Seen)
        {
            Convert.FromBase64String(seen.Text).ShouldBe(file[..size]);
            seen.Headers["Content-Type"].ShouldBe("text/plain");
            seen.Headers["Content-Length"].ShouldBe(seen.Body.Length.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task A_draft_is_sent_again_whole_when_it_was_refused_and_not_when_its_answer_is_lost()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Error(429, "ApplicationThrottled")).Fails(new HttpIOException(HttpRequestError.ResponseEnded));
        using var client = graph.Client();
        using var mime = new MemoryStream(file[..100_000]);

        (await Should.ThrowAsync<MailException>(client.CreateFromMimeAsync(null, mime, Ct))).Code.ShouldBe("connection_lost");

        graph.Seen.Count.ShouldBe(2);
        graph.Seen[1].Body.ShouldBe(graph.Seen[0].Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task A_small_attachment_goes_in_one_request(int size)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Json("""{"@odata.type":"#microsoft.graph.fileAttachment","id":"a1"}""", HttpStatusCode.Created) };
        using var client = graph.Client();

        await client.AddAttachmentAsync(FakeGraph.OddId, Upload(size, "sum \"é\" 报告.png", isInline: true, contentId: "logo@x"), Ct);

        var seen = graph.Seen.Single();
        seen.ToString().ShouldBe($"POST https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}/attachments");
        seen.Headers["Content-Type"].ShouldBe("application/json");
        using var json = JsonDocument.Parse(seen.Body);
        var root = json.RootElement;
        root.GetProperty("@odata.type").GetString().ShouldBe("#microsoft.graph.fileAttachment");
        root.GetProperty("name").GetString().ShouldBe("sum \"é\" 报告.png");
        root.GetProperty("contentType").GetString().ShouldBe("image/png");
        root.GetProperty("isInline").GetBoolean().ShouldBeTrue();
        root.GetProperty("contentId").GetString().ShouldBe("logo@x");
        root.GetProperty("contentBytes").GetBytesFromBase64().ShouldBe(file[..size]);
        opened.ShouldBe(1);
    }

    [Fact]
    public async Task A_large_attachment_goes_in_parts_to_an_address_that_is_told_no_token()
    {
        using var graph = new FakeGraph { Otherwise = Serve };
        using var client = graph.Client();

        await client.AddAttachmentAsync(FakeGraph.OddId, Upload(file.Length), Ct);

        taken.ToArray().ShouldBe(file);
        var start = graph.Seen[0];
        start.ToString().ShouldBe($"POST https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}/attachments/createUploadSession");
        start.Headers["Authorization"].ShouldBe("Bearer token-1");
        using var json = JsonDocument.Parse(start.Body);
        var item = json.RootElement.GetProperty("AttachmentItem");
        (item.GetProperty("attachmentType").GetString(), item.GetProperty("name").GetString(), item.GetProperty("size").GetInt64(), item.GetProperty("contentType").GetString(), item.GetProperty("isInline").GetBoolean())
            .ShouldBe(("file", "film.png", 9_000_001, "image/png", false));
        var parts = graph.Seen.Skip(1).ToList();
        parts.ShouldAllBe(s => s.ToString() == "PUT " + UploadUrl);
        parts.ShouldAllBe(s => !s.Headers.ContainsKey("Authorization") && !s.Headers.ContainsKey("Prefer"));
        parts.SkipLast(1).ShouldAllBe(s => s.Body.Length % Unit == 0 && s.Body.Length <= 4_000_000);
        parts[0].Headers["Content-Range"].ShouldBe("bytes 0-3276799/9000001");
        parts[^1].Headers["Content-Range"].ShouldBe("bytes 6553600-9000000/9000001");
        opened.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_lost_part_the_server_is_asked_what_it_expects(bool arrives)
    {
        using var graph = new FakeGraph { Otherwise = Serve };
        graph.Answers(Serve).Answers(Serve).Answers(s =>
        {
            if (arrives)
                Serve(s);
            throw new HttpIOException(HttpRequestError.ResponseEnded);
        });
        using var client = graph.Client();

        await client.AddAttachmentAsync("d1", Upload(file.Length), Ct);

        taken.ToArray().ShouldBe(file);
        graph.Seen[3].ToString().ShouldBe("GET " + UploadUrl);
        graph.Seen.Count.ShouldBe(arrives ? 5 : 6);
    }

    [Fact]
    public async Task A_server_that_took_a_part_of_a_part_gets_the_rest_of_it()
    {
        using var graph = new FakeGraph { Otherwise = Serve };
        graph.Answers(Serve).Answers(s =>
        {
            taken.AddRange(s.Body[..Unit]);
            throw new HttpIOException(HttpRequestError.ResponseEnded);
        });
        using var client = graph.Client();

        await client.AddAttachmentAsync("d1", Upload(file.Length), Ct);

        taken.ToArray().ShouldBe(file);
        graph.Seen[3].Headers["Content-Range"].ShouldBe("bytes 327680-3276799/9000001");
    }

    [Fact]
    public async Task A_server_that_has_forgotten_gets_it_from_there()
    {
        using var graph = new FakeGraph { Otherwise = Serve };
        graph.Answers(Serve).Answers(Serve).Answers(_ =>
        {
            taken.Clear();
            return Expecting(0);
        });
        using var client = graph.Client();

        await client.AddAttachmentAsync("d1", Upload(file.Length), Ct);

        taken.ToArray().ShouldBe(file);
        opened.ShouldBe(2);
    }

    [Fact]
    public async Task Throttling_of_a_part_is_waited_for()
    {
        using var graph = new FakeGraph { Otherwise = Serve };
        graph.Answers(Serve).Answers(FakeGraph.Error(429, "ApplicationThrottled", retryAfter: 5)).Answers(FakeGraph.Error(503, "", retryAfter: 5));
        using var client = graph.Client();

        await client.AddAttachmentAsync("d1", Upload(file.Length), Ct);

        taken.ToArray().ShouldBe(file);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task An_upload_that_is_over_is_told(int status)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Error(status, "ErrorItemNotFound") };
        graph.Answers(Serve).Answers(Serve);
        using var client = graph.Client();

        var failure = await Should.ThrowAsync<MailException>(client.AddAttachmentAsync("d1", Upload(file.Length), Ct));

        // Another draft may do.
        (failure.Code, failure.MayPass).ShouldBe(("upload_lost", true));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no")]
    [InlineData("""{"nextExpectedRanges":["x"]}""")]
    [InlineData("""{"nextExpectedRanges":[7]}""")]
    [InlineData("""{"nextExpectedRanges":["9000001-"]}""")]
    [InlineData("""{"nextExpectedRanges":["-5"]}""")]
    public async Task What_is_no_answer_to_a_part_is_odd(string body)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Json(body) };
        graph.Answers(Serve);
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.AddAttachmentAsync("d1", Upload(file.Length), Ct))).Code.ShouldBe("graph_odd_answer");
        graph.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_takes_nothing_is_not_sent_it_for_ever()
    {
        using var graph = new FakeGraph { Otherwise = _ => Expecting(0) };
        graph.Answers(Serve);
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.AddAttachmentAsync("d1", Upload(file.Length), Ct))).Code.ShouldBe("graph_odd_answer");
        graph.Seen.Count.ShouldBe(1 + GraphLimits.Tries);
    }

    [Theory]
    [InlineData("http://upload.test/x")]
    [InlineData("http://127.0.0.1:9/x")]
    [InlineData("ftp://upload.test/x")]
    [InlineData("/x")]
    [InlineData("")]
    public async Task A_file_does_not_go_in_clear_text(string url)
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Json($$"""{"uploadUrl":"{{url}}"}""", HttpStatusCode.Created));
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.AddAttachmentAsync("d1", Upload(file.Length), Ct))).Code.ShouldBe("graph_foreign_link");
        graph.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_that_has_become_shorter_is_told()
    {
        var next = 0L;
        using var graph = new FakeGraph { Otherwise = s => Expecting(next += s.Body.Length) };
        graph.Answers(Serve);
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.AddAttachmentAsync("d1", Upload(file.Length) with { Size = file.Length + 5_000_000 }, Ct))).Code.ShouldBe("attachment_unreadable");
    }

    public void Dispose() => limit.Dispose();

    private static HttpResponseMessage Expecting(long next) => FakeGraph.Json($$"""{"expirationDateTime":"2026-01-02T00:00:00Z","nextExpectedRanges":["{{next}}-"]}""");

    private GraphUpload Upload(int size, string name = "film.png", bool isInline = false, string? contentId = null) =>
        new(name, "image/png", size, isInline, contentId, () =>
        {
            opened++;
            return new MemoryStream(file, 0, size);
        });

    private HttpResponseMessage Serve(SeenRequest request)
    {
        if (request.Method == "POST")
            return FakeGraph.Json($$"""{"@odata.type":"#microsoft.graph.uploadSession","uploadUrl":"{{UploadUrl}}","nextExpectedRanges":["0-"]}""", HttpStatusCode.Created);
        if (request.Method == "PUT")
        {
            request.Headers["Content-Range"].ShouldStartWith($"bytes {taken.Count}-", Case.Sensitive);
            taken.AddRange(request.Body);
        }

        return taken.Count == file.Length ? new HttpResponseMessage(HttpStatusCode.Created) : Expecting(taken.Count);
    }
}
