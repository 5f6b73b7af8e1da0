using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapMailboxTests
{
    [Fact]
    public Task Select_tells_what_is_known_of_the_mailbox() => ImapTalk.PlayAsync(
        "CONDSTORE",
        """
        C: A1 SELECT &XfJT0ZAB- (CONDSTORE)
        S: * FLAGS (\Seen \Deleted $Junk)
        S: * OK [PERMANENTFLAGS (\Seen \*)] Limited
        S: * 42 EXISTS
        S: * OK [UIDVALIDITY 3857529045] ok
        S: * OK [UIDNEXT 4392] ok
        S: * OK [HIGHESTMODSEQ 715194045007]
        S: * OK [MAILBOXID (F2212ea87)] ok
        S: A1 OK [READ-WRITE] done
        """,
        async client =>
        {
            var box = await client.SelectAsync("已发送", new SelectOptions { CondStore = true }, default);

            (box.Name, box.Exists, box.UidValidity, box.UidNext, box.HighestModSeq, box.MailboxId, box.IsReadOnly).ShouldBe(
                ("已发送", 42u, 3857529045u, 4392u, 715194045007ul, "F2212ea87", false));
            box.Flags.ShouldBe(["\\Seen", "\\Deleted", "$Junk"]);
            box.PermanentFlags.ShouldBe(["\\Seen", "\\*"]);
            client.State.ShouldBe(ImapState.Selected);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task Missing_marks_are_null() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 EXAMINE x
        S: * 0 EXISTS
        S: * OK [UIDVALIDITY 0] never lasts
        S: * OK [NOMODSEQ] none
        S: A1 OK [READ-ONLY] done
        """,
        async client =>
        {
            var box = await client.SelectAsync("x", new SelectOptions { ReadOnly = true }, default);

            (box.UidValidity, box.UidNext, box.HighestModSeq, box.NoModSeq, box.IsReadOnly).ShouldBe((null, null, null, true, true));
        });

    [Fact]
    public Task Failed_select_leaves_nothing_open() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 SELECT nope
        S: A2 NO [NONEXISTENT] no such mailbox
        """,
        async client =>
        {
            (await Should.ThrowAsync<ImapException>(() => client.SelectAsync("nope", new SelectOptions(), default))).ResponseCode.ShouldBe("NONEXISTENT");
            client.Selected.ShouldBeNull();
            client.State.ShouldBe(ImapState.Authenticated);
            await Should.ThrowAsync<InvalidOperationException>(() => client.SearchAsync(SearchQuery.All, default));
        });

    [Fact]
    public Task Quick_resync_tells_what_went_and_changed() => ImapTalk.PlaySelectedAsync(
        "ENABLE QRESYNC",
        """
        C: A2 ENABLE QRESYNC
        S: * ENABLED QRESYNC
        S: A2 OK done
        C: A3 SELECT b (QRESYNC (67890007 20050715194045000 41:43,1000:*))
        S: * 3 EXPUNGE
        S: * OK [CLOSED] of the old one
        S: * 100 EXISTS
        S: * OK [UIDVALIDITY 67890007] ok
        S: * OK [HIGHESTMODSEQ 20050715194045007] ok
        S: * VANISHED (EARLIER) 41,43:44
        S: * 49 FETCH (UID 117 FLAGS (\Seen \Answered) MODSEQ (12111230047))
        S: A3 OK [READ-WRITE] done
        """,
        async client =>
        {
            await client.EnableAsync(["QRESYNC"], default);
            var known = new QuickResync(67890007, 20050715194045000, UidSet.Parse("41:43,1000:*"));

            var box = await client.SelectAsync("b", new SelectOptions { QuickResync = known }, default);

            var updates = client.TakeUpdates();
            box.Exists.ShouldBe(100u);
            updates.Vanished.ToString().ShouldBe("41,43:44");
            updates.Expunged.ShouldBe(0);
            var change = updates.Flags.ShouldHaveSingleItem();
            (change.Uid, change.ModSeq).ShouldBe((117u, 12111230047ul));
            change.Flags.ShouldBe(["\\Seen", "\\Answered"]);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task News_come_with_any_command() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 NOOP
        S: * 2 EXPUNGE
        S: * 4 EXPUNGE
        S: * 9 EXISTS
        S: * 1 FETCH (FLAGS (\Deleted) UID 101)
        S: * VANISHED 103,105:106
        S: * OK [HIGHESTMODSEQ 12] x
        S: * 1 RECENT
        S: * FOO BAR ("
        S: A2 OK done
        """,
        async client =>
        {
            await client.NoopAsync(default);

            var updates = client.TakeUpdates();
            (updates.Expunged, updates.Vanished.ToString(), updates.HasArrivals, updates.Overflowed).ShouldBe((5L, "103,105:106", true, false));
            updates.Flags.ShouldHaveSingleItem().Uid.ShouldBe(101u);
            (client.Selected!.Exists, client.Selected.HighestModSeq).ShouldBe((6u, 12ul));
        });

    [Fact]
    public Task Number_that_falls_tells_of_removals() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 NOOP
        S: * 3 EXISTS
        S: A2 OK done
        """,
        async client =>
        {
            await client.NoopAsync(default);

            var updates = client.TakeUpdates();
            (updates.Expunged, updates.HasArrivals, client.Selected!.Exists).ShouldBe((2L, false, 3u));
        });

    [Fact]
    public Task Too_many_news_are_marked() => ImapTalk.PlaySelectedAsync(
        "",
        "C: A2 NOOP\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"S: * {i} FETCH (FLAGS () UID {i})\n")) + "S: A2 OK done",
        async client =>
        {
            await client.NoopAsync(default);

            var updates = client.TakeUpdates();
            (updates.Flags.Count, updates.Overflowed).ShouldBe((7, true));
        },
        new ImapLimits { MaxUpdates = 7 });

    [Fact]
    public Task Unselect_expunges_nothing_even_without_the_command() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 EXAMINE INBOX
        S: A2 OK [READ-ONLY] done
        C: A3 CLOSE
        S: A3 OK done
        """,
        async client =>
        {
            await client.UnselectAsync(default);
            client.Selected.ShouldBeNull();
            await client.UnselectAsync(default);
        });

    [Fact]
    public Task Messages_come_with_what_was_asked_for() => ImapTalk.PlaySelectedAsync(
        "CONDSTORE OBJECTID X-GM-EXT-1",
        """
        C: A2 UID FETCH 101:103 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE MODSEQ EMAILID THREADID X-GM-MSGID X-GM-THRID X-GM-LABELS BODY.PEEK[HEADER] BODY.PEEK[1]<0.100>) (CHANGEDSINCE 12)
        S: * 1 FETCH (UID 101 FLAGS (\Seen) BODY[HEADER] {5}
        S: a:b
        S: BODY[1]<0> "x")
        S: * 9 FETCH (FLAGS (\Deleted) UID 102)
        S: * 2 EXPUNGE
        S: * 3 FETCH (UID 103 RFC822.SIZE 7 )
        S: * 4 FETCH (UID 999 RFC822.SIZE 7)
        S: A2 OK done
        """,
        async client =>
        {
            var request = new FetchRequest
            {
                Flags = true, InternalDate = true, Size = true, Envelope = true, BodyStructure = true, ModSeq = true, EmailId = true, ThreadId = true,
                GmailIds = true, Sections = ["HEADER", "1<0.100>"], ChangedSince = 12,
            };

            var messages = await client.FetchAsync(UidSet.Range(101, 103), request, default).ToListAsync();

            messages.Select(m => m.Uid).ShouldBe([101u, 103u]);
            Encoding.ASCII.GetString(messages[0].Sections["HEADER"].Span).ShouldBe("a:b\r\n");
            Encoding.ASCII.GetString(messages[0].Sections["1"].Span).ShouldBe("x");
            var updates = client.TakeUpdates();
            (updates.Expunged, updates.Flags.Single().Uid).ShouldBe((1L, 102u));
        });

    [Fact]
    public Task What_is_not_offered_is_not_asked_for() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID FETCH 101 (UID FLAGS)
        S: * 1 FETCH (UID 101 FLAGS ())
        S: A2 OK done
        """,
        async client =>
        {
            var request = new FetchRequest { Flags = true, ModSeq = true, EmailId = true, ThreadId = true, GmailIds = true };

            (await client.FetchAsync(UidSet.Single(101), request, default).ToListAsync()).ShouldHaveSingleItem().Flags.ShouldNotBeNull().ShouldBeEmpty();
        });

    [Fact]
    public Task Long_sets_are_cut_and_sent_a_few_at_a_time() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID FETCH 1,3 (UID RFC822.SIZE)
        C: A3 UID FETCH 5,7 (UID RFC822.SIZE)
        S: * 1 FETCH (UID 1 RFC822.SIZE 1)
        S: A2 OK done
        C: A4 UID FETCH 9 (UID RFC822.SIZE)
        S: A3 NO [SERVERBUG] cannot
        S: * 1 FETCH (UID 9 RFC822.SIZE 1)
        S: A4 OK done
        """,
        async client =>
        {
            var uids = new List<uint?>();
            var e = await Should.ThrowAsync<ImapException>(async () =>
            {
                await foreach (var message in client.FetchAsync(UidSet.Parse("1,3,5,7,9"), new FetchRequest { Size = true }, default))
                {
                    uids.Add(message.Uid);
                }
            });

            uids.ShouldBe([1u, 9u]);
            e.ResponseCode.ShouldBe("SERVERBUG");
            client.IsUsable.ShouldBeTrue();
        },
        new ImapLimits { MaxSetBytes = 3, PipelineDepth = 2 });

    [Fact]
    public Task Empty_set_asks_nothing() => ImapTalk.PlaySelectedAsync(
        "UIDPLUS MOVE",
        string.Empty,
        async client =>
        {
            (await client.FetchAsync(UidSet.Empty, new FetchRequest { Flags = true }, default).ToListAsync()).ShouldBeEmpty();
            (await client.StoreAsync(UidSet.Empty, FlagAction.Add, ["\\Seen"], null, default)).Modified.IsEmpty.ShouldBeTrue();
            (await client.StoreAsync(UidSet.Single(1), FlagAction.Add, [], null, default)).Modified.IsEmpty.ShouldBeTrue();
            (await client.MoveAsync(UidSet.Empty, "x", default)).ShouldBeNull();
            await client.ExpungeAsync(UidSet.Empty, default);
        });

    [Fact]
    public Task Enumeration_left_early_gives_the_connection_up() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID FETCH 1:* (UID RFC822.SIZE)
        S: * 1 FETCH (UID 1 RFC822.SIZE 1)
        """,
        async client =>
        {
            await foreach (var message in client.FetchAsync(UidSet.From(1), new FetchRequest { Size = true }, default))
            {
                message.Uid.ShouldBe(1u);
                await Should.ThrowAsync<InvalidOperationException>(() => client.NoopAsync(default));
                break;
            }

            client.IsUsable.ShouldBeFalse();
        });

    [Theory]
    [InlineData("1]")]
    [InlineData("HEADER\r\nA1 X")]
    [InlineData("é")]
    public Task What_is_no_section_is_refused(string section) => ImapTalk.PlaySelectedAsync(
        "",
        string.Empty,
        async client =>
        {
            await Should.ThrowAsync<ArgumentException>(() => client.FetchSectionAsync(1, section, Stream.Null, default));
            await Should.ThrowAsync<ArgumentException>(async () => await client.FetchAsync(UidSet.Single(1), new FetchRequest { Sections = [section] }, default).ToListAsync());
        });

    [Fact]
    public Task Section_is_streamed_in_pieces() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID FETCH 101 (UID BODY.PEEK[1.2]<0.10>)
        S: * 1 FETCH (UID 101 BODY[1.2]<0> {10}
        S: 01234567
        S: )
        S: * 4 FETCH (UID 104 FLAGS (\Seen))
        S: A2 OK done
        C: A3 UID FETCH 101 (UID BODY.PEEK[1.2]<10.10>)
        S: * 3 FETCH (FLAGS () UID 101)
        S: * 1 FETCH (BODY[1.2]<10> "abc" UID 101)
        S: A3 OK done
        """,
        async client =>
        {
            var stream = new MemoryStream();

            await client.FetchSectionAsync(101, "1.2", stream, default);

            Encoding.ASCII.GetString(stream.ToArray()).ShouldBe("01234567\r\nabc");
            client.TakeUpdates().Flags.Select(f => f.Uid).ShouldBe([104u, 101u]);
        },
        new ImapLimits { ChunkBytes = 10 });

    [Theory]
    [InlineData("BODY[] {12}\r\n0123456789ab", "0123456789ab")] // no pieces known: everything at once
    [InlineData("BODY[]<0> {12}\r\n0123456789ab", "0123456789ab")] // the same, with an origin all the same
    [InlineData("BODY[]<0> NIL", "")]
    [InlineData("BODY[] ", "")] // Yandex
    [InlineData("BODY[]<0> \"\"", "")]
    [InlineData("BODY[]<0> {3+}\r\nabc X-Y {2}\r\nzz", "abc")]
    public async Task Section_comes_as_servers_send_it(string item, string expected)
    {
        await ImapTalk.PlaySelectedAsync(
            "",
            "C: A2 UID FETCH 101 (UID BODY.PEEK[]<0.10>)\nS: * 1 FETCH (UID 101 " + item.Replace("\r\n", "\nS: ", StringComparison.Ordinal) + ")\nS: A2 OK done",
            async client =>
            {
                var stream = new MemoryStream();
                await client.FetchSectionAsync(101, "", stream, default);
                Encoding.ASCII.GetString(stream.ToArray()).ShouldBe(expected);
            },
            new ImapLimits { ChunkBytes = 10 });
    }

    [Fact]
    public Task Section_of_a_message_that_is_gone_says_so() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID FETCH 101 (UID BODY.PEEK[1]<0.1048576>)
        S: A2 OK done
        """,
        async client => (await Should.ThrowAsync<ImapException>(() => client.FetchSectionAsync(101, "1", Stream.Null, default))).ResponseCode.ShouldBe("NONEXISTENT"));

    [Fact]
    public Task Decoded_section_needs_binary() => ImapTalk.PlaySelectedAsync(
        "BINARY",
        """
        C: A2 UID FETCH 101 (UID BINARY.PEEK[1]<0.1048576>)
        S: * 1 FETCH (UID 101 BINARY[1]<0> ~{3}
        S: a c)
        S: A2 OK done
        """,
        async client =>
        {
            var stream = new MemoryStream();
            await client.FetchDecodedSectionAsync(101, "1", stream, default);
            stream.ToArray().ShouldBe("a c"u8.ToArray());
        });

    [Fact]
    public Task Store_tells_what_was_left_alone() => ImapTalk.PlaySelectedAsync(
        "CONDSTORE",
        """
        C: A2 UID STORE 101:103 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\Seen $x)
        S: * 1 FETCH (UID 101 MODSEQ (20))
        S: * 5 FETCH (UID 105 FLAGS (\Flagged) MODSEQ (19))
        S: A2 OK [MODIFIED 102:103] some failed
        C: A3 UID STORE 101 FLAGS.SILENT ()
        S: A3 OK done
        C: A4 UID STORE 101 -FLAGS.SILENT (\Deleted)
        S: A4 NO [READ-ONLY] no
        """,
        async client =>
        {
            var outcome = await client.StoreAsync(UidSet.Range(101, 103), FlagAction.Add, ["\\Seen", "$x"], 12, default);
            outcome.Modified.ToString().ShouldBe("102:103");
            outcome.ModSeqs.ShouldBe(new Dictionary<uint, ulong> { [101] = 20 });
            client.TakeUpdates().Flags.ShouldHaveSingleItem().Uid.ShouldBe(105u);
            await client.StoreAsync(UidSet.Single(101), FlagAction.Set, [], null, default);
            (await Should.ThrowAsync<ImapException>(() => client.StoreAsync(UidSet.Single(101), FlagAction.Remove, ["\\Deleted"], null, default))).ResponseCode.ShouldBe("READ-ONLY");
        });

    [Theory]
    [InlineData("* SEARCH 2 3 6 (MODSEQ 917162500)", "2:3,6")]
    [InlineData("* SEARCH 12345 67890 ", "12345,67890")]
    [InlineData("* SEARCH", "")]
    [InlineData("* search 9 8 7 9", "7:9")]
    [InlineData("* SEARCH A", "")]
    public Task Hits_are_read(string reply, string expected) => ImapTalk.PlaySelectedAsync(
        "",
        $"""
        C: A2 UID SEARCH UNSEEN
        S: {reply}
        S: A2 OK done
        """,
        async client => (await client.SearchAsync(SearchQuery.Unseen, default)).ToString().ShouldBe(expected));

    [Theory]
    [InlineData("* ESEARCH (TAG \"A2\") UID ALL 5,3,2,1 MODSEQ 1236", "1:3,5")]
    [InlineData("* ESEARCH (TAG \"A2\") UID", "")]
    [InlineData("* ESEARCH (TAG \"A2\") UID COUNT 3 ALL 1:3", "1:3")]
    public Task Extended_hits_are_read(string reply, string expected) => ImapTalk.PlaySelectedAsync(
        "ESEARCH",
        $"""
        C: A2 UID SEARCH RETURN (ALL) SUBJECT "x"
        S: {reply}
        S: A2 OK done
        """,
        async client => (await client.SearchAsync(SearchQuery.Subject("x"), default)).ToString().ShouldBe(expected));

    [Fact]
    public Task Chinese_text_is_searched_with_its_charset_and_again_without() => ImapTalk.PlaySelectedAsync(
        "LITERAL+",
        $"""
        C: A2 UID SEARCH CHARSET UTF-8 SUBJECT {"{3+}"}
        C: {Latin("中")}
        S: A2 BAD invalid command or parameters
        C: A3 UID SEARCH SUBJECT {"{3+}"}
        C: {Latin("中")}
        S: * SEARCH 4
        S: A3 OK done
        """,
        async client => (await client.SearchAsync(SearchQuery.Subject("中"), default)).ToString().ShouldBe("4"));

    [Fact]
    public Task Move_tells_new_uids_before_the_expunges() => ImapTalk.PlaySelectedAsync(
        "MOVE",
        """
        C: A2 UID MOVE 101,103 Trash
        S: * OK [COPYUID 55 101,103 8:9] moved
        S: * 1 EXPUNGE
        S: * 2 EXPUNGE
        S: A2 OK done
        C: A3 UID MOVE 104 Trash
        S: [COPYUID 55 104 10]
        S: * 1 EXPUNGE
        S: * 0 EXISTS
        S: A3 OK MOVE completed.
        """,
        async client =>
        {
            var moved = await client.MoveAsync(UidSet.Parse("101,103"), "Trash", default);
            moved!.UidValidity.ShouldBe(55u);
            moved.Pairs.ShouldBe([(101u, 8u), (103u, 9u)]);
            client.TakeUpdates().Expunged.ShouldBe(2);
            (await client.MoveAsync(UidSet.Single(104), "Trash", default))!.Pairs.ShouldBe([(104u, 10u)]);
        });

    [Fact]
    public Task Without_move_messages_are_copied_and_expunged_by_uid() => ImapTalk.PlaySelectedAsync(
        "UIDPLUS",
        """
        C: A2 UID COPY 101 Trash
        S: A2 OK [COPYUID 55 101 8] done
        C: A3 UID STORE 101 +FLAGS.SILENT (\Deleted)
        S: A3 OK done
        C: A4 UID EXPUNGE 101
        S: * 1 EXPUNGE
        S: A4 OK done
        """,
        async client => (await client.MoveAsync(UidSet.Single(101), "Trash", default))!.Pairs.ShouldBe([(101u, 8u)]));

    [Fact]
    public Task Without_uidplus_other_deleted_messages_are_kept() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 UID COPY 101 Trash
        S: A2 OK done
        C: A3 UID STORE 101 +FLAGS.SILENT (\Deleted)
        S: A3 OK done
        C: A4 UID SEARCH DELETED
        S: * SEARCH 101 104
        S: A4 OK done
        C: A5 UID STORE 104 -FLAGS.SILENT (\Deleted)
        S: A5 OK done
        C: A6 EXPUNGE
        S: * 1 EXPUNGE
        S: A6 OK done
        C: A7 UID STORE 104 +FLAGS.SILENT (\Deleted)
        S: A7 OK done
        """,
        async client => (await client.MoveAsync(UidSet.Single(101), "Trash", default)).ShouldBeNull());

    [Fact]
    public Task Refused_copy_removes_nothing() => ImapTalk.PlaySelectedAsync(
        "UIDPLUS",
        """
        C: A2 UID COPY 101 Trash
        S: A2 NO [TRYCREATE] no such mailbox
        """,
        async client => (await Should.ThrowAsync<ImapException>(() => client.MoveAsync(UidSet.Single(101), "Trash", default))).ResponseCode.ShouldBe("TRYCREATE"));

    [Fact]
    public Task Cancelled_command_gives_the_connection_up() => ImapTalk.PlaySelectedAsync(
        "",
        """
        C: A2 NOOP
        """,
        async client =>
        {
            using var cancel = new CancellationTokenSource();
            var noop = client.NoopAsync(cancel.Token);
            await cancel.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(() => noop);
            client.IsUsable.ShouldBeFalse();
            await Should.ThrowAsync<WireException>(() => client.NoopAsync(default));
        });

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
