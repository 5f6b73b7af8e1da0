using System.Net;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>users.drafts, users.threads and users.settings.sendAs.</summary>
public sealed class GmailDraftsTests : IAsyncLifetime
{
    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync(new GmailServerOptions
    {
        ContractPath = DiscoveryDocument.Path,
        Aliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { ["gina@gmail.sandbox.test"] = ["sales@gina.example"] },
    });

    public async Task DisposeAsync()
    {
        gmail.Gmail.Violations.ShouldBeEmpty();
        await gmail.DisposeAsync();
    }

    [Fact]
    public async Task Draft_keeps_its_id_through_an_update_and_its_message_does_not()
    {
        var draft = await gmail.PostAsync("drafts", Draft("first"));
        var (id, message) = (draft.Text("id"), draft.GetProperty("message"));
        message.Texts("labelIds").ShouldBe(["DRAFT"]);

        var updated = await gmail.SendAsync(HttpMethod.Put, $"drafts/{id}", Draft("second"));
        updated.Text("id").ShouldBe(id);
        updated.GetProperty("message").Text("id").ShouldNotBe(message.Text("id"));
        gmail.Mailbox.Find(message.Text("id")!).ShouldBeNull();
        (await gmail.GetAsync("drafts")).GetProperty("drafts").EnumerateArray().ShouldHaveSingleItem().Text("id").ShouldBe(id);
        var raw = (await gmail.GetAsync($"drafts/{id}?format=raw")).GetProperty("message").Text("raw")!;
        Encoding.UTF8.GetString(GmailFixture.FromRaw(raw)).ShouldContain("Subject: second");
    }

    [Fact]
    public async Task Sent_draft_is_gone_and_its_message_has_another_id()
    {
        var draft = await gmail.PostAsync("drafts", Draft("offer"));
        var sent = await gmail.PostAsync("drafts/send", $$"""{"id":"{{draft.Text("id")}}"}""");
        sent.Text("id").ShouldNotBe(draft.GetProperty("message").Text("id"));
        sent.Texts("labelIds").ShouldBe(["SENT"]);
        sent.Text("threadId").ShouldBe(draft.GetProperty("message").Text("threadId"));
        Encoding.UTF8.GetString(gmail.Mailbox.Messages.ShouldHaveSingleItem().Raw.Span).ShouldContain("Message-ID: <offer@gmail.sandbox.test>");
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"drafts/{draft.Text("id")}"))).ShouldBe((404, "notFound"));
        gmail.Servers.Accepted.ShouldHaveSingleItem().Recipients.ShouldBe(["x@example.org"]);
    }

    [Fact]
    public async Task Draft_that_cannot_be_sent_stays()
    {
        var draft = await gmail.PostAsync("drafts", JsonSerializer.Serialize(new { message = new { raw = GmailFixture.Raw("Subject: x\r\n\r\n"u8.ToArray()) } }));
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Post, "drafts/send", $$"""{"id":"{{draft.Text("id")}}"}"""))).ShouldBe((400, "invalidArgument"));
        await gmail.GetAsync($"drafts/{draft.Text("id")}");
        (await gmail.TryAsync(HttpMethod.Delete, $"drafts/{draft.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        gmail.Mailbox.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Gmail_can_put_its_own_message_id_in_the_place_of_ours()
    {
        gmail.Gmail.Faults.RewritesMessageId = true;
        var draft = await gmail.PostAsync("drafts", Draft("offer"));
        await gmail.PostAsync("drafts/send", $$"""{"id":"{{draft.Text("id")}}"}""");
        Encoding.UTF8.GetString(gmail.Mailbox.Messages.ShouldHaveSingleItem().Raw.Span).ShouldNotContain("<offer@gmail.sandbox.test>");
    }

    [Fact]
    public async Task What_is_done_to_a_thread_is_done_to_its_messages()
    {
        var first = gmail.Mailbox.Deliver(GmailFixture.Mail("order"));
        gmail.Mailbox.Deliver(GmailFixture.Mail("other"));
        gmail.Clock.Advance(TimeSpan.FromMinutes(1));
        var answer = gmail.Mailbox.Deliver(Encoding.ASCII.GetBytes("Subject: RE: order\r\nMessage-ID: <2@example.org>\r\nIn-Reply-To: <order@example.org>\r\n\r\nYes\r\n"));

        var listed = (await gmail.GetAsync("threads")).GetProperty("threads");
        listed.GetArrayLength().ShouldBe(2);
        (listed[0].Text("id"), listed[0].Text("snippet")).ShouldBe((first.ThreadId, "Yes"));
        var thread = await gmail.GetAsync($"threads/{first.ThreadId}?format=minimal");
        thread.GetProperty("messages").EnumerateArray().Select(message => message.Text("id")).ShouldBe([first.Id, answer.Id]);

        await gmail.PostAsync($"threads/{first.ThreadId}/modify", """{"removeLabelIds":["UNREAD"]}""");
        await gmail.PostAsync($"threads/{first.ThreadId}/trash");
        gmail.Mailbox.Messages.Where(message => message.LabelIds.SetEquals(["TRASH"])).Select(message => message.Id).ShouldBe([answer.Id, first.Id]);
        (await gmail.TryAsync(HttpMethod.Delete, $"threads/{first.ThreadId}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        gmail.Mailbox.Messages.Count.ShouldBe(1);
        (await GmailFixture.ErrorAsync(await gmail.TryAsync(HttpMethod.Get, $"threads/{first.ThreadId}"))).ShouldBe((404, "notFound"));
    }

    [Fact]
    public async Task Addresses_to_send_as_are_the_own_one_and_the_aliases()
    {
        var all = (await gmail.GetAsync("settings/sendAs")).GetProperty("sendAs").EnumerateArray().ToList();
        all.Select(address => address.Text("sendAsEmail")).ShouldBe([gmail.Address, "sales@gina.example"]);
        all[0].GetProperty("isPrimary").GetBoolean().ShouldBeTrue();
        (await gmail.GetAsync("settings/sendAs/sales%40gina.example")).GetProperty("treatAsAlias").GetBoolean().ShouldBeTrue();

        var mail = "From: Sales <sales@gina.example>\r\nTo: x@example.org\r\nSubject: x\r\n\r\nx\r\n"u8.ToArray();
        var sent = await gmail.PostAsync("messages/send", $$"""{"raw":"{{GmailFixture.Raw(mail)}}"}""");
        Encoding.UTF8.GetString(gmail.Mailbox.Find(sent.Text("id")!)!.Raw.Span).ShouldContain("From: Sales <sales@gina.example>");
    }

    private static string Draft(string subject) => JsonSerializer.Serialize(new
    {
        message = new { raw = GmailFixture.Raw(Encoding.ASCII.GetBytes($"To: x@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject}@gmail.sandbox.test>\r\n\r\nHello\r\n")) },
    });
}
