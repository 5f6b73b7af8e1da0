using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MailDaemon.Sandbox.Gmail;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>Messages sent beside the JSON, and attachments read.</summary>
public sealed class GmailUploadTests : IAsyncLifetime
{
    private const string Send = "/upload/gmail/v1/users/me/messages/send";

    private readonly byte[] mail = Encoding.ASCII.GetBytes($"To: x@example.org\r\nSubject: large\r\nMessage-ID: <large@gmail.sandbox.test>\r\n\r\n{new string('a', 600_000)}\r\n");
    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync();

    public async Task DisposeAsync()
    {
        gmail.Gmail.Violations.ShouldBeEmpty();
        await gmail.DisposeAsync();
    }

    [Fact]
    public async Task Message_is_sent_as_media()
    {
        var sent = await GmailFixture.SuccessAsync(await gmail.Http.PostAsync(Send + "?uploadType=media", Content(mail)));
        gmail.Mailbox.Find(sent.Text("id")!)!.Raw.Length.ShouldBeGreaterThan(mail.Length);
        gmail.Gmail.Requests.ShouldHaveSingleItem().Method.ShouldBe("gmail.users.messages.send");
    }

    [Fact]
    public async Task Message_is_sent_with_its_json()
    {
        var first = gmail.Mailbox.Deliver("Subject: large\r\nMessage-ID: <first@example.org>\r\n\r\nx\r\n"u8.ToArray());
        using var related = new MultipartContent("related");
        related.Add(new StringContent($$"""{"threadId":"{{first.ThreadId}}"}""", Encoding.UTF8, "application/json"));
        related.Add(Content([.. "In-Reply-To: <first@example.org>\r\n"u8, .. mail]));
        (await GmailFixture.SuccessAsync(await gmail.Http.PostAsync(Send + "?uploadType=multipart", related))).Text("threadId").ShouldBe(first.ThreadId);
        gmail.Servers.Accepted.ShouldHaveSingleItem().Raw.Length.ShouldBeGreaterThan(mail.Length);
    }

    [Fact]
    public async Task Message_is_sent_in_pieces_and_goes_on_after_an_interruption()
    {
        using var start = new HttpRequestMessage(HttpMethod.Post, Send + "?uploadType=resumable");
        start.Headers.Add("X-Upload-Content-Length", mail.Length.ToString());
        var location = (await gmail.Http.SendAsync(start)).Headers.Location!;

        var first = await PieceAsync(location, 0, 262_144);
        ((int)first.StatusCode, first.Headers.GetValues("Range").Single()).ShouldBe((308, "bytes=0-262143"));
        gmail.Gmail.Faults.DropBefore.Arm("upload.piece", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => PieceAsync(location, 262_144, mail.Length - 262_144));
        var asked = await gmail.Http.SendAsync(Piece(location, [], $"bytes */{mail.Length}"));
        ((int)asked.StatusCode, asked.Headers.GetValues("Range").Single()).ShouldBe((308, "bytes=0-262143"));
        (await PieceAsync(location, 0, 262_144)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PieceAsync(location, 262_144, 100)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var sent = await GmailFixture.SuccessAsync(await PieceAsync(location, 262_144, mail.Length - 262_144));
        sent.Texts("labelIds").ShouldBe(["SENT"]);
        gmail.Servers.Accepted.ShouldHaveSingleItem().Raw.Span.EndsWith(mail.AsSpan(mail.Length - 600_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task Upload_whose_last_answer_was_lost_gives_it_again()
    {
        using var start = new HttpRequestMessage(HttpMethod.Post, Send + "?uploadType=resumable");
        var location = (await gmail.Http.SendAsync(start)).Headers.Location!;
        gmail.Gmail.Faults.DropAfter.Arm("gmail.users.messages.send", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => PieceAsync(location, 0, mail.Length));

        var sent = await GmailFixture.SuccessAsync(await gmail.Http.SendAsync(Piece(location, [], $"bytes */{mail.Length}")));
        sent.Text("id").ShouldBe(gmail.Mailbox.Messages.ShouldHaveSingleItem().Id);
        gmail.Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Message_above_the_limit_is_refused()
    {
        await using var small = await GmailFixture.StartAsync(new GmailServerOptions { MaxMessageBytes = 500_000 });
        (await small.Http.PostAsync(Send + "?uploadType=media", Content(mail))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        small.Servers.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Attachment_has_another_id_at_each_reading_and_the_old_one_is_good_for_a_while()
    {
        var raw = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n--b\r\n"
            + "Content-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAQIDBA==\r\n--b--\r\n";
        var id = gmail.Mailbox.Deliver(Encoding.ASCII.GetBytes(raw)).Id;
        var (first, second) = (await AttachmentAsync(id), await AttachmentAsync(id));
        first.ShouldNotBe(second);

        foreach (var attachmentId in new[] { first, second })
        {
            var data = await gmail.GetAsync($"messages/{id}/attachments/{attachmentId}");
            (data.GetProperty("size").GetInt32(), data.Text("data")).ShouldBe((4, "AQIDBA"));
        }

        gmail.Clock.Advance(TimeSpan.FromMinutes(59));
        var late = await AttachmentAsync(id);
        gmail.Clock.Advance(TimeSpan.FromMinutes(2));
        gmail.Http.DefaultRequestHeaders.Authorization = new("Bearer", gmail.Gmail.AccessToken(gmail.Address));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"messages/{id}/attachments/{first}"))).ShouldBe((400, "invalidArgument"));
        await gmail.GetAsync($"messages/{id}/attachments/{late}");
    }

    private async Task<string> AttachmentAsync(string id)
    {
        var part = (await gmail.GetAsync($"messages/{id}")).GetProperty("payload").GetProperty("parts")[1];
        (part.Text("partId"), part.Text("filename"), part.GetProperty("body").GetProperty("size").GetInt32()).ShouldBe(("1", "a.pdf", 4));
        return part.GetProperty("body").Text("attachmentId")!;
    }

    private Task<HttpResponseMessage> PieceAsync(Uri location, int start, int length) =>
        gmail.Http.SendAsync(Piece(location, mail.AsSpan(start, length).ToArray(), $"bytes {start}-{start + length - 1}/{mail.Length}"));

    private static HttpRequestMessage Piece(Uri location, byte[] bytes, string range)
    {
        var content = Content(bytes);
        content.Headers.TryAddWithoutValidation("Content-Range", range);
        return new HttpRequestMessage(HttpMethod.Put, location) { Content = content };
    }

    private static ByteArrayContent Content(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        return content;
    }
}
