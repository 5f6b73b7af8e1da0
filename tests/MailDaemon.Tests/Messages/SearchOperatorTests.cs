using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>What people type into a search, over HTTP: operators, letters with and without accents, two ways to write Chinese.</summary>
public sealed class SearchOperatorTests(SearchOperatorTests.Mailbox mailbox) : IClassFixture<SearchOperatorTests.Mailbox>
{
    [Theory]
    [InlineData("from:anna", "offer,report")]
    [InlineData("from:\"Anna Schmidt\" subject:rep", "report")]
    [InlineData("-from:anna", "umlaut,torn,chinese")]
    [InlineData("to:carla", "report")]
    [InlineData("subject:off", "offer")]
    [InlineData("filename:pricelist", "offer")]
    [InlineData("filename:pdf -subject:offer", "")]
    [InlineData("is:unread", "offer,umlaut,torn,chinese")]
    [InlineData("is:read", "report")]
    [InlineData("-is:unread from:anna", "report")]
    [InlineData("is:starred", "umlaut")]
    [InlineData("is:unstarred is:read", "report")]
    [InlineData("is:read is:unread", "")]
    [InlineData("has:attachment", "offer")]
    [InlineData("-has:attachment from:anna", "report")]
    [InlineData("after:2026-02-01", "umlaut,torn,chinese")]
    [InlineData("before:2026/02/01", "offer,report")]
    [InlineData("after:2026-01-06 before:2026-03-01 from:anna", "report")]
    [InlineData("larger:4K", "report")]
    [InlineData("smaller:4k from:anna", "offer")]
    [InlineData("-larger:4K from:anna", "offer")]
    [InlineData("in:inbox from:anna", "offer")]
    [InlineData("in:Projects", "report")]
    [InlineData("-in:inbox", "report")]
    [InlineData("in:anywhere from:anna", "offer,report")]
    [InlineData("label:urgent", "torn")]
    [InlineData("-label:URGENT after:2026-02-01", "umlaut,chinese")]
    [InlineData("label:Mine", "chinese")]
    [InlineData("-label:Mine after:2026-02-01", "umlaut,torn")]
    [InlineData("note:this", "report")]
    [InlineData("muller", "umlaut")]
    [InlineData("MÜLLER", "umlaut")]
    [InlineData("smorrebrod", "umlaut")]
    [InlineData("报价单", "chinese")]
    [InlineData("報價單", "chinese")]
    [InlineData("from:張偉", "chinese")]
    [InlineData("見積書", "torn")]
    [InlineData("见积书", "torn")]
    public async Task Query_finds(string query, string subjects) =>
        (await mailbox.FoundAsync(query)).Order(StringComparer.Ordinal).ShouldBe(subjects.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("is:urgent", "q: is: takes unread, read, starred or unstarred")]
    [InlineData("has:star", "q: has: takes attachment")]
    [InlineData("before:tomorrow", "q: before: takes a day like 2026-01-31")]
    [InlineData("larger:big", "q: larger: takes a size like 500K or 5M")]
    public async Task Value_that_an_operator_does_not_know_is_refused(string query, string message)
    {
        var reply = await mailbox.SearchAsync(query);

        reply.Status.ShouldBe(400);
        reply.Text.ShouldContain(message);
    }

    [Fact]
    public async Task Label_and_folder_that_nobody_knows_are_named()
    {
        var label = await mailbox.SearchAsync("label:nowhere offer");
        var folder = await mailbox.SearchAsync("in:nowhere offer");

        (label.Status, label.Error).ShouldBe((404, "label_not_found"));
        (folder.Status, folder.Error).ShouldBe((404, "folder_not_found"));
    }

    [Theory]
    [InlineData("muller", "Müller", "text")]
    [InlineData("報價單", "报价单", "text")]
    [InlineData("見積書", "見\n積書", "text")]
    [InlineData("from:muller", "Müller", "from")]
    [InlineData("filename:price", "price", "attachment")]
    public async Task Highlight_shows_what_stands_there(string query, string marked, string field)
    {
        var hit = (await mailbox.SearchAsync(query)).Result.GetProperty("messages").EnumerateArray().ShouldHaveSingleItem();

        var highlight = hit.GetProperty("highlights").EnumerateArray().First(each => each.GetProperty("field").GetString() == field);
        var match = highlight.GetProperty("matches")[0];
        highlight.GetProperty("fragment").GetString()!.Substring(match.GetProperty("start").GetInt32(), match.GetProperty("length").GetInt32()).ShouldBe(marked.Replace('\n', ' '));
    }

    [Theory]
    [InlineData("since=2026-02-01T00:00:00+08:00", 3)]
    [InlineData("since=2026-02-01T00:00:00%2B08:00", 3)]
    [InlineData("since=2026-02-01T00:00:00-08:00", 3)]
    public async Task Plus_sign_that_nobody_encoded_is_read_in_an_instant(string query, int total)
    {
        var list = await mailbox.GetAsync($"/api/imap/messages?{query}");

        list.Status.ShouldBe(200, list.Text);
        list.Result.GetProperty("total").GetInt32().ShouldBe(total);
    }

    [Fact]
    public async Task Operators_are_documented()
    {
        var description = (await mailbox.DocumentAsync()).GetProperty("paths").GetProperty("/api/{p}/search").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .First(parameter => parameter.GetProperty("name").GetString() == "q").GetProperty("description").GetString()!;

        foreach (var name in "from to subject filename in label is has before after larger".Split(' '))
            description.ShouldContain($"{name}:");
    }

    public sealed class Mailbox : IAsyncLifetime
    {
        private readonly SandboxApp _sandbox = new(new SandboxOptions { Seed = false }, []);

        public async Task InitializeAsync()
        {
            await _sandbox.InitializeAsync();
            var projects = _sandbox.User.CreateFolder("Projects");
            Add(_sandbox.User.Inbox, "offer", "Anna Schmidt <anna@nord.test>", 1, "see the file", file: "pricelist.pdf");
            Add(projects, "report", "Anna Schmidt <anna@nord.test>", 20, "note:this " + new string('x', 5_000), ["\\Seen"], to: "Carla <carla@nord.test>");
            Add(_sandbox.User.Inbox, "umlaut", "Jürgen Müller <jm@nord.test>", 40, "Herr Müller isst smørrebrød", ["\\Flagged"]);
            Add(_sandbox.User.Inbox, "torn", "Tanaka <t@nord.test>", 41, "東京都の見\r\n積書を至急お送りください。", ["urgent"]);
            Add(_sandbox.User.Inbox, "chinese", "张伟 <zw@nord.test>", 42, "附件是报价单，请查收。");
            await _sandbox.SyncAsync();
            await Eventually.UntilAsync(async () => (await _sandbox.App.GetAsync($"/api/sync-status?provider=imap&email={_sandbox.Email}")).Result.GetProperty("index") is var index
                && index.GetProperty("done").GetInt32() == index.GetProperty("total").GetInt32(), "all is indexed");
            var label = await _sandbox.App.PostAsync("/api/labels", new { name = "Mine", color = "red" });
            var key = (await _sandbox.FindAsync("chinese")).GetProperty("key").GetString();
            var given = await _sandbox.App.PostAsync($"/api/mails/imap/{_sandbox.Email}/labels", new { mailId = key, labelId = label.Result.GetProperty("id").GetString() });
            given.Status.ShouldBe(200, given.Text);
        }

        public Task DisposeAsync() => _sandbox.DisposeAsync();

        public Task<Reply> SearchAsync(string query) => GetAsync($"/api/imap/search?q={Uri.EscapeDataString(query)}");

        public Task<Reply> GetAsync(string path) => _sandbox.App.GetAsync($"{path}&email={_sandbox.Email}");

        public async Task<IReadOnlyList<string>> FoundAsync(string query)
        {
            var reply = await SearchAsync(query);
            reply.Status.ShouldBe(200, reply.Text);
            return [.. reply.Result.GetProperty("messages").EnumerateArray().Select(hit => hit.GetProperty("subject").GetString()!)];
        }

        public async Task<JsonElement> DocumentAsync() => JsonDocument.Parse((await _sandbox.App.GetAsync("/openapi.json")).Text).RootElement;

        private void Add(Sandbox.Mail.MailFolder folder, string subject, string from, int day, string text, string[]? flags = null, string to = "me@nord.test", string? file = null)
        {
            var date = new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero).AddDays(day - 1);
            var body = file is null
                ? $"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
                : $"Content-Type: multipart/mixed; boundary=sep\r\n\r\n--sep\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--sep\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename={file}\r\n\r\nx\r\n--sep--\r\n";
            folder.Append(
                Encoding.UTF8.GetBytes($"From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@search.test>\r\nDate: {date:r}\r\nMIME-Version: 1.0\r\n{body}"),
                flags,
                date);
        }
    }
}
