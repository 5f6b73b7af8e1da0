using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapFolderTests : SandboxTest
{
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
    public async Task Folder_without_modification_sequences_says_so_and_refuses_what_needs_them()
    {
        await StartAsync(new ImapServerOptions { FoldersWithoutModSeq = ["INBOX"] });
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers);
        await client.CommandAsync("ENABLE QRESYNC");

        var opened = await client.CommandAsync($"SELECT INBOX (QRESYNC ({Lina.Inbox.UidValidity} 1))");

        opened.ShouldContain("OK [NOMODSEQ] No modification sequences here");
        opened.ShouldNotContain(l => l.Contains("HIGHESTMODSEQ", StringComparison.Ordinal) || l.Contains("FETCH", StringComparison.Ordinal));
        (await client.CommandAsync("STATUS INBOX (HIGHESTMODSEQ)"))[0].ShouldBe("STATUS \"INBOX\" (HIGHESTMODSEQ 0)");
        (await client.CommandAsync("STATUS Sent (HIGHESTMODSEQ)"))[0].ShouldBe("STATUS \"Sent\" (HIGHESTMODSEQ 1)");
        (await client.CommandAsync("UID FETCH 1 (FLAGS) (CHANGEDSINCE 1)")).ShouldBe(["BAD The folder keeps no modification sequences"]);
        (await client.CommandAsync("UID STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)")).ShouldBe(["BAD The folder keeps no modification sequences"]);
        (await client.CommandAsync("UID STORE 1 +FLAGS (\\Seen)")).ShouldBe(["1 FETCH (UID 1 FLAGS (\\Recent \\Seen))", "OK STORE completed"]);
    }

    [Fact]
    public async Task Object_ids_stay_when_folders_are_renamed_and_messages_moved()
    {
        await StartAsync();
        Lina.Inbox.Append("Message-ID: <1@x.test>\r\n\r\n"u8.ToArray());
        Lina.Inbox.Append("Message-ID: <2@x.test>\r\nIn-Reply-To: <1@x.test>\r\n\r\n"u8.ToArray());
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        await client.CommandAsync("CREATE old");
        var id = Lina.Find("old")!.MailboxId;

        await client.CommandAsync("UID COPY 1 old");
        await client.CommandAsync("UID MOVE 2 old");
        await client.CommandAsync("RENAME old new");

        (await client.CommandAsync("STATUS new (MAILBOXID)"))[0].ShouldBe($"STATUS \"new\" (MAILBOXID ({id}))");
        (await client.CommandAsync("SELECT new")).ShouldContain($"OK [MAILBOXID ({id})] Ok");
        (await client.CommandAsync("UID FETCH 1:2 (EMAILID THREADID)")).SkipLast(1).ShouldBe(
            ["1 FETCH (UID 1 EMAILID (M1) THREADID (T1))", "2 FETCH (UID 2 EMAILID (M2) THREADID (T1))"]);
        (await client.CommandAsync("UID SEARCH THREADID T1"))[0].ShouldBe("SEARCH 1 2");
        (await client.CommandAsync("CREATE old")).Last().ShouldNotContain(id);
    }

    [Fact]
    public async Task Create_with_a_use_gives_it_once()
    {
        await StartAsync();
        await using var client = await RawClient.ImapAsync(Servers);
        await client.CommandAsync("DELETE Archive");

        (await client.CommandAsync("CREATE Ablage (USE (\\archive))")).Last().ShouldStartWith("OK ");
        (await client.CommandAsync("CREATE More (USE (\\Archive))")).ShouldBe(["NO [USEATTR] Another folder has this use"]);
        (await client.CommandAsync("CREATE More (USE (\\Nonsense))")).ShouldBe(["NO [USEATTR] The use is not supported"]);
        (await client.CommandAsync("LIST \"\" Ablage"))[0].ShouldBe("LIST (\\HasNoChildren \\Archive) \"/\" \"Ablage\"");
    }

    [Fact]
    public async Task Xlist_tells_uses_where_it_is_switched_on()
    {
        var poor = new ImapServerOptions().Without("SPECIAL-USE", "LIST-EXTENDED");
        await StartAsync(poor with { Capabilities = poor.Capabilities.Add("XLIST") });
        await using var client = await RawClient.ImapAsync(Servers);

        (await client.CommandAsync("XLIST \"\" *")).ShouldBe([
            "XLIST (\\HasNoChildren \\Archive) \"/\" \"Archive\"",
            "XLIST (\\HasNoChildren \\Drafts) \"/\" \"Drafts\"",
            "XLIST (\\HasNoChildren \\Inbox) \"/\" \"INBOX\"",
            "XLIST (\\HasNoChildren \\Spam) \"/\" \"Junk\"",
            "XLIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"",
            "XLIST (\\HasNoChildren \\Trash) \"/\" \"Trash\"",
            "OK XLIST completed",
        ]);
        (await client.CommandAsync("LIST \"\" Sent"))[0].ShouldBe("LIST (\\HasNoChildren) \"/\" \"Sent\"");
    }
}
