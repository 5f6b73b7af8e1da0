using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Mail that breaks the rules, read over HTTP as people read it: one account whose inbox holds it all.</summary>
public sealed class OddMailTests(OddMailTests.OddMailbox mailbox) : IClassFixture<OddMailTests.OddMailbox>
{
    private const string Alternative = "Content-Type: multipart/alternative; boundary=sep\r\n\r\n--sep\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    private const string Page = "\r\n--sep\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Ihre Rechnung <b>RE-88231</b></p>\r\n--sep--\r\n";

    [Theory]
    [InlineData("comma", "Hansen, Bob", "bob@example.test")]
    [InlineData("list", "Hansen, Bob", "bob@example.test")]
    [InlineData("raw word", "Frösche GmbH", "f@example.test")]
    public async Task Sender_is_who_can_be_answered(string subject, string name, string address)
    {
        var mail = await mailbox.ReadAsync(subject);

        mail.GetProperty("from").GetProperty("name").GetString().ShouldBe(name);
        mail.GetProperty("from").GetProperty("address").GetString().ShouldBe(address);
    }

    [Theory]
    [InlineData("blank space")]
    [InlineData("blank nbsp")]
    [InlineData("blank zero width")]
    [InlineData("html with footer")]
    public async Task Text_is_made_from_the_html_where_the_plain_part_does_not_say_it(string subject)
    {
        var mail = await mailbox.ReadAsync(subject);

        mail.GetProperty("text").GetString()!.ShouldContain("RE-88231");
        mail.GetProperty("snippet").GetString()!.ShouldContain("RE-88231");
        (await mailbox.FoundAsync("RE-88231")).ShouldContain(subject);
    }

    [Theory]
    [InlineData("blank nbsp")]
    [InlineData("blank zero width")]
    public async Task Quotation_is_made_from_the_html_where_the_plain_part_is_blank(string subject) =>
        (await mailbox.QuotedAsync(subject)).ShouldContain("> Ihre Rechnung RE-88231");

    [Fact]
    public async Task Html_that_shows_nothing_does_not_take_the_place_of_the_text()
    {
        var mail = await mailbox.ReadAsync("blank html");

        mail.GetProperty("text").GetString()!.ShouldContain("said in plain text");
        mail.GetProperty("body").GetProperty("content").GetString()!.ShouldContain("said in plain text");
    }

    [Theory]
    [InlineData("utf8 as jis", "お見積書をお送りします。", "iso-2022-jp")]
    [InlineData("utf8 as latin", "Grüße aus Köln", "windows-1252")]
    [InlineData("gbk as utf8", "您好，合同已经寄出，请查收。", "utf-8")]
    [InlineData("unknown", "Привет", "unknown")]
    public async Task Charset_is_believed_less_than_the_bytes_and_a_defect_says_so(string subject, string text, string named)
    {
        var mail = await mailbox.ReadAsync(subject);

        mail.GetProperty("text").GetString()!.ShouldContain(text);
        mail.GetProperty("defects").EnumerateArray().Select(defect => defect.GetString()).ShouldContain(defect => defect!.Contains(named) && defect.Contains("read as"));
    }

    [Fact]
    public async Task Any_text_is_the_body_when_there_is_no_better_one()
    {
        var mail = await mailbox.ReadAsync("markdown");

        mail.GetProperty("text").GetString()!.ShouldContain("*230 EUR*");
        mail.GetProperty("hasAttachments").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("inline pdf", true)]
    [InlineData("inline mail", true)]
    [InlineData("outlook picture", false)]
    [InlineData("picture beside", true)]
    public async Task Attachment_is_what_a_person_calls_one(string subject, bool hasAttachment)
    {
        var mail = await mailbox.ReadAsync(subject);

        mail.GetProperty("hasAttachments").GetBoolean().ShouldBe(hasAttachment);
        mail.GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem().GetProperty("isInline").GetBoolean().ShouldBe(!hasAttachment);
    }

    [Theory]
    [InlineData("date javascript", "2026-01-05T02:00:00Z", null)]
    [InlineData("date slashes", "2026-01-05T10:00:00Z", "names no time zone")]
    [InlineData("date ambiguous", null, "cannot be read")]
    [InlineData("date zone", null, "cannot be read")]
    public async Task Date_is_right_or_null_with_a_defect(string subject, string? sent, string? defect)
    {
        var mail = await mailbox.ReadAsync(subject);

        mail.GetProperty("sentDateTime").GetString().ShouldBe(sent);
        var defects = mail.GetProperty("defects").EnumerateArray().Select(each => each.GetString()!).ToList();
        if (defect is null)
            defects.ShouldBeEmpty();
        else
            defects.ShouldContain(each => each.Contains(defect));
    }

    [Fact]
    public async Task Parts_of_a_multipart_with_an_odd_boundary_are_found()
    {
        (await mailbox.ReadAsync("boundary extended")).GetProperty("text").GetString()!.Trim().ShouldBe("inside");
        (await mailbox.ReadAsync("boundary last")).GetProperty("text").GetString()!.Trim().ShouldBe("inside");
    }

    public sealed class OddMailbox : IAsyncLifetime
    {
        private readonly SandboxApp _sandbox = new(new SandboxOptions { Seed = false }, []);

        public async Task InitializeAsync()
        {
            await _sandbox.InitializeAsync();
            Add("comma", "hi\r\n", from: "Hansen, Bob <bob@example.test>");
            Add("list", "hi\r\n", from: "\"Hansen, Bob\" <bob@example.test>, Verteiler");
            Add("raw word", "hi\r\n", from: "=?iso-8859-1?Q?Fr\u00F6sche_GmbH?= <f@example.test>");
            Add("blank space", $" \r\n\r\n{Page}", Alternative);
            Add("blank nbsp", $"\u00A0\r\n\u3000\r\n{Page}", Alternative);
            Add("blank zero width", $"\u200B\u200C\uFEFF\u034F\r\n{Page}", Alternative);
            Add(
                "html with footer",
                "<p>Ihre Rechnung <b>RE-88231</b></p>\r\n--sep\r\nContent-Type: text/plain\r\n\r\nThe list's footer\r\n--sep--\r\n",
                "Content-Type: multipart/mixed; boundary=sep\r\n\r\n--sep\r\nContent-Type: text/html; charset=utf-8\r\n\r\n");
            Add("blank html", "said in plain text\r\n--sep\r\nContent-Type: text/html\r\n\r\n<html><head><title>x</title></head><body><br>&nbsp;</body></html>\r\n--sep--\r\n", Alternative);
            Add("utf8 as jis", "お見積書をお送りします。\r\n", "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n");
            Add("utf8 as latin", "Grüße aus Köln\r\n", "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n");
            Add("gbk as utf8", [.. CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes("您好，合同已经寄出，请查收。\r\n")], "Content-Type: text/plain; charset=utf-8\r\n\r\n");
            Add("unknown", [.. CodePagesEncodingProvider.Instance.GetEncoding(1251)!.GetBytes("Привет\r\n")], "Content-Type: text/plain; charset=x-ours\r\n\r\n");
            Add("markdown", "# Minutes\r\n\r\nThe price is *230 EUR*.\r\n", "Content-Type: text/x-markdown; charset=utf-8\r\n\r\n");
            AddFile("inline pdf", "application/pdf; name=a.pdf", "inline; filename=a.pdf", "<p>see the file</p>");
            AddFile("inline mail", "message/rfc822", "inline", "<p>see the mail</p>");
            AddFile("outlook picture", "image/png; name=a.png", "attachment; filename=a.png\r\nContent-ID: <a@x>", "<img src='cid:a@x'>");
            AddFile("picture beside", "image/png; name=a.png", "attachment; filename=a.png\r\nContent-ID: <a@x>", "<p>no picture</p>");
            Add("date javascript", "hi\r\n", date: "Mon Jan 05 2026 10:00:00 GMT+0800 (China Standard Time)");
            Add("date slashes", "hi\r\n", date: "2026/01/05 10:00:00");
            Add("date ambiguous", "hi\r\n", date: "05/01/2026 10:00:00 +0000");
            Add("date zone", "hi\r\n", date: "Mon, 5 Jan 2026 10:00:00 XST");
            Add("boundary extended", "\r\n--sep\r\nContent-Type: text/plain\r\n\r\ninside\r\n--sep--\r\n", "Content-Type: multipart/mixed; boundary*=us-ascii''sep\r\n");
            Add("boundary last", "\r\n--sep\r\nContent-Type: text/plain\r\n\r\ninside\r\n--sep--\r\n", "Content-Type: multipart/mixed; ; charset=; boundary=sep\r\n");
            await _sandbox.SyncAsync();
            await Eventually.UntilAsync(async () => (await _sandbox.App.GetAsync($"/api/sync-status?provider=imap&email={_sandbox.Email}")).Result.GetProperty("index") is var index
                && index.GetProperty("done").GetInt32() == index.GetProperty("total").GetInt32(), "all is indexed");
        }

        public Task DisposeAsync() => _sandbox.DisposeAsync();

        public async Task<JsonElement> ReadAsync(string subject)
        {
            var key = (await _sandbox.FindAsync(subject)).GetProperty("key").GetString();
            var reply = await _sandbox.App.GetAsync($"/api/imap/messages/{key}");
            reply.Status.ShouldBe(200, reply.Text);
            return reply.Result;
        }

        /// <summary>The text of a draft that quotes a mail.</summary>
        public async Task<string> QuotedAsync(string subject)
        {
            var key = (await _sandbox.FindAsync(subject)).GetProperty("key").GetString();
            var made = await _sandbox.App.PostAsync("/api/imap/drafts", new { email = _sandbox.Email, inReplyTo = key, quoteOriginal = true, body = "ok" });
            made.Status.ShouldBe(201, made.Text);
            return (await _sandbox.App.GetAsync($"/api/imap/drafts/{made.Result.GetProperty("key").GetString()}")).Result.GetProperty("text").GetString()!;
        }

        /// <summary>The subjects of what a search finds.</summary>
        public async Task<IReadOnlyList<string>> FoundAsync(string query)
        {
            var reply = await _sandbox.App.GetAsync($"/api/imap/search?email={_sandbox.Email}&q={Uri.EscapeDataString(query)}");
            return [.. reply.Result.GetProperty("messages").EnumerateArray().Select(hit => hit.GetProperty("subject").GetString()!)];
        }

        private void AddFile(string subject, string type, string disposition, string html) => Add(
            subject,
            $"{html}\r\n--sep\r\nContent-Type: {type}\r\nContent-Disposition: {disposition}\r\n\r\nSubject: x\r\n\r\ncontent\r\n--sep--\r\n",
            "Content-Type: multipart/mixed; boundary=sep\r\n\r\n--sep\r\nContent-Type: text/html; charset=utf-8\r\n\r\n");

        private void Add(string subject, string body, string type = "Content-Type: text/plain; charset=utf-8\r\n\r\n", string from = "Bob <bob@example.test>", string date = "Mon, 5 Jan 2026 10:00:00 +0800") =>
            Add(subject, Encoding.UTF8.GetBytes(body), type, from, date);

        private void Add(string subject, byte[] body, string type, string from = "Bob <bob@example.test>", string date = "Mon, 5 Jan 2026 10:00:00 +0800")
        {
            var header = $"From: {from}\r\nTo: {_sandbox.Email}\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@odd.test>\r\nDate: {date}\r\nMIME-Version: 1.0\r\n{type}";
            _sandbox.User.Inbox.Append((byte[])[.. Encoding.Latin1.GetBytes(header), .. body]);
        }
    }
}
