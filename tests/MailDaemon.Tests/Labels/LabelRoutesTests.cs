using System.Text.Json;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Labels;

/// <summary>Labels over HTTP; the sandbox takes keywords, so that those of an account are on the server.</summary>
public sealed class LabelRoutesTests : IAsyncLifetime
{
    private const string Mails = "/api/mails/imap/lina@sandbox.test/labels";
    private readonly SandboxApp sandbox = new();

    private DaemonApp App => sandbox.App;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("$Junk")]
    [InlineData(" $junk ")]
    [InlineData("$MDNSent")]
    [InlineData("$Phishing")]
    [InlineData("NonJunk")]
    [InlineData("junk")]
    [InlineData("\\Seen")]
    public async Task Name_that_is_a_reserved_keyword_is_refused_for_a_new_label_and_for_an_old_one(string name)
    {
        (await App.PostAsync("/api/labels", new { name, provider = "imap", email = "lina@sandbox.test" })).Error.ShouldBe("invalid_label");
        (await App.PostAsync("/api/labels", new { name })).Error.ShouldBe("invalid_label");
        var label = await CreateAsync(new { name = "mine", provider = "imap", email = "lina@sandbox.test" });
        (await App.PutAsync($"/api/labels/{label.GetProperty("id").GetString()}", new { name })).Error.ShouldBe("invalid_label");
    }

    [Theory]
    [InlineData("$Junk")]
    [InlineData("NonJunk")]
    public async Task Label_of_an_older_version_that_is_a_reserved_keyword_is_put_on_no_message(string keyword)
    {
        var label = await App.Services.GetRequiredService<LabelStore>().AddAsync(
            new Label { Id = "", Type = LabelType.Account, Name = "old", Color = "grey", Account = new(ProviderKind.Imap, "lina@sandbox.test"), Native = keyword }, CancellationToken.None);
        var (key, uid) = await MailAsync();

        (await App.PostAsync($"{Mails}?mailId={key}", new { labelId = label.Id })).ShouldBeRefused(409, "label_protected");
        (await App.PutAsync($"{Mails}?mailId={key}", new { labelIds = new[] { label.Id } })).ShouldBeRefused(409, "label_protected");

        sandbox.User.Inbox.Messages.Single(m => m.Uid == uid).Flags.ShouldNotContain(keyword);
        (await App.DeleteAsync($"/api/labels/{label.Id}")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Unread_messages_are_counted_and_pages_join()
    {
        var id = (await CreateAsync(new { name = "many", provider = "imap", email = "lina@sandbox.test" })).GetProperty("id").GetString()!;
        var items = (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test&folder=inbox&limit=500")).Result.GetProperty("messages").EnumerateArray().ToList();

        var batch = await App.PostAsync("/api/imap/messages/batch", new { keys = items.Select(i => i.GetProperty("key").GetString()), action = "add_label", value = id });

        batch.Result.GetProperty("failed").GetInt32().ShouldBe(0, batch.Text);
        (await App.GetAsync($"/api/labels/{id}")).Result.GetProperty("unreadCount").GetInt32().ShouldBe(items.Count(i => !i.GetProperty("isRead").GetBoolean()));
        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(page => App.GetAsync($"/api/labels/{id}/mails?provider=imap&email=lina@sandbox.test&offset={page * 10}&limit=10")));
        pages.SelectMany(p => p.Result.GetProperty("keys").EnumerateArray().Select(k => k.GetString())).ShouldBe(items.Select(i => i.GetProperty("key").GetString()));
        pages[0].Result.GetProperty("total").GetInt32().ShouldBe(items.Count);

        (await App.DeleteAsync($"/api/labels/{id}")).Result.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        sandbox.User.Inbox.Messages.ShouldAllBe(m => !m.Flags.Contains("many"));
        (await App.GetAsync($"/api/labels/{id}")).ShouldBeRefused(404, "label_not_found");
        (await App.GetAsync($"/api/imap/messages?email=lina@sandbox.test&limit=500")).Result.GetProperty("messages").EnumerateArray().ShouldAllBe(m => m.GetProperty("labels").EnumerateArray().All(l => l.GetString() != "many"));
    }

    [Fact]
    public async Task Setting_labels_replaces_ours_and_leaves_those_of_others()
    {
        var (key, uid) = await MailAsync();
        sandbox.User.Inbox.ChangeFlags([uid], flags => flags.Add("$Important"));
        await sandbox.SyncAsync();
        var ids = new List<string>();
        foreach (var body in new object[] { new { name = "one" }, new { name = "two", provider = "imap", email = "lina@sandbox.test" }, new { name = "three" } })
            ids.Add((await CreateAsync(body)).GetProperty("id").GetString()!);

        await App.PutAsync($"{Mails}?mailId={key}", new { labelIds = new[] { ids[0], ids[1] } });
        var set = await App.PutAsync($"{Mails}?mailId={key}", new { labelIds = new[] { ids[1], ids[2] } });

        set.Status.ShouldBe(200, set.Text);
        Labels(await App.GetAsync($"/api/imap/messages/{key}")).Order(StringComparer.Ordinal).ShouldBe(new[] { "$Important", "INBOX", ids[1], ids[2] }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Label_is_changed_in_part_and_listed_in_order()
    {
        var id = (await CreateAsync(new { name = "a", color = "red" })).GetProperty("id").GetString()!;
        await CreateAsync(new { name = "b", color = "green", visible = false });

        var changed = await App.PutAsync($"/api/labels/{id}", new { name = "z", order = 99 });

        (changed.Result.GetProperty("name").GetString(), changed.Result.GetProperty("color").GetString(), changed.Result.GetProperty("order").GetInt32()).ShouldBe(("z", "red", 99), changed.Text);
        var all = (await App.GetAsync("/api/labels?provider=imap&email=lina@sandbox.test")).Result.EnumerateArray().ToList();
        all.Where(l => l.GetProperty("type").GetString() == "system").Select(l => l.GetProperty("name").GetString()).ShouldBe(["inbox", "starred", "sent", "drafts", "archive", "trash", "spam"]);
        all.Where(l => l.GetProperty("type").GetString() == "global").Select(l => l.GetProperty("name").GetString()).ShouldBe(["b", "z"]);
        var inbox = all.First(l => l.GetProperty("name").GetString() == "inbox");
        inbox.GetProperty("unreadCount").GetInt32().ShouldBe(8);
        (await App.GetAsync($"/api/labels/{Uri.EscapeDataString(inbox.GetProperty("id").GetString()!)}/mails")).Result.GetProperty("total").GetInt32().ShouldBe(30);
        (await App.PutAsync($"/api/labels/{Uri.EscapeDataString(inbox.GetProperty("id").GetString()!)}", new { name = "x" })).ShouldBeRefused(409, "label_protected");
    }

    [Fact]
    public async Task Refusal_of_the_server_leaves_the_message_as_it_was()
    {
        var id = (await CreateAsync(new { name = "x", provider = "imap", email = "lina@sandbox.test" })).GetProperty("id").GetString()!;
        var (key, _) = await MailAsync();
        sandbox.Servers.ImapFaults.Refuse.Arm("STORE", "NO [NOPERM] Read only", times: 1);

        (await App.PostAsync($"{Mails}?mailId={key}", new { labelId = id })).ShouldBeRefused(502, "server_refused");

        Labels(await App.GetAsync($"/api/imap/messages/{key}")).ShouldBe(["INBOX"]);
    }

    [Fact]
    public async Task Name_is_free_once_in_an_account_and_once_for_all()
    {
        await CreateAsync(new { name = "Same" });
        await CreateAsync(new { name = "same", provider = "imap", email = "lina@sandbox.test" });

        (await App.PostAsync("/api/labels", new { name = "SAME" })).ShouldBeRefused(409, "label_exists");
        (await App.PostAsync("/api/labels", new { name = "SAME", provider = "imap", email = "lina@sandbox.test" })).ShouldBeRefused(409, "label_exists");
    }

    private static List<string?> Labels(Reply detail) => [.. detail.Result.GetProperty("labels").EnumerateArray().Select(l => l.GetString())];

    private async Task<JsonElement> CreateAsync(object body)
    {
        var made = await App.PostAsync("/api/labels", body);
        made.Status.ShouldBe(201, made.Text);
        return made.Result;
    }

    private async Task<(string Key, uint Uid)> MailAsync()
    {
        var item = (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test&folder=inbox&limit=1")).Result.GetProperty("messages")[0];
        return (item.GetProperty("key").GetString()!, item.GetProperty("uid").GetUInt32());
    }
}
