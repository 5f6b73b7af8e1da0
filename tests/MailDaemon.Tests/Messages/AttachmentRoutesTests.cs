using System.Net;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

public sealed class AttachmentRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private DaemonApp App => sandbox.App;

    [Fact]
    public async Task Attachment_is_read_as_base64_by_every_name()
    {
        var item = await sandbox.FindAsync("合同已盖章 📄 请查收");
        var (uid, key) = (item.GetProperty("uid").GetInt64(), item.GetProperty("key").GetString());

        foreach (var body in new object[]
        {
            new { email = "lina@sandbox.test", messageId = $"imap:{uid}", attachmentId = "0" },
            new { email = "LINA@sandbox.test", uid, partId = "0", folder = "INBOX" },
            new { email = "lina@sandbox.test", uid = $"{uid}", attachmentId = 0 },
            new { key, attachmentId = "0" },
        })
        {
            var reply = await App.PostAsync("/api/imap/attachment", body);

            reply.Status.ShouldBe(200, reply.Text);
            var data = reply.Result.GetProperty("data").GetBytesFromBase64();
            Encoding.ASCII.GetString(data).ShouldStartWith("%PDF-1.4\n");
            reply.Result.GetProperty("size").GetInt64().ShouldBe(data.Length);
            reply.Result.GetProperty("filename").GetString().ShouldBe("📦发货清单与合同（盖章）.pdf");
            reply.Result.GetProperty("mimeType").GetString().ShouldBe("application/pdf");
        }
    }

    [Theory]
    [InlineData("""{"attachmentId":"0","email":"lina@sandbox.test"}""", 400, "missing_parameter", "Missing messageId parameter")]
    [InlineData("""{"messageId":"imap:1","email":"lina@sandbox.test"}""", 400, "missing_parameter", "Missing attachmentId parameter")]
    [InlineData("""{"messageId":"imap:1","attachmentId":"0"}""", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("""{"messageId":"imap:999999","attachmentId":"0","email":"lina@sandbox.test"}""", 404, "message_not_found", null)]
    [InlineData("""{"messageId":"imap:1","attachmentId":"0","email":"nobody@sandbox.test"}""", 401, "account_not_configured", "Account not configured")]
    [InlineData("""{"messageId":"imap:1","attachmentId":"0","email":"lina@sandbox.test","folder":"nowhere"}""", 404, "folder_not_found", null)]
    [InlineData("""{"messageId":"m_0","attachmentId":"0"}""", 404, "message_not_found", null)]
    public async Task Bad_call_is_told_exactly(string body, int status, string error, string? message)
    {
        var reply = await App.PostAsync("/api/imap/attachment", body);

        reply.ShouldBeRefused(status, error);
        if (message is not null)
            reply.Msg.ShouldBe(message);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("00")]
    [InlineData("../../store.db")]
    [InlineData("/etc/passwd")]
    [InlineData("1]<0.4>")]
    public async Task Unknown_attachment_is_not_found(string id)
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString();

        (await App.PostAsync("/api/imap/attachment", new { key, attachmentId = id })).ShouldBeRefused(404, "attachment_not_found");
        (await App.GetAsync($"/api/attachments?key={key}&attachmentId={Uri.EscapeDataString(id)}")).ShouldBeRefused(404, "attachment_not_found");
    }

    [Fact]
    public async Task Download_is_a_file_and_never_a_page()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString();

        var reply = await App.GetAsync($"/api/attachments?key={key}&attachmentId=0");

        reply.Status.ShouldBe(200);
        reply.Headers["content-type"].ShouldBe("application/octet-stream");
        reply.Headers["content-disposition"].ShouldStartWith("attachment;");
        reply.Headers["content-disposition"].ShouldContain("filename*=UTF-8''%F0%9F%93%A6");
        reply.Headers["x-content-type-options"].ShouldBe("nosniff");
        reply.Headers["content-security-policy"].ShouldStartWith("default-src 'none'");
        reply.Text.ShouldStartWith("%PDF-1.4\n");
    }

    [Fact]
    public async Task Part_of_a_file_is_sent_when_asked_for()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString();
        var path = $"/api/attachments?key={key}&attachmentId=0";

        var part = await App.GetAsync(path, ("Range", "bytes=1-3"));
        part.Status.ShouldBe(206);
        part.Text.ShouldBe("PDF");

        var beyond = await App.GetAsync(path, ("Range", "bytes=99999999-"));
        beyond.ShouldBeRefused(416, "range_not_satisfiable");
        beyond.Headers["x-content-type-options"].ShouldBe("nosniff");
        beyond.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
        beyond.Headers.Keys.ShouldNotContain("content-disposition");
    }

    [Theory]
    [InlineData("base64", "VGhpcyBpcyAz\r\nMCBieXRl\r\ncyBvZiB0ZX\r\nh0IGhlcmUhISE=", 32, true)]
    [InlineData("quoted-printable", "=C3=A9=C3=A9 =\r\nend", 8, true)]
    [InlineData("7bit", "plain", 5, false)]
    public async Task Size_is_exact_once_the_bytes_are_known_and_says_when_it_is_not(string encoding, string body, int exact, bool isEstimate)
    {
        var uid = sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes(
            $"Subject: size {encoding}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: application/x-list; name=list.bin\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n--b--\r\n")).Uid;
        await sandbox.SyncAsync();
        var key = (await App.GetAsync($"/api/imap/messages/{uid}?email={sandbox.Email}")).Result.GetProperty("key").GetString();
        async Task<(long Size, bool IsEstimate)> ShownAsync()
        {
            var attachment = (await App.GetAsync($"/api/imap/messages/{key}")).Result.GetProperty("attachments")[0];
            return (attachment.GetProperty("size").GetInt64(), attachment.TryGetProperty("sizeIsEstimate", out var told) && told.GetBoolean());
        }

        var before = await ShownAsync();
        before.IsEstimate.ShouldBe(isEstimate);
        if (isEstimate)
            before.Size.ShouldNotBe(exact);
        var file = await App.GetAsync($"/api/attachments?key={key}&attachmentId=0");
        file.Status.ShouldBe(200, file.Text);

        (await ShownAsync()).ShouldBe((exact, false));
    }

    [Fact]
    public async Task Large_file_comes_whole_through_both_routes()
    {
        var bytes = new byte[3_000_000];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)((i * 31) + (i >> 8));
        var mail = $"Subject: large\r\nMessage-ID: <large@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n"
            + "--b\r\nContent-Type: text/html; name=evil.html\r\nContent-Disposition: attachment; filename=\"evil.html\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks) + "\r\n--b--\r\n";
        sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes(mail));
        await sandbox.SyncAsync();
        var key = (await sandbox.FindAsync("large")).GetProperty("key").GetString();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/attachments?key={key}&attachmentId=0") { Version = HttpVersion.Version20 };
        using var response = await App.Client.SendAsync(request);
        var streamed = await response.Content.ReadAsByteArrayAsync();
        var read = await App.PostAsync("/api/imap/attachment", new { key, attachmentId = "0" });

        SHA256.HashData(streamed).ShouldBe(SHA256.HashData(bytes));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        SHA256.HashData(read.Result.GetProperty("data").GetBytesFromBase64()).ShouldBe(SHA256.HashData(bytes));
        read.Result.GetProperty("size").GetInt64().ShouldBe(3_000_000);
    }

    [Theory]
    [InlineData("", "missing_parameter", 400)]
    [InlineData("?key=m_0", "missing_parameter", 400)]
    [InlineData("?attachmentId=0", "missing_parameter", 400)]
    [InlineData("?key=imap:1&attachmentId=0", "invalid_parameter", 400)]
    [InlineData("?key=..%2f..%2fstore.db&attachmentId=0", "invalid_parameter", 400)]
    [InlineData("?key=m_0&attachmentId=0", "message_not_found", 404)]
    [InlineData("?key=m_%00&attachmentId=0", "invalid_parameter", 400)]
    public async Task Bad_download_is_refused(string query, string error, int status)
    {
        (await App.GetAsync($"/api/attachments{query}")).ShouldBeRefused(status, error);
    }
}
