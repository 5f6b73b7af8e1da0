using System.Net;
using System.Text;
using System.Text.Json;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>users.messages, labels, history and the profile over the wire.</summary>
public sealed class GmailMessagesTests : IAsyncLifetime
{
    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync();

    public async Task DisposeAsync()
    {
        gmail.Gmail.Violations.ShouldBeEmpty();
        await gmail.DisposeAsync();
    }

    [Fact]
    public async Task Delivered_message_is_listed_and_read_in_each_format()
    {
        var mail = GmailFixture.Mail("=?utf-8?B?5oql5Lu3?= & more", "Date: Mon, 1 Jun 2026 10:00:00 +0800\r\n", "Tom's <offer>");
        var delivered = gmail.Mailbox.Deliver(mail);

        var listed = (await gmail.GetAsync("messages")).GetProperty("messages").EnumerateArray().ShouldHaveSingleItem();
        listed.Text("id").ShouldBe(delivered.Id);
        listed.Text("id")!.Length.ShouldBe(16);
        listed.EnumerateObject().Select(field => field.Name).ShouldBe(["id", "threadId"]);

        var full = await gmail.GetAsync($"messages/{delivered.Id}");
        full.Texts("labelIds").ShouldBe(["INBOX", "UNREAD"]);
        full.Text("snippet").ShouldBe("Tom&#39;s &lt;offer&gt;");
        full.Text("internalDate").ShouldBe(delivered.InternalDate.ToUnixTimeMilliseconds().ToString());
        full.Text("historyId").ShouldBe(gmail.Mailbox.HistoryId.ToString());
        full.GetProperty("sizeEstimate").GetInt32().ShouldBe(mail.Length);
        full.GetProperty("payload").GetProperty("headers").EnumerateArray().Single(header => header.Text("name") == "Subject").Text("value").ShouldBe("报价 & more");
        GmailFixture.FromRaw(full.GetProperty("payload").GetProperty("body").Text("data")!).ShouldBe("Tom's <offer>\r\n"u8.ToArray());

        GmailFixture.FromRaw((await gmail.GetAsync($"messages/{delivered.Id}?format=raw")).Text("raw")!).ShouldBe(mail);
        (await gmail.GetAsync($"messages/{delivered.Id}?format=minimal")).TryGetProperty("payload", out _).ShouldBeFalse();
        var metadata = (await gmail.GetAsync($"messages/{delivered.Id}?format=metadata&metadataHeaders=from&metadataHeaders=Date")).GetProperty("payload");
        metadata.GetProperty("headers").EnumerateArray().Select(header => header.Text("name")).ShouldBe(["From", "Date"]);
        metadata.TryGetProperty("body", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Text_is_in_utf8_whatever_its_header_says()
    {
        var mail = "Subject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9\r\n";
        var id = gmail.Mailbox.Deliver(Encoding.ASCII.GetBytes(mail)).Id;

        var body = (await gmail.GetAsync($"messages/{id}")).GetProperty("payload").GetProperty("body");
        Encoding.UTF8.GetString(GmailFixture.FromRaw(body.Text("data")!)).ShouldBe("café\r\n");
        body.GetProperty("size").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Changes_come_through_history_in_their_order()
    {
        var start = (await gmail.GetAsync("profile")).Text("historyId");
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        var modified = await gmail.PostAsync($"messages/{id}/modify", """{"addLabelIds":["STARRED"],"removeLabelIds":["UNREAD"]}""");
        modified.Texts("labelIds").ShouldBe(["INBOX", "STARRED"]);
        await gmail.PostAsync($"messages/{id}/trash");
        (await gmail.TryAsync(HttpMethod.Delete, $"messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var history = await gmail.GetAsync($"history?startHistoryId={start}");
        history.GetProperty("history").EnumerateArray().Select(Kinds).ShouldBe(["messagesAdded", "labelsAdded labelsRemoved", "labelsAdded labelsRemoved", "messagesDeleted"]);
        var starred = history.GetProperty("history")[1].GetProperty("labelsAdded")[0];
        starred.Texts("labelIds").ShouldBe(["STARRED"]);
        starred.GetProperty("message").Texts("labelIds").ShouldBe(["INBOX", "STARRED"]);
        history.GetProperty("history")[2].GetProperty("labelsRemoved")[0].Texts("labelIds").ShouldBe(["INBOX"]);
        history.Text("historyId").ShouldBe(gmail.Mailbox.HistoryId.ToString());

        var nothing = await gmail.GetAsync($"history?startHistoryId={history.Text("historyId")}");
        nothing.TryGetProperty("history", out _).ShouldBeFalse();
        (await gmail.GetAsync($"history?startHistoryId={start}&historyTypes=messageDeleted")).GetProperty("history").GetArrayLength().ShouldBe(1);

        static string Kinds(JsonElement change) => string.Join(' ', change.EnumerateObject().Select(field => field.Name).Where(name => name is not ("id" or "messages")));
    }

    [Fact]
    public async Task History_comes_in_pages()
    {
        var start = gmail.Mailbox.HistoryId;
        gmail.Mailbox.Fill(5);
        var seen = new List<string?>();
        var token = "";
        do
        {
            var page = await gmail.GetAsync($"history?startHistoryId={start}&maxResults=2{token}");
            seen.AddRange(page.GetProperty("history").EnumerateArray().Select(change => change.GetProperty("messagesAdded")[0].GetProperty("message").Text("id")));
            token = page.TryGetProperty("nextPageToken", out var next) ? $"&pageToken={next.GetString()}" : null;
        }
        while (token is not null);

        seen.ShouldBe(gmail.Mailbox.Messages.Reverse().Select(message => message.Id));
    }

    [Fact]
    public async Task Forgotten_history_is_404_and_the_present_id_is_good()
    {
        var start = gmail.Mailbox.HistoryId;
        gmail.Mailbox.Deliver(GmailFixture.Mail("one"));
        gmail.Mailbox.ForgetHistory();

        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"history?startHistoryId={start}"))).ShouldBe((404, "notFound"));
        var now = (await gmail.GetAsync("profile")).Text("historyId");
        (await gmail.GetAsync($"history?startHistoryId={now}")).TryGetProperty("history", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Pages_of_a_list_hold_while_mail_comes_in()
    {
        gmail.Mailbox.Fill(5);
        var expected = gmail.Mailbox.Messages.Select(message => message.Id).ToArray();
        var first = await gmail.GetAsync("messages?maxResults=3");
        gmail.Mailbox.Deliver(GmailFixture.Mail("new"));

        var second = await gmail.GetAsync($"messages?maxResults=3&pageToken={first.Text("nextPageToken")}");
        Ids(first).Concat(Ids(second)).ShouldBe(expected);
        second.TryGetProperty("nextPageToken", out _).ShouldBeFalse();
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"messages?labelIds=UNREAD&pageToken={first.Text("nextPageToken")}"))).ShouldBe((400, "invalidArgument"));
    }

    [Theory]
    [InlineData("from:ann", "offer 报价")]
    [InlineData("from:an", "")]
    [InlineData("subject:(red offer)", "offer")]
    [InlineData("报价", "报价")]
    [InlineData("\"red offer\" OR 报价", "offer 报价")]
    [InlineData("{subject:offer in:spam}", "offer spam")]
    [InlineData("-subject:offer is:unread", "报价")]
    [InlineData("in:spam", "spam")]
    [InlineData("in:anywhere larger:1", "offer 报价 spam")]
    [InlineData("label:to-do/Work", "报价")]
    [InlineData("rfc822msgid:<red.offer@example.org>", "offer")]
    [InlineData("has:attachment", "offer")]
    [InlineData("filename:pdf", "offer")]
    [InlineData("after:2026/01/01 before:1900000000", "")]
    [InlineData("newer_than:1d", "offer 报价")]
    [InlineData("::", "offer 报价")]
    public async Task Search_finds(string q, string expected)
    {
        var label = gmail.Mailbox.CreateLabel("to do/Work");
        var names = new Dictionary<string, string>
        {
            [gmail.Mailbox.Deliver(GmailFixture.Mail("red offer", "Content-Type: application/pdf; name=a.pdf\r\n")).Id] = "offer",
            [gmail.Mailbox.Deliver(GmailFixture.Mail("quote", body: "报价单")).Id] = "报价",
            [gmail.Mailbox.Deliver(GmailFixture.Mail("cheap")).Id] = "spam",
        };
        var ids = names.ToDictionary(pair => pair.Value, pair => pair.Key);
        gmail.Mailbox.MoveToSpam(ids["spam"]);
        gmail.Mailbox.MarkRead(ids["offer"]);
        gmail.Mailbox.Modify(ids["报价"], [label.Id], []);

        var found = await gmail.GetAsync($"messages?q={Uri.EscapeDataString(q)}");
        string.Join(' ', Ids(found).Select(id => names[id!]).Order(StringComparer.Ordinal)).ShouldBe(string.Join(' ', expected.Split(' ').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Labels_are_made_changed_and_deleted_as_gmail_has_them()
    {
        var made = await gmail.PostAsync("labels", """{"name":"Orders/2026","color":{"textColor":"#ffffff","backgroundColor":"#16a766"}}""");
        var id = made.Text("id")!;
        id.ShouldStartWith("Label_");
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "labels", """{"name":"orders/2026"}"""))).ShouldBe((409, "aborted"));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "labels", """{"name":"Inbox"}"""))).ShouldBe((400, "invalidArgument"));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "labels", """{"name":"a","color":{"textColor":"#123456","backgroundColor":"#16a766"}}"""))).ShouldBe((400, "invalidArgument"));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Delete, "labels/INBOX"))).ShouldBe((400, "invalidArgument"));

        var message = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        await gmail.PostAsync($"messages/{message}/modify", $$"""{"addLabelIds":["{{id}}"]}""");
        var renamed = await gmail.SendAsync(HttpMethod.Patch, $"labels/{id}", """{"name":"Done"}""");
        renamed.Text("name").ShouldBe("Done");
        renamed.GetProperty("color").Text("backgroundColor").ShouldBe("#16a766");
        var counts = await gmail.GetAsync($"labels/{id}");
        (counts.GetProperty("messagesTotal").GetInt32(), counts.GetProperty("threadsUnread").GetInt32()).ShouldBe((1, 1));

        var start = gmail.Mailbox.HistoryId;
        await gmail.TryAsync(HttpMethod.Delete, $"labels/{id}");
        (await gmail.GetAsync($"messages/{message}?format=minimal")).Texts("labelIds").ShouldBe(["INBOX", "UNREAD"]);
        (await gmail.GetAsync($"history?startHistoryId={start}")).GetProperty("history")[0].GetProperty("labelsRemoved")[0].Texts("labelIds").ShouldBe([id]);
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, $"messages/{message}/modify", $$"""{"addLabelIds":["{{id}}"]}"""))).ShouldBe((400, "invalidArgument"));
        (await gmail.GetAsync("labels")).GetProperty("labels").EnumerateArray().Select(label => label.Text("name")).ShouldContain("CATEGORY_SOCIAL");
    }

    [Fact]
    public async Task Trash_keeps_the_labels_of_the_user_and_untrash_gives_no_inbox()
    {
        var label = gmail.Mailbox.CreateLabel("Work").Id;
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        gmail.Mailbox.Modify(id, [label], []);

        (await gmail.PostAsync($"messages/{id}/trash")).Texts("labelIds").ShouldBe([label, "TRASH", "UNREAD"]);
        (await gmail.GetAsync("messages")).TryGetProperty("messages", out _).ShouldBeFalse();
        Ids(await gmail.GetAsync("messages?includeSpamTrash=true")).ShouldBe([id]);
        (await gmail.PostAsync($"messages/{id}/untrash")).Texts("labelIds").ShouldBe([label, "UNREAD"]);
        (await gmail.PostAsync($"messages/{id}/modify", """{"addLabelIds":["INBOX"]}""")).Texts("labelIds").ShouldBe(["INBOX", label, "UNREAD"]);
        (await gmail.PostAsync($"messages/{id}/modify", """{"addLabelIds":["SPAM"]}""")).Texts("labelIds").ShouldBe([label, "SPAM", "UNREAD"]);
    }

    [Fact]
    public async Task Batches_of_changes_pass_over_what_is_gone()
    {
        gmail.Mailbox.Fill(3);
        var ids = gmail.Mailbox.Messages.Select(message => message.Id).ToArray();
        var body = JsonSerializer.Serialize(new { ids = ids.Append("17979cfe362affff"), removeLabelIds = new[] { "INBOX" } });
        (await gmail.TryAsync(HttpMethod.Post, "messages/batchModify", body)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await gmail.GetAsync("messages?labelIds=INBOX")).TryGetProperty("messages", out _).ShouldBeFalse();

        (await gmail.TryAsync(HttpMethod.Post, "messages/batchDelete", JsonSerializer.Serialize(new { ids = ids[..2] }))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Ids(await gmail.GetAsync("messages")).ShouldBe(ids[2..]);
        var tooMany = JsonSerializer.Serialize(new { ids = Enumerable.Repeat(ids[2], 1001) });
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "messages/batchDelete", tooMany))).ShouldBe((400, "invalidArgument"));
    }

    [Fact]
    public async Task Sent_message_is_in_sent_and_reaches_its_recipients_without_bcc()
    {
        var mail = Encoding.ASCII.GetBytes("To: lina@sandbox.test\r\nBcc: tom@sandbox.test\r\nSubject: hi\r\nMessage-ID: <own@gmail.sandbox.test>\r\n\r\nHello\r\n");
        var sent = await gmail.PostAsync("messages/send", $$"""{"raw":"{{GmailFixture.Raw(mail)}}"}""");
        sent.Texts("labelIds").ShouldBe(["SENT"]);

        var copy = Encoding.UTF8.GetString(gmail.Mailbox.Find(sent.Text("id")!)!.Raw.Span);
        copy.ShouldContain("Bcc: tom@sandbox.test");
        copy.ShouldContain("From: Gina Moreno <gina@gmail.sandbox.test>");
        copy.ShouldContain("Message-ID: <own@gmail.sandbox.test>");
        foreach (var user in gmail.Servers.World.Users.Take(2))
            Encoding.UTF8.GetString(user.Inbox.Messages.ShouldHaveSingleItem().Raw.Span).ShouldNotContain("Bcc");

        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "messages/send", $$"""{"raw":"{{GmailFixture.Raw("Subject: x\r\n\r\n"u8.ToArray())}}"}"""))).ShouldBe((400, "invalidArgument"));
    }

    [Fact]
    public async Task Answer_is_in_the_thread_only_with_reference_and_subject()
    {
        var first = gmail.Mailbox.Deliver(GmailFixture.Mail("order"));
        var answer = await gmail.PostAsync("messages/send", Body("Re: order", "References: <order@example.org>\r\n"));
        answer.Text("threadId").ShouldBe(first.ThreadId);
        (await gmail.PostAsync("messages/send", Body("other", "References: <order@example.org>\r\n"))).Text("threadId").ShouldNotBe(first.ThreadId);
        (await gmail.PostAsync("messages/send", Body("order", "X: y\r\n"))).Text("threadId").ShouldNotBe(first.ThreadId);
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "messages/send", Body("order", "", "17979cfe362affff")))).ShouldBe((404, "notFound"));

        string Body(string subject, string extra, string? threadId = null)
        {
            var mail = Encoding.ASCII.GetBytes($"To: x@example.org\r\nSubject: {subject}\r\nMessage-ID: <{Guid.NewGuid():N}@gmail.sandbox.test>\r\n{extra}\r\nHello\r\n");
            return JsonSerializer.Serialize(new { raw = GmailFixture.Raw(mail), threadId = threadId ?? first.ThreadId });
        }
    }

    [Fact]
    public async Task Fields_leave_only_what_is_asked_for()
    {
        var id = gmail.Mailbox.Deliver(GmailFixture.Mail("one")).Id;
        var message = await gmail.GetAsync($"messages/{id}?fields=id,payload(headers/name,body/size)");
        message.GetRawText().Replace("\n", "").Replace(" ", "").ShouldBe(
            $$$$"""{"id":"{{{{id}}}}","payload":{"headers":[{"name":"From"},{"name":"To"},{"name":"Subject"},{"name":"Message-ID"}],"body":{"size":7}}}""");
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"messages/{id}?fields=labelIds,")))
            .ShouldBe((400, "invalidParameter"));
        gmail.Gmail.Violations.ShouldAllBe(violation => violation.Contains("Invalid field selection"));
        gmail.Gmail.ClearRequests();
    }

    [Fact]
    public async Task Bad_ids_and_unknown_ones_are_told_apart()
    {
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, "messages/17979cfe362affff"))).ShouldBe((404, "notFound"));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, "messages/xyz"))).ShouldBe((400, "invalidArgument"));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, "messages?labelIds=Label_99"))).ShouldBe((400, "invalidArgument"));
    }

    [Fact]
    public async Task Twenty_thousand_messages_are_there_in_seconds()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        gmail.Mailbox.Fill(20_000);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));

        (await gmail.GetAsync("profile")).GetProperty("messagesTotal").GetInt32().ShouldBe(20_000);
        Ids(await gmail.GetAsync("messages?maxResults=500")).Count().ShouldBe(500);
    }

    private static IEnumerable<string?> Ids(JsonElement list) =>
        list.TryGetProperty("messages", out var messages) ? [.. messages.EnumerateArray().Select(message => message.Text("id"))] : [];
}
