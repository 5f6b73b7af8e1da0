using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Searches, of the cache and of the server. Abstract: each provider has its own account.</summary>
public abstract class SearchTests(MailAccount account) : IAsyncLifetime
{
    private DaemonApp App => account.App;

    public async Task InitializeAsync()
    {
        if ((await account.ListAsync()).Any(item => item.String("subject") == "zeppelin offer"))
            return;
        await account.ReceiveAsync(
            "zeppelin offer",
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe panels are in Guangzhou. 报价单在附件\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=pricelist.pdf\r\n\r\nx\r\n--b--",
            "Anna Maier <anna@words.test>",
            "Content-Type: multipart/mixed; boundary=b\r\n");
        var report = await account.ReceiveAsync("zeppelin report", "old panels only, meet us in May", "Ben <ben@words.test>");
        foreach (var action in (string[])["read", "star", "archive"])
            (await App.PostAsync(account.MessagePath(report.Key(), action))).Status.ShouldBe(200);
        var contract = await account.ReceiveAsync("zeppelin 合同", "请确认交货时间", "张伟 <zhang@words.test>");
        var label = (await App.PostAsync("/api/labels", new { name = "Urgent", provider = account.Provider, email = account.Email })).Result.String("id");
        (await App.PostAsync($"/api/mails/{account.Provider}/{account.Email}/labels", new { mailId = contract.Key(), labelId = label })).Status.ShouldBe(200);
        await account.SyncAsync();
        await account.IndexedAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("zeppelin", "offer,report,合同")]
    [InlineData("zeppelin panels", "offer,report")]
    [InlineData("zeppelin panels -old", "offer")]
    [InlineData("zeppelin \"meet us\"", "report")]
    [InlineData("zeppelin \"us meet\"", "")]
    [InlineData("zeppelin 报价", "offer")]
    [InlineData("交货 zeppelin", "合同")]
    [InlineData("from:anna@words.test", "offer")]
    [InlineData("from:张伟", "合同")]
    [InlineData("subject:zeppelin -from:anna", "report,合同")]
    [InlineData("zeppelin filename:pricelist", "offer")]
    [InlineData("zeppelin is:unread", "offer,合同")]
    [InlineData("zeppelin is:starred", "report")]
    [InlineData("zeppelin has:attachment", "offer")]
    [InlineData("zeppelin -has:attachment in:inbox", "合同")]
    [InlineData("zeppelin in:archive", "report")]
    [InlineData("zeppelin label:urgent", "合同")]
    [InlineData("zeppelin after:2001-01-01", "offer,report,合同")]
    [InlineData("zeppelin before:2001-01-01", "")]
    [InlineData("zeppelin thisisnowhere", "")]
    public async Task Query_finds(string query, string subjects)
    {
        foreach (var path in (string[])[$"/api/{account.Provider}/search?email={account.Email}", "/api/search?limit=50"])
        {
            var reply = await App.GetAsync($"{path}&q={Uri.EscapeDataString(query)}");

            reply.Status.ShouldBe(200, reply.Text);
            reply.Result.All("messages").Select(hit => hit.String("subject")!["zeppelin ".Length..]).ShouldBe(subjects.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
            reply.Result.GetProperty("total").GetInt32().ShouldBe(reply.Result.All("messages").Count);
        }
    }

    [Fact]
    public async Task Hits_are_whole_items_newest_first_with_highlights()
    {
        var reply = await App.GetAsync($"/api/{account.Provider}/search?email={account.Email}&q=zeppelin%20panels&bodyFormat=text");

        var hits = reply.Result.All("messages");
        hits.Select(hit => hit.String("subject")).ShouldBe(["zeppelin report", "zeppelin offer"]);
        var offer = hits[1];
        (offer.Key(), offer.GetProperty("body").String("content")!.Contains("Guangzhou", StringComparison.Ordinal)).ShouldBe(((await account.FindAsync("zeppelin offer")).Key(), true));
        var highlight = offer.All("highlights").First(each => each.String("field") == "text");
        var match = highlight.GetProperty("matches")[0];
        highlight.String("fragment")!.Substring(match.GetProperty("start").GetInt32(), match.GetProperty("length").GetInt32()).ShouldBe("panels");
    }

    [Theory]
    [InlineData("q=zeppelin&from=ben", "report")]
    [InlineData("subject=zeppelin&isUnread=false", "report")]
    [InlineData("subject=zeppelin&isUnread=true&hasAttachment=false", "合同")]
    [InlineData("subject=zeppelin&folder=archive", "report")]
    public async Task Fields_find_too(string query, string subjects)
    {
        var reply = await App.GetAsync($"/api/{account.Provider}/search?email={account.Email}&{query}");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.All("messages").Select(hit => hit.String("subject")!["zeppelin ".Length..]).ShouldBe(subjects.Split(','), ignoreOrder: true);
    }

    [Theory]
    [InlineData("airship word", "airship")]
    [InlineData("飞艇 资料", "飞艇")]
    public async Task Mail_that_only_the_server_has_is_found_and_brought(string text, string word)
    {
        account.Deliver(System.Text.Encoding.UTF8.GetBytes(
            $"From: Eva <eva@words.test>\r\nTo: {account.Email}\r\nSubject: {word.Length}\r\nMessage-ID: <{text.Length}@words.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"));
        var path = $"/api/search?email={account.Email}&provider={account.Provider}&q={Uri.EscapeDataString(word)}";

        var here = await App.GetAsync(path);
        var there = await App.GetAsync(path + "&remote=true");

        here.Result.GetProperty("total").GetInt32().ShouldBe(0);
        there.Status.ShouldBe(200, there.Text);
        there.Result.GetProperty("remote").All("errors").ShouldBeEmpty(there.Text);
        var hit = there.Result.All("messages").ShouldHaveSingleItem();
        (await account.ReadAsync(hit.Key())).String("text")!.ShouldContain(text);
        await account.SyncAsync();
        (await account.ListAsync()).Count(item => item.String("internetMessageId") == $"<{text.Length}@words.test>").ShouldBe(1);
    }
}
