using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Filters of lists and searches are true, false or absent; labels are known or refused, and messages show that of their folder.</summary>
public sealed class ThreeStateFilterTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private static readonly string[] lists = ["/api/messages?", "/api/imap/messages?email=lina@sandbox.test&", "/api/search?", "/api/imap/search?email=lina@sandbox.test&"];

    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("isUnread=false&folder=inbox")]
    [InlineData("isUnread=false&isStarred=false&hasAttachment=false")]
    [InlineData("isUnread=true&hasAttachment=false")]
    public async Task Pages_of_a_filtered_list_join_and_its_total_is_exact(string query)
    {
        var whole = Keys(await ItemsAsync($"/api/messages?limit=500&{query}"));
        var pages = new List<string?>();
        for (var offset = 0; offset < whole.Count; offset += 7)
        {
            var page = (await App.GetAsync($"/api/messages?limit=7&offset={offset}&{query}")).Result;
            page.GetProperty("total").GetInt32().ShouldBe(whole.Count);
            pages.AddRange(Keys([.. page.GetProperty("messages").EnumerateArray()]));
        }

        pages.ShouldBe(whole);
    }

    [Fact]
    public async Task Conversations_without_an_unread_message_are_the_others()
    {
        const string Threads = "/api/imap/threads?email=lina@sandbox.test&limit=500";
        var (all, unread, read) = (await ThreadsAsync(Threads), await ThreadsAsync(Threads + "&isUnread=true"), await ThreadsAsync(Threads + "&isUnread=false"));

        unread.Concat(read).Order().ShouldBe(all.Order());
        (unread.Count, read.Count).ShouldSatisfyAllConditions(c => c.Item1.ShouldBePositive(), c => c.Item2.ShouldBePositive());
    }

    [Theory]
    [InlineData("label=l_nothere")]
    [InlineData("label=Nowhere")]
    [InlineData("label=system:imap:nobody@sandbox.test:inbox")]
    [InlineData("label=inbox")]
    public async Task Unknown_label_is_404_on_each_list(string query)
    {
        foreach (var list in lists)
            (await App.GetAsync(list + query)).ShouldBeRefused(404, "label_not_found");
        (await App.GetAsync($"/api/labels/{query[6..]}/mails")).ShouldBeRefused(404, "label_not_found");
    }

    [Fact]
    public async Task Known_label_that_nothing_has_is_an_empty_list()
    {
        var id = (await App.PostAsync("/api/labels", new { name = "unused" })).Result.GetProperty("id").GetString();

        foreach (var list in lists)
            (await App.GetAsync($"{list}label={id}")).Result.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Each_message_has_the_label_of_its_folder()
    {
        foreach (var list in lists)
        {
            foreach (var item in await ItemsAsync(list + "limit=200"))
                Labels(item).Contains(item.GetProperty("folder").GetString()!.ToUpperInvariant()).ShouldBe(item.GetProperty("folder").GetString() != "other");
        }

        var inbox = (await ItemsAsync("/api/messages?folder=inbox&limit=1"))[0];
        Labels(inbox).ShouldContain("INBOX");
        Labels((await App.GetAsync($"/api/imap/messages/{inbox.GetProperty("key").GetString()}")).Result).ShouldBe(Labels(inbox));
    }

    [Fact]
    public async Task Label_of_a_folder_is_a_label_as_others_are()
    {
        var inbox = Keys(await ItemsAsync("/api/messages?folder=inbox&limit=500"));

        foreach (var list in lists)
            Keys(await ItemsAsync($"{list}limit=200&label=INBOX")).ShouldBe(inbox);
        Keys(await ItemsAsync("/api/messages?label=INBOX&folder=inbox&limit=500")).ShouldBe(inbox);
        (await ItemsAsync("/api/messages?label=INBOX&folder=sent")).ShouldBeEmpty();
        (await App.GetAsync("/api/labels/INBOX")).Result.GetProperty("type").GetString().ShouldBe("system");
        (await App.GetAsync("/api/labels/INBOX/mails")).Result.GetProperty("total").GetInt32().ShouldBe(inbox.Count);
        (await App.DeleteAsync("/api/labels/INBOX")).ShouldBeRefused(409, "label_protected");
    }

    [Fact]
    public async Task Labels_that_a_message_shows_can_be_set_again_with_one_more()
    {
        var id = (await App.PostAsync("/api/labels", new { name = "one more" })).Result.GetProperty("id").GetString()!;
        var item = (await ItemsAsync("/api/messages?folder=inbox&limit=1"))[0];
        var key = item.GetProperty("key").GetString();

        var set = await App.PutAsync($"/api/mails/imap/{sandbox.Email}/labels?mailId={key}", new { labelIds = Labels(item).Append(id) });

        set.Status.ShouldBe(200, set.Text);
        Labels((await App.GetAsync($"/api/imap/messages/{key}")).Result).ShouldBe([.. Labels(item).Where(label => label != "INBOX"), id, "INBOX"]);
    }

    private async Task<List<JsonElement>> ItemsAsync(string path)
    {
        var reply = await App.GetAsync(path);
        reply.Status.ShouldBe(200, reply.Text);
        return [.. reply.Result.GetProperty("messages").EnumerateArray()];
    }

    private async Task<List<string?>> ThreadsAsync(string path) =>
        [.. (await App.GetAsync(path)).Result.GetProperty("threads").EnumerateArray().Select(thread => thread.GetProperty("threadId").GetString())];

    private static List<string?> Keys(List<JsonElement> items) => [.. items.Select(item => item.GetProperty("key").GetString())];

    private static List<string> Labels(JsonElement item) => [.. item.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
}
