using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Sandboxes.Graph;
using Microsoft.Extensions.Options;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Item.Messages.Delta;
using Microsoft.Graph.Users.Item.Messages.Item.Move;
using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>The client over real connections, against the sandbox's Outlook, which holds each request against the contract and counts what runs at once.</summary>
public sealed class GraphSandboxTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task Reading_changing_moving_and_deleting_go_as_the_contract_says()
    {
        await using var fixture = await GraphFixture.StartAsync();
        using var client = ClientOf(fixture);
        fixture.Faults.ShufflesBatch = true;
        fixture.Mailbox.Fill(45);

        var pages = 0;
        var ids = new List<string>();
        var page = await client.RunAsync((me, ct) => me.MailFolders["inbox"].Messages.Delta.GetAsDeltaGetResponseAsync(r =>
        {
            r.QueryParameters.Select = ["id", "subject"];
            r.Headers.Add("Prefer", "odata.maxpagesize=20");
        }, ct), Ct);
        for (; ; pages++)
        {
            ids.AddRange(page.Value!.Select(m => m.Id!));
            if (page.OdataNextLink is not { } next)
                break;
            page = await client.ReadPageAsync<DeltaGetResponse>(next, Ct, 20);
        }

        (pages, ids.Count).ShouldBe((2, 45));
        string.Concat(ids).ShouldContain('/');
        var messages = await client.RunAsync<Message>([.. ids.Select(id => client.Me.Messages[id].ToGetRequestInformation(r => r.QueryParameters.Select = ["id", "subject"]))], Ct);
        messages.Select(m => m.Value?.Id).ShouldBe(ids);

        await client.RunAsync<Message>([.. ids[..5].Select(id => client.Me.Messages[id].ToPatchRequestInformation(new Message { IsRead = true, Categories = ["Work"] }))], Ct);
        var moved = (await client.RunAsync<Message>([client.Me.Messages[ids[0]].Move.ToPostRequestInformation(new MovePostRequestBody { DestinationId = "archive" })], Ct)).Single();
        moved.Value!.Id.ShouldBe(ids[0]);
        await client.RunAsync((me, ct) => me.Messages[ids[1]].PermanentDelete.PostAsync(cancellationToken: ct), Ct);
        var gone = await client.RunAsync<Message>([.. ids[..3].Select(id => client.Me.Messages[id].ToGetRequestInformation())], Ct);
        gone.Select(g => g.Failure?.Code).ShouldBe([null, "message_gone", null]);

        var changes = await client.ReadPageAsync<DeltaGetResponse>(page.OdataDeltaLink!, Ct, 50);
        changes.Value!.Count(m => m.AdditionalData.ContainsKey("@removed")).ShouldBe(2);
        changes.Value!.Count(m => !m.AdditionalData.ContainsKey("@removed")).ShouldBe(3);
        ShouldBeClean(fixture);
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts_and_comes_down_again()
    {
        await using var fixture = await GraphFixture.StartAsync();
        using var client = ClientOf(fixture);
        var small = Bytes(100_000);
        var large = Bytes(7_000_000);
        using var mime = new MemoryStream(GraphFixture.Mail("With files", "X-Mark: 1\r\n"));
        var draft = await client.CreateFromMimeAsync(null, mime, Ct);

        await client.AddAttachmentAsync(draft.Id!, new GraphUpload("a.bin", "application/octet-stream", small.Length, true, "logo@x", () => new MemoryStream(small)), Ct);
        await client.AddAttachmentAsync(draft.Id!, new GraphUpload("b é.bin", "application/octet-stream", large.Length, false, null, () => new MemoryStream(large)), Ct);

        var attachments = (await client.RunAsync((me, ct) => me.Messages[draft.Id].Attachments.GetAsync(r => r.QueryParameters.Select = ["id", "name", "isInline"], ct), Ct)).Value!;
        attachments.Select(a => (a.Name, a.IsInline)).ShouldBe([("a.bin", true), ("b é.bin", false)]);
        foreach (var (attachment, bytes) in attachments.Zip(new[] { small, large }))
        {
            using var copy = new MemoryStream();
            await client.CopyAttachmentAsync(draft.Id!, attachment.Id!, copy, Ct);
            copy.ToArray().ShouldBe(bytes);
        }

        using var whole = new MemoryStream();
        await client.CopyMessageAsync(draft.Id!, whole, Ct);
        Encoding.UTF8.GetString(whole.ToArray()).ShouldContain("Subject: With files");
        ShouldBeClean(fixture);
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_lost_answer()
    {
        await using var fixture = await GraphFixture.StartAsync();
        using var client = ClientOf(fixture);
        var large = Bytes(7_000_000);
        using var mime = new MemoryStream(GraphFixture.Mail("With a file"));
        var draft = await client.CreateFromMimeAsync(null, mime, Ct);
        fixture.Faults.DropAfter.Arm("upload.piece", true, 1);
        fixture.Faults.DropBefore.Arm("upload.piece", true, 1);

        await client.AddAttachmentAsync(draft.Id!, new GraphUpload("b.bin", "application/octet-stream", large.Length, false, null, () => new MemoryStream(large)), Ct);

        using var copy = new MemoryStream();
        var attachment = (await client.RunAsync((me, ct) => me.Messages[draft.Id].Attachments.GetAsync(cancellationToken: ct), Ct)).Value!.Single();
        await client.CopyAttachmentAsync(draft.Id!, attachment.Id!, copy, Ct);
        copy.ToArray().ShouldBe(large);
        ShouldBeClean(fixture);
    }

    [Fact]
    public async Task A_draft_is_sent_once_whatever_becomes_of_the_answer()
    {
        await using var fixture = await GraphFixture.StartAsync();
        using var client = ClientOf(fixture);
        var (certain, uncertain) = (0, 0);
        for (var i = 0; i < 30; i++)
        {
            using var mime = new MemoryStream(Encoding.ASCII.GetBytes($"From: {fixture.Address}\r\nTo: {fixture.Address}\r\nSubject: Once {i}\r\n\r\nHello\r\n"));
            var draft = await client.CreateFromMimeAsync(null, mime, Ct);
            if (i % 3 == 1)
                fixture.Faults.DropAfter.Arm("me.message.send", true, 1);
            if (i % 3 == 2)
                fixture.Faults.DropBefore.Arm("me.message.send", true, 1);
            try
            {
                await client.SendDraftAsync(draft.Id!, _ => Task.CompletedTask, Ct);
                certain++;
            }
            catch (MailException e) when (e.Code == "send_uncertain")
            {
                uncertain++;
            }
        }

        (certain, uncertain).ShouldBe((10, 20));
        fixture.Mailbox.Messages(WellKnownFolders.Sent).Count.ShouldBe(20);
        ShouldBeClean(fixture);
    }

    [Fact]
    public async Task Batches_single_requests_and_downloads_together_keep_to_four()
    {
        await using var fixture = await GraphFixture.StartAsync();
        using var client = ClientOf(fixture);
        fixture.Mailbox.Fill(60);
        var ids = fixture.Mailbox.Messages().Select(m => m.Id).ToList();
        RequestInformation[] Reads() => [.. ids.Select(id => client.Me.Messages[id].ToGetRequestInformation(r => r.QueryParameters.Select = ["id"]))];

        // The server takes its time, so that what is sent together runs together.
        fixture.Faults.Delay.Arm("me.message.get", TimeSpan.FromSeconds(1));
        fixture.Faults.Delay.Arm("me.message.getMime", TimeSpan.FromSeconds(1));
        var all = Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.RunAsync<Message>(Reads(), Ct))),
            Task.WhenAll(ids.Take(20).Select(id => client.RunAsync((me, ct) => me.Messages[id].GetAsync(cancellationToken: ct), Ct))),
            Task.WhenAll(ids.Take(10).Select(id => client.CopyMessageAsync(id, Stream.Null, Ct))));
        while (!all.IsCompleted)
        {
            await Task.WhenAny(all, Task.Delay(10, Ct));
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await all;

        fixture.Graph.PeakRequests.ShouldBe(4);
        fixture.Graph.Requests.ShouldAllBe(r => r.Status < 400);
        ShouldBeClean(fixture);
    }

    public void Dispose() => limit.Dispose();

    private static void ShouldBeClean(GraphFixture fixture)
    {
        fixture.Graph.Violations.ShouldBeEmpty();
        fixture.Graph.RequestsWithoutImmutableId.ShouldBeEmpty();
        fixture.Graph.PeakRequests.ShouldBeLessThanOrEqualTo(4);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static GraphClient ClientOf(GraphFixture fixture) => new(
        new OutlookOptions { GraphBaseUrl = fixture.Graph.BaseUrl },
        new SandboxTokens(fixture),
        new OutgoingHttp(Options.Create(new OutgoingOptions())).NewHandler(),
        TimeProvider.System);

    private sealed class SandboxTokens(GraphFixture fixture) : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken ct) => Task.FromResult(fixture.Graph.AccessToken(fixture.Address));

        public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct) => GetAccessTokenAsync(ct);
    }
}
