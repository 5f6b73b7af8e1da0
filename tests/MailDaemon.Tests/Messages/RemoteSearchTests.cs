using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Searches that ask the mail server too; each test has servers of its own, and an account that keeps 30 days.</summary>
public sealed class RemoteSearchTests : IAsyncLifetime
{
    private SandboxApp _sandbox = null!;

    private DaemonApp App => _sandbox.App;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxApp.StartEmptyAsync(new SandboxOptions { Seed = false }, ("Sync:Days", "30"));
        Append("quotation for panels", "The old panels, 报价单 attached.", daysAgo: 400);
        Append("new quotation", "The new panels.", daysAgo: 2);
        Append("lunch", "On Friday.", daysAgo: 300);
        Append("holiday", "In August.", daysAgo: 1);
        (await App.PostAsync("/api/imap/accounts", _sandbox.Login(SandboxUser.Lina.Password))).Status.ShouldBe(201);
        await _sandbox.SyncAsync();
        await IndexedAsync(2);
    }

    public Task DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("q=panels", "new quotation|quotation for panels")]
    [InlineData("q=报价", "quotation for panels")]
    [InlineData("q=panels%20-old", "new quotation")]
    [InlineData("q=%22old%20panels%22", "quotation for panels")]
    [InlineData("q=panels&dateTo=2026-01-01", "quotation for panels")]
    [InlineData("subject=quotation&from=ann", "new quotation|quotation for panels")]
    [InlineData("to=lina@sandbox.test&q=Friday", "lunch")]
    [InlineData("q=panels&folder=sent", "")]
    [InlineData("q=nothinglikethat", "")]
    public async Task Mail_that_only_the_server_has_is_found_and_brought(string query, string subjects)
    {
        var reply = await SearchAsync(query);

        Subjects(reply).ShouldBe(subjects);
        reply.GetProperty("total").GetInt32().ShouldBe(reply.GetProperty("messages").GetArrayLength());
        reply.GetProperty("remote").GetProperty("errors").GetArrayLength().ShouldBe(0);
        foreach (var message in reply.GetProperty("messages").EnumerateArray())
            (await App.GetAsync($"/api/imap/messages/{message.GetProperty("key").GetString()}")).Result.GetProperty("text").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Mail_that_is_indexed_while_the_search_runs_is_found_once()
    {
        const int Mails = 150;
        for (var i = 0; i < Mails; i++)
            Append($"old {i}", $"Only here: word{i}x.", daysAgo: 100 + i);

        for (var i = 0; i < Mails; i++)
            Subjects(await SearchAsync($"q=word{i}x")).ShouldBe($"old {i}");
    }

    [Fact]
    public async Task What_was_brought_stays_and_is_found_in_the_cache_from_then_on()
    {
        (await SearchAsync("q=panels", isRemote: false)).GetProperty("total").GetInt32().ShouldBe(1);

        var first = (await SearchAsync("q=panels")).GetProperty("remote");
        await IndexedAsync(3);
        var second = (await SearchAsync("q=panels")).GetProperty("remote");
        await _sandbox.SyncAsync();

        (first.GetProperty("found").GetInt32(), first.GetProperty("fetched").GetInt32(), first.GetProperty("left").GetInt32()).ShouldBe((2, 1, 0));
        (second.GetProperty("found").GetInt32(), second.GetProperty("fetched").GetInt32()).ShouldBe((2, 0));
        Subjects(await SearchAsync("q=panels", isRemote: false)).ShouldBe("new quotation|quotation for panels");
    }

    [Fact]
    public async Task What_the_server_alone_understands_is_listed_beside_the_cache_once()
    {
        Subjects(await SearchAsync("q=otatio", isRemote: false)).ShouldBe("");

        Subjects(await SearchAsync("q=otatio")).ShouldBe("new quotation|quotation for panels");
        Subjects(await SearchAsync("q=quotation")).ShouldBe("new quotation|quotation for panels");
        Subjects(await SearchAsync("q=otatio&sort=relevance&limit=1&offset=1")).ShouldBe("quotation for panels");
        Subjects(await SearchAsync("q=otatio&hasAttachment=true")).ShouldBe("");
    }

    [Fact]
    public async Task Server_that_looks_at_no_words_adds_nothing_that_does_not_match()
    {
        _sandbox.Servers.ImapFaults.DeafSearch.Arm(true);

        await SearchAsync("q=panels");
        await IndexedAsync(4);

        Subjects(await SearchAsync("q=panels")).ShouldBe("new quotation|quotation for panels");
        Subjects(await SearchAsync("q=nothinglikethat")).ShouldBe("");
    }

    [Fact]
    public async Task Server_that_is_away_leaves_what_the_cache_has_and_says_so()
    {
        await _sandbox.Servers.GoAwayAsync();

        var reply = await SearchAsync("q=panels");

        Subjects(reply).ShouldBe("new quotation");
        var error = reply.GetProperty("remote").GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        (error.GetProperty("email").GetString(), error.GetProperty("error").GetString()).ShouldBe((_sandbox.Email, "connection_lost"));
    }

    [Fact]
    public async Task Folder_that_refuses_keeps_none_of_the_others()
    {
        _sandbox.Servers.ImapFaults.Refuse.Arm("SEARCH", "NO [SERVERBUG] Broken index", times: 1);
        _sandbox.User.Find("Archive")!.Append(Mail("archived", "Old panels too.", 500), internalDate: Ago(500));

        var reply = await SearchAsync("q=panels");

        Subjects(reply).ShouldBe("new quotation|archived");
        var error = reply.GetProperty("remote").GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        (error.GetProperty("folder").GetString(), error.GetProperty("error").GetString()).ShouldBe(("INBOX", "server_refused"));
    }

    [Fact]
    public async Task Label_is_asked_for_beside_the_words()
    {
        var old = (await SearchAsync("q=panels")).GetProperty("messages").EnumerateArray().Last().GetProperty("key").GetString()!;
        var label = (await App.PostAsync("/api/labels", new { name = "mine" })).Result.GetProperty("id").GetString();
        (await App.PostAsync($"/api/mails/imap/{_sandbox.Email}/labels?mailId={old}", new { labelId = label })).Status.ShouldBe(200);

        Subjects(await SearchAsync($"q=otatio&label={label}")).ShouldBe("quotation for panels");
        Subjects(await SearchAsync($"q=otatio&label=STARRED")).ShouldBe("");
    }

    [Fact]
    public async Task More_than_may_be_brought_is_counted()
    {
        for (var i = 0; i < 230; i++)
            Append($"bulk {i}", "A bulk word.", daysAgo: 100 + i);

        var reply = await SearchAsync("q=bulk&limit=200&offset=20");
        var remote = reply.GetProperty("remote");

        (remote.GetProperty("found").GetInt32(), remote.GetProperty("fetched").GetInt32(), remote.GetProperty("left").GetInt32()).ShouldBe((230, 200, 30));
        reply.GetProperty("messages").GetArrayLength().ShouldBe(180);
        reply.GetProperty("total").GetInt32().ShouldBe(200);
        var small = (await SearchAsync("q=bulk&limit=1")).GetProperty("remote");
        (small.GetProperty("fetched").GetInt32(), small.GetProperty("left").GetInt32()).ShouldBe((0, 30), "what is there is not missing, whether or not it is on the page");
    }

    private void Append(string subject, string text, int daysAgo) => _sandbox.User.Inbox.Append(Mail(subject, text, daysAgo), internalDate: Ago(daysAgo));

    private static DateTimeOffset Ago(int days) => TimeProvider.System.GetUtcNow().AddDays(-days);

    private static byte[] Mail(string subject, string text, int daysAgo) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"From: Ann <ann@example.com>\r\nTo: lina@sandbox.test\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '-')}@example.com>\r\nDate: {Ago(daysAgo):r}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"));

    private async Task<JsonElement> SearchAsync(string query, bool isRemote = true)
    {
        var reply = await App.GetAsync($"/api/search?provider=imap&email={_sandbox.Email}&{query}{(isRemote ? "&remote=true" : "")}");
        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.TryGetProperty("remote", out _).ShouldBe(isRemote);
        return reply.Result;
    }

    private static string Subjects(JsonElement page) => string.Join('|', page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("subject").GetString()));

    private Task IndexedAsync(int total) => Eventually.UntilAsync(
        async () => (await App.GetAsync($"/api/sync-status?provider=imap&email={_sandbox.Email}")).Text.Contains($"\"index\":{{\"done\":{total},\"total\":{total}}}", StringComparison.Ordinal),
        "all is indexed");
}
