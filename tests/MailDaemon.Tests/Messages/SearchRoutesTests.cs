using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Searching, and the lists of all accounts, over HTTP: two accounts on the sandbox.</summary>
public sealed class SearchRoutesTests(SearchRoutesTests.TwoAccounts accounts) : IClassFixture<SearchRoutesTests.TwoAccounts>
{
    private const string Batch = "/api/imap/messages/batch";
    private const string Lina = "email=lina@sandbox.test";

    private DaemonApp App => accounts.Sandbox.App;

    [Fact]
    public async Task Hit_is_a_whole_item_with_highlights()
    {
        var reply = await App.GetAsync($"/api/imap/search?{Lina}&q=Guangzhou");

        var hit = reply.Result.GetProperty("messages").EnumerateArray().First();
        hit.GetProperty("key").GetString()!.ShouldStartWith("m_");
        hit.GetProperty("toRecipients").GetArrayLength().ShouldBe(1);
        hit.TryGetProperty("body", out _).ShouldBeFalse();
        var highlight = hit.GetProperty("highlights").EnumerateArray().ShouldHaveSingleItem();
        highlight.GetProperty("field").GetString().ShouldBe("text");
        var match = highlight.GetProperty("matches")[0];
        highlight.GetProperty("fragment").GetString()!.Substring(match.GetProperty("start").GetInt32(), match.GetProperty("length").GetInt32()).ShouldBe("Guangzhou");
    }

    [Fact]
    public async Task Relevance_puts_the_subject_before_the_text()
    {
        var reply = await App.GetAsync($"/api/imap/search?{Lina}&q=quotation&sort=relevance");

        reply.Status.ShouldBe(200);
        reply.Result.GetProperty("messages").EnumerateArray().First().GetProperty("subject").GetString()!.ShouldContain("quotation", Case.Insensitive, reply.Text);
    }

    [Fact]
    public async Task Days_are_local_and_both_included()
    {
        var newest = (await App.GetAsync($"/api/imap/messages?{Lina}&limit=1")).Result.GetProperty("messages")[0];
        var day = TimeZoneInfo.ConvertTime(newest.GetProperty("date").GetDateTimeOffset(), TimeZoneInfo.Local).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        var reply = await App.GetAsync($"/api/imap/search?{Lina}&dateFrom={day}&dateTo={day}");

        reply.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("key").GetString()).ShouldContain(newest.GetProperty("key").GetString());
        (await App.GetAsync($"/api/imap/search?{Lina}&dateTo=2001-01-01")).Result.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("q=x&nonsense=1", "unknown_parameter", "Unknown parameter nonsense")]
    [InlineData("q=x&limit=201", "invalid_parameter", "limit must be between 1 and 200")]
    [InlineData("q=x&limit=0", "invalid_parameter", "limit must be between 1 and 200")]
    [InlineData("q=x&offset=-1", "invalid_parameter", "offset must be between 0 and 100000")]
    [InlineData("dateFrom=yesterday", "invalid_parameter", "dateFrom must be a date like 2026-01-31")]
    [InlineData("dateFrom=2026-02-01&dateTo=2026-01-01", "invalid_parameter", "dateFrom is later than dateTo")]
    [InlineData("q=x&isUnread=maybe", "invalid_parameter", "isUnread must be true or false")]
    [InlineData("q=x&sort=best", "invalid_parameter", "sort must be one of newest, relevance")]
    [InlineData("q=x&bodyFormat=pdf", "invalid_parameter", "bodyFormat must be one of none, text, markdown, html")]
    [InlineData("q=x&bodyMaxLength=0", "invalid_parameter", "bodyMaxLength must be between 1 and 10000000")]
    [InlineData("q=%01", "invalid_parameter", "q must not contain control characters")]
    [InlineData("q=x&folder=nowhere", "folder_not_found", "nowhere")]
    public async Task Bad_query_is_refused_by_name(string query, string error, string words)
    {
        foreach (var path in new[] { $"/api/imap/search?{Lina}&{query}", $"/api/search?{query}" })
        {
            var reply = await App.GetAsync(path);
            reply.Status.ShouldBe(error == "folder_not_found" ? 404 : 400, reply.Text);
            reply.Error.ShouldBe(error);
            reply.Msg!.ShouldContain(words);
        }
    }

    [Theory]
    [InlineData("/api/imap/search?q=x", 400, "missing_parameter")]
    [InlineData("/api/imap/search?q=x&email=nobody@sandbox.test", 401, "not_authorized")]
    [InlineData("/api/gmail/search?q=x&email=lina@sandbox.test", 401, "not_authorized")]
    [InlineData("/api/yahoo/search?q=x&email=lina@sandbox.test", 404, "unknown_provider")]
    [InlineData("/api/search?q=x&email=nobody@sandbox.test", 404, "account_not_found")]
    [InlineData("/api/search?q=x&provider=yahoo", 400, "invalid_parameter")]
    [InlineData("/api/messages?email=nobody@sandbox.test", 404, "account_not_found")]
    [InlineData("/api/messages?provider=imap&email=nobody@sandbox.test", 401, "not_authorized")]
    [InlineData("/api/messages?limit=501", 400, "invalid_parameter")]
    [InlineData("/api/messages?since=yesterday", 400, "invalid_parameter")]
    public async Task Unknown_account_or_bad_list_is_an_error(string path, int status, string error)
    {
        var reply = await App.GetAsync(path);

        reply.Status.ShouldBe(status, reply.Text);
        reply.Error.ShouldNotBeNull();
        if (status != 401)
            reply.Error.ShouldBe(error);
    }

    [Fact]
    public async Task All_accounts_are_one_list()
    {
        var all = (await App.GetAsync("/api/messages?limit=500")).Result;
        var each = new[] { "lina@sandbox.test", "tom@sandbox.test" }.Select(async email => (await App.GetAsync($"/api/imap/messages?email={email}&limit=500")).Result.GetProperty("total").GetInt32());
        all.GetProperty("total").GetInt32().ShouldBe((await Task.WhenAll(each)).Sum());
        var messages = all.GetProperty("messages").EnumerateArray().ToList();
        messages.Select(m => m.GetProperty("email").GetString()).Distinct().Count().ShouldBe(2);
        messages.Select(m => m.GetProperty("date").GetString()).ShouldBe(messages.Select(m => m.GetProperty("date").GetString()).OrderDescending(StringComparer.Ordinal));
        (await App.GetAsync("/api/messages?email=tom@sandbox.test")).Result.GetProperty("messages").EnumerateArray().ShouldAllBe(m => m.GetProperty("email").GetString() == "tom@sandbox.test");
        (await App.GetAsync("/api/messages?isUnread=true")).Result.GetProperty("messages").EnumerateArray().ShouldAllBe(m => !m.GetProperty("isRead").GetBoolean());
    }

    [Fact]
    public async Task Search_over_all_accounts_merges_them()
    {
        var reply = await App.GetAsync("/api/search?q=shared word");

        reply.Result.GetProperty("total").GetInt32().ShouldBe(2, reply.Text);
        reply.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("email").GetString()).Order(StringComparer.Ordinal).ShouldBe(["lina@sandbox.test", "tom@sandbox.test"]);
        (await App.GetAsync("/api/search?q=shared word&offset=1&limit=1")).Result.GetProperty("messages").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("text", "text", "1,200 panels at USD 12.65")]
    [InlineData("html", "html", "<b>1,200 panels at USD 12.65</b>")]
    [InlineData("markdown", "markdown", "**1,200 panels at USD 12.65**")]
    public async Task Body_comes_along_in_the_form_that_is_asked_for(string format, string contentType, string words)
    {
        foreach (var path in new[]
        {
            $"/api/imap/messages?{Lina}&limit=500&bodyFormat={format}", $"/api/messages?limit=500&bodyFormat={format}",
            $"/api/imap/search?{Lina}&q=12.65&bodyFormat={format}", $"/api/search?q=12.65&bodyFormat={format}",
        })
        {
            var reply = await App.GetAsync(path);
            var item = reply.Result.GetProperty("messages").EnumerateArray().First(m => m.GetProperty("subject").GetString() == "AW: AW: Request for quotation: LED panels 60x60");
            item.GetProperty("body").GetProperty("contentType").GetString().ShouldBe(contentType);
            item.GetProperty("body").GetProperty("content").GetString()!.ShouldContain(words);
        }
    }

    [Fact]
    public async Task Body_is_cut_and_says_so()
    {
        var reply = await App.GetAsync($"/api/imap/messages?{Lina}&limit=5&bodyFormat=text&bodyMaxLength=10");

        var bodies = reply.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("body")).ToList();
        bodies.ShouldAllBe(b => b.GetProperty("content").GetString()!.Length <= 10);
        bodies.ShouldContain(b => b.GetProperty("isTruncated").GetBoolean());
    }

    [Fact]
    public async Task Detail_takes_the_same_options()
    {
        var item = await accounts.Sandbox.FindAsync("AW: AW: Request for quotation: LED panels 60x60");
        var path = $"/api/imap/messages/{item.GetProperty("key").GetString()}";

        (await App.GetAsync($"{path}?bodyFormat=markdown")).Result.GetProperty("body").GetProperty("contentType").GetString().ShouldBe("markdown");
        var cut = (await App.GetAsync($"{path}?bodyMaxLength=20")).Result;
        cut.GetProperty("text").GetString()!.Length.ShouldBeLessThanOrEqualTo(20);
        cut.GetProperty("body").GetProperty("isTruncated").GetBoolean().ShouldBeTrue();
        var none = (await App.GetAsync($"{path}?bodyFormat=none")).Result;
        none.TryGetProperty("body", out _).ShouldBeFalse();
        none.TryGetProperty("text", out _).ShouldBeFalse();
        (await App.GetAsync($"{path}?bodyFormat=pdf")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Conversation_of_one_account_is_none_of_another()
    {
        var thread = (await App.GetAsync($"/api/imap/threads?{Lina}&limit=1")).Result.GetProperty("threads")[0].GetProperty("threadId").GetString();

        (await App.GetAsync($"/api/threads/{thread}?email=tom@sandbox.test")).Error.ShouldBe("thread_not_found");
    }

    [Theory]
    [InlineData("/api/threads/t_nothere", 404, "thread_not_found")]
    [InlineData("/api/threads/t_nothere?bodyFormat=pdf", 400, "invalid_parameter")]
    [InlineData("/api/threads/t_nothere?email=nobody@sandbox.test", 404, "account_not_found")]
    [InlineData("/api/imap/threads", 400, "missing_parameter")]
    [InlineData("/api/imap/threads?email=lina@sandbox.test&limit=0", 400, "invalid_parameter")]
    [InlineData("/api/imap/threads?email=lina@sandbox.test&offset=-1", 400, "invalid_parameter")]
    [InlineData("/api/imap/threads?email=lina@sandbox.test&folder=nowhere", 404, "folder_not_found")]
    [InlineData("/api/imap/threads?email=nobody@sandbox.test", 401, "account_not_configured")]
    [InlineData("/api/yahoo/threads?email=lina@sandbox.test", 404, "unknown_provider")]
    public async Task Conversation_that_is_not_there_is_an_error(string path, int status, string error)
    {
        var reply = await App.GetAsync(path);

        reply.Status.ShouldBe(status, reply.Text);
        reply.Error.ShouldBe(error);
    }

    /// <summary>Lina's sample mailbox and Tom's, in one daemon, indexed.</summary>
    [Fact]
    public async Task Folder_that_only_one_account_has_is_searched_there_and_by_its_server_too()
    {
        var path = Uri.EscapeDataString("项目/报价");
        var here = await App.GetAsync($"/api/search?folder={path}");
        var there = await App.GetAsync($"/api/search?folder={path}&remote=true");
        var nowhere = await App.GetAsync("/api/search?folder=No/Such&remote=true");

        there.Status.ShouldBe(200, there.Text);
        there.Result.GetProperty("total").GetInt32().ShouldBe(here.Result.GetProperty("total").GetInt32());
        there.Result.GetProperty("remote").GetProperty("errors").GetArrayLength().ShouldBe(0, there.Text);
        nowhere.ShouldBeRefused(404, "folder_not_found");
    }

    [Fact]
    public async Task Pages_far_down_over_several_accounts_are_full_and_none_is_listed_twice()
    {
        await using var own = await SandboxApp.StartEmptyAsync(new SandboxOptions { Seed = false });
        foreach (var user in own.Servers.World.Users)
        {
            for (var i = 0; i < 400; i++)
                user.Inbox.Append(System.Text.Encoding.ASCII.GetBytes($"Subject: n{i}\r\nFrom: a@b.example\r\nMessage-ID: <{i}@b.example>\r\n\r\nfar\r\n"));
        }

        foreach (var user in (SandboxUser[])[SandboxUser.Lina, SandboxUser.Tom])
        {
            (await own.App.PostAsync("/api/imap/accounts", new { email = user.Address, password = user.Password, imap = own.Imap, smtp = own.Smtp })).Status.ShouldBe(201);
            (await own.App.PostAsync($"/api/sync?provider=imap&email={user.Address}")).Status.ShouldBe(200);
        }

        var label = (await own.App.PostAsync("/api/labels", new { name = "all" })).Result.GetProperty("id").GetString();
        foreach (var email in (string[])[SandboxUser.Lina.Address, SandboxUser.Tom.Address])
        {
            var keys = (await own.App.GetAsync($"/api/imap/messages?email={email}&limit=500")).Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("key").GetString()).ToList();
            (await own.App.PostAsync(Batch, new { keys, action = "add_label", value = label })).Status.ShouldBe(200);
        }

        foreach (var path in (string[])["/api/search?subject=", $"/api/search?label={label}", $"/api/messages?label={label}"])
        {
            var seen = new List<string>();
            for (var offset = 0; offset < 800; offset += 200)
            {
                var page = await own.App.GetAsync($"{path}&offset={offset}&limit=200");
                page.Status.ShouldBe(200, page.Text);
                page.Result.GetProperty("total").GetInt32().ShouldBe(800);
                seen.AddRange(page.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("key").GetString() + m.GetProperty("email").GetString()));
            }

            seen.Distinct(StringComparer.Ordinal).Count().ShouldBe(800, path);
        }
    }

    public sealed class TwoAccounts : IAsyncLifetime
    {
        public SandboxApp Sandbox { get; } = new();

        public async Task InitializeAsync()
        {
            await Sandbox.InitializeAsync();
            Sandbox.User.Inbox.Append("Subject: to both\r\nFrom: a@b.example\r\n\r\nA shared word for Lina.\r\n"u8.ToArray());
            Sandbox.Servers.World.Users[1].Inbox.Append("Subject: to both\r\nFrom: a@b.example\r\n\r\nA shared word for Tom.\r\n"u8.ToArray());
            var tom = SandboxUser.Tom;
            var added = await Sandbox.App.PostAsync("/api/imap/accounts", new { email = tom.Address, password = tom.Password, imap = Sandbox.Imap, smtp = Sandbox.Smtp });
            added.Status.ShouldBe(201, added.Text);
            foreach (var email in new[] { Sandbox.Email, tom.Address })
            {
                (await Sandbox.App.PostAsync($"/api/sync?provider=imap&email={email}")).Status.ShouldBe(200);
                await Eventually.UntilAsync(async () => (await Sandbox.App.GetAsync($"/api/sync-status?provider=imap&email={email}")).Result.GetProperty("index") is var index
                    && index.GetProperty("done").GetInt32() == index.GetProperty("total").GetInt32(), "all is indexed");
            }
        }

        public Task DisposeAsync() => Sandbox.DisposeAsync();
    }
}
