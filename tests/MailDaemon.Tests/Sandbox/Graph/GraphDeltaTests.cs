using System.Text.Json;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Delta queries of messages and of folders.</summary>
public sealed class GraphDeltaTests : IAsyncLifetime
{
    private const string Inbox = "mailFolders/inbox/messages/delta()?$select=subject,isRead&$orderby=receivedDateTime desc";

    private GraphFixture graph = null!;

    private GraphMailbox Mailbox => graph.Mailbox;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync() => await graph.DisposeAsync();

    [Fact]
    public async Task First_round_tells_all_messages_newest_first_in_pages_of_ten()
    {
        Mailbox.Fill(25);
        var page = await graph.GetAsync(Inbox);
        Subjects(page).ShouldBe(Enumerable.Range(1, 10).Select(i => $"Bulk message {i}"));
        page.TryGetProperty("@odata.deltaLink", out _).ShouldBeFalse();
        var (items, _) = await graph.RoundAsync(page.GetProperty("@odata.nextLink").GetString()!, 9);
        items.Select(item => item.GetProperty("subject").GetString()).ShouldBe(Enumerable.Range(11, 15).Select(i => $"Bulk message {i}"));
        items.Any(item => item.TryGetProperty("body", out _)).ShouldBeFalse();
        graph.Graph.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Later_round_tells_what_changed_and_what_left()
    {
        GraphMessage[] messages = [.. Enumerable.Range(0, 5).Select(i => Mailbox.Deliver(Mail($"m{i}")))];
        var (_, link) = await graph.RoundAsync(Inbox);
        Mailbox.SetRead(messages[0].Id);
        Mailbox.Move(messages[1].Id, "archive");
        Mailbox.DeleteForGood(messages[2].Id);
        var newest = Mailbox.Deliver(Mail("new"));

        var (items, next) = await graph.RoundAsync(link, 2);
        items.Select(Told).ShouldBe([("m0", ""), (messages[1].Id, "changed"), (messages[2].Id, "deleted"), ("new", "")]);
        items[0].GetProperty("isRead").GetBoolean().ShouldBeTrue();
        (await graph.RoundAsync(next)).Items.ShouldBeEmpty();
        (await graph.RoundAsync(link, 2)).Items.Count.ShouldBe(4);
        newest.Subject.ShouldBe("new");
    }

    [Fact]
    public async Task Changes_during_the_first_round_come_in_the_second()
    {
        Mailbox.Fill(20);
        var page = await graph.GetAsync(Inbox);
        var (told, untold) = (Mailbox.Messages("inbox")[0], Mailbox.Messages("inbox")[15]);
        Mailbox.SetRead(told.Id, !told.IsRead);
        Mailbox.DeleteForGood(untold.Id);
        Mailbox.Deliver(Mail("new"));
        var (rest, link) = await graph.RoundAsync(page.GetProperty("@odata.nextLink").GetString()!);
        rest.Count.ShouldBe(9);
        (await graph.RoundAsync(link)).Items.Select(Told).ShouldBe([(told.Subject, ""), (untold.Id, "deleted"), ("new", "")], ignoreOrder: true);
    }

    [Fact]
    public async Task Removal_is_told_by_the_id_that_the_message_had_in_the_folder()
    {
        var id = Mailbox.Deliver(Mail("one")).Id;
        var first = await graph.GetAsync("mailFolders/inbox/messages/delta", "");
        var regular = Values(first)[0].GetProperty("id").GetString();
        Mailbox.Move(id, "archive");
        var second = await graph.GetAsync(first.GetProperty("@odata.deltaLink").GetString()!, "");
        Values(second).ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(regular);
    }

    [Fact]
    public async Task Filter_is_by_date_only_and_limits_what_is_told_first()
    {
        await using var small = await GraphFixture.StartAsync(new GraphServerOptions { MaxFilteredDelta = 12 });
        small.Mailbox.Fill(30);
        var since = small.Clock.GetUtcNow().AddMinutes(-20).ToString("yyyy-MM-ddTHH:mm:ssZ");
        (await small.RoundAsync($"mailFolders/inbox/messages/delta?$filter=receivedDateTime ge {since}", 5)).Items.Count.ShouldBe(12);
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "mailFolders/inbox/messages/delta?$filter=isRead eq true"))).ShouldBe((400, "ErrorInvalidUrlQuery"));
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "mailFolders/inbox/messages/delta?$search=\"x\""))).ShouldBe((400, "ErrorInvalidUrlQuery"));
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "mailFolders/inbox/messages/delta?$orderby=subject"))).ShouldBe((400, "ErrorInvalidUrlQuery"));
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "mailFolders/inbox/messages/delta?$deltatoken=latest"))).ShouldBe((400, "BadRequest"));
        (await ErrorAsync(await small.TryAsync(HttpMethod.Get, "messages/delta()"))).ShouldBe((400, "ErrorInvalidRequest"));
    }

    [Fact]
    public async Task Change_type_limits_what_is_told()
    {
        var old = Mailbox.Deliver(Mail("old"));
        var (_, created) = await graph.RoundAsync("mailFolders/inbox/messages/delta?changeType=created");
        var (_, deleted) = await graph.RoundAsync("mailFolders/inbox/messages/delta?changeType=deleted");
        Mailbox.SetRead(old.Id);
        Mailbox.Deliver(Mail("new"));
        (await graph.RoundAsync(created)).Items.Select(Told).ShouldBe([("new", "")]);
        (await graph.RoundAsync(deleted)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_links_are_410_and_links_of_another_folder_400()
    {
        var (_, link) = await graph.RoundAsync(Inbox);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, link.Replace("('inbox')", "('drafts')")))).ShouldBe((400, "BadRequest"));
        graph.Clock.Advance(TimeSpan.FromDays(31));
        graph.Http.DefaultRequestHeaders.Authorization = new("Bearer", graph.Graph.AccessToken(graph.Address));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, link))).ShouldBe((410, "SyncStateNotFound"));

        var (_, second) = await graph.RoundAsync(Inbox);
        Mailbox.ForgetSyncState();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, second))).ShouldBe((410, "SyncStateNotFound"));
    }

    [Fact]
    public async Task Links_can_be_gone_in_the_middle_of_a_walk()
    {
        Mailbox.Fill(12);
        var page = await graph.GetAsync(Inbox);
        graph.Faults.NextLinkGone.Arm(GraphError.ResyncRequired, times: 1);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, page.GetProperty("@odata.nextLink").GetString()!))).ShouldBe((410, "resyncRequired"));
        var (_, link) = await graph.RoundAsync(Inbox);
        graph.Faults.DeltaLinkGone.Arm(GraphError.SyncStateNotFound, times: 1);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, link))).ShouldBe((410, "SyncStateNotFound"));
        graph.Faults.FolderDelta.Arm("inbox", GraphError.ItemNotFound, times: 1);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, link))).ShouldBe((404, "ErrorItemNotFound"));
        (await graph.RoundAsync(link)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Message_that_left_and_came_back_can_be_lost()
    {
        var id = Mailbox.Deliver(Mail("one")).Id;
        var (_, link) = await graph.RoundAsync(Inbox);
        Mailbox.Move(id, "archive");
        Mailbox.Move(id, "inbox");
        (await graph.RoundAsync(link)).Items.Select(Told).ShouldBe([("one", "")]);
        graph.Faults.LosesReturnedMessages = true;
        (await graph.RoundAsync(link)).Items.Select(Told).ShouldBe([(id, "changed")]);
    }

    [Fact]
    public async Task Pages_can_be_empty_repeated_late_and_hold_items_twice()
    {
        Mailbox.Fill(12);
        graph.Faults.EmptyPage.Arm(true, times: 1);
        var empty = await graph.GetAsync(Inbox);
        Values(empty).ShouldBeEmpty();
        var first = await graph.GetAsync(empty.GetProperty("@odata.nextLink").GetString()!);
        graph.Faults.DeltaReplaysPage.Arm(true, times: 1);
        var again = await graph.GetAsync(first.GetProperty("@odata.nextLink").GetString()!);
        Subjects(again).ShouldBe(Subjects(first));
        graph.Faults.DuplicatesItems.Arm(1, times: 1);
        var (rest, link) = await graph.RoundAsync(again.GetProperty("@odata.nextLink").GetString()!);
        rest.Count.ShouldBe(3);

        graph.Faults.DeltaRepeats.Arm(2, times: 1);
        (await graph.RoundAsync(link)).Items.Count.ShouldBe(2);
        Mailbox.Deliver(Mail("a"));
        Mailbox.Deliver(Mail("b"));
        graph.Faults.DeltaLags.Arm(1, times: 1);
        var (early, next) = await graph.RoundAsync(link);
        early.Select(Told).ShouldBe([("a", "")]);
        (await graph.RoundAsync(next)).Items.Select(Told).ShouldBe([("b", "")]);
        graph.Faults.ForeignLink.Arm("http://127.0.0.1:1", times: 1);
        (await graph.GetAsync(next)).GetProperty("@odata.deltaLink").GetString().ShouldStartWith("http://127.0.0.1:1/v1.0/me/");
    }

    [Fact]
    public async Task Changed_read_state_can_be_told_alone()
    {
        GraphMessage[] messages = [.. Enumerable.Range(0, 3).Select(i => Mailbox.Deliver(Mail($"m{i}")))];
        var (_, link) = await graph.RoundAsync(Inbox);
        Mailbox.SetRead(messages[0].Id);
        Mailbox.SetRead(messages[1].Id);
        Mailbox.SetCategories(messages[1].Id, "A");
        Mailbox.SetRead(Mailbox.Deliver(Mail("new")).Id);
        graph.Faults.TellsReadStateAlone = true;
        var (items, _) = await graph.RoundAsync(link);
        items.Select(item => (item.GetProperty("isRead").GetBoolean(), item.TryGetProperty("subject", out var subject) ? subject.GetString() : null)).ShouldBe([(true, null), (true, "m1"), (true, "new")]);
        items[0].GetProperty("parentFolderId").GetString().ShouldBe(Mailbox.Folder("inbox").Id);
    }

    [Fact]
    public async Task Attachments_can_be_expanded_and_mapi_properties_cannot()
    {
        Mailbox.Deliver(Mail("one"));
        var page = await graph.GetAsync("mailFolders/inbox/messages/delta()?$expand=attachments");
        Values(page)[0].GetProperty("attachments").GetArrayLength().ShouldBe(0);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "mailFolders/inbox/messages/delta()?$expand=singleValueExtendedProperties($filter=id eq 'Long 0x0E08')"))).ShouldBe((500, "InternalServerError"));
    }

    [Fact]
    public async Task Link_names_the_folder_in_brackets_whatever_is_in_its_id()
    {
        Mailbox.Deliver(Mail("one"));
        var id = Mailbox.Folder("inbox").Id;
        var (items, link) = await graph.RoundAsync($"mailFolders/{Escaped(id)}/messages/delta()?$select=subject");
        items.Count.ShouldBe(1);
        link.ShouldStartWith($"{graph.Graph.BaseUrl}/me/mailFolders('{Escaped(id)}')/messages/delta?$deltatoken=");
        (await graph.RoundAsync(link)).Items.ShouldBeEmpty();
        graph.Graph.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Changed_immutable_id_is_a_removal_and_an_arrival()
    {
        var old = Mailbox.Deliver(Mail("one"));
        var (_, link) = await graph.RoundAsync(Inbox);
        var changed = Mailbox.ChangeImmutableId(old.Id);
        (changed.InternetMessageId, changed.ReceivedAt).ShouldBe((old.InternetMessageId, old.ReceivedAt));
        (await graph.RoundAsync(link)).Items.Select(Told).ShouldBe([(old.Id, "deleted"), ("one", "")]);
    }

    [Fact]
    public async Task Folders_have_a_delta_of_their_own()
    {
        var kept = Mailbox.CreateFolder("Kept");
        var gone = Mailbox.CreateFolder("Gone", kept.Id);
        var (all, link) = await graph.RoundAsync("mailFolders/delta()?$select=displayName,parentFolderId", 3);
        all.Count.ShouldBe(10);
        Mailbox.Deliver(Mail("one"));
        (await graph.RoundAsync(link)).Items.ShouldBeEmpty();
        Mailbox.RenameFolder(kept.Id, "Renamed");
        Mailbox.DeleteFolderForGood(gone.Id);
        var (items, _) = await graph.RoundAsync(link);
        items.Count.ShouldBe(2);
        items[0].GetProperty("displayName").GetString().ShouldBe("Renamed");
        (items[1].GetProperty("id").GetString(), items[1].GetProperty("@removed").GetProperty("reason").GetString()).ShouldBe((gone.Id, "deleted"));
        graph.Graph.Violations.ShouldBeEmpty();
    }

    /// <summary>Subject, or id and reason of what left.</summary>
    private static (string?, string?) Told(JsonElement item) => item.TryGetProperty("@removed", out var removed)
        ? (item.GetProperty("id").GetString(), removed.GetProperty("reason").GetString())
        : (item.GetProperty("subject").GetString(), "");
}
