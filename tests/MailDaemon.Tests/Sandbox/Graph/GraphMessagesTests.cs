using System.Net;
using System.Text.Json;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Messages: read, listed, changed, moved, deleted; their ids.</summary>
public sealed class GraphMessagesTests : IAsyncLifetime
{
    private GraphFixture graph = null!;

    private GraphMailbox Mailbox => graph.Mailbox;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync()
    {
        graph.Graph.Violations.ShouldBeEmpty();
        await graph.DisposeAsync();
    }

    [Fact]
    public async Task Immutable_id_stays_when_a_message_is_moved_and_the_other_does_not()
    {
        Mailbox.Deliver(Mail("one"));
        var immutable = Values(await graph.GetAsync("messages"))[0].GetProperty("id").GetString()!;
        var regular = Values(await graph.GetAsync("messages", ""))[0].GetProperty("id").GetString()!;
        immutable.ShouldNotBe(regular);
        foreach (var sign in "/+=")
        {
            immutable.ShouldContain(sign);
            regular.ShouldContain(sign);
        }

        var moved = await graph.PostAsync($"messages/{Escaped(immutable)}/move", """{"destinationId":"archive"}""");
        moved.GetProperty("id").GetString().ShouldBe(immutable);
        (await graph.GetAsync($"messages/{Escaped(immutable)}")).GetProperty("parentFolderId").GetString().ShouldBe(Mailbox.Folder("archive").Id);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{Escaped(regular)}"))).ShouldBe((404, "ErrorItemNotFound"));
        (await graph.GetAsync($"messages/{Escaped(immutable)}", "")).GetProperty("id").GetString().ShouldNotBe(regular);
        graph.Graph.RequestsWithoutImmutableId.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Id_that_is_none_is_malformed()
    {
        foreach (var id in new[] { "x", "AAMkAGI2", Mailbox.Deliver(Mail("one")).Id[..^4] })
        {
            (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{Escaped(id)}"))).ShouldBe((400, "ErrorInvalidIdMalformed"));
        }

        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{Escaped(Mailbox.Folder("inbox").Id)}"))).ShouldBe((404, "ErrorItemNotFound"));
    }

    [Fact]
    public async Task Message_says_what_its_mime_says()
    {
        var id = Escaped(Mailbox.Deliver("From: =?utf-8?B?5p2O5aic?= <lina@example.org>\r\nTo: Olivia <olivia@outlook.sandbox.test>\r\nCc: b@example.org\r\nSubject: =?utf-8?B?5oql5Lu3?=\r\nMessage-ID: <1@example.org>\r\nX-A: b\r\nImportance: high\r\nDate: Mon, 02 Feb 2026 10:00:00 +0800\r\nContent-Type: text/html\r\n\r\n<p>Hi &amp; bye</p>\r\n"u8.ToArray()).Id);
        var message = await graph.GetAsync($"messages/{id}");
        message.GetProperty("subject").GetString().ShouldBe("报价");
        message.GetProperty("from").GetProperty("emailAddress").GetProperty("name").GetString().ShouldBe("李娜");
        message.GetProperty("ccRecipients")[0].GetProperty("emailAddress").GetProperty("address").GetString().ShouldBe("b@example.org");
        message.GetProperty("internetMessageId").GetString().ShouldBe("<1@example.org>");
        message.GetProperty("sentDateTime").GetString().ShouldBe("2026-02-02T02:00:00Z");
        message.GetProperty("bodyPreview").GetString().ShouldBe("Hi & bye");
        message.GetProperty("importance").GetString().ShouldBe("high");
        (message.GetProperty("isRead").GetBoolean(), message.GetProperty("isDraft").GetBoolean(), message.GetProperty("hasAttachments").GetBoolean()).ShouldBe((false, false, false));
        message.TryGetProperty("internetMessageHeaders", out _).ShouldBeFalse();

        var selected = await graph.GetAsync($"messages/{id}?$select=subject,internetMessageHeaders&$expand=singleValueExtendedProperties($filter=id eq 'Long 0x0E08')");
        selected.GetProperty("internetMessageHeaders").EnumerateArray().ShouldContain(header => header.GetProperty("name").GetString() == "X-A");
        selected.TryGetProperty("body", out _).ShouldBeFalse();
        selected.GetProperty("singleValueExtendedProperties")[0].GetProperty("value").GetString().ShouldBe(Mailbox.Messages()[0].Raw.Length.ToString());
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{id}?$select=colour"))).ShouldBe((400, "RequestBroker--ParseUri"));

        var text = await graph.GetAsync($"messages/{id}?$select=body", "outlook.body-content-type=\"text\", IdType=\"ImmutableId\"");
        text.GetProperty("body").GetProperty("content").GetString()!.Trim().ShouldBe("Hi & bye");
        (await (await graph.TryAsync(HttpMethod.Get, $"messages/{id}/$value")).Content.ReadAsByteArrayAsync()).ShouldBe(Mailbox.Messages()[0].Raw.ToArray());
    }

    [Fact]
    public async Task List_is_filtered_sorted_and_paged()
    {
        var now = graph.Clock.GetUtcNow();
        for (var i = 0; i < 25; i++)
        {
            Mailbox.Add(new GraphMail(Mail($"m{i:00}")) { ReceivedAt = now.AddHours(-i), IsRead = i % 2 == 0, Categories = i < 3 ? ["Red category", "it's"] : [] });
        }

        var first = await graph.GetAsync("mailFolders/inbox/messages?$select=subject&$count=true");
        Subjects(first)[..3].ShouldBe(["m00", "m01", "m02"]);
        (Values(first).Length, first.GetProperty("@odata.count").GetInt32()).ShouldBe((10, 25));
        var second = await graph.GetAsync(first.GetProperty("@odata.nextLink").GetString()!);
        Subjects(second)[0].ShouldBe("m10");
        var third = await graph.GetAsync(second.GetProperty("@odata.nextLink").GetString()!);
        (Values(third).Length, third.TryGetProperty("@odata.nextLink", out _)).ShouldBe((5, false));

        var since = now.AddHours(-4).ToString("yyyy-MM-ddTHH:mm:ssZ");
        Subjects(await graph.GetAsync($"messages?$top=50&$filter=receivedDateTime ge {since} and isRead eq false&$orderby=receivedDateTime asc")).ShouldBe(["m03", "m01"]);
        Subjects(await graph.GetAsync("messages?$filter=categories/any(c:c eq 'it''s') and not (subject eq 'm01')")).ShouldBe(["m00", "m02"]);
        Subjects(await graph.GetAsync("messages?$filter=internetMessageId eq '<m07@example.org>' or startswith(subject,'m2')&$top=3&$skip=1")).ShouldBe(["m20", "m21", "m22"]);
        Subjects(await graph.GetAsync($"messages?$filter=parentFolderId eq '{Escaped(Mailbox.Folder("drafts").Id)}'")).ShouldBeEmpty();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages?$filter=isRead eq false&$orderby=receivedDateTime"))).ShouldBe((400, "InefficientFilter"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages?$filter=isRead eq"))).ShouldBe((400, "RequestBroker--ParseUri"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages?$top=1001"))).ShouldBe((400, "ErrorInvalidUrlQuery"));
    }

    [Fact]
    public async Task Search_finds_words_phrases_fields_and_dates()
    {
        Mailbox.Deliver(Mail("Offer for pumps", body: "We offer three pumps."));
        Mailbox.Deliver(Mail("Invoice", "Cc: bob@example.org\r\n", "Three pumps, as ordered."));
        Mailbox.Deliver(Mail("报价单", body: "请看附件"));

        await FindsAsync("pumps", "Invoice", "Offer for pumps");
        await FindsAsync("\\\"three pumps\\\" -subject:invoice", "Offer for pumps");
        await FindsAsync("from:ann subject:inv", "Invoice");
        await FindsAsync("cc:bob OR 附件", "报价单", "Invoice");
        await FindsAsync("received>=2000-01-01 AND subject:报价", "报价单");
        await FindsAsync("received<2000-01-01");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages?$search=\"x\"&$filter=isRead eq true"))).ShouldBe((400, "SearchWithOrderBy"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages?$search=subject:x"))).ShouldBe((400, "BadRequest"));

        async Task FindsAsync(string query, params string[] subjects) =>
            Subjects(await graph.GetAsync($"messages?$search={Escaped($"\"{query}\"")}")).ShouldBe(subjects, query);
    }

    [Fact]
    public async Task Patch_changes_flags_and_categories_and_nothing_of_the_content()
    {
        var id = Escaped(Mailbox.Deliver(Mail("one")).Id);
        var changed = await graph.SuccessAsync(HttpMethod.Patch, $"messages/{id}", """{"isRead":true,"flag":{"flagStatus":"flagged"},"categories":["A","B"],"importance":"low"}""");
        changed.GetProperty("flag").GetProperty("flagStatus").GetString().ShouldBe("flagged");
        var message = Mailbox.Messages()[0];
        (message.IsRead, message.Flag, message.Importance).ShouldBe((true, GraphFlag.Flagged, "low"));
        message.Categories.ShouldBe(["A", "B"]);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Patch, $"messages/{id}", """{"subject":"x"}"""))).ShouldBe((400, "ErrorInvalidPropertySet"));
        Mailbox.Messages()[0].Subject.ShouldBe("one");
    }

    [Fact]
    public async Task Delete_goes_to_deleted_items_and_from_there_for_good()
    {
        var (one, two) = (Mailbox.Deliver(Mail("one")), Mailbox.Deliver(Mail("two")));
        (await graph.TryAsync(HttpMethod.Delete, $"messages/{Escaped(one.Id)}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Mailbox.Messages("deleteditems").ShouldHaveSingleItem().Id.ShouldBe(one.Id);
        await graph.SuccessAsync(HttpMethod.Delete, $"messages/{Escaped(one.Id)}", null);
        await graph.PostAsync($"messages/{Escaped(two.Id)}/permanentDelete");
        Mailbox.Messages().ShouldBeEmpty();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Delete, $"messages/{Escaped(one.Id)}"))).ShouldBe((404, "ErrorItemNotFound"));
    }

    [Fact]
    public async Task Copy_is_another_message_and_a_message_is_in_its_folder_only()
    {
        var one = Mailbox.Deliver(Mail("one"));
        var copy = await graph.PostAsync($"messages/{Escaped(one.Id)}/copy", """{"DestinationId":"junkemail"}""");
        copy.GetProperty("id").GetString().ShouldNotBe(one.Id);
        Mailbox.Messages().Count.ShouldBe(2);
        await graph.GetAsync($"mailFolders/inbox/messages/{Escaped(one.Id)}");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"mailFolders/junkemail/messages/{Escaped(one.Id)}"))).ShouldBe((404, "ErrorItemNotFound"));
    }

    [Fact]
    public async Task Token_that_is_none_is_401_with_a_challenge()
    {
        graph.Graph.ExpireAccessTokens();
        var reply = await graph.TryAsync(HttpMethod.Get, "messages");
        reply.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        (await ErrorAsync(reply)).ShouldBe((401, "InvalidAuthenticationToken"));
    }

    [Fact]
    public async Task Seeded_mailbox_has_folders_of_all_levels_and_mail_in_them()
    {
        await using var seeded = await GraphFixture.StartAsync(seed: true);
        var folders = seeded.Mailbox.Folders.ToDictionary(folder => folder.DisplayName);
        folders["报价"].ParentId.ShouldBe(folders["项目"].Id);
        seeded.Mailbox.Messages(folders["报价"].Id).ShouldNotBeEmpty();
        seeded.Mailbox.Messages("sentitems").ShouldNotBeEmpty();
        seeded.Mailbox.Messages("inbox").Count.ShouldBeGreaterThan(20);
        seeded.Mailbox.Messages("drafts").ShouldAllBe(message => message.IsDraft);
        var user = await seeded.GetAsync("?$select=mail,displayName");
        user.GetProperty("mail").GetString().ShouldBe("olivia@outlook.sandbox.test");
    }
}
