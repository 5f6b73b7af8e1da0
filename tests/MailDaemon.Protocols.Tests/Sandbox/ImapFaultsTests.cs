using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapFaultsTests : SandboxTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Connection_is_cut_after_so_many_reply_bytes(int bytes)
    {
        await StartAsync();
        Servers.ImapFaults.CutAfterReplyBytes.Arm(bytes, times: 1);

        await using var cut = await RawClient.ConnectAsync(Servers, Servers.ImapPort, withGreeting: false);
        (await cut.ReadToEndAsync()).Length.ShouldBe(bytes);

        await using var whole = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.CutAfterReplyBytes.Hits.ShouldBe(1);
        Servers.ImapCounters.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task Connection_is_cut_inside_a_literal()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.CutInsideLiteral.Arm(5);

        await client.SendAsync("f UID FETCH 1 BODY.PEEK[TEXT]\r\n");

        (await client.ReadToEndAsync()).ShouldBe("* 1 FETCH (UID 1 BODY[TEXT] {13}\r\nBody ");
    }

    [Fact]
    public async Task Reply_is_lost_after_the_command_was_carried_out()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.CutBeforeReply.Arm("MOVE", value: true, times: 1);

        await client.SendAsync("m UID MOVE 1 Trash\r\n");

        (await client.ReadToEndAsync()).ShouldEndWith("* 1 EXPUNGE\r\n");
        Lina.Inbox.Messages.ShouldBeEmpty();
        Lina.Find("Trash")!.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Delayed_command_waits_for_the_clock()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.Delay.Arm("NOOP", TimeSpan.FromHours(2));

        await client.SendAsync("n NOOP\r\n");
        await Clock.WaitForTimerAsync(TimeSpan.FromHours(2));
        Clock.Advance(TimeSpan.FromHours(2));

        (await client.ReadLineAsync()).ShouldBe("n OK Completed");
    }

    [Fact]
    public async Task Silent_command_is_never_answered()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        await using var other = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.Silence.Arm("STATUS", value: true, times: 1);

        var silent = client.CommandAsync("STATUS INBOX (MESSAGES)");
        while (Servers.ImapFaults.Silence.HitsOf("STATUS") == 0)
        {
            await Task.Yield();
        }

        (await other.CommandAsync("STATUS INBOX (MESSAGES)")).Last().ShouldBe("OK STATUS completed");
        silent.IsCompleted.ShouldBeFalse();
        await Servers.DisposeAsync();
        (await Should.ThrowAsync<WireException>(silent)).Fault.ShouldBe(WireFault.Closed);
    }

    [Fact]
    public async Task Announced_literal_does_not_end()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.EndlessLiteral.Arm(3_000_000_000, times: 1);

        await client.SendAsync("f FETCH 1 BODY.PEEK[]\r\n");

        (await client.ReadBytesAsync(200_000)).ShouldStartWith("* 1 FETCH (BODY[] {3000000000}\r\nxxxx");
    }

    [Fact]
    public async Task Line_does_not_end()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.EndlessLine.Arm("NOOP", value: true);

        await client.SendAsync("n NOOP\r\n");

        (await client.ReadBytesAsync(200_000)).ShouldStartWith("* OK xxxx");
    }

    [Theory]
    [InlineData(LoginRefusal.WrongPassword, "NO [AUTHENTICATIONFAILED] Invalid user or password")]
    [InlineData(LoginRefusal.Temporary, "NO [UNAVAILABLE] Temporary authentication failure")]
    [InlineData(LoginRefusal.AuthorizationCodeNeeded, "NO Login fail. Account is abnormal, service is not open, password is incorrect")]
    public async Task Right_password_is_refused(LoginRefusal refusal, string expected)
    {
        await StartAsync();
        Servers.ImapFaults.RefuseLogin.Arm(refusal, times: 1);
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        (await client.CommandAsync("LOGIN lina@sandbox.test sandbox")).Single().ShouldStartWith(expected);
        (await client.CommandAsync("LOGIN lina@sandbox.test sandbox")).Single().ShouldStartWith("OK ");
    }

    [Fact]
    public async Task Wrong_uidvalidity_is_told()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.UidValidity.Arm(77);

        (await client.CommandAsync("SELECT INBOX")).ShouldContain("OK [UIDVALIDITY 77] UIDs valid");
        (await client.CommandAsync("STATUS INBOX (UIDVALIDITY)"))[0].ShouldBe("STATUS \"INBOX\" (UIDVALIDITY 77)");
        Servers.ImapFaults.Reset();
        (await client.CommandAsync("STATUS INBOX (UIDVALIDITY)"))[0].ShouldBe($"STATUS \"INBOX\" (UIDVALIDITY {Lina.Inbox.UidValidity})");
    }

    [Fact]
    public async Task Rebuilt_folder_sends_its_sessions_away_and_has_other_uids()
    {
        await StartAsync();
        Put("one");
        Put("two");
        Lina.Inbox.Expunge([1]);
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        var before = Lina.Inbox.UidValidity;

        Lina.Inbox.RebuildWithNewUidValidity();

        await client.SendAsync("n NOOP\r\n");
        (await client.ReadToEndAsync()).ShouldBe("* BYE [UNAVAILABLE] The folder was rebuilt, please open it again\r\n");
        Lina.Inbox.UidValidity.ShouldBeGreaterThan(before);
        Lina.Inbox.Messages.Single().Uid.ShouldBe(1u);
    }

    [Fact]
    public async Task Refused_command_is_not_carried_out()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.Refuse.Arm("store", "NO [LIMIT] Slow down", times: 1);

        (await client.CommandAsync("UID STORE 1 +FLAGS (\\Seen)")).ShouldBe(["NO [LIMIT] Slow down"]);
        Lina.Inbox.Messages[0].Flags.ShouldBeEmpty();
        (await client.CommandAsync("UID STORE 1 +FLAGS.SILENT (\\Seen)")).ShouldBe(["OK STORE completed"]);
        Servers.ImapCounters.CountOf("STORE").ShouldBe(2);
    }

    [Fact]
    public async Task Lines_are_injected_before_the_reply()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.Inject.Arm("*", "* 1 EXPUNGE\r\n* 0 EXISTS", times: 1);

        (await client.CommandAsync("FETCH 1 UID")).ShouldBe(["1 FETCH (UID 1)", "1 EXPUNGE", "0 EXISTS", "OK FETCH completed"]);
    }

    [Theory]
    [InlineData("EXPUNGE", "* 0 EXISTS", "0 EXISTS")]
    [InlineData("NOOP", "* 1 FETCH (UID 1 FLAGS (\\Flagged))", "1 FETCH (UID 1 FLAGS (\\Flagged))")]
    [InlineData("NOOP", "* VANISHED 9:5,4000000000:4294967295", "VANISHED 9:5,4000000000:4294967295")]
    public async Task What_no_server_should_say_is_said(string command, string lines, string expected)
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.Inject.Arm(command, lines, times: 1);

        (await client.CommandAsync(command))[0].ShouldBe(expected);
    }

    [Fact]
    public async Task Odd_vanished_comes_with_a_quick_resync()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers);
        await client.CommandAsync("ENABLE QRESYNC");
        Servers.ImapFaults.Inject.Arm("SELECT", "* VANISHED (EARLIER) 1:4294967295");

        (await client.CommandAsync($"SELECT INBOX (QRESYNC ({Lina.Inbox.UidValidity} 2))"))[^2].ShouldBe("VANISHED (EARLIER) 1:4294967295");
    }

    [Fact]
    public async Task Expunge_comes_between_the_messages_of_a_fetch()
    {
        await StartAsync();
        Put("one");
        Put("two");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.InjectInFetch.Arm("* 1 EXPUNGE", times: 1);

        (await client.CommandAsync("UID FETCH 1:* (UID)")).ShouldBe(["1 FETCH (UID 1)", "1 EXPUNGE", "2 FETCH (UID 2)", "OK FETCH completed"]);
    }

    [Fact]
    public async Task Messages_of_a_fetch_come_backwards()
    {
        await StartAsync();
        Put("one");
        Put("two");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.FetchBackwards.Arm(value: true, times: 1);

        (await client.CommandAsync("UID FETCH 1:* (UID)")).ShouldBe(["2 FETCH (UID 2)", "1 FETCH (UID 1)", "OK FETCH completed"]);
        (await client.CommandAsync("UID FETCH 1:* (UID)"))[0].ShouldBe("1 FETCH (UID 1)");
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(20, "* 1 FETCH (UID 1 FLA")]
    public async Task Connection_is_cut_inside_the_answer_to_a_command(int bytes, string expected)
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Servers.ImapFaults.CutInsideReply.Arm("FETCH", bytes, times: 1);

        await client.SendAsync("f UID FETCH 1 (UID FLAGS)\r\n");

        (await client.ReadToEndAsync()).ShouldBe(expected);
    }

    [Fact]
    public async Task Answer_trickles_by_the_clock()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.Trickle.Arm("NOOP", TimeSpan.FromMinutes(10), times: 1);

        await client.SendAsync("n NOOP\r\n");

        foreach (var expected in "n OK Completed\r\n")
        {
            (await client.ReadBytesAsync(1)).ShouldBe(expected.ToString());
            await Clock.WaitForTimerAsync(TimeSpan.FromMinutes(10));
            Clock.Advance(TimeSpan.FromMinutes(10));
        }
    }

    [Fact]
    public async Task Folder_has_another_uidvalidity_when_it_is_opened_next()
    {
        await StartAsync();
        Put("one");
        Put("two");
        Lina.Inbox.Expunge([1]);
        var before = Lina.Inbox.UidValidity;
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.RebuildOnSelect.Arm("INBOX", value: true, times: 1);

        var opened = await client.CommandAsync("SELECT INBOX");

        Lina.Inbox.UidValidity.ShouldBeGreaterThan(before);
        opened.ShouldContain($"OK [UIDVALIDITY {Lina.Inbox.UidValidity}] UIDs valid");
        opened.ShouldContain("OK [UIDNEXT 2] Predicted next UID");
        (await client.CommandAsync("SELECT INBOX")).ShouldContain($"OK [UIDVALIDITY {Lina.Inbox.UidValidity}] UIDs valid");
    }

    [Fact]
    public async Task Highest_modification_sequence_falls_back()
    {
        await StartAsync();
        Put("one");
        Put("two");
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.HighestModSeq.Arm(2, times: 1);

        (await client.CommandAsync("STATUS INBOX (HIGHESTMODSEQ)"))[0].ShouldBe("STATUS \"INBOX\" (HIGHESTMODSEQ 2)");
        (await client.CommandAsync("STATUS INBOX (HIGHESTMODSEQ)"))[0].ShouldBe("STATUS \"INBOX\" (HIGHESTMODSEQ 3)");
        Lina.Inbox.RestartModSeqs();
        Lina.Inbox.ChangeFlags([2], flags => flags.Add("\\Seen"));
        (await client.CommandAsync("SELECT INBOX")).ShouldContain("OK [HIGHESTMODSEQ 2] Highest");
        (await client.CommandAsync("UID FETCH 1:* (FLAGS MODSEQ)")).Where(l => l.Contains("FETCH (", StringComparison.Ordinal)).ShouldBe(
            ["1 FETCH (UID 1 FLAGS (\\Recent) MODSEQ (1))", "2 FETCH (UID 2 FLAGS (\\Recent \\Seen) MODSEQ (2))"]);
    }

    [Fact]
    public async Task Folder_is_missing_as_long_as_it_is_told()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        Servers.ImapFaults.MissingFolder.Arm("Sent", value: true);

        (await client.CommandAsync("SELECT Sent")).ShouldBe(["NO [NONEXISTENT] There is no such folder"]);
        (await client.CommandAsync("LIST \"\" Sent")).ShouldBe(["OK LIST completed"]);
        Servers.ImapFaults.MissingFolder.Disarm("Sent");
        (await client.CommandAsync("SELECT Sent")).Last().ShouldStartWith("OK ");
    }

    [Fact]
    public async Task Greeting_is_bye()
    {
        await StartAsync();
        Servers.ImapFaults.Goodbye.Arm("Too many connections", times: 1);

        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort, withGreeting: false);

        (await client.ReadToEndAsync()).ShouldBe("* BYE Too many connections\r\n");
    }
}
