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
