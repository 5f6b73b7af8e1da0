using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapServerTests : SandboxTest
{
    [Fact]
    public async Task Login_in_clear_text_is_refused()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapStartTlsPort, WireSecurity.None);

        var reply = await client.CommandAsync("LOGIN lina@sandbox.test sandbox");

        client.Greeting.ShouldContain("STARTTLS LOGINDISABLED");
        client.Greeting.ShouldNotContain("AUTH=");
        reply.ShouldBe(["NO [PRIVACYREQUIRED] Use STARTTLS first"]);
    }

    [Fact]
    public async Task Starttls_then_login_gives_the_capabilities_of_a_user()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapStartTlsPort, WireSecurity.None);

        (await client.CommandAsync("STARTTLS")).ShouldBe(["OK Begin TLS now"]);
        await client.UpgradeToTlsAsync();
        var reply = await client.CommandAsync("LOGIN \"LINA@sandbox.test\" {7+}\r\nsandbox");

        reply.ShouldBe(["OK [CAPABILITY IMAP4rev1 APPENDLIMIT=52428800 CHILDREN CONDSTORE ENABLE ESEARCH ID IDLE LIST-EXTENDED LIST-STATUS LITERAL+ "
            + "MOVE NAMESPACE OBJECTID QRESYNC SASL-IR SPECIAL-USE STATUS=SIZE UIDPLUS UNSELECT WITHIN] Logged in"]);
        Servers.ImapCounters.Logins.ShouldBe(1);
    }

    [Theory]
    [InlineData("PLAIN AGxpbmFAc2FuZGJveC50ZXN0AHNhbmRib3g=", "OK ")]
    [InlineData("PLAIN AGxpbmFAc2FuZGJveC50ZXN0AHdyb25n", "NO [AUTHENTICATIONFAILED] Invalid user or password")]
    [InlineData("PLAIN =", "BAD Invalid PLAIN message")]
    [InlineData("PLAIN !!!", "BAD Invalid base64")]
    [InlineData("XOAUTH2 abcd", "NO [CANNOT] The mechanism is not offered")]
    public async Task Authenticate_with_initial_response_is_answered(string arguments, string expected)
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        (await client.CommandAsync("AUTHENTICATE " + arguments)).Last().ShouldStartWith(expected);
    }

    [Fact]
    public async Task Authenticate_login_asks_for_name_and_password()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        await client.SendAsync("a AUTHENTICATE LOGIN\r\n");
        (await client.ReadLineAsync()).ShouldBe("+ VXNlcm5hbWU6");
        await client.SendAsync(Convert.ToBase64String("lina@sandbox.test"u8) + "\r\n");
        (await client.ReadLineAsync()).ShouldBe("+ UGFzc3dvcmQ6");
        await client.SendAsync(Convert.ToBase64String("sandbox"u8) + "\r\n");

        (await client.ReadLineAsync()).ShouldStartWith("a OK [CAPABILITY ");
    }

    [Fact]
    public async Task Fifth_wrong_password_ends_the_connection()
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        for (var i = 0; i < 5; i++)
        {
            (await client.CommandAsync("LOGIN lina@sandbox.test guess")).ShouldBe(["NO [AUTHENTICATIONFAILED] Invalid user or password"]);
        }

        (await client.ReadToEndAsync()).ShouldBe("");
        Servers.ImapCounters.RefusedLogins.ShouldBe(5);
    }

    [Theory]
    [InlineData("SELECT INBOX", "BAD Unknown command, or not allowed now")]
    [InlineData("NONSENSE", "BAD Unknown command, or not allowed now")]
    [InlineData("LOGIN onlyname", "BAD Missing argument")]
    [InlineData("CAPABILITY more", "BAD Unexpected argument")]
    [InlineData("LOGIN \"open", "BAD Expected \"")]
    public async Task Bad_command_before_login_is_told_and_the_dialogue_goes_on(string command, string expected)
    {
        await StartAsync();
        await using var client = await RawClient.ConnectAsync(Servers, Servers.ImapPort);

        (await client.CommandAsync(command)).ShouldBe([expected]);
        (await client.CommandAsync("NOOP")).ShouldBe(["OK Completed"]);
    }

    [Fact]
    public async Task Select_shows_the_folder()
    {
        await StartAsync();
        Put("one", "INBOX", "\\Seen");
        Put("two", "INBOX", "work");
        await using var client = await RawClient.ImapAsync(Servers);

        var reply = await client.CommandAsync("SELECT inbox");

        var inbox = Lina.Inbox;
        reply.ShouldBe([
            "FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work)",
            "OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work \\*)] Flags permitted",
            "2 EXISTS",
            "2 RECENT",
            "OK [UNSEEN 2] First unseen",
            $"OK [UIDVALIDITY {inbox.UidValidity}] UIDs valid",
            "OK [UIDNEXT 3] Predicted next UID",
            "OK [HIGHESTMODSEQ 3] Highest",
            $"OK [MAILBOXID ({inbox.MailboxId})] Ok",
            "OK [READ-WRITE] SELECT completed",
        ]);
    }

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
        ids.ShouldBe(["OK [HIGHESTMODSEQ 2] Highest", "1 FETCH (UID 1 MODSEQ (2) EMAILID (M1) THREADID NIL)", "OK FETCH completed"]);
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

    [Theory]
    [InlineData("APPEND Nowhere {1+}\r\nx", "NO [TRYCREATE] There is no such folder")]
    [InlineData("UID COPY 1 Nowhere", "NO [TRYCREATE] There is no such folder")]
    [InlineData("SELECT Nowhere", "NO [NONEXISTENT] There is no such folder")]
    [InlineData("STATUS Nowhere (MESSAGES)", "NO [NONEXISTENT] There is no such folder")]
    [InlineData("DELETE Nowhere", "NO [NONEXISTENT] There is no such folder")]
    [InlineData("DELETE INBOX", "NO [CANNOT] The folder INBOX cannot be deleted")]
    [InlineData("CREATE Sent", "NO [ALREADYEXISTS] The folder Sent is there already")]
    [InlineData("CREATE a//b", "NO [CANNOT] The name is not allowed")]
    [InlineData("FETCH 2 FLAGS", "BAD There is no message of that number")]
    [InlineData("FETCH 0 FLAGS", "BAD Invalid message set")]
    [InlineData("FETCH 1 (NOTHING)", "BAD Unknown FETCH item")]
    [InlineData("FETCH 1 BODY[1.MIMES]", "BAD Invalid section")]
    [InlineData("SEARCH CHARSET KOI8-R ALL", "NO [BADCHARSET (US-ASCII UTF-8)] Unknown charset")]
    [InlineData("SEARCH NONSENSE", "BAD Unknown search key")]
    [InlineData("STORE 1 FLAGS (\\Recent)", "BAD \\Recent cannot be set")]
    [InlineData("UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)", "BAD Unknown FETCH modifier, or not allowed here")]
    [InlineData("SELECT INBOX (QRESYNC (1 1))", "BAD Unknown parameter, or QRESYNC is not enabled")]
    public async Task Refused_command_says_why(string command, string expected)
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync(command)).Last().ShouldBe(expected);
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
    public async Task Status_and_list_answer_in_modified_utf7()
    {
        await StartAsync(seed: true);
        await using var client = await RawClient.ImapAsync(Servers);

        var list = await client.CommandAsync("LIST \"\" * RETURN (SPECIAL-USE SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN))");

        list.ShouldContain("LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" \"Sent\"");
        list.ShouldContain("LIST (\\Noselect \\HasChildren) \"/\" \"&mHl27g-\"");
        list.ShouldContain("LIST (\\HasNoChildren \\Subscribed) \"/\" \"&mHl27g-/&YqVO9w-\"");
        list.ShouldContain("STATUS \"&mHl27g-/&YqVO9w-\" (MESSAGES 5 UNSEEN 0)");
        list.ShouldNotContain(line => line.StartsWith("STATUS \"&mHl27g-\"", StringComparison.Ordinal));
        (await client.CommandAsync("LIST \"\" %")).Count(l => l.StartsWith("LIST ", StringComparison.Ordinal)).ShouldBe(7);
        (await client.CommandAsync("LIST (SPECIAL-USE) \"\" *")).Count.ShouldBe(6);
        (await client.CommandAsync("LIST \"\" \"\"")).ShouldBe(["LIST (\\Noselect) \"/\" \"\"", "OK LIST completed"]);
        (await client.CommandAsync("SELECT &mHl27g-")).ShouldBe(["NO [NONEXISTENT] The folder holds no messages"]);
    }

    [Fact]
    public async Task Folders_are_created_renamed_and_deleted_with_what_is_below()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);

        (await client.CommandAsync("CREATE a/b/c/")).Last().ShouldStartWith("OK [MAILBOXID (F");
        await client.CommandAsync("RENAME a/b x");
        (await client.CommandAsync("DELETE x")).ShouldBe(["OK DELETE completed"]);

        Lina.Folders.Select(f => f.Path).ShouldBe(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash", "a", "x", "x/c"]);
        (await client.CommandAsync("DELETE x")).Last().ShouldStartWith("NO [CANNOT]");
        (await client.CommandAsync("RENAME INBOX old")).ShouldBe(["OK RENAME completed"]);
        (await client.CommandAsync("RENAME x x/c/d")).Last().ShouldStartWith("NO ");
    }

    [Fact]
    public async Task Switched_off_extensions_are_neither_offered_nor_obeyed()
    {
        await StartAsync(new ImapServerOptions().Without("MOVE", "UIDPLUS", "IDLE", "CONDSTORE", "LITERAL+", "ESEARCH", "NAMESPACE", "ID", "UNSELECT"));
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("CAPABILITY"))[0].ShouldBe(
            "CAPABILITY IMAP4rev1 APPENDLIMIT=52428800 CHILDREN ENABLE LIST-EXTENDED LIST-STATUS OBJECTID SASL-IR SPECIAL-USE STATUS=SIZE WITHIN");
        foreach (var command in new[] { "UID MOVE 1 Trash", "UID EXPUNGE 1", "IDLE", "UID FETCH 1 (MODSEQ)", "NAMESPACE", "ID NIL", "UNSELECT", "SEARCH RETURN (ALL) ALL" })
        {
            (await client.CommandAsync(command)).Last().ShouldStartWith("BAD ", customMessage: command);
        }

        (await client.CommandAsync("ENABLE QRESYNC CONDSTORE"))[0].ShouldBe("ENABLED");
        (await client.CommandAsync("UID COPY 1 Trash")).ShouldBe(["OK COPY completed"]);
    }

    [Fact]
    public async Task Id_is_needed_when_the_options_say_so()
    {
        await StartAsync(new ImapServerOptions { NeedsId = true });
        await using var client = await RawClient.ImapAsync(Servers);

        (await client.CommandAsync("SELECT INBOX")).ShouldBe(["NO SELECT Unsafe Login. Please contact kefu@188.com for help"]);
        (await client.CommandAsync("ID (\"name\" \"MailDaemon\" \"version\" NIL)")).Last().ShouldBe("OK ID completed");
        (await client.CommandAsync("SELECT INBOX")).Last().ShouldBe("OK [READ-WRITE] SELECT completed");
    }

    [Fact]
    public async Task Too_large_literal_is_refused_before_it_is_sent()
    {
        await StartAsync(new ImapServerOptions { MaxMessageBytes = 1000 });
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("APPEND INBOX {1001}")).ShouldBe(["NO [TOOBIG] The literal is not accepted"]);
        (await client.CommandAsync("NOOP")).ShouldBe(["OK Completed"]);
        await client.SendAsync("x APPEND INBOX {5000000000+}\r\n");
        (await client.ReadToEndAsync()).ShouldBe("* BYE [TOOBIG] The literal is not accepted\r\n");
    }

    [Fact]
    public async Task Endless_line_ends_the_connection()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);

        await client.SendAsync(new string('a', 70_000));

        (await client.ReadToEndAsync()).ShouldBe("* BYE [TOOBIG] The line is too long\r\n");
    }

    [Fact]
    public async Task Silent_client_is_sent_away()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        await Clock.WaitForTimerAsync(TimeSpan.FromMinutes(30));

        Clock.Advance(TimeSpan.FromMinutes(30));

        (await client.ReadToEndAsync()).ShouldBe("* BYE Too long without a command\r\n");
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_their_order()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);

        await client.SendAsync("a CREATE one\r\nb STATUS one (MESSAGES)\r\nc DELETE one\r\nd LOGOUT\r\n");

        var text = await client.ReadToEndAsync();
        text.ShouldEndWith("* STATUS \"one\" (MESSAGES 0)\r\nb OK STATUS completed\r\nc OK DELETE completed\r\n* BYE Good bye\r\nd OK LOGOUT completed\r\n");
    }
}
