namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapMessageTests : SandboxTest
{
    [Fact]
    public async Task Fetch_gives_what_is_asked_for()
    {
        await StartAsync();
        Lina.Inbox.Append(
            "Date: Sat, 14 Mar 2026 10:00:00 +0800\r\nFrom: =?utf-8?B?546L5by6?= <wang@x.test>\r\nTo: lina@sandbox.test\r\nSubject: \"Hi\"\r\nMessage-ID: <1@x.test>\r\n\r\nText\r\n"u8.ToArray(),
            ["\\Flagged"],
            new DateTimeOffset(2026, 3, 4, 10, 0, 5, TimeSpan.FromHours(8)));
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        var all = await client.CommandAsync("FETCH 1 ALL");
        var ids = await client.CommandAsync("UID FETCH 1 (MODSEQ EMAILID THREADID)");
        var parts = await client.CommandAsync("UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (subject)] BODY.PEEK[TEXT]<1.2> BODY.PEEK[1] BODY.PEEK[7])");

        all[0].ShouldBe("1 FETCH (FLAGS (\\Recent \\Flagged) INTERNALDATE \" 4-Mar-2026 10:00:05 +0800\" RFC822.SIZE 151 ENVELOPE (\"Sat, 14 Mar 2026 10:00:00 +0800\" "
            + "\"\\\"Hi\\\"\" ((\"=?UTF-8?B?546L5by6?=\" NIL \"wang\" \"x.test\")) ((\"=?UTF-8?B?546L5by6?=\" NIL \"wang\" \"x.test\")) "
            + "((\"=?UTF-8?B?546L5by6?=\" NIL \"wang\" \"x.test\")) ((NIL NIL \"lina\" \"sandbox.test\")) NIL NIL NIL \"<1@x.test>\"))");
        ids.ShouldBe(["OK [HIGHESTMODSEQ 2] Highest", "1 FETCH (UID 1 MODSEQ (2) EMAILID (M1) THREADID (T1))", "OK FETCH completed"]);
        parts[0].ShouldBe("1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT)] {17}\r\nSubject: \"Hi\"\r\n\r\n BODY[TEXT]<1> {2}\r\nex BODY[1] {6}\r\nText\r\n BODY[7] NIL)");
    }

    [Fact]
    public async Task Fetch_without_peek_marks_seen_and_tells_it()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("FETCH 1 BODY[TEXT]"))[0].ShouldBe("1 FETCH (FLAGS (\\Recent \\Seen) BODY[TEXT] {13}\r\nBody of one\r\n)");
        Lina.Inbox.Messages[0].Flags.ShouldBe(["\\Seen"]);
    }

    [Fact]
    public async Task Examine_leaves_everything_as_it_is()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers);
        (await client.CommandAsync("EXAMINE INBOX")).Last().ShouldBe("OK [READ-ONLY] EXAMINE completed");

        await client.CommandAsync("FETCH 1 BODY[]");

        Lina.Inbox.Messages[0].Flags.ShouldBeEmpty();
        (await client.CommandAsync("STORE 1 +FLAGS (\\Seen)")).ShouldBe(["NO [READ-ONLY] The folder was opened with EXAMINE"]);
    }

    [Fact]
    public async Task Store_tells_new_flags_to_both_sessions()
    {
        await StartAsync();
        Put("one");
        await using var first = await RawClient.ImapAsync(Servers, "INBOX");
        await using var second = await RawClient.ImapAsync(Servers, "INBOX");

        (await first.CommandAsync("STORE 1 +FLAGS (\\seen Important)")).ShouldBe([
            "FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Important)",
            "OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Important \\*)] Flags permitted",
            "1 FETCH (FLAGS (\\Recent Important \\Seen))",
            "OK STORE completed",
        ]);
        (await second.CommandAsync("NOOP")).ShouldContain("1 FETCH (FLAGS (Important \\Seen))");
        (await first.CommandAsync("STORE 1 -FLAGS.SILENT (Important)")).ShouldBe(["OK STORE completed"]);
        (await second.CommandAsync("NOOP")).ShouldBe(["1 FETCH (FLAGS (\\Seen))", "OK Completed"]);
    }

    [Fact]
    public async Task Conditional_store_refuses_what_changed_since()
    {
        await StartAsync();
        Put("one");
        Put("two");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Lina.Inbox.ChangeFlags([2], _ => _.Add("\\Flagged"));

        var reply = await client.CommandAsync("UID STORE 1:2 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Seen)");

        reply.ShouldBe([
            "OK [HIGHESTMODSEQ 4] Highest",
            "1 FETCH (UID 1 MODSEQ (5))",
            "2 FETCH (UID 2 FLAGS (\\Recent \\Flagged) MODSEQ (4))",
            "OK [MODIFIED 2] Conditional STORE failed for some",
        ]);
    }

    [Fact]
    public async Task Append_takes_flags_date_and_literal()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers, "Sent");

        var reply = await client.CommandAsync("APPEND Sent (\\Seen $Label1) \"04-Mar-2026 08:15:00 +0100\"", "Subject: x\r\n\r\nzehn");

        var sent = Lina.Find("Sent")!;
        reply.ShouldBe([
            "1 EXISTS",
            "1 RECENT",
            $"OK [APPENDUID {sent.UidValidity} 1] APPEND completed",
        ]);
        sent.Messages[0].Raw.ToArray().ShouldBe("Subject: x\r\n\r\nzehn"u8.ToArray());
        sent.Messages[0].InternalDate.ShouldBe(new DateTimeOffset(2026, 3, 4, 8, 15, 0, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Move_tells_the_new_uids_before_the_messages_go()
    {
        await StartAsync();
        Put("one");
        Put("two");
        Put("three");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        await using var other = await RawClient.ImapAsync(Servers, "Archive");

        var reply = await client.CommandAsync("UID MOVE 1,3 Archive");

        reply.ShouldBe([$"OK [COPYUID {Lina.Find("Archive")!.UidValidity} 1,3 1:2] Moved", "1 EXPUNGE", "2 EXPUNGE", "OK MOVE completed"]);
        (await other.CommandAsync("NOOP")).ShouldBe(["2 EXISTS", "2 RECENT", "OK Completed"]);
    }

    [Fact]
    public async Task Uid_expunge_leaves_other_deleted_messages()
    {
        await StartAsync();
        Put("one", "INBOX", "\\Deleted");
        Put("two", "INBOX", "\\Deleted");
        Put("three");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("UID EXPUNGE 2:3")).ShouldBe(["2 EXPUNGE", "OK EXPUNGE completed"]);
        (await client.CommandAsync("EXPUNGE")).ShouldBe(["1 EXPUNGE", "OK EXPUNGE completed"]);
    }

    [Fact]
    public async Task Numbers_stay_while_fetch_names_some()
    {
        await StartAsync();
        Put("one");
        Put("two");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        Lina.Inbox.Expunge([1]);

        (await client.CommandAsync("FETCH 1:2 UID")).ShouldBe(["2 FETCH (UID 2)", "OK [EXPUNGEISSUED] Some of the messages are no longer there"]);
        (await client.CommandAsync("NOOP")).ShouldBe(["1 EXPUNGE", "OK Completed"]);
        (await client.CommandAsync("FETCH 1 UID")).ShouldBe(["1 FETCH (UID 2)", "OK FETCH completed"]);
    }

    [Fact]
    public async Task Idle_tells_at_once_and_ends_with_done()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        await client.SendAsync("i IDLE\r\n");
        (await client.ReadLineAsync()).ShouldBe("+ idling");
        Put("two");
        (await client.ReadLineAsync()).ShouldBe("* 2 EXISTS");
        (await client.ReadLineAsync()).ShouldBe("* 2 RECENT");
        Lina.Inbox.Expunge([1]);
        (await client.ReadLineAsync()).ShouldBe("* 1 EXPUNGE");
        await Clock.WaitForTimerAsync(TimeSpan.FromMinutes(2));
        Clock.Advance(TimeSpan.FromMinutes(2));
        (await client.ReadLineAsync()).ShouldBe("* OK Still here");
        await client.SendAsync("done\r\n");

        (await client.ReadLineAsync()).ShouldBe("i OK IDLE completed");
    }

    [Fact]
    public async Task Qresync_tells_what_was_missed()
    {
        await StartAsync();
        foreach (var subject in new[] { "one", "two", "three", "four" })
        {
            Put(subject);
        }

        var inbox = Lina.Inbox;
        var seen = inbox.HighestModSeq;
        inbox.Expunge([2]);
        inbox.ChangeFlags([3], f => f.Add("\\Seen"));
        Put("five");
        await using var client = await RawClient.ImapAsync(Servers);

        (await client.CommandAsync("ENABLE QRESYNC NONSENSE")).ShouldBe(["ENABLED QRESYNC", "OK ENABLE completed"]);
        var reply = await client.CommandAsync($"SELECT INBOX (QRESYNC ({inbox.UidValidity} {seen} 1:4))");

        reply.Skip(9).ShouldBe(["VANISHED (EARLIER) 2", "2 FETCH (UID 3 FLAGS (\\Recent \\Seen) MODSEQ (7))", "OK [READ-WRITE] SELECT completed"]);
        (await client.CommandAsync($"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {seen} VANISHED)")).ShouldBe([
            "VANISHED (EARLIER) 2",
            "2 FETCH (UID 3 MODSEQ (7) FLAGS (\\Recent \\Seen))",
            "4 FETCH (UID 5 MODSEQ (8) FLAGS (\\Recent))",
            "OK FETCH completed",
        ]);
        inbox.Expunge([1, 4]);
        (await client.CommandAsync("NOOP")).ShouldBe(["VANISHED 1,4", "OK Completed"]);
    }

    [Fact]
    public async Task Binary_takes_the_transfer_encoding_off()
    {
        await StartAsync();
        Lina.Inbox.Append("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nw4QA\r\n"u8.ToArray());
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        var reply = await client.CommandAsync("FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY.PEEK[1]<0.2>)");

        reply.ShouldBe(["1 FETCH (BINARY.SIZE[1] 3 BINARY[1] ~{3}\r\nÄ\0 BINARY[1]<0> {2}\r\nÄ)", "OK FETCH completed"]);
    }
}
