using System.Text;
using Google.Apis.Gmail.v1;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Sandboxes.Gmail;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.Gmail;

/// <summary>The client against the sandbox's Gmail, which holds each request against the discovery document.</summary>
public sealed class GmailSandboxTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

    [Fact]
    public async Task Reading_changing_and_deleting_go_as_the_contract_says()
    {
        await using var fixture = await GmailFixture.StartAsync();
        using var client = ClientOf(fixture);
        fixture.Gmail.Faults.ShufflesBatch = true;
        fixture.Mailbox.Fill(60);
        var start = (await client.RunAsync(GmailLane.Pass, client.Users.GetProfile("me"), limit.Token)).HistoryId;

        var list = client.Users.Messages.List("me");
        (list.MaxResults, list.LabelIds) = (500, new(["INBOX"]));
        var ids = (await client.RunAsync(GmailLane.Pass, list, limit.Token)).Messages!.Select(m => m.Id!).ToArray();
        ids.Length.ShouldBe(60);
        var messages = await client.RunAsync(GmailLane.Pass, ids.Select(id => Metadata(client, id)).ToList(), limit.Token);
        messages.Select(m => m.Value!.Id).ShouldBe(ids);
        messages[0].Value!.Payload!.Headers!.Select(h => h.Name).ShouldBe(["Subject"]);

        var label = await client.RunAsync(GmailLane.Person, client.Users.Labels.Create(new Label { Name = "Work/Ä" }, "me"), limit.Token);
        await client.RunAsync(GmailLane.Person, client.Users.Messages.BatchModify(new BatchModifyMessagesRequest { Ids = ids[..3], AddLabelIds = [label.Id!] }, "me"), limit.Token);
        var modified = await client.RunAsync(GmailLane.Person, [client.Users.Messages.Modify(new ModifyMessageRequest { AddLabelIds = ["STARRED"] }, "me", ids[0])], limit.Token);
        modified.Single().Value!.LabelIds!.ShouldContain("STARRED");
        await client.RunAsync(GmailLane.Person, client.Users.Messages.Trash("me", ids[1]), limit.Token);
        await client.RunAsync(GmailLane.Person, client.Users.Messages.Delete("me", ids[2]), limit.Token);

        var history = client.Users.History.List("me");
        history.StartHistoryId = start;
        var changes = (await client.RunAsync(GmailLane.Pass, history, limit.Token)).History!;
        changes.SelectMany(h => h.MessagesDeleted ?? []).Select(m => m.Message!.Id).ShouldBe([ids[2]]);
        changes.SelectMany(h => h.LabelsAdded ?? []).Count(l => l.LabelIds!.Contains(label.Id!)).ShouldBe(3);
        var gone = await client.RunAsync(GmailLane.Pass, [Metadata(client, ids[2]), Metadata(client, ids[3])], limit.Token);
        gone.Select(r => r.Failure?.Code).ShouldBe(["message_gone", null]);

        fixture.Gmail.Violations.ShouldBeEmpty();
        client.Spending.Units.ShouldBe(fixture.Gmail.Requests.Where(r => r.Method != "batch").Sum(r => r.Units));
    }

    [Fact]
    public async Task A_mail_comes_back_byte_for_byte_and_so_does_its_attachment()
    {
        await using var fixture = await GmailFixture.StartAsync();
        using var client = ClientOf(fixture);
        var content = new byte[700_000];
        new Random(3).NextBytes(content);
        var mail = MailWith(content);

        var inserted = await client.InsertAsync(GmailLane.Person, new MemoryStream(mail), new Message { LabelIds = ["INBOX"] }, limit.Token);
        using var copy = new MemoryStream();
        await client.CopyMessageAsync(GmailLane.Person, inserted.Id!, copy, limit.Token);
        copy.ToArray().ShouldBe(mail);
        var read = await client.RunAsync(GmailLane.Person, client.Users.Messages.Get("me", inserted.Id!), limit.Token);
        using var attachment = new MemoryStream();
        await client.CopyAttachmentAsync(GmailLane.Person, inserted.Id!, read.Payload!.Parts![1].Body!.AttachmentId!, attachment, limit.Token);

        attachment.ToArray().ShouldBe(content);
        fixture.Gmail.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(false, 900_000)]
    [InlineData(true, 200)]
    [InlineData(true, 900_000)]
    public async Task A_mail_is_sent_once_though_the_last_answer_is_lost(bool isLost, int size)
    {
        await using var fixture = await GmailFixture.StartAsync();
        using var client = ClientOf(fixture);
        var mail = MailWith(new byte[size]);
        var handOvers = 0;

        var sent = await client.SendAsync(GmailLane.Person, new MemoryStream(mail), null, HandOverAsync, limit.Token);

        handOvers.ShouldBe(1);
        fixture.Mailbox.Messages.Count(m => m.LabelIds.Contains("SENT")).ShouldBe(1);
        fixture.Mailbox.Find(sent.Id!).ShouldNotBeNull();
        fixture.Gmail.Violations.ShouldBeEmpty();

        Task HandOverAsync(CancellationToken ct)
        {
            handOvers++;
            fixture.Mailbox.Messages.ShouldBeEmpty();
            if (isLost)
                fixture.Gmail.Faults.DropAfter.Arm("*", true, 1);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_draft_is_made_changed_and_sent()
    {
        await using var fixture = await GmailFixture.StartAsync();
        using var client = ClientOf(fixture);

        var draft = await client.CreateDraftAsync(GmailLane.Person, new MemoryStream(MailWith([1])), null, limit.Token);
        var changed = await client.UpdateDraftAsync(GmailLane.Person, draft.Id!, new MemoryStream(MailWith([2])), null, limit.Token);
        changed.Id.ShouldBe(draft.Id);
        var sent = await client.SendDraftAsync(GmailLane.Person, draft.Id!, _ => Task.CompletedTask, limit.Token);

        sent.LabelIds!.ShouldContain("SENT");
        (await client.RunAsync(GmailLane.Person, client.Users.Drafts.List("me"), limit.Token)).Drafts.ShouldBeNull();
        fixture.Gmail.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_draft_whose_answer_is_lost_is_uncertain_and_was_sent_once()
    {
        await using var fixture = await GmailFixture.StartAsync();
        using var client = ClientOf(fixture);
        var draft = await client.CreateDraftAsync(GmailLane.Person, new MemoryStream(MailWith([1])), null, limit.Token);
        fixture.Gmail.Faults.DropAfter.Arm("gmail.users.drafts.send", true, 1);

        (await Should.ThrowAsync<MailException>(client.SendDraftAsync(GmailLane.Person, draft.Id!, _ => Task.CompletedTask, limit.Token))).Code.ShouldBe("send_uncertain");

        fixture.Mailbox.Messages.Count(m => m.LabelIds.Contains("SENT")).ShouldBe(1);
    }

    [Fact]
    public async Task Storms_pass()
    {
        await using var fixture = await GmailFixture.StartAsync(new GmailServerOptions { MaxBatchPartsAtOnce = 10 });
        using var client = ClientOf(fixture);
        fixture.Mailbox.Fill(100);
        fixture.Gmail.Faults.Error.Arm("*", GmailError.UserRateLimit, 3);
        var ids = (await client.RunAsync(GmailLane.Pass, client.Users.Messages.List("me"), limit.Token)).Messages!.Select(m => m.Id!).ToArray();
        fixture.Gmail.Faults.PartError.Arm("*", GmailError.RateLimit with { RetryAfter = 3 }, 30);
        fixture.Gmail.Faults.DropBefore.Arm("batch", true, 2);

        var messages = await client.RunAsync(GmailLane.Pass, ids.Select(id => Metadata(client, id)).ToList(), limit.Token);

        messages.Select(m => m.Value?.Id).ShouldBe(ids);
    }

    public void Dispose() => limit.Dispose();

    private static GmailClient ClientOf(GmailFixture fixture) => new(
        new GmailOptions { ApiBaseUrl = fixture.Gmail.Url, UnitsPerMinute = 1_000_000 },
        new FixedToken(fixture.Gmail.AccessToken(fixture.Address)),
        new OutgoingHttp(Options.Create(new OutgoingOptions())).NewHandler(),
        new HastyClock());

    private static GmailBaseServiceRequest<Message> Metadata(GmailClient client, string id)
    {
        var request = client.Users.Messages.Get("me", id);
        request.Format = UsersResource.MessagesResource.GetRequest.FormatEnum.Metadata;
        request.MetadataHeaders = new(["Subject"]);
        return request;
    }

    private static byte[] MailWith(byte[] attachment) => Encoding.ASCII.GetBytes(
        "From: Gina <gina@gmail.sandbox.test>\r\nTo: gina@example.org\r\nSubject: Both\r\nMessage-ID: <both@gmail.sandbox.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(attachment, Base64FormattingOptions.InsertLineBreaks) + "\r\n--b--\r\n");

    private sealed class FixedToken(string token) : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken ct) => Task.FromResult(token);

        public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct) => Task.FromResult(token);
    }
}
