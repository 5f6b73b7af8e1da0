using System.Net.Http.Headers;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Attachments, and files that are uploaded in pieces.</summary>
public sealed class GraphAttachmentsTests : IAsyncLifetime
{
    private const int Piece = 10 * 320 * 1024;

    private GraphFixture graph = null!;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync() => await graph.DisposeAsync();

    [Fact]
    public async Task Attachments_of_each_kind_are_listed_and_read()
    {
        var mail = Mail("one", "Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:i\">\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <i>\r\nContent-Disposition: inline; filename=i.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAQID\r\n"
            + "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nBAUGBw==\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nHi\r\n--b--");
        var id = Escaped(graph.Mailbox.Deliver(mail).Id);
        var list = Values(await graph.GetAsync($"messages/{id}/attachments?$select=name,size,isInline,contentType"));
        list.Select(one => (one.GetProperty("name").GetString(), one.GetProperty("@odata.type").GetString()!.Split('.')[^1], one.GetProperty("isInline").GetBoolean()))
            .ShouldBe([("i.png", "fileAttachment", true), ("报价.pdf", "fileAttachment", false), ("inner", "itemAttachment", false)]);
        list[1].GetProperty("size").GetInt32().ShouldBe(4);
        (await graph.GetAsync($"messages/{id}")).GetProperty("hasAttachments").GetBoolean().ShouldBeTrue();
        var pdf = await graph.GetAsync($"messages/{id}/attachments/{Id(list[1])}");
        pdf.GetProperty("contentBytes").GetString().ShouldBe("BAUGBw==");
        (await BytesAsync($"messages/{id}/attachments/{Id(list[1])}/$value")).ShouldBe([4, 5, 6, 7]);
        System.Text.Encoding.ASCII.GetString(await BytesAsync($"messages/{id}/attachments/{Id(list[2])}/$value")).ShouldStartWith("Subject: inner");
        var expanded = await graph.GetAsync($"messages/{id}?$select=id&$expand=attachments($select=id,name)");
        expanded.GetProperty("attachments")[0].TryGetProperty("contentBytes", out _).ShouldBeFalse();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{id}/attachments/x"))).ShouldBe((400, "ErrorInvalidIdMalformed"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Delete, $"messages/{id}/attachments/{Id(list[1])}"))).ShouldBe((400, "ErrorInvalidPropertySet"));
        graph.Graph.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Small_files_are_added_to_a_draft_and_removed()
    {
        var id = await DraftAsync();
        var one = await graph.PostAsync($"messages/{id}/attachments", """{"@odata.type":"#microsoft.graph.fileAttachment","name":"报价.txt","contentType":"text/plain","contentBytes":"AQID"}""");
        var two = await graph.PostAsync($"messages/{id}/attachments", """{"@odata.type":"#microsoft.graph.fileAttachment","name":"i.png","contentType":"image/png","contentBytes":"BA==","isInline":true,"contentId":"i"}""");
        (two.GetProperty("contentId").GetString(), two.GetProperty("isInline").GetBoolean()).ShouldBe(("i", true));
        var mime = MimeParser.Parse(graph.Mailbox.Messages("drafts")[0].Raw);
        mime.Attachments.Select(part => (part.Filename, part.DecodeBody().Length)).ShouldBe([("报价.txt", 3), ("i.png", 1)]);
        await graph.SuccessAsync(HttpMethod.Delete, $"messages/{id}/attachments/{Id(one)}", null);
        MimeParser.Parse(graph.Mailbox.Messages("drafts")[0].Raw).Attachments.ShouldHaveSingleItem().Filename.ShouldBe("i.png");
        (await graph.GetAsync($"messages/{id}/attachments/{Id(two)}")).GetProperty("name").GetString().ShouldBe("i.png");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{id}/attachments", """{"@odata.type":"#microsoft.graph.fileAttachment","name":"x","contentBytes":"%"}"""))).ShouldBe((400, "UnableToDeserializePostBody"));
        graph.Graph.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Large_file_comes_in_pieces_without_a_token()
    {
        var id = await DraftAsync();
        var file = new byte[(2 * Piece) + 1000];
        new Random(1).NextBytes(file);
        var session = await StartAsync(id, file.Length);
        session.GetProperty("nextExpectedRanges")[0].GetString().ShouldBe("0-");
        var url = session.GetProperty("uploadUrl").GetString()!;
        url.ShouldStartWith(graph.Graph.Url);
        url.ShouldNotContain("/v1.0/");

        var first = await PutAsync(url, file, 0, Piece);
        JsonDocument.Parse(await first.Content.ReadAsStringAsync()).RootElement.GetProperty("nextExpectedRanges")[0].GetString().ShouldBe(Piece.ToString());
        ((int)(await PutAsync(url, file, 0, Piece)).StatusCode).ShouldBe(416);
        ((int)(await PutAsync(url, file, Piece, 1000)).StatusCode).ShouldBe(400);
        await PutAsync(url, file, Piece, Piece);
        ((int)(await PutAsync(url, file, 2 * Piece, 1000)).StatusCode).ShouldBe(201);
        ((int)(await PutAsync(url, file, 0, Piece)).StatusCode).ShouldBe(404);

        var attachment = MimeParser.Parse(graph.Mailbox.Messages("drafts")[0].Raw).Attachments.ShouldHaveSingleItem();
        attachment.Filename.ShouldBe("大.bin");
        attachment.DecodeBody().ShouldBe(file);
        graph.Graph.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Token_at_the_address_of_an_upload_is_a_violation()
    {
        var url = (await StartAsync(await DraftAsync(), Piece)).GetProperty("uploadUrl").GetString()!;
        ((int)(await PutAsync(url, new byte[Piece], 0, Piece, "secret")).StatusCode).ShouldBe(401);
        graph.Graph.Violations.ShouldHaveSingleItem().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Session_ends_after_its_time_when_it_is_cancelled_and_when_it_is_told_to()
    {
        var id = await DraftAsync();
        var (old, cancelled, lost) = (await UrlAsync(), await UrlAsync(), await UrlAsync());
        using var client = new HttpClient();
        ((int)(await client.DeleteAsync(cancelled)).StatusCode).ShouldBe(204);
        ((int)(await client.GetAsync(cancelled)).StatusCode).ShouldBe(404);
        graph.Faults.UploadGone.Arm(true, times: 1);
        ((int)(await PutAsync(lost, new byte[Piece], 0, Piece)).StatusCode).ShouldBe(404);
        graph.Faults.DropAfter.Arm("upload.piece", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => PutAsync(lost, new byte[Piece + 1], 0, Piece));
        graph.Clock.Advance(TimeSpan.FromHours(2));
        ((int)(await client.GetAsync(old)).StatusCode).ShouldBe(404);

        async Task<string> UrlAsync() => (await StartAsync(id, Piece)).GetProperty("uploadUrl").GetString()!;
    }

    [Fact]
    public async Task Files_too_small_or_too_large_need_no_session()
    {
        var id = await DraftAsync();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{id}/attachments/createUploadSession", Item(1000)))).ShouldBe((400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{id}/attachments/createUploadSession", Item(200_000_000)))).ShouldBe((413, "ErrorAttachmentSizeLimitExceeded"));
    }

    private async Task<string> DraftAsync() => Id(await graph.PostAsync("messages", """{"subject":"x","body":{"contentType":"html","content":"<p>Hi</p>"}}"""));

    private Task<JsonElement> StartAsync(string id, int size) => graph.PostAsync($"messages/{id}/attachments/createUploadSession", Item(size));

    private static string Item(int size) => $$"""{"AttachmentItem":{"attachmentType":"file","name":"大.bin","contentType":"application/octet-stream","size":{{size}} } }""";

    private static async Task<HttpResponseMessage> PutAsync(string url, byte[] file, int start, int length, string? token = null)
    {
        using var client = new HttpClient();
        var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(file, start, length) };
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(start, start + length - 1, file.Length);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }

    private async Task<byte[]> BytesAsync(string path) => await (await graph.TryAsync(HttpMethod.Get, path)).Content.ReadAsByteArrayAsync();

    private static string Id(JsonElement json) => Escaped(json.GetProperty("id").GetString()!);
}
