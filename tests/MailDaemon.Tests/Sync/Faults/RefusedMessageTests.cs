using MailDaemon.Engine.Cache;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Messages that the server has and does not give.</summary>
public sealed class RefusedMessageTests
{
    private const string Cut = "";

    [Theory]
    [InlineData(ServerKind.Modern, "NO [SERVERBUG] Internal error")]
    [InlineData(ServerKind.Old, "NO Message is corrupt")]
    [InlineData(ServerKind.Modern, "BAD Invalid FETCH")]
    [InlineData(ServerKind.Modern, Cut)]
    [InlineData(ServerKind.Old, Cut)]
    public async Task Refused_message_holds_up_no_other_at_the_first_pass(ServerKind kind, string words)
    {
        await using var server = await FaultyServer.StartAsync(kind);
        server.Fill(server.Inbox, 120);
        server.Fill(server.User.Find("Archive")!, 3);
        server.Faults.RefuseMessage.Arm("30", words);

        (await server.PassAsync()).ShouldBeNull();

        Listed(server, "INBOX").ShouldBe(Enumerable.Range(1, 120).Where(u => u != 30).Select(u => (long?)u));
        Listed(server, "Archive").Count.ShouldBe(3);
        var refused = server.Cache.Refused().ShouldHaveSingleItem();
        (refused.Folder, refused.Id, refused.Attempts).ShouldBe(("INBOX", "30", 1));
        refused.Reason.ShouldNotBeEmpty();
        await server.ShouldHealAsync();
        server.Cache.Refused().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("NO Message is corrupt")]
    [InlineData(Cut)]
    public async Task Of_three_new_mails_with_one_refused_two_come_and_the_third_when_it_is_given(string words)
    {
        await using var server = await FaultyServer.StartReadAsync();
        uint[] uids = [server.Deliver(), server.Deliver(), server.Deliver()];
        server.Faults.RefuseMessage.Arm($"{uids[1]}", words);

        (await server.PassAsync()).ShouldBeNull();
        server.Cache.AwaitingItems().Select(m => m.Uid).Order().ShouldBe([uids[0], uids[2]]);

        // More mail comes, and still it is not given.
        var next = server.Deliver();
        (await server.PassAsync()).ShouldBeNull();
        server.Cache.AwaitingItems().Select(m => m.Uid).ShouldContain(next);
        server.Cache.Refused().ShouldHaveSingleItem().Attempts.ShouldBe(2);

        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Several_refused_messages_are_all_found()
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.Inbox, 300);
        foreach (var uid in new[] { 1, 2, 77, 150, 299, 300 })
        {
            server.Faults.RefuseMessage.Arm($"{uid}", uid % 2 == 0 ? "NO no" : Cut);
        }

        await server.PassAsync();

        Listed(server, "INBOX").Count.ShouldBe(294);
        server.Cache.Refused().Select(r => r.Id).Order().ShouldBe(["1", "150", "2", "299", "300", "77"]);
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Server_that_refuses_everything_is_not_asked_for_every_message()
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.Inbox, 200);
        server.Faults.Refuse.Arm("FETCH", "NO [LIMIT] Slow down");

        await server.PassAsync();

        server.Cache.Folders().Single(f => f.Folder.Path == "INBOX").Error.ShouldNotBeNull();
        server.Faults.Refuse.HitsOf("FETCH").ShouldBeLessThan(80);
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Refused_message_that_is_deleted_is_forgotten()
    {
        await using var server = await FaultyServer.StartReadAsync(ServerKind.Old);
        var uid = server.Deliver();
        server.Faults.RefuseMessage.Arm($"{uid}", "NO no");
        await server.PassAsync();
        server.Cache.Refused().Count.ShouldBe(1);

        server.Inbox.Expunge([uid]);
        await server.PassAsync();

        server.Cache.Refused().ShouldBeEmpty();
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Folder_that_costs_every_connection_leaves_the_others_alone()
    {
        await using var server = await FaultyServer.StartAsync();
        server.Fill(server.Inbox, 3);
        server.Fill(server.User.Find("Archive")!, 3);
        server.Faults.CutBeforeReply.Arm("EXAMINE", value: true, times: 1);

        (await server.PassAsync()).ShouldBeNull();

        server.Cache.Folders().Count(f => f.Error is not null).ShouldBe(1);
        server.Cache.Folders().Sum(f => f.Total).ShouldBeGreaterThanOrEqualTo(3);
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Refused_mail_is_shown_and_keeps_rules_from_no_other()
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        var made = await sandbox.App.PostAsync("/api/rules", new { name = "star", matchAll = true, actions = new[] { new { type = "star" } } });
        made.Status.ShouldBe(201, made.Text);
        for (var i = 1; i <= 3; i++)
        {
            sandbox.User.Inbox.Append(System.Text.Encoding.ASCII.GetBytes($"From: a@b.test\r\nSubject: mail {i}\r\nMessage-ID: <{i}@b.test>\r\n\r\nx\r\n"));
        }

        sandbox.Servers.ImapFaults.RefuseMessage.Arm("2", "NO [SERVERBUG] Cannot read it");
        await sandbox.SyncAsync();

        await Eventually.UntilAsync(() => sandbox.User.Inbox.Messages.Count(m => m.Flags.Contains("\\Flagged")) == 2, "rules have run on the two");
        var status = (await sandbox.App.GetAsync($"/api/sync-status?provider=imap&email={sandbox.Email}")).Result;
        status.GetProperty("status").GetString().ShouldBe("idle");
        var folder = status.GetProperty("folders").EnumerateArray().ShouldHaveSingleItem();
        folder.GetProperty("path").GetString().ShouldBe("INBOX");
        var refused = folder.GetProperty("refused").EnumerateArray().ShouldHaveSingleItem();
        refused.GetProperty("id").GetString().ShouldBe("2");
        refused.GetProperty("reason").GetString()!.ShouldContain("Cannot read it");
        var proof = (await sandbox.App.GetAsync($"/api/sync/verify?provider=imap&email={sandbox.Email}")).Result;
        proof.GetProperty("verified").GetBoolean().ShouldBeFalse();
        proof.GetProperty("differences").EnumerateArray().ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("refused");
        var published = Path.Combine(sandbox.App.DataDirectory, "imap", sandbox.Email, "sync.json");
        await Eventually.UntilAsync(
            async () => File.Exists(published) && (await File.ReadAllTextAsync(published)).Contains("Cannot read it", StringComparison.Ordinal), "sync.json says so");

        var fetched = await sandbox.App.PostAsync($"/api/imap/messages/fetch?email={sandbox.Email}&limit=2");
        fetched.Result.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetString()).ShouldBe(["imap:3"], fetched.Text);
        var left = fetched.Result.GetProperty("refused").EnumerateArray().ShouldHaveSingleItem();
        (left.GetProperty("id").GetString(), left.GetProperty("code").GetString()).ShouldBe(("2", refused.GetProperty("code").GetString()));
        left.GetProperty("reason").GetString()!.ShouldContain("Cannot read it");
        fetched.Result.GetProperty("pagination").GetProperty("nextOffset").GetInt32().ShouldBe(2, "what is refused has its place, too");
        var next = await sandbox.App.PostAsync($"/api/imap/messages/fetch?email={sandbox.Email}&limit=2&offset=2");
        next.Result.GetProperty("messages").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("imap:1");
        next.Result.GetProperty("refused").GetArrayLength().ShouldBe(0);

        sandbox.Servers.ImapFaults.Reset();
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => sandbox.User.Inbox.Messages.Count(m => m.Flags.Contains("\\Flagged")) == 3, "rules have run on the third");
        (await sandbox.App.GetAsync($"/api/sync-status?provider=imap&email={sandbox.Email}")).Result.GetProperty("folders").GetArrayLength().ShouldBe(0);
    }

    private static List<long?> Listed(FaultyServer server, string folder) =>
        [.. server.Cache.List(new MessageQuery { Folder = folder, Limit = MessageQuery.MostItems }).Messages.Select(m => m.Uid).Order()];
}
