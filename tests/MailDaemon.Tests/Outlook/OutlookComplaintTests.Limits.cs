using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <content>Limits of Graph, messages that it does not give, and what a delta does not tell.</content>
public sealed partial class OutlookComplaintTests
{
    /// <summary>Rows 5 and 16: all forms of "too many", with a time to wait and without.</summary>
    [Theory]
    [InlineData(429, "ApplicationThrottled", 1)]
    [InlineData(429, "TooManyRequests", null)]
    [InlineData(503, "ServiceUnavailable", 1)]
    [InlineData(503, "MailboxInTransit", null)]
    public async Task Too_many_requests_are_waited_out(int status, string code, int? retryAfter)
    {
        var error = new GraphError(status, code, "Too many.", retryAfter);
        Faults.Error.Arm("me.mailFolders.delta", error, times: 2);
        Faults.Error.Arm("batch", error, times: 1);
        var subjects = Enumerable.Range(0, 5).Select(i => $"storm {i}").ToArray();
        foreach (var subject in subjects)
            rules.Deliver(subject);

        await outlook.SyncAsync();

        var asked = outlook.Graph.Requests.Where(r => r.Operation == "me.mailFolders.delta").Select(r => r.At).ToList();
        var least = TimeSpan.FromSeconds(retryAfter * 0.95 ?? 0.2);
        (asked[^1] - asked[^2]).ShouldBeGreaterThanOrEqualTo(least);
        (asked[^2] - asked[^3]).ShouldBeGreaterThanOrEqualTo(least);
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync(subjects);
    }

    /// <summary>Rows 7 and 16: parts are refused in a batch that is answered 200; they are asked for again, and the others are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task Parts_that_were_refused_are_asked_for_again_and_no_others(int? retryAfter)
    {
        var moved = Mailbox.Messages().Take(20).ToList();
        foreach (var message in moved)
            Mailbox.DeleteForGood(message.Id);
        Faults.PartError.Arm(Get, GraphError.MailboxConcurrency with { RetryAfter = retryAfter }, times: 7);
        Faults.ShufflesBatch = true;
        outlook.Graph.ClearRequests();

        var pass = await outlook.SyncAsync();

        pass.GetProperty("removed").GetInt32().ShouldBe(20);
        outlook.Graph.Requests.Count(r => r is { Operation: Get, Status: 404 }).ShouldBe(20);
        outlook.Graph.Requests.Count(r => r is { Operation: Get, Status: 429 }).ShouldBe(7);
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>Rows 8 and 16: a first pass, searches, pages, changes and mail that goes out at the same time: never more than four requests at once.</summary>
    [Fact]
    public async Task Never_more_than_four_requests_run_at_once()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: true, mailbox => mailbox.Fill(150), trouble: server => server.Faults.Delay.Arm("*", TimeSpan.FromMilliseconds(15))));
        var email = outlook.Email;
        await Eventually.UntilAsync(async () => (await outlook.ListAsync()).Count > 0, "something is there");
        var ids = (await outlook.ListAsync()).Take(6).Select(item => item.GetProperty("id").GetString()!).ToList();

        var replies = await Task.WhenAll(
        [
            .. ids.Select(id => PostAsync(id, "star")),
            .. Enumerable.Range(0, 4).Select(i => outlook.App.PostAsync($"/api/outlook/messages/fetch?email={email}&limit=20&offset={i * 20}")),
            .. Enumerable.Range(0, 3).Select(i => outlook.App.GetAsync($"/api/search?email={email}&provider=outlook&q=message{i}&remote=true")),
            .. Enumerable.Range(0, 3).Select(i => outlook.App.PostAsync("/api/outlook/send", new { email, to = "tom@sandbox.test", subject = $"at once {i}", body = "b" })),
            outlook.App.PostAsync($"/api/sync?provider=outlook&email={email}"),
        ]);

        replies.ShouldAllBe(reply => reply.Status == 200);
        outlook.Graph.PeakRequests.ShouldBeInRange(3, 4);
        outlook.Graph.Requests.ShouldNotContain(r => r.Status == 429);
        Faults.Delay.DisarmAll();
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>A message that the server fails at whenever it is asked for keeps nothing else waiting, and is told of.</summary>
    [Fact]
    public async Task Message_that_the_server_never_gives_is_set_aside_and_told_of()
    {
        var bad = Mailbox.Deliver(Encoding.UTF8.GetBytes(
            "From: Tom <tom@sandbox.test>\r\nTo: olivia@outlook.sandbox.test\r\nSubject: bad\r\nMessage-ID: <bad@sandbox.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--b--\r\n"));
        rules.Deliver("good");
        Faults.Error.Arm("me.message.listAttachments", GraphError.Internal);

        await outlook.SyncAsync();

        var folder = (await StatusAsync()).GetProperty("folders").EnumerateArray().ShouldHaveSingleItem();
        folder.GetProperty("refused")[0].GetProperty("id").GetString().ShouldBe(bad.Id);
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        (await outlook.ListAsync()).ShouldContain(item => item.GetProperty("subject").GetString() == "good");
        Faults.Error.DisarmAll();
        await outlook.SyncAsync();
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("bad", "good");
    }

    /// <summary>A message that the server fails at is told as gone: it stays until the server says so itself.</summary>
    [Fact]
    public async Task Message_that_cannot_be_asked_for_is_not_taken_for_deleted()
    {
        Faults.LosesReturnedMessages = true;
        var message = Mailbox.Messages()[4];
        Mailbox.Move(message.Id, "archive");
        Mailbox.Move(message.Id, "inbox");
        rules.Deliver("beside it");
        Faults.MessageError.Arm(message.Id, GraphError.Internal with { RetryAfter = null });

        var pass = await outlook.SyncAsync();

        (pass.GetProperty("added").GetInt32(), pass.GetProperty("removed").GetInt32()).ShouldBe((1, 0));
        Faults.MessageError.DisarmAll();
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("beside it");
    }

    /// <summary>Row 19: a delta cannot give MAPI properties: size and references come by a call of their own.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    public async Task Sizes_and_references_come_beside_the_delta(int count)
    {
        var origin = rules.Deliver("origin");
        var replies = Enumerable.Range(0, count).Select(i => Mailbox.Deliver(Encoding.UTF8.GetBytes(
            $"From: Tom <tom@sandbox.test>\r\nTo: olivia@outlook.sandbox.test\r\nSubject: answer\r\nMessage-ID: <{i}@sandbox.test>\r\nIn-Reply-To: {origin.InternetMessageId}\r\nReferences: {origin.InternetMessageId}\r\n\r\n{new string('x', 5000 + i)}\r\n"))).ToList();

        await outlook.SyncAsync();

        foreach (var reply in new[] { replies[0], replies[^1] })
        {
            var item = await ItemAsync(reply.Id);
            item.GetProperty("size").GetInt64().ShouldBe(reply.Raw.Length);
            item.GetProperty("threadId").GetString().ShouldBe((await ItemAsync(origin.Id)).GetProperty("threadId").GetString());
        }

        await outlook.ShouldBeVerifiedAsync();
    }

    /// <summary>What only the server has is found there, and comes as old mail.</summary>
    [Fact]
    public async Task Mail_that_only_the_server_has_is_found()
    {
        var now = TimeProvider.System.GetUtcNow();
        await AgainAsync(() => OutlookApp.StartAsync(
            isSeeded: false, mailbox => mailbox.Add(new Sandbox.Graph.Mailboxes.GraphMail(OutlookRuns.Mail("zeppelin plans")) { ReceivedAt = now.AddDays(-90) }), settings: [("Sync:Days", "7")]));
        (await outlook.ListAsync()).ShouldBeEmpty();

        var found = await outlook.App.GetAsync($"/api/search?email={outlook.Email}&provider=outlook&q=zeppelin&remote=true");

        found.Status.ShouldBe(200, found.Text);
        found.Result.GetProperty("messages").EnumerateArray().ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("zeppelin plans");
        await outlook.SyncAsync();
        outlook.ShouldBeWithinContract();
        await rules.ShouldBeAsync();
    }

    /// <summary>A file of seven megabytes goes up in parts, none of which is told the token, and comes down as it was.</summary>
    [Fact]
    public async Task Large_file_goes_up_and_comes_down_whole()
    {
        var bytes = new byte[7 * 1024 * 1024];
        new Random(20261201).NextBytes(bytes);
        Faults.DropAfter.Arm("upload.piece", true, times: 1);

        var sent = await outlook.App.PostAsync(
            "/api/outlook/send",
            new { email = outlook.Email, to = "tom@sandbox.test", subject = "报价", body = "see below", attachments = new[] { new { filename = "报价.bin", content = Convert.ToBase64String(bytes) } } });

        sent.Result.GetProperty("status").GetString().ShouldBe("sent", sent.Text);
        outlook.CountOf("upload.piece").ShouldBeGreaterThanOrEqualTo(3);
        await outlook.SyncAsync();
        var item = (await outlook.ListAsync("sent")).ShouldHaveSingleItem();
        var file = (await ItemAsync(item.GetProperty("id").GetString()!)).GetProperty("attachments").EnumerateArray().ShouldHaveSingleItem();
        file.GetProperty("filename").GetString().ShouldBe("报价.bin");
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/attachments?key={item.GetProperty("key").GetString()}&attachmentId={Uri.EscapeDataString(file.GetProperty("id").GetString()!)}");
        (await outlook.App.Client.GetByteArrayAsync(path)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        outlook.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Count(m => m.Raw.Length > bytes.Length).ShouldBe(1);
        await outlook.ShouldBeVerifiedAsync();
    }
}
