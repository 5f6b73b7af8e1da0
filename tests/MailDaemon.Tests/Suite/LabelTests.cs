using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Labels, the same for every provider. Abstract: each provider has its own account.</summary>
public abstract class LabelTests(MailAccount account)
{
    private DaemonApp App => account.App;

    private string Mails => $"/api/mails/{account.Provider}/{account.Email}/labels";

    [Fact]
    public async Task Label_of_the_account_lives_on_the_server()
    {
        var label = await CreateAsync(new { name = "客户 A", color = "blue", provider = account.Provider, email = account.Email.ToUpperInvariant() });
        var item = await account.ReceiveAsync("to label");
        (label.String("type"), label.String("email"), label.String("color"), label.GetProperty("unreadCount").GetInt32()).ShouldBe(("account", account.Email, "blue", 0));
        var (id, native) = (label.String("id")!, label.String("native")!);

        var given = await App.PostAsync(Mails, new { mailId = item.String("id"), labelId = id });
        given.Status.ShouldBe(200, given.Text);
        given.Result.EnumerateArray().Select(l => l.String("id")).ShouldContain(id);
        account.OnServer(item).Labels.ShouldBe([native]);
        (await account.ReadAsync(item.Key())).Labels().ShouldBe([id, "INBOX"], ignoreOrder: true);
        (await App.GetAsync($"/api/labels/{id}")).Result.GetProperty("unreadCount").GetInt32().ShouldBe(1);
        await account.ShouldBeVerifiedAsync();
        (await account.ReadAsync(item.Key())).Labels().ShouldBe([id, "INBOX"], ignoreOrder: true);

        (await App.DeleteAsync($"{Mails}?mailId={item.Key()}&labelId={id}")).Status.ShouldBe(200);
        account.OnServer(item).Labels.ShouldBeEmpty();
        (await account.ReadAsync(item.Key())).Labels().ShouldBe(["INBOX"]);
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Label_is_renamed_and_deleted_with_what_it_was_given_to()
    {
        var id = (await CreateAsync(new { name = "before", provider = account.Provider, email = account.Email })).String("id")!;
        var items = new[] { await account.ReceiveAsync("renamed one"), await account.ReceiveAsync("renamed two") };
        var batch = await App.PostAsync($"/api/{account.Provider}/messages/batch", new { keys = items.Select(item => item.Key()), action = "add_label", value = id });
        batch.Result.GetProperty("failed").GetInt32().ShouldBe(0, batch.Text);

        var renamed = await App.PutAsync($"/api/labels/{id}", new { name = "after" });

        (renamed.Status, renamed.Result.String("name")).ShouldBe((200, "after"), renamed.Text);
        await account.SyncAsync();
        var mails = await App.GetAsync($"/api/labels/{id}/mails?expand=true");
        mails.Result.All("keys").Select(key => key.GetString()).ShouldBe(items.Select(item => item.Key()), ignoreOrder: true);
        mails.Result.All("mailIds").Select(mail => mail.GetString()).ShouldBe(items.Select(item => item.String("id")), ignoreOrder: true);
        mails.Result.All("messages").ShouldAllBe(item => item.String("folder") == "inbox");
        (await account.ListAsync(filter: $"&label={id}")).Count.ShouldBe(2);

        (await App.DeleteAsync($"/api/labels/{id}")).Result.Is("deleted").ShouldBeTrue();
        (await App.GetAsync($"/api/labels/{id}")).ShouldBeRefused(404, "label_not_found");
        items.ShouldAllBe(item => account.OnServer(item).Labels.Count == 0);
        foreach (var item in items)
            (await account.ReadAsync(item.Key())).Labels().ShouldBe(["INBOX"]);
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Global_label_follows_its_message()
    {
        var label = await CreateAsync(new { name = "later", color = "#AABBCC" });
        var id = label.String("id")!;
        (label.String("type"), label.String("color"), label.GetProperty("native").ValueKind).ShouldBe(("global", "#aabbcc", JsonValueKind.Null));
        var item = await account.ReceiveAsync("for later");

        (await App.PostAsync(Mails, new { mailId = item.String("id"), labelId = id })).Result.EnumerateArray().Select(l => l.String("id")).ShouldContain(id);
        (await App.PostAsync(account.MessagePath(item.Key(), "archive"))).Status.ShouldBe(200);
        (await account.ReadAsync(item.Key())).Labels().ShouldBe([id, "ARCHIVE"], ignoreOrder: true);
        account.OnServer(item).Labels.ShouldBeEmpty();
        await account.SyncAsync();

        foreach (var path in (string[])
        [
            $"/api/{account.Provider}/messages?email={account.Email}&label={id}", $"/api/messages?label={id}", $"/api/search?label={id}", $"/api/{account.Provider}/search?email={account.Email}&label={id}&folder=archive",
        ])
            (await App.GetAsync(path)).Result.All("messages").Select(m => m.Key()).ShouldBe([item.Key()], path);
        (await App.GetAsync($"/api/search?label={id}&folder=inbox")).Result.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Places_and_stars_are_labels_of_the_system()
    {
        var all = (await App.GetAsync($"/api/labels?provider={account.Provider}&email={account.Email}")).Result.EnumerateArray().ToList();
        var system = all.Where(label => label.String("type") == "system").ToDictionary(label => label.String("name")!);

        new[] { "inbox", "starred", "sent", "drafts", "archive", "trash", "spam" }.ShouldBeSubsetOf(system.Keys);
        var inbox = Uri.EscapeDataString(system["inbox"].String("id")!);
        system["inbox"].GetProperty("unreadCount").GetInt32().ShouldBe(account.ServerMails.Count(mail => mail is { Folder: "inbox", IsRead: false }));
        (await App.GetAsync($"/api/labels/{inbox}/mails")).Result.GetProperty("total").GetInt32().ShouldBe(account.ServerMails.Count(mail => mail.Folder == "inbox"));
        (await App.GetAsync($"/api/labels/{Uri.EscapeDataString(system["starred"].String("id")!)}/mails")).Result.GetProperty("total").GetInt32().ShouldBe(account.ServerMails.Count(mail => mail.IsStarred));
        (await App.PutAsync($"/api/labels/{inbox}", new { name = "x" })).ShouldBeRefused(409, "label_protected");
        (await App.DeleteAsync($"/api/labels/{inbox}")).ShouldBeRefused(409, "label_protected");
    }

    private async Task<JsonElement> CreateAsync(object body)
    {
        var made = await App.PostAsync("/api/labels", body);
        made.Status.ShouldBe(201, made.Text);
        return made.Result;
    }
}
