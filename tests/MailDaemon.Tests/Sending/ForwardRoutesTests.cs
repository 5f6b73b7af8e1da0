using System.Security.Cryptography;
using System.Text;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

/// <summary>Forwarding, attachments by path, saving attachments to disk.</summary>
public sealed class ForwardRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private static readonly object[] Tom = [new { address = "tom@sandbox.test" }];

    private DaemonApp App => sandbox.App;

    private string Downloads => Path.Combine(App.DataDirectory, "downloads");

    [Fact]
    public async Task Page_with_more_in_it_than_is_read_goes_on_whole()
    {
        // Without a structure a mail is read whole, and so are its texts.
        sandbox.Servers.ImapFaults.Structure.Arm("NIL");
        var image = new string('A', 1_200_000);
        sandbox.User.Inbox.Append(Encoding.ASCII.GetBytes(
            $"Subject: long page\r\nFrom: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>start</p><img src=\"data:image/png;base64,\r\n{string.Join("\r\n", image.Chunk(76).Select(line => new string(line)))}\"><p>the very end</p>\r\n"));
        await sandbox.SyncAsync();
        sandbox.Servers.ImapFaults.Reset();
        var key = (await sandbox.FindAsync("long page")).GetProperty("key").GetString();

        (await App.PostAsync("/api/imap/forward", new { key, toRecipients = Tom, body = "<p>FYI</p>", contentType = "html" })).Status.ShouldBe(200);

        var written = MailDaemon.Protocols.Mime.MimeParser.Parse(sandbox.Servers.Accepted[^1].Raw);
        written.HtmlBody.ShouldNotBeNull().ShouldContain("the very end");
    }

    [Theory]
    [InlineData("""{"toRecipients":[{"address":"tom@sandbox.test"}]}""", 400, "missing_parameter")]
    [InlineData("""{"key":"m_nothere","toRecipients":[{"address":"tom@sandbox.test"}]}""", 404, "message_not_found")]
    [InlineData("""{"uid":999999,"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}]}""", 404, "message_not_found")]
    [InlineData("""{"uid":1,"toRecipients":[{"address":"tom@sandbox.test"}]}""", 400, "missing_parameter")]
    [InlineData("""{"uid":1,"folder":"INBOX","email":"lina@sandbox.test"}""", 400, "missing_recipient")]
    [InlineData("""{"uid":1,"folder":"INBOX","email":"lina@sandbox.test","toRecipients":[{"address":"no address"}]}""", 400, "invalid_mail")]
    [InlineData("""{"uid":1,"email":"nobody@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}]}""", 401, "account_not_configured")]
    public async Task Bad_forward_is_refused(string body, int status, string error)
    {
        var accepted = sandbox.Servers.Accepted.Count;

        (await App.PostAsync("/api/imap/forward", System.Text.Json.JsonDocument.Parse(body).RootElement)).ShouldBeRefused(status, error);

        sandbox.Servers.Accepted.Count.ShouldBe(accepted);
    }

    [Fact]
    public async Task File_of_an_allowed_folder_goes_with_a_mail()
    {
        await File.WriteAllTextAsync(Path.Combine(Downloads, "报价.txt"), "price list");
        var accepted = sandbox.Servers.Accepted.Count;

        var sent = await App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = Tom, subject = "x", attachments = new[] { new { path = "报价.txt", contentType = "text/plain" } } });

        sent.Status.ShouldBe(200, sent.Text);
        Encoding.ASCII.GetString(sandbox.Servers.Accepted[accepted].Raw.Span).ShouldContain(Convert.ToBase64String("price list"u8));
    }

    [Theory]
    [InlineData("../store.db", 400, "path_not_allowed")]
    [InlineData("/etc/passwd", 400, "path_not_allowed")]
    [InlineData("a/../../store.db", 400, "path_not_allowed")]
    [InlineData("link.txt", 400, "path_not_allowed")]
    [InlineData("linked/passwd", 400, "path_not_allowed")]
    [InlineData("nothere.txt", 404, "file_not_found")]
    [InlineData("", 400, "invalid_parameter")]
    [InlineData("a\u0000b", 400, "invalid_parameter")]
    public async Task Path_leads_nowhere_else(string path, int status, string error)
    {
        if (!File.Exists(Path.Combine(Downloads, "link.txt")))
        {
            File.CreateSymbolicLink(Path.Combine(Downloads, "link.txt"), "/etc/passwd");
            Directory.CreateSymbolicLink(Path.Combine(Downloads, "linked"), "/etc");
        }

        (await App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = Tom, attachments = new[] { new { path } } })).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Attachment_is_saved_with_its_hash_and_never_over_another()
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString()!;

        var first = await App.PostAsync("/api/attachments/save", new { key, attachmentId = "0", directory = "quotations/2026" });
        var second = await App.PostAsync("/api/attachments/save", new { key, attachmentId = 0, directory = "quotations/2026" });

        first.Status.ShouldBe(201, first.Text);
        var path = first.Result.GetProperty("path").GetString()!;
        path.ShouldBe(Path.Combine(Downloads, "quotations", "2026", "📦发货清单与合同（盖章）.pdf"));
        var bytes = await File.ReadAllBytesAsync(path);
        first.Result.GetProperty("size").GetInt64().ShouldBe(bytes.Length);
        first.Result.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        second.Result.GetProperty("path").GetString().ShouldBe(Path.Combine(Downloads, "quotations", "2026", "📦发货清单与合同（盖章）-1.pdf"));
    }

    [Theory]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("-rf", "rf")]
    [InlineData("$(reboot)|x.pdf", "__reboot__x.pdf")]
    public async Task File_is_saved_and_downloaded_under_one_safe_name(string filename, string safe)
    {
        var key = await ReceiveAsync($"a file called {filename}", filename);

        var saved = await App.PostAsync("/api/attachments/save", new { key, attachmentId = "0", directory = "named" });
        var download = await App.GetAsync($"/api/attachments?key={key}&attachmentId=0");

        saved.Status.ShouldBe(201, saved.Text);
        Path.GetFileName(saved.Result.GetProperty("path").GetString()).ShouldBe(safe);
        download.Headers["content-disposition"].ShouldBe($"attachment; filename=\"{safe}\"; filename*=UTF-8''{safe}");
    }

    [Fact]
    public async Task Names_that_differ_stay_different_for_programs_that_read_only_ascii()
    {
        var names = new List<string>();
        foreach (var filename in new[] { "报价.pdf", "合同.pdf", "報價.pdf" })
        {
            var key = await ReceiveAsync(filename, filename);
            var header = (await App.GetAsync($"/api/attachments?key={key}&attachmentId=0")).Headers["content-disposition"];
            names.Add(header.Split('"')[1]);
        }

        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        names.ShouldAllBe(name => name.StartsWith("attachment-", StringComparison.Ordinal) && name.EndsWith(".pdf", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../..", 400, "path_not_allowed")]
    [InlineData("/tmp", 400, "path_not_allowed")]
    public async Task Attachment_is_saved_nowhere_else(string directory, int status, string error)
    {
        var key = (await sandbox.FindAsync("合同已盖章 📄 请查收")).GetProperty("key").GetString()!;

        (await App.PostAsync("/api/attachments/save", new { key, attachmentId = "0", directory })).ShouldBeRefused(status, error);
        (await App.PostAsync("/api/attachments/save", new { key, attachmentId = "99" })).ShouldBeRefused(404, "attachment_not_found");
        (await App.PostAsync("/api/attachments/save", new { key = "m_nothere", attachmentId = "0" })).ShouldBeRefused(404, "message_not_found");
        (await App.PostAsync("/api/attachments/save", new { attachmentId = "0" })).ShouldBeRefused(400, "missing_parameter");
    }

    [Fact]
    public async Task Pipe_or_socket_is_refused_and_not_waited_for()
    {
        await RunAsync("mkfifo", Path.Combine(Downloads, "pipe.pdf"));
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(Downloads, "socket.pdf")));

        foreach (var path in new[] { "pipe.pdf", "socket.pdf" })
        {
            var mail = new { email = sandbox.Email, toRecipients = Tom, attachments = new[] { new { path } } };
            (await App.PostAsync("/api/imap/send", mail)).ShouldBeRefused(400, "path_not_allowed");
            (await App.PostAsync("/api/imap/drafts", mail)).ShouldBeRefused(400, "path_not_allowed");
        }
    }

    /// <summary>The key of a new mail that is a file and nothing else.</summary>
    private async Task<string> ReceiveAsync(string subject, string filename)
    {
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"From: a@b.test\r\nTo: {sandbox.Email}\r\nSubject: {subject}\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{filename}\"\r\n\r\nx\r\n"));
        await sandbox.SyncAsync();
        return (await sandbox.FindAsync(subject)).GetProperty("key").GetString()!;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }
}
