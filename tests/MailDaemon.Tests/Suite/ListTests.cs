using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Lists of every provider. Abstract: each provider has its own account.</summary>
public abstract class ListTests(MailAccount account)
{
    private string Messages => $"/api/{account.Provider}/messages?email={account.Email}";

    public static TheoryData<string, string> Filters()
    {
        var cases = new TheoryData<string, string>();
        foreach (var list in (string[])["/api/messages?", "/api/{p}/messages?email={e}&", "/api/search?", "/api/{p}/search?email={e}&"])
        {
            foreach (var filter in (string[])["isUnread", "isStarred", "hasAttachment"])
                cases.Add(list, filter);
        }

        return cases;
    }

    [Fact]
    public async Task Item_has_the_names_of_both_versions()
    {
        var item = await account.FindAsync("New inquiry: linear lights for an office project");

        string[] members =
        [
            "authentication", "bodyPreview", "date", "email", "folder", "folderPath", "from", "hasAttachments", "id", "internetMessageId", "isAnswered", "isForwarded", "isRead",
            "isStarred", "key", "labels", "provider", "receivedDateTime", "replyTo", "replyToDiffers", "sentDateTime", "size", "snippet", "subject", "threadId", "to", "toRecipients",
        ];
        item.EnumerateObject().Select(p => p.Name).ShouldBe([.. members, .. account.OwnMembers], ignoreOrder: true);
        item.Key().ShouldStartWith("m_");
        item.String("provider").ShouldBe(account.Provider);
        item.String("email").ShouldBe(account.Email);
        item.GetProperty("from").GetRawText().ShouldBe("""{"name":"Anna Schmidt","address":"anna.schmidt@nordlicht.example"}""");
        item.GetProperty("to")[0].String("address").ShouldBe(account.Email);
        item.GetProperty("toRecipients").GetRawText().ShouldBe(item.GetProperty("to").GetRawText());
        item.String("date")!.ShouldEndWith("Z");
        item.String("receivedDateTime").ShouldBe(item.String("date"));
        item.String("sentDateTime")!.ShouldEndWith("Z");
        item.String("snippet")!.ShouldStartWith("Dear Ms. Li, the panels sell well.");
        item.String("bodyPreview").ShouldBe(item.String("snippet"));
        (item.Is("isRead"), item.Is("isStarred"), item.Is("hasAttachments")).ShouldBe((false, true, true));
        (item.String("folder"), item.String("folderPath")).ShouldBe(("inbox", account.InboxPath));
        item.String("internetMessageId").ShouldBe("<nordlicht-6@nordlicht.example>");
        item.GetProperty("size").GetInt64().ShouldBe(account.OnServer(item).Raw.Length);
    }

    [Fact]
    public async Task List_is_paged_newest_first()
    {
        var all = (await App.GetAsync($"{Messages}&limit=500")).Result;
        var total = all.GetProperty("total").GetInt32();
        total.ShouldBe(account.ServerMails.Count);
        all.All("messages").Count.ShouldBe(total);
        all.GetProperty("limit").GetInt32().ShouldBe(500);
        var dates = all.All("messages").Select(m => m.String("date")!).ToList();
        dates.ShouldBe([.. dates.OrderDescending(StringComparer.Ordinal)]);

        var page = (await App.GetAsync($"{Messages}&offset=2&limit=3")).Result;
        page.GetProperty("offset").GetInt32().ShouldBe(2);
        page.All("messages").Select(m => m.Key()).ShouldBe(all.All("messages").Skip(2).Take(3).Select(m => m.Key()));

        var beyond = (await App.GetAsync($"{Messages}&offset=2147483647")).Result;
        (beyond.All("messages").Count, beyond.GetProperty("total").GetInt32()).ShouldBe((0, total));
        (await App.GetAsync(Messages)).Result.GetProperty("limit").GetInt32().ShouldBe(50);
    }

    [Theory]
    [InlineData("inbox", "inbox")]
    [InlineData("INBOX", "inbox")]
    [InlineData("Sent", "sent")]
    [InlineData("DRAFTS", "drafts")]
    [InlineData("archive", "archive")]
    [InlineData("SPAM", "spam")]
    public async Task Folder_is_named_by_its_role_in_any_case(string folder, string role)
    {
        var items = await account.ListAsync(folder);

        items.ShouldNotBeEmpty();
        items.ShouldAllBe(item => item.String("folder") == role);
        items.Select(item => item.String("internetMessageId")).ShouldBe(account.ServerMails.Where(mail => mail.Folder == role).Select(mail => mail.MessageId), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Filter_lists_those_that_are_so_those_that_are_not_or_all(string list, string filter)
    {
        var path = list.Replace("{p}", account.Provider, StringComparison.Ordinal).Replace("{e}", account.Email, StringComparison.Ordinal);
        var all = await ItemsAsync($"{path}limit=200");
        var (yes, no) = (await ItemsAsync($"{path}limit=200&{filter}=true"), await ItemsAsync($"{path}limit=200&{filter}=false"));

        Func<JsonElement, bool> isSo = filter switch
        {
            "isUnread" => item => !account.OnServer(item).IsRead,
            "isStarred" => item => account.OnServer(item).IsStarred,
            _ => item => item.Is("hasAttachments"),
        };
        yes.ShouldNotBeEmpty();
        no.ShouldNotBeEmpty();
        yes.ShouldAllBe(item => isSo(item));
        no.ShouldAllBe(item => !isSo(item));
        yes.Concat(no).Select(item => item.Key()).ShouldBe(all.Select(item => item.Key()), ignoreOrder: true);
    }

    [Fact]
    public async Task Items_have_the_members_that_are_named()
    {
        var items = await ItemsAsync($"{Messages}&limit=3&bodyFormat=text&fields=key,from.address,body.content");

        items.Count.ShouldBe(3);
        items.ShouldAllBe(item => string.Join(',', item.EnumerateObject().Select(p => p.Name)) == "key,from,body");
        items.ShouldAllBe(item => item.GetProperty("from").EnumerateObject().Single().Name == "address" && item.GetProperty("body").String("content")!.Length > 0);
    }

    private DaemonApp App => account.App;

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(string path)
    {
        var reply = await App.GetAsync(path);
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result.All("messages");
    }
}
