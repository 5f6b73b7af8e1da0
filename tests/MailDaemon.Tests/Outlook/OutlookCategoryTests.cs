using System.Text.Json;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Outlook;

/// <summary>Categories in Outlook's own words, in its list and on messages.</summary>
public sealed class OutlookCategoryTests : IAsyncLifetime
{
    private OutlookApp outlook = null!;

    private DaemonApp App => outlook.App;

    private GraphMailbox Mailbox => outlook.Mailbox;

    public async Task InitializeAsync() => outlook = await OutlookApp.StartAsync();

    public async Task DisposeAsync() => await outlook.DisposeAsync();

    [Fact]
    public async Task Categories_are_listed_synced_and_are_labels_too()
    {
        var made = Mailbox.CreateCategory("客户", "preset24");
        (await ListAsync()).Select(c => c.GetProperty("displayName").GetString()).ShouldBe(Mailbox.Categories.Where(c => c != made).Select(c => c.DisplayName));

        var synced = await App.PostAsync($"/api/outlook/categories/sync?email={outlook.Email}");

        synced.Status.ShouldBe(200, synced.Text);
        synced.Result.EnumerateArray().Select(c => (c.GetProperty("id").GetString(), c.GetProperty("displayName").GetString(), c.GetProperty("color").GetString()))
            .ShouldBe(Mailbox.Categories.Select(c => ((string?)c.Id, (string?)c.DisplayName, (string?)c.Color)));
        var label = await LabelAsync("客户");
        (label.GetProperty("color").GetString(), label.GetProperty("native").GetString(), label.GetProperty("type").GetString()).ShouldBe(("#80275d", "客户", "account"));
        label.GetProperty("id").GetString().ShouldBe((await CategoryAsync("客户")).GetProperty("labelId").GetString());
    }

    [Theory]
    [InlineData("preset0", "preset0", "red")]
    [InlineData("preset7", "preset7", "blue")]
    [InlineData("Preset19", "preset19", "#026802")]
    [InlineData("none", "none", "grey")]
    [InlineData(null, "none", "grey")]
    public async Task Category_is_created_in_the_preset_that_was_asked_for(string? asked, string preset, string color)
    {
        var created = await App.PostAsync($"/api/outlook/categories/create?email={outlook.Email}", new { displayName = "Orders", color = asked });

        (created.Status, created.Result.GetProperty("color").GetString()).ShouldBe((201, preset), created.Text);
        var there = Mailbox.Categories.Single(c => c.DisplayName == "Orders");
        (there.Id, there.Color).ShouldBe((created.Result.GetProperty("id").GetString(), preset));
        (await LabelAsync("Orders")).GetProperty("color").GetString().ShouldBe(color);
        outlook.ShouldBeWithinContract();
    }

    [Theory]
    [InlineData("""{"displayName":"Orders","color":"preset25"}""", 400, "invalid_parameter")]
    [InlineData("""{"displayName":"Orders","color":"red"}""", 400, "invalid_parameter")]
    [InlineData("""{"displayName":" "}""", 400, "missing_parameter")]
    [InlineData("""{"displayName":"a,b"}""", 400, "server_refused")]
    [InlineData("""{"name":"Orders"}""", 400, "unknown_parameter")]
    [InlineData("""{"displayName":"red CATEGORY"}""", 409, "label_exists")]
    public async Task Category_that_cannot_be_is_refused(string body, int status, string error)
    {
        (await App.PostAsync($"/api/outlook/categories/create?email={outlook.Email}", body)).ShouldBeRefused(status, error);

        Mailbox.Categories.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Color_is_changed_in_place_by_id_or_by_name()
    {
        var category = await CreateAsync("Orders", "preset1");

        var byId = await UpdateAsync(category.Id, new { color = "preset2" });
        var byName = await UpdateAsync("orders", new { color = "none", displayName = "Orders" });

        (byId.Result.GetProperty("id").GetString(), byId.Result.GetProperty("color").GetString(), byId.Result.GetProperty("renamed").GetBoolean()).ShouldBe((category.Id, "preset2", false), byId.Text);
        byId.Result.TryGetProperty("note", out _).ShouldBeFalse();
        (byName.Status, byName.Result.GetProperty("color").GetString(), byName.Result.GetProperty("renamed").GetBoolean()).ShouldBe((200, "none", false), byName.Text);
        Mailbox.Categories.Single(c => c.DisplayName == "Orders").ShouldBe(new GraphCategory(category.Id, "Orders", "none"));
        (await UpdateAsync("nothing", new { color = "none" })).ShouldBeRefused(404, "category_not_found");
        (await UpdateAsync(category.Id, new { })).ShouldBeRefused(400, "missing_parameter");
        (await UpdateAsync(category.Id, new { color = "preset99" })).ShouldBeRefused(400, "invalid_parameter");
        (await UpdateAsync(category.Id, new { displayName = "Red category" })).ShouldBeRefused(409, "label_exists");
        (await UpdateAsync(category.Id, new { displayName = "ORDERS" })).ShouldBeRefused(409, "label_exists");
    }

    [Fact]
    public async Task Rename_makes_another_tags_the_messages_again_and_says_so()
    {
        var category = await CreateAsync("Orders", "preset3");
        var tagged = await TagAsync("Orders", 3);
        var labelId = (await LabelAsync("Orders")).GetProperty("id").GetString()!;
        var rule = await App.PostAsync("/api/rules", new
        {
            name = "orders", provider = "outlook", email = outlook.Email, enabled = true,
            conditions = new[] { new { field = "subject", @operator = "equals", value = "new order" } }, actions = new[] { new { type = "add_label", value = labelId } },
        });
        rule.Status.ShouldBe(201, rule.Text);

        var renamed = await UpdateAsync(category.Id, new { displayName = "Bestellungen", color = "preset4" });

        renamed.Status.ShouldBe(200, renamed.Text);
        var result = renamed.Result;
        (result.GetProperty("renamed").GetBoolean(), result.GetProperty("retagged").GetInt32(), result.GetProperty("displayName").GetString(), result.GetProperty("labelId").GetString()).ShouldBe((true, 3, "Bestellungen", labelId));
        result.GetProperty("note").GetString().ShouldBe("Outlook cannot rename a category: it was made again under its new name, 3 messages were tagged again, and the old one was deleted.");
        Mailbox.Categories.Where(c => c.DisplayName is "Orders" or "Bestellungen").ShouldBe([new GraphCategory(result.GetProperty("id").GetString()!, "Bestellungen", "preset4")]);
        tagged.ShouldAllBe(id => Mailbox.Find(id)!.Categories.SequenceEqual(new[] { "Bestellungen" }));
        (await outlook.ListAsync(filter: $"&label={labelId}")).Select(Categories).ShouldBe([["Bestellungen"], ["Bestellungen"], ["Bestellungen"]]);
        Mailbox.Deliver("From: a@b.example\r\nSubject: new order\r\n\r\nx\r\n"u8.ToArray());
        await outlook.SyncAsync();
        await Eventually.UntilAsync(() => Mailbox.Messages("inbox").Single(m => m.Subject == "new order").Categories.SequenceEqual(new[] { "Bestellungen" }), "the rule gives the category under its new name");
        await outlook.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Rename_that_is_cut_off_is_one_label_and_goes_on_when_it_is_asked_for_again()
    {
        await CreateAsync("Orders", "preset3");
        var tagged = await TagAsync("Orders", 2);
        var labelId = (await LabelAsync("Orders")).GetProperty("id").GetString()!;
        outlook.Graph.Faults.Error.Arm("me.outlook.deleteMasterCategory", GraphError.AccessDenied, times: 1);

        (await App.PutAsync($"/api/labels/{labelId}", new { name = "Bestellungen" })).Status.ShouldBe(403);
        (await App.PostAsync($"/api/outlook/categories/sync?email={outlook.Email}")).Result.EnumerateArray().Select(c => c.GetProperty("displayName").GetString()).ShouldNotContain("Bestellungen");
        var again = await App.PutAsync($"/api/labels/{labelId}", new { name = "Bestellungen" });

        (again.Status, again.Result.GetProperty("id").GetString(), again.Result.GetProperty("native").GetString()).ShouldBe((200, labelId, "Bestellungen"), again.Text);
        Mailbox.Categories.Select(c => c.DisplayName).ShouldNotContain("Orders");
        tagged.ShouldAllBe(id => Mailbox.Find(id)!.Categories.SequenceEqual(new[] { "Bestellungen" }));
        await outlook.SyncAsync();
        (await outlook.ListAsync(filter: $"&label={labelId}")).Count.ShouldBe(2);
        await outlook.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Change_that_waits_gives_a_renamed_category_under_its_new_name()
    {
        var category = await CreateAsync("Orders", "none");
        var item = (await outlook.ListAsync("inbox"))[0];
        await App.Services.GetRequiredService<ChangeStore>().AddAsync(
            new ChangeItem
            {
                Id = ChangeStore.NewId(),
                Account = new AccountKey(ProviderKind.Outlook, outlook.Email),
                Change = new MessageChange { AddLabels = ["Orders"] },
                Before = [new BeforeChange(item.GetProperty("key").GetString()!, MessageFlags.None, [])],
                IsFailed = false,
                NextAttemptAt = outlook.Clock.GetUtcNow().AddHours(1),
                CreatedAt = outlook.Clock.GetUtcNow(),
            },
            CancellationToken.None);

        (await UpdateAsync(category.Id, new { displayName = "Bestellungen" })).Status.ShouldBe(200);
        (await App.PostAsync("/api/offline/process")).Status.ShouldBe(200);

        Mailbox.Find(item.GetProperty("id").GetString()!)!.Categories.ShouldBe(["Bestellungen"]);
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Deleted_category_is_taken_from_its_messages()
    {
        var category = await CreateAsync("Orders", "preset3");
        var tagged = await TagAsync("Orders", 2);

        var deleted = await App.DeleteAsync($"/api/outlook/categories/delete?email={outlook.Email}&categoryId={category.Id}");

        (deleted.Status, deleted.Result.GetProperty("displayName").GetString(), deleted.Result.GetProperty("deleted").GetBoolean()).ShouldBe((200, "Orders", true), deleted.Text);
        Mailbox.Categories.Select(c => c.DisplayName).ShouldNotContain("Orders");
        tagged.ShouldAllBe(id => Mailbox.Find(id)!.Categories.IsEmpty);
        (await ListAsync()).Select(c => c.GetProperty("displayName").GetString()).ShouldNotContain("Orders");
        (await App.DeleteAsync($"/api/outlook/categories/delete?email={outlook.Email}&categoryId={category.Id}")).ShouldBeRefused(404, "category_not_found");
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Message_gets_categories_by_name_by_id_and_by_label()
    {
        var item = (await outlook.ListAsync("inbox"))[0];
        var id = item.GetProperty("id").GetString()!;
        var blue = await CategoryAsync("Blue category");

        var added = await ChangeAsync(id, new { addCategories = new[] { "red CATEGORY", blue.GetProperty("id").GetString(), "not in the list", "客户" } });
        var changed = await ChangeAsync(item.GetProperty("key").GetString()!, new { addCategories = new[] { (await LabelAsync("Green category")).GetProperty("id").GetString() }, removeCategories = new[] { "NOT in the list", "Red category" } });

        (added.Status, changed.Status).ShouldBe((200, 200), added.Text + changed.Text);
        Categories(added.Result).ShouldBe(["Blue category", "Red category", "not in the list", "客户"], ignoreOrder: true);
        Categories(changed.Result).ShouldBe(["Blue category", "Green category", "客户"], ignoreOrder: true);
        Mailbox.Find(id)!.Categories.ShouldBe(["Blue category", "Green category", "客户"], ignoreOrder: true);
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    [Theory]
    [InlineData("""{}""", "missing_parameter")]
    [InlineData("""{"addCategories":["x"],"removeCategories":["X"]}""", "invalid_label")]
    [InlineData("""{"addCategories":["Red category"," "]}""", "invalid_label")]
    [InlineData("""{"categories":["x"]}""", "unknown_parameter")]
    public async Task Change_that_means_nothing_is_refused_and_nothing_is_done(string body, string error)
    {
        var id = (await outlook.ListAsync("inbox"))[0].GetProperty("id").GetString()!;

        (await ChangeAsync(id, body)).ShouldBeRefused(400, error);

        Mailbox.Find(id)!.Categories.ShouldBeEmpty();
    }

    private static string[] Categories(JsonElement item) => [.. item.GetProperty("categories").EnumerateArray().Select(c => c.GetString()!)];

    private async Task<IReadOnlyList<JsonElement>> ListAsync() => [.. (await App.GetAsync($"/api/outlook/categories?email={outlook.Email}")).Result.EnumerateArray()];

    private async Task<JsonElement> CategoryAsync(string name) => (await ListAsync()).Single(c => c.GetProperty("displayName").GetString() == name);

    private async Task<JsonElement> LabelAsync(string name) =>
        (await App.GetAsync($"/api/labels?provider=outlook&email={outlook.Email}")).Result.EnumerateArray().Single(l => l.GetProperty("name").GetString() == name);

    private Task<Reply> UpdateAsync(string id, object body) => App.PutAsync($"/api/outlook/categories/update?email={outlook.Email}&categoryId={Uri.EscapeDataString(id)}", body);

    private Task<Reply> ChangeAsync(string id, object body) => App.PostAsync($"/api/outlook/message/categories?id={Uri.EscapeDataString(id)}&email={outlook.Email}", body);

    private async Task<GraphCategory> CreateAsync(string name, string color)
    {
        var created = await App.PostAsync($"/api/outlook/categories/create?email={outlook.Email}", new { displayName = name, color });
        created.Status.ShouldBe(201, created.Text);
        return Mailbox.Categories.Single(c => c.Id == created.Result.GetProperty("id").GetString());
    }

    /// <summary>Somebody tags some messages of the inbox at Outlook.</summary>
    private async Task<IReadOnlyList<string>> TagAsync(string category, int count)
    {
        var ids = Mailbox.Messages("inbox").Take(count).Select(m => m.Id).ToList();
        foreach (var id in ids)
            Mailbox.SetCategories(id, category);
        await outlook.SyncAsync();
        return ids;
    }
}
