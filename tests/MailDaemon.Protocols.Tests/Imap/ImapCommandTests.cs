using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapCommandTests
{
    [Fact]
    public Task Id_is_sent_quoted_and_answered() => ImapTalk.PlayAsync(
        "ID",
        """
        C: A1 ID ("name" "MailDaemon" "version" "1.0")
        S: * ID ("name" "Coremail Imap" "vendor" NIL "TransID" "x")
        S: A1 OK done
        """,
        async client =>
        {
            var theirs = await client.IdAsync(new Dictionary<string, string> { ["name"] = "MailDaemon", ["version"] = "1.0" }, default);

            theirs.ShouldBe(new Dictionary<string, string> { ["name"] = "Coremail Imap", ["TransID"] = "x" });
        });

    [Fact]
    public Task Only_what_the_server_confirms_is_enabled() => ImapTalk.PlayAsync(
        "ENABLE",
        """
        C: A1 ENABLE QRESYNC UTF8=ACCEPT
        S: * ENABLED qresync
        S: A1 OK done
        C: A2 ENABLE UTF8=ACCEPT
        S: A2 OK done
        """,
        async client =>
        {
            (await client.EnableAsync(["QRESYNC", "UTF8=ACCEPT"], default)).ShouldBe(["QRESYNC"]);
            (await client.EnableAsync(["UTF8=ACCEPT"], default)).ShouldBeEmpty();
            client.Enabled.ShouldBe(["qresync", "CONDSTORE"], ignoreOrder: true);
        });

    [Fact]
    public Task Names_are_utf8_once_that_is_enabled() => ImapTalk.PlayAsync(
        "ENABLE UTF8=ACCEPT",
        $"""
        C: A1 ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: A1 OK done
        C: A2 CREATE "{Latin("已发送 & 甲")}"
        S: A2 OK done
        """,
        async client =>
        {
            await client.EnableAsync(["UTF8=ACCEPT"], default);
            await client.CreateAsync("已发送 & 甲", default);
        });

    [Fact]
    public Task Listing_takes_everything_in_one_round_trip() => ImapTalk.PlayAsync(
        "LIST-EXTENDED SPECIAL-USE LIST-STATUS CONDSTORE",
        """
        C: A1 LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ))
        S: * LIST (\HasNoChildren \Subscribed) "/" inbox
        S: * STATUS INBOX (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 7 UNSEEN 1 HIGHESTMODSEQ 55)
        S: * LIST (\HasChildren \Sent) "/" "&XfJT0ZAB-"
        S: * STATUS "&XfJT0ZAB-" ()
        S: * LIST (\NonExistent) "/" gone
        S: * LIST (\Noselect) NIL {5}
        S: a"b c
        S: * LIST (broken
        S: A1 OK done
        """,
        async client =>
        {
            var list = await client.ListAsync(new ListRequest { Status = true }, default);

            list.Select(l => l.Name).ShouldBe(["INBOX", "已发送", "gone", "a\"b c", "(broken"]);
            list.Select(l => l.Defect is null).ShouldBe([true, true, true, true, false]);
            list[0].Status.ShouldBe(new MailboxStatus { Mailbox = "INBOX", Messages = 3, UidNext = 9, UidValidity = 7, Unseen = 1, HighestModSeq = 55 });
            list.Select(l => l.SpecialUse).ShouldBe([SpecialUse.Inbox, SpecialUse.Sent, null, null, null]);
            list.Select(l => l.IsSubscribed).ShouldBe([true, false, false, false, null]);
            list.Select(l => l.IsSelectable).ShouldBe([true, true, false, false, false]);
            list.Select(l => l.HasChildren).ShouldBe([false, true, null, null, null]);
            list[3].Delimiter.ShouldBeNull();
        });

    [Fact]
    public Task Xlist_tells_special_uses_without_the_extension() => ImapTalk.PlayAsync(
        "XLIST",
        """
        C: A1 XLIST "" "*"
        S: * XLIST (\HasNoChildren \Inbox) "/" "&ZTZO9nux-"
        S: * XLIST (\HasNoChildren \Spam) "|" Spam
        S: A1 OK done
        """,
        async client => (await client.ListAsync(new ListRequest(), default)).Select(l => (l.Name, l.SpecialUse)).ShouldBe([("INBOX", SpecialUse.Inbox), ("Spam", SpecialUse.Junk)]));

    [Fact]
    public Task Backslash_is_a_delimiter_however_it_is_sent() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 LIST "" "*"
        S: * LIST () "\\" "a\\b"
        S: * LIST () "\" Inbox\x
        S: A1 OK done
        """,
        async client => (await client.ListAsync(new ListRequest(), default)).Select(l => (l.Delimiter, l.Name, l.Defect)).ShouldBe([('\\', "a\\b", null), ('\\', "Inbox\\x", null)]));

    [Fact]
    public Task Server_of_rev2_alone_speaks_utf8_from_the_start() => ImapTalk.PlayAsync(
        "IMAP4rev2",
        $"""
        C: A1 UNSUBSCRIBE &XfJT0ZAB-
        S: * CAPABILITY IMAP4rev2
        S: A1 OK done
        C: A2 UNSUBSCRIBE "{Latin("已发送")}"
        S: A2 OK done
        """,
        async client =>
        {
            client.Capabilities.Has("MOVE").ShouldBeFalse();
            await client.UnsubscribeAsync("已发送", default);
            client.Capabilities.Has("MOVE").ShouldBeTrue();
            await client.UnsubscribeAsync("已发送", default);
        });

    [Fact]
    public Task Refused_options_are_left_out() => ImapTalk.PlayAsync(
        "LIST-EXTENDED",
        """
        C: A1 LIST "" "*" RETURN (SUBSCRIBED CHILDREN)
        S: A1 BAD what
        C: A2 LIST "" "*"
        S: * LIST () "/" a name with	tab
        S: A2 OK done
        """,
        async client => (await client.ListAsync(new ListRequest(), default))[0].Name.ShouldBe("a name with\ttab"));

    [Fact]
    public Task Name_that_is_spelt_oddly_goes_back_byte_for_byte() => ImapTalk.PlayAsync(
        "",
        $"""
        C: A1 LIST "" "*"
        S: * LIST () "/" "R&D"
        S: * LIST () "/" "{Latin("中文")}"
        S: A1 OK done
        C: A2 SELECT {"{3}"}
        S: + go
        C: R&D
        S: A2 OK done
        C: A3 SELECT {"{6}"}
        S: + go
        C: {Latin("中文")}
        S: A3 OK done
        """,
        async client =>
        {
            (await client.ListAsync(new ListRequest(), default)).Select(l => l.Name).ShouldBe(["R&D", "中文"]);
            await client.SelectAsync("R&D", new SelectOptions(), default);
            await client.SelectAsync("中文", new SelectOptions(), default);
        });

    [Fact]
    public Task Many_statuses_are_asked_for_at_once() => ImapTalk.PlayAsync(
        "OBJECTID",
        """
        C: A1 STATUS a (MESSAGES UIDNEXT UIDVALIDITY UNSEEN MAILBOXID)
        C: A2 STATUS b (MESSAGES UIDNEXT UIDVALIDITY UNSEEN MAILBOXID)
        S: * STATUS  a  ( MESSAGES  231  UIDVALIDITY 0 MAILBOXID (F1) X-NEW 5 )
        S: A1 OK done
        C: A3 STATUS c (MESSAGES UIDNEXT UIDVALIDITY UNSEEN MAILBOXID)
        S: A2 NO [NONEXISTENT] no b
        S: * STATUS "c" (UIDNEXT 5) 
        S: A3 OK done
        """,
        async client => (await client.StatusAsync(["a", "b", "c"], default)).ShouldBe([
            new MailboxStatus { Mailbox = "a", Messages = 231, MailboxId = "F1" }, new MailboxStatus { Mailbox = "c", UidNext = 5 }]),
        new ImapLimits { PipelineDepth = 2 });

    [Fact]
    public Task Namespace_has_three_parts() => ImapTalk.PlayAsync(
        "NAMESPACE",
        """
        C: A1 NAMESPACE
        S: * NAMESPACE (("" "/")("#mh/" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL (("&XfJT0ZAB-." "."))
        S: A1 OK done
        """,
        async client =>
        {
            var reply = await client.NamespaceAsync(default);

            reply.Personal.ShouldBe([new NamespaceEntry("", '/'), new NamespaceEntry("#mh/", '/')]);
            reply.OtherUsers.ShouldBeEmpty();
            reply.Shared.ShouldBe([new NamespaceEntry("已发送.", '.')]);
        });

    [Fact]
    public Task Refused_command_leaves_the_connection_usable() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 CREATE x
        S: A1 NO [ALREADYEXISTS] Mailbox exists
        C: A2 DELETE "a b"
        S: A9 OK forged
        S: A2 BAD what
        C: A3 NOOP
        S: A3 OK
        C: A4 RENAME a b
        S: A4 OK done
        C: A5 SUBSCRIBE b
        S: A5 OK done
        C: A6 UNSUBSCRIBE b
        S: A6 OK done
        """,
        async client =>
        {
            var first = await Should.ThrowAsync<ImapException>(() => client.CreateAsync("x", default));
            (first.Fault, first.ResponseCode, first.ServerText).ShouldBe((ImapFault.No, "ALREADYEXISTS", "Mailbox exists"));
            (await Should.ThrowAsync<ImapException>(() => client.DeleteAsync("a b", default))).Fault.ShouldBe(ImapFault.Bad);
            await client.NoopAsync(default);
            await client.RenameAsync("a", "b", default);
            await client.SubscribeAsync("b", default);
            await client.UnsubscribeAsync("b", default);
            client.IsUsable.ShouldBeTrue();
        });

    [Fact]
    public Task Special_use_is_told_at_creation() => ImapTalk.PlayAsync(
        "CREATE-SPECIAL-USE",
        """
        C: A1 CREATE Gesendet (USE (\Sent))
        S: A1 OK done
        """,
        client => client.CreateAsync("Gesendet", SpecialUse.Sent, default));

    [Fact]
    public Task Message_is_appended_as_announced() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 APPEND "a b" (\Seen custom) "29-Feb-2024 10:00:00 -0830" {11}
        S: * 3 EXISTS
        S: + go
        C: a: b
        C: 
        C: xyz
        S: A1 OK [APPENDUID 7 120] done
        """,
        async client =>
        {
            var message = AppendMessage.FromStream(new MemoryStream("a: b\r\n\r\nxyz"u8.ToArray())) with
            {
                Flags = ["\\Seen", "custom"],
                InternalDate = new DateTimeOffset(2024, 2, 29, 10, 0, 0, TimeSpan.FromHours(-8.5)),
            };

            (await client.AppendAsync("a b", message, default)).ShouldBe(new AppendUid(7, 120));
        });

    [Fact]
    public Task Refused_message_is_not_sent() => ImapTalk.PlayAsync(
        "LITERAL+",
        """
        C: A1 APPEND x {5000}
        S: A1 NO [OVERQUOTA] full
        C: A2 NOOP
        S: A2 OK
        """,
        async client =>
        {
            var e = await Should.ThrowAsync<ImapException>(() => client.AppendAsync("x", AppendMessage.FromBytes(new byte[5000]), default));
            e.ResponseCode.ShouldBe("OVERQUOTA");
            await client.NoopAsync(default);
        });

    [Fact]
    public Task Message_over_the_announced_limit_is_not_offered() => ImapTalk.PlayAsync(
        "APPENDLIMIT=100",
        string.Empty,
        async client =>
        {
            var e = await Should.ThrowAsync<ImapException>(() => client.AppendAsync("x", AppendMessage.FromBytes(new byte[101]), default));
            (e.Fault, e.ResponseCode).ShouldBe((ImapFault.LimitExceeded, "TOOBIG"));
        });

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public Task Message_of_another_length_gives_the_connection_up(int announced) => ImapTalk.PlayAsync(
        "",
        $$"""
        C: A1 APPEND x {{{announced}}}
        S: + go
        S: <close>
        """,
        async client =>
        {
            var message = AppendMessage.FromBytes("1234"u8.ToArray()) with { Size = announced };

            await Should.ThrowAsync<InvalidOperationException>(() => client.AppendAsync("x", message, default));
            client.IsUsable.ShouldBeFalse();
        });

    [Fact]
    public Task Utf8_header_is_appended_as_such() => ImapTalk.PlayAsync(
        "ENABLE UTF8=ACCEPT LITERAL+",
        """
        C: A1 ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: A1 OK done
        C: A2 APPEND x UTF8 (~{2+}
        C: hi)
        S: A2 OK done
        """,
        async client =>
        {
            await client.EnableAsync(["UTF8=ACCEPT"], default);
            (await client.AppendAsync("x", AppendMessage.FromBytes("hi"u8.ToArray()) with { HasUtf8Header = true }, default)).ShouldBeNull();
        });

    [Fact]
    public Task Logout_expects_the_bye() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 LOGOUT
        S: * BYE see you
        S: A1 OK bye
        """,
        async client =>
        {
            await client.LogoutAsync(default);
            client.State.ShouldBe(ImapState.LoggedOut);
            client.IsUsable.ShouldBeFalse();
            await client.LogoutAsync(default);
        });

    [Fact]
    public Task Closed_connection_ends_the_command_and_the_client() => ImapTalk.PlayAsync(
        "",
        """
        C: A1 NOOP
        S: * 3 EXIS
        S: <close>
        """,
        async client =>
        {
            (await Should.ThrowAsync<WireException>(() => client.NoopAsync(default))).Fault.ShouldBe(WireFault.Closed);
            client.IsUsable.ShouldBeFalse();
            (await Should.ThrowAsync<WireException>(() => client.NoopAsync(default))).Fault.ShouldBe(WireFault.Closed);
            await client.DisposeAsync();
            await client.DisposeAsync();
        });

    [Fact]
    public Task Junk_without_end_is_given_up() => ImapTalk.PlayAsync(
        "",
        "C: A1 NOOP\n" + string.Concat(Enumerable.Repeat("S: what\n", 12)),
        async client => (await Should.ThrowAsync<ImapException>(() => client.NoopAsync(default))).Fault.ShouldBe(ImapFault.Protocol),
        new ImapLimits { MaxJunkLines = 10 });

    [Fact]
    public Task Replies_without_end_are_given_up() => ImapTalk.PlayAsync(
        "",
        "C: A1 NOOP\n" + string.Concat(Enumerable.Repeat("S: * 1 EXISTS\n", 12)),
        async client => (await Should.ThrowAsync<ImapException>(() => client.NoopAsync(default))).Fault.ShouldBe(ImapFault.LimitExceeded),
        new ImapLimits { MaxReplies = 10 });

    [Fact]
    public async Task Second_command_at_a_time_is_refused()
    {
        var refused = new TaskCompletionSource();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("* PREAUTH [CAPABILITY IMAP4rev1] hi");
            await peer.ExpectAsync("A1 NOOP");
            await refused.Task;
            await peer.SendAsync("A1 OK done");
        });
        await using var client = await ImapClient.ConnectAsync(server.Endpoint(), new WireOptions(), null, default);

        var first = client.NoopAsync(default);
        await Should.ThrowAsync<InvalidOperationException>(() => client.NoopAsync(default));
        refused.SetResult();

        await first;
        client.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public Task Mailbox_that_is_not_behind_the_login_is_a_passing_trouble() => ImapTalk.PlayAsync(
        "NAMESPACE",
        """
        C: A1 NAMESPACE
        S: A1 BAD User is authenticated but not connected.
        """,
        async client => (await Should.ThrowAsync<ImapException>(() => client.NamespaceAsync(default))).Fault.ShouldBe(ImapFault.AuthenticationTemporary));

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
