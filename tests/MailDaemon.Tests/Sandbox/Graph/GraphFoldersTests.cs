using System.Text.Json;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Folders, categories, and the user.</summary>
public sealed class GraphFoldersTests : IAsyncLifetime
{
    private GraphFixture graph = null!;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync()
    {
        graph.Graph.Violations.ShouldBeEmpty();
        await graph.DisposeAsync();
    }

    [Fact]
    public async Task Mailbox_has_the_usual_folders_and_tells_how_much_is_in_them()
    {
        graph.Mailbox.SetRead(graph.Mailbox.Deliver(Mail("one")).Id);
        graph.Mailbox.Deliver(Mail("two"));
        var folders = await graph.GetAsync("mailFolders?$top=100");
        Values(folders).Select(folder => folder.GetProperty("displayName").GetString()).ShouldBe(
            ["Archive", "Conversation History", "Deleted Items", "Drafts", "Inbox", "Junk Email", "Outbox", "Sent Items"]);
        var inbox = await graph.GetAsync("mailFolders/INBOX");
        (inbox.GetProperty("totalItemCount").GetInt32(), inbox.GetProperty("unreadItemCount").GetInt32()).ShouldBe((2, 1));
        (await graph.GetAsync($"mailFolders/{Escaped(inbox.GetProperty("parentFolderId").GetString()!)}")).GetProperty("childFolderCount").GetInt32().ShouldBe(8);
    }

    [Fact]
    public async Task Folder_is_created_renamed_moved_and_deleted_with_its_mail()
    {
        var a = Id(await graph.PostAsync("mailFolders", """{"displayName":"A"}"""));
        var b = Id(await graph.PostAsync($"mailFolders/{a}/childFolders", """{"displayName":"B"}"""));
        graph.Mailbox.Deliver(Mail("one"), Uri.UnescapeDataString(b));
        (await graph.GetAsync($"mailFolders/{a}/childFolders")).GetProperty("value").GetArrayLength().ShouldBe(1);
        await graph.SuccessAsync(HttpMethod.Patch, $"mailFolders/{b}", """{"displayName":"C"}""");
        var moved = await graph.PostAsync($"mailFolders/{b}/move", """{"destinationId":"inbox"}""");
        (Id(moved), moved.GetProperty("displayName").GetString()).ShouldBe((b, "C"));
        var expanded = await graph.GetAsync("mailFolders?$filter=displayName eq 'Inbox'&$expand=childFolders($select=displayName)");
        Values(expanded)[0].GetProperty("childFolders")[0].GetProperty("displayName").GetString().ShouldBe("C");
        var copy = await graph.PostAsync($"mailFolders/{b}/copy", $$"""{"destinationId":"{{Uri.UnescapeDataString(a)}}"}""");
        copy.GetProperty("totalItemCount").GetInt32().ShouldBe(1);
        await graph.SuccessAsync(HttpMethod.Delete, $"mailFolders/{b}", null);
        (await graph.GetAsync($"mailFolders/{b}")).GetProperty("parentFolderId").GetString().ShouldBe(graph.Mailbox.Folder("deleteditems").Id);
        await graph.SuccessAsync(HttpMethod.Delete, $"mailFolders/{b}", null);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"mailFolders/{b}"))).ShouldBe((404, "ErrorItemNotFound"));
        graph.Mailbox.Messages().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Folder_that_cannot_be_is_refused()
    {
        var a = Id(await graph.PostAsync("mailFolders", """{"displayName":"A"}"""));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, "mailFolders", """{"displayName":"a"}"""))).ShouldBe((409, "ErrorFolderExists"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, "mailFolders", """{"displayName":" "}"""))).ShouldBe((400, "ErrorInvalidRequest"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Delete, "mailFolders/inbox"))).ShouldBe((403, "ErrorAccessDenied"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Patch, "mailFolders/drafts", """{"displayName":"x"}"""))).ShouldBe((403, "ErrorAccessDenied"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"mailFolders/{a}/move", $$"""{"destinationId":"{{Uri.UnescapeDataString(a)}}"}"""))).ShouldBe((400, "ErrorInvalidRequest"));
    }

    [Fact]
    public async Task Category_has_a_name_that_stays_and_a_colour()
    {
        var created = await graph.PostAsync("outlook/masterCategories", """{"displayName":"客户","color":"preset7"}""");
        var id = Id(created);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, "outlook/masterCategories", """{"displayName":"客户","color":"none"}"""))).ShouldBe((409, "CategoryNameDuplicate"));
        (await graph.SuccessAsync(HttpMethod.Patch, $"outlook/masterCategories/{id}", """{"color":"preset24"}""")).GetProperty("color").GetString().ShouldBe("preset24");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Patch, $"outlook/masterCategories/{id}", """{"displayName":"x"}"""))).ShouldBe((400, "ErrorInvalidPropertySet"));
        Values(await graph.GetAsync("outlook/masterCategories?$top=100")).Select(one => one.GetProperty("displayName").GetString()).ShouldContain("客户");
        await graph.SuccessAsync(HttpMethod.Delete, $"outlook/masterCategories/{id}", null);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"outlook/masterCategories/{id}"))).ShouldBe((404, "ErrorItemNotFound"));
    }

    [Fact]
    public async Task Ids_are_translated_from_one_kind_into_the_other()
    {
        var immutable = graph.Mailbox.Deliver(Mail("one")).Id;
        var regular = Values(await graph.GetAsync("messages", ""))[0].GetProperty("id").GetString();
        var answer = await graph.PostAsync("translateExchangeIds", $$"""{"inputIds":["{{immutable}}","x"],"sourceIdType":"restImmutableEntryId","targetIdType":"restId"}""");
        Values(answer)[0].GetProperty("targetId").GetString().ShouldBe(regular);
        Values(answer)[1].GetProperty("errorDetails").GetProperty("code").GetString().ShouldBe("ErrorInvalidIdMalformed");
    }

    private static string Id(JsonElement json) => Escaped(json.GetProperty("id").GetString()!);
}
