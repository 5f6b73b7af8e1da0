using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>Drafts, sending, answers and forwards.</summary>
public sealed class GraphSendingTests : IAsyncLifetime
{
    private const string ToTom = """ "toRecipients":[{"emailAddress":{"name":"Tom","address":"tom@sandbox.test"}}] """;
    private static readonly byte[] ToTomInMime =
        "From: Olivia <olivia@outlook.sandbox.test>\r\nTo: tom@sandbox.test\r\nBcc: lina@sandbox.test\r\nSubject: Hi\r\nMessage-ID: <own@outlook.sandbox.test>\r\n\r\nHello\r\n"u8.ToArray();

    private GraphFixture graph = null!;

    private GraphMailbox Mailbox => graph.Mailbox;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync()
    {
        graph.Graph.Violations.ShouldBeEmpty();
        await graph.DisposeAsync();
    }

    [Fact]
    public async Task Draft_in_json_is_changed_and_sent_and_keeps_its_ids()
    {
        var draft = await graph.PostAsync("messages", $$"""{"subject":"报价","body":{"contentType":"html","content":"<p>Hi</p>"},{{ToTom}},"internetMessageHeaders":[{"name":"x-a","value":"b"}]}""");
        var (id, messageId) = (Escaped(draft.GetProperty("id").GetString()!), draft.GetProperty("internetMessageId").GetString());
        draft.GetProperty("isDraft").GetBoolean().ShouldBeTrue();
        await graph.SuccessAsync(HttpMethod.Patch, $"messages/{id}", """{"subject":"报价 2","body":{"contentType":"text","content":"Bye"},"ccRecipients":[{"emailAddress":{"address":"c@example.org"}}]}""");
        (await graph.TryAsync(HttpMethod.Post, $"messages/{id}/send")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted);

        var sent = Mailbox.Messages("sentitems").ShouldHaveSingleItem();
        (sent.Id, sent.InternetMessageId, sent.Subject, sent.IsDraft).ShouldBe((Uri.UnescapeDataString(id), messageId, "报价 2", false));
        Mailbox.Messages("drafts").ShouldBeEmpty();
        var accepted = graph.Servers.Accepted.ShouldHaveSingleItem();
        accepted.Recipients.ShouldBe(["tom@sandbox.test", "c@example.org"]);
        var arrived = MimeParser.Parse(graph.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.ShouldHaveSingleItem().Raw);
        (arrived.Headers.Get("X-A"), arrived.TextBody!.Trim(), arrived.HtmlBody).ShouldBe(("b", "Bye", null));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{id}/send"))).ShouldBe((400, "ErrorInvalidRequest"));
    }

    [Fact]
    public async Task Draft_in_mime_stays_byte_for_byte_and_bcc_is_told_to_nobody()
    {
        var draft = await CreateAsync("messages", ToTomInMime);
        Mailbox.Messages("drafts").ShouldHaveSingleItem().Raw.ToArray().ShouldBe(ToTomInMime);
        draft.GetProperty("bccRecipients").GetArrayLength().ShouldBe(1);
        await graph.PostAsync($"messages/{Escaped(draft.GetProperty("id").GetString()!)}/send");
        var accepted = graph.Servers.Accepted.ShouldHaveSingleItem();
        accepted.Recipients.ShouldBe(["tom@sandbox.test", "lina@sandbox.test"]);
        MimeParser.Parse(accepted.Raw).Headers.Find("Bcc").ShouldBeNull();
        var sent = Mailbox.Messages("sentitems").ShouldHaveSingleItem();
        (sent.InternetMessageId, MimeParser.Parse(sent.Raw).Headers.Bcc.Count).ShouldBe(("<own@outlook.sandbox.test>", 1));
    }

    [Fact]
    public async Task Mime_that_is_no_base64_or_too_large_is_refused()
    {
        (await ErrorAsync(await graph.SendAsync(HttpMethod.Post, "messages", new StringContent("From: a", Encoding.ASCII, "text/plain")))).ShouldBe((400, "ErrorMimeContentInvalidBase64String"));
        var large = Convert.ToBase64String(new byte[3 * 1024 * 1024 + 1024]);
        (await graph.SendAsync(HttpMethod.Post, "messages", new StringContent(large, Encoding.ASCII, "text/plain"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.RequestEntityTooLarge);
        Mailbox.Messages().ShouldBeEmpty();
    }

    [Fact]
    public async Task Message_that_is_no_draft_can_be_put_into_a_folder()
    {
        var json = """{"subject":"old","singleValueExtendedProperties":[{"id":"Integer 0x0E07","value":"1"}]}""";
        (await graph.PostAsync("mailFolders/archive/messages", json)).GetProperty("isDraft").GetBoolean().ShouldBeFalse();
        Mailbox.Messages("archive").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Send_mail_is_filed_unless_it_must_not_be()
    {
        await graph.PostAsync("sendMail", $$"""{"message":{"subject":"a",{{ToTom}}},"saveToSentItems":false}""");
        await graph.PostAsync("sendMail", $$"""{"Message":{"subject":"b",{{ToTom}} } }""");
        (await graph.SendAsync(HttpMethod.Post, "sendMail", Mime(ToTomInMime))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted);
        Mailbox.Messages("sentitems").Select(message => message.Subject).ShouldBe(["Hi", "b"], ignoreOrder: true);
        graph.Servers.Accepted.Count.ShouldBe(3);
        Mailbox.Messages("outbox").ShouldBeEmpty();
    }

    [Fact]
    public async Task Mail_that_cannot_be_sent_is_refused_and_stays()
    {
        var draft = await graph.PostAsync("messages", """{"subject":"x"}""");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{Escaped(draft.GetProperty("id").GetString()!)}/send"))).ShouldBe((400, "ErrorInvalidRecipients"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, "sendMail", """{"message":{"toRecipients":[{"emailAddress":{"address":"nobody"}}]}}"""))).ShouldBe((400, "ErrorInvalidRecipients"));
        var foreign = "From: x@example.org\r\nTo: tom@sandbox.test\r\n\r\nx"u8.ToArray();
        (await ErrorAsync(await graph.SendAsync(HttpMethod.Post, "sendMail", Mime(foreign)))).ShouldBe((403, "ErrorSendAsDenied"));
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, "messages", """{"internetMessageHeaders":[{"name":"Received","value":"x"}]}"""))).ShouldBe((400, "InvalidInternetMessageHeader"));
        Mailbox.Messages("drafts").Count.ShouldBe(1);
        graph.Servers.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Answer_has_subject_recipients_and_thread_of_the_original()
    {
        var original = Mailbox.Deliver(Mail("Offer", "Cc: bob@example.org\r\nReply-To: sales@example.org\r\nReferences: <0@example.org>\r\n"));
        var id = Escaped(original.Id);
        var draft = await graph.PostAsync($"messages/{id}/createReplyAll", """{"comment":"Thanks"}""");
        draft.GetProperty("subject").GetString().ShouldBe("RE: Offer");
        draft.GetProperty("toRecipients")[0].GetProperty("emailAddress").GetProperty("address").GetString().ShouldBe("sales@example.org");
        draft.GetProperty("ccRecipients")[0].GetProperty("emailAddress").GetProperty("address").GetString().ShouldBe("bob@example.org");
        draft.GetProperty("conversationId").GetString().ShouldBe(original.ConversationId);
        draft.GetProperty("body").GetProperty("content").GetString()!.ShouldContain("Thanks");
        var written = MimeParser.Parse(Mailbox.Messages("drafts")[0].Raw).Headers;
        (written.InReplyTo, string.Join(' ', written.References)).ShouldBe(("<Offer@example.org>", "<0@example.org> <Offer@example.org>"));

        await graph.PostAsync($"messages/{Escaped(draft.GetProperty("id").GetString()!)}/send");
        var verb = await graph.GetAsync($"messages/{id}?$select=id&$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x1081')");
        verb.GetProperty("singleValueExtendedProperties")[0].GetProperty("value").GetString().ShouldBe("103");
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{id}/createReply", """{"comment":"a","message":{"body":{"contentType":"text","content":"b"}}}"""))).ShouldBe((400, "ErrorInvalidRequest"));
    }

    [Fact]
    public async Task Forward_takes_the_attachments_along()
    {
        var mail = Mail("Offer", "Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\nContent-Type: text/plain\r\n\r\nHi\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--b--");
        await graph.PostAsync($"messages/{Escaped(Mailbox.Deliver(mail).Id)}/forward", $$"""{"comment":"fyi",{{ToTom}}}""");
        var arrived = MimeParser.Parse(graph.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages[0].Raw);
        (arrived.Headers.Subject, arrived.Attachments.ShouldHaveSingleItem().Filename).ShouldBe(("FW: Offer", "a.csv"));
        await graph.PostAsync($"messages/{Escaped(Mailbox.Messages("inbox")[0].Id)}/reply", $$"""{"message":{"body":{"contentType":"text","content":"x"},{{ToTom}} } }""");
        graph.Servers.Accepted[^1].Recipients.ShouldBe(["tom@sandbox.test"]);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Post, $"messages/{Escaped(Mailbox.Messages("inbox")[0].Id)}/forward", """{"comment":"x"}"""))).ShouldBe((400, "ErrorInvalidRecipients"));
        Mailbox.Messages("drafts").ShouldBeEmpty();
    }

    [Fact]
    public async Task Lost_replies_leave_each_message_sent_once()
    {
        for (var i = 0; i < 3; i++)
        {
            var draft = await CreateAsync("messages", ToTomInMime);
            graph.Faults.DropAfter.Arm("me.message.send", true, times: 1);
            await Should.ThrowAsync<HttpRequestException>(() => graph.PostAsync($"messages/{Escaped(draft.GetProperty("id").GetString()!)}/send"));
        }

        graph.Servers.Accepted.Count.ShouldBe(3);
        graph.Faults.DropBefore.Arm("me.sendMail", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => graph.PostAsync("sendMail", $$"""{"message":{{{ToTom}} } }"""));
        graph.Servers.Accepted.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Sending_can_change_ids_and_take_its_time()
    {
        var draft = (await CreateAsync("messages", ToTomInMime)).GetProperty("id").GetString()!;
        (graph.Faults.SendingChangesId, graph.Faults.RewritesMessageId, graph.Faults.HoldsOutbox) = (true, true, true);
        await graph.PostAsync($"messages/{Escaped(draft)}/send");
        Mailbox.Messages("outbox").ShouldHaveSingleItem().Id.ShouldBe(draft);
        (Mailbox.Messages("sentitems").Count, graph.Servers.Accepted.Count).ShouldBe((0, 0));
        graph.Graph.DeliverOutbox();
        var sent = Mailbox.Messages("sentitems").ShouldHaveSingleItem();
        sent.Id.ShouldNotBe(draft);
        sent.InternetMessageId.ShouldNotBe("<own@outlook.sandbox.test>");
        MimeParser.ParseHeaders(graph.Servers.Accepted.ShouldHaveSingleItem().Raw).MessageId.ShouldBe(sent.InternetMessageId);
    }

    [Fact]
    public async Task Mail_to_a_user_of_outlook_arrives_in_the_inbox()
    {
        await graph.PostAsync("sendMail", """{"message":{"subject":"self","toRecipients":[{"emailAddress":{"address":"olivia@outlook.sandbox.test"}}]}}""");
        var arrived = Mailbox.Messages("inbox").ShouldHaveSingleItem();
        (arrived.Subject, arrived.IsRead, arrived.ConversationId).ShouldBe(("self", false, Mailbox.Messages("sentitems")[0].ConversationId));
    }

    [Fact]
    public async Task More_than_the_messages_of_a_minute_are_429()
    {
        await using var small = await GraphFixture.StartAsync(new GraphServerOptions { MessagesPerMinute = 1 });
        var mail = $$"""{"message":{ {{ToTom}} } }""";
        await small.PostAsync("sendMail", mail);
        (await ErrorAsync(await small.TryAsync(HttpMethod.Post, "sendMail", mail))).ShouldBe((429, "ErrorExceededMessageLimit"));
        small.Servers.Accepted.Count.ShouldBe(1);
        small.Mailbox.Messages().Count.ShouldBe(1);
    }

    private static StringContent Mime(byte[] raw) => new(Convert.ToBase64String(raw), Encoding.ASCII, "text/plain");

    private async Task<JsonElement> CreateAsync(string path, byte[] raw)
    {
        var reply = await graph.SendAsync(HttpMethod.Post, path, Mime(raw));
        ((int)reply.StatusCode).ShouldBe(201);
        return JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement;
    }
}
