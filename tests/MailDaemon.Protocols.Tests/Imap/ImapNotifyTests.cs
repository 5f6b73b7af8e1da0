using MailDaemon.Protocols.Imap;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapNotifyTests
{
    private const string Watched = "(selected (MessageNew MessageExpunge FlagChange))";
    private const string Personal = Watched + " (personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))";
    private const string PersonalWithoutNames = Watched + " (personal (MessageNew MessageExpunge FlagChange))";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public Task Status_of_another_mailbox_ends_idle_and_names_it() => ImapTalk.PlaySelectedAsync(
        "IDLE NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        S: * OK Still here
        S: * STATUS Lists/&U,BTFw- (UIDNEXT 5 MESSAGES 4)
        C: DONE
        S: * STATUS Lists/&U,BTFw- (UNSEEN 2)
        S: * 6 EXISTS
        S: A3 OK done
        """,
        async client =>
        {
            (await client.NotifyAsync(new NotifyRequest(), default)).ShouldBeEmpty();
            client.IsNotifying.ShouldBeTrue();

            var result = await client.IdleAsync(Long, default);

            result.End.ShouldBe(IdleEnd.Changed);
            result.HasArrivals.ShouldBeTrue();
            result.Mailboxes.ShouldBe(["Lists/台北", "INBOX"]);
            var updates = client.TakeUpdates();
            updates.ChangedMailboxes.ShouldBe(["Lists/台北", "INBOX"]);
            updates.Mailboxes.ShouldBe([new MailboxStatus { Mailbox = "Lists/台北", UidNext = 5, Messages = 4, Unseen = 2 }]);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task Given_mailboxes_are_watched_and_their_states_told() => ImapTalk.PlaySelectedAsync(
        "NOTIFY LITERAL+",
        $"""
        C: A2 NOTIFY SET STATUS {Watched} (mailboxes ("Two words" Sent) (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange))
        S: * STATUS "Two words" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 9)
        S: * STATUS Sent (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9)
        S: A2 OK done
        """,
        async client =>
        {
            var states = await client.NotifyAsync(new NotifyRequest { Mailboxes = ["Two words", "Sent"], Status = true }, default);

            states.Select(s => (s.Mailbox, s.Messages, s.UidNext)).ShouldBe([("Two words", 1u, 2u), ("Sent", 0u, 1u)]);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task News_between_two_commands_ends_the_next_idle_at_once_and_only_once() => ImapTalk.PlaySelectedAsync(
        "IDLE NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 STATUS Sent (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
        S: * STATUS Lists (MESSAGES 4)
        S: * STATUS Sent (MESSAGES 1)
        S: A3 OK done
        C: A4 IDLE
        S: + idling
        C: DONE
        S: A4 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);
            (await client.StatusAsync("Sent", default)).Messages.ShouldBe(1u);

            (await client.IdleAsync(Long, default)).Mailboxes.ShouldBe(["Lists"]);
            (await client.IdleAsync(TimeSpan.FromMilliseconds(20), default)).End.ShouldBe(IdleEnd.Expired);

            client.TakeUpdates().ChangedMailboxes.ShouldBe(["Lists"]);
        });

    [Fact]
    public Task News_that_comes_as_the_time_is_up_is_not_lost() => ImapTalk.PlaySelectedAsync(
        "IDLE NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        C: DONE
        S: * STATUS Lists (MESSAGES 4)
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);

            var result = await client.IdleAsync(TimeSpan.FromMilliseconds(20), default);

            result.End.ShouldBe(IdleEnd.Changed);
            result.Mailboxes.ShouldBe(["Lists"]);
        });

    [Fact]
    public Task Overflow_means_that_anything_may_have_changed_and_nothing_more_is_told() => ImapTalk.PlaySelectedAsync(
        "IDLE NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        S: * OK [NOTIFICATIONOVERFLOW] too much
        C: DONE
        S: * STATUS Lists (MESSAGES 4)
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);

            var result = await client.IdleAsync(Long, default);

            (result.End, result.NotifyOverflowed).ShouldBe((IdleEnd.Changed, true));
            client.IsNotifying.ShouldBeFalse();
            client.TakeUpdates().NotifyOverflowed.ShouldBeTrue();
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task More_mailboxes_than_are_kept_count_as_overflow() => ImapTalk.PlaySelectedAsync(
        "NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 NOOP
        S: * STATUS A (MESSAGES 1)
        S: * STATUS B (MESSAGES 1)
        S: * STATUS A (MESSAGES 2)
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);
            await client.NoopAsync(default);

            var updates = client.TakeUpdates();

            updates.NotifyOverflowed.ShouldBeTrue();
            updates.Mailboxes.ShouldBe([new MailboxStatus { Mailbox = "A", Messages = 2 }]);
        },
        new ImapLimits { MaxMailboxes = 1 });

    [Fact]
    public Task Changed_names_end_idle_and_are_told() => ImapTalk.PlaySelectedAsync(
        "IDLE NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 IDLE
        S: + idling
        S: * LIST () "/" "New one"
        C: DONE
        S: * LIST (\Subscribed) "/" &U,BTFw- ("CHILDINFO" ("SUBSCRIBED") "OLDNAME" ("Old/&U,BTFw-"))
        S: * LIST (\NonExistent) "." Gone
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);

            var result = await client.IdleAsync(Long, default);

            (result.End, result.HasNameChanges).ShouldBe((IdleEnd.Changed, true));
            result.Mailboxes.ShouldBeEmpty();
            var updates = client.TakeUpdates();
            updates.IsEmpty.ShouldBeFalse();
            updates.ChangedMailboxes.ShouldBeEmpty();
            updates.Listings.Select(l => (l.Name, l.OldName, l.IsSubscribed, l.IsSelectable)).ShouldBe(
                [("New one", null, false, true), ("台北", "Old/台北", true, true), ("Gone", null, false, false)]);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task Rename_told_within_a_listing_is_news_and_no_entry() => ImapTalk.PlaySelectedAsync(
        "NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 LIST "" "*"
        S: * LIST () "/" INBOX
        S: * LIST () "/" B ("OLDNAME" ("A"))
        S: * LIST () "/" B
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);

            (await client.ListAsync(new ListRequest(), default)).Select(l => l.Name).ShouldBe(["INBOX", "B"]);

            client.TakeUpdates().Listings.ShouldHaveSingleItem().OldName.ShouldBe("A");
        });

    [Theory]
    [InlineData("LIST () \"/\"", 0)]
    [InlineData("LIST () \"/\" A\nS: * LIST () \"/\" B", 1)]
    public Task Names_that_cannot_be_read_or_kept_count_as_overflow(string news, int kept) => ImapTalk.PlaySelectedAsync(
        "NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 OK done
        C: A3 NOOP
        S: * {news}
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);
            await client.NoopAsync(default);

            var updates = client.TakeUpdates();

            updates.NotifyOverflowed.ShouldBeTrue();
            updates.Listings.Count.ShouldBe(kept);
        },
        new ImapLimits { MaxMailboxes = 1 });

    [Fact]
    public Task Server_that_does_not_tell_of_names_is_asked_for_messages_only() => ImapTalk.PlaySelectedAsync(
        "NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: A2 NO [BADEVENT (MessageNew MessageExpunge FlagChange)] not that
        C: A3 NOTIFY SET {PersonalWithoutNames}
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);

            client.IsNotifying.ShouldBeTrue();
        });

    [Theory]
    [InlineData("A2 NO [BADEVENT (MessageNew)] not that\nC: A3 NOTIFY SET " + PersonalWithoutNames + "\nS: A3 NO [BADEVENT (MessageNew)] not that", "A4", ImapFault.No, "BADEVENT")]
    [InlineData("A2 BAD what", "A3", ImapFault.Bad, null)]
    public Task Refusal_leaves_the_connection_usable(string answer, string next, ImapFault fault, string? code) => ImapTalk.PlaySelectedAsync(
        "NOTIFY",
        $"""
        C: A2 NOTIFY SET {Personal}
        S: {answer}
        C: {next} NOOP
        S: * STATUS Lists (MESSAGES 4)
        S: {next} OK done
        """,
        async client =>
        {
            var e = await Should.ThrowAsync<ImapException>(() => client.NotifyAsync(new NotifyRequest(), default));

            (e.Fault, e.ResponseCode).ShouldBe((fault, code));
            await client.NoopAsync(default);
            client.TakeUpdates().IsEmpty.ShouldBeTrue();
        });

    [Fact]
    public Task Without_an_open_mailbox_idle_waits_for_the_others() => ImapTalk.PlayAsync(
        "IDLE NOTIFY",
        $"""
        C: A1 NOTIFY SET {Personal}
        S: A1 OK done
        C: A2 IDLE
        S: + idling
        S: * STATUS Lists (MESSAGES 4)
        C: DONE
        S: A2 OK done
        C: A3 NOTIFY NONE
        S: A3 OK done
        """,
        async client =>
        {
            await client.NotifyAsync(new NotifyRequest(), default);
            (await client.IdleAsync(Long, default)).Mailboxes.ShouldBe(["Lists"]);

            await client.NotifyNothingAsync(default);

            client.IsNotifying.ShouldBeFalse();
            await Should.ThrowAsync<InvalidOperationException>(() => client.IdleAsync(Long, default));
        });

    [Fact]
    public Task Without_notify_nothing_is_sent() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        string.Empty,
        async client =>
        {
            (await Should.ThrowAsync<ImapException>(() => client.NotifyAsync(new NotifyRequest(), default))).Fault.ShouldBe(ImapFault.Protocol);
            (await Should.ThrowAsync<ImapException>(() => client.NotifyNothingAsync(default))).Fault.ShouldBe(ImapFault.Protocol);
        });
}
