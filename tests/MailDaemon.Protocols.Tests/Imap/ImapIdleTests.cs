using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

public class ImapIdleTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public Task Change_ends_idle_in_order() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        """
        C: A2 IDLE
        S: * OK Still here
        S: + idling
        S: * OK Still here
        S: * 1 RECENT
        S: * 5 EXISTS
        S: * 6 EXISTS
        C: DONE
        S: * 1 EXPUNGE
        S: A2 OK done
        C: A3 NOOP
        S: A3 OK done
        """,
        async client =>
        {
            var result = await client.IdleAsync(Long, default);
            (result.End, result.HasArrivals, result.HasRemovals, result.HasFlagChanges).ShouldBe((IdleEnd.Changed, true, true, false));
            result.Mailboxes.ShouldBe(["INBOX"]);
            client.TakeUpdates().HasArrivals.ShouldBeTrue();
            await client.NoopAsync(default);
        });

    [Theory]
    [InlineData("* 2 FETCH (FLAGS (\\Seen))", false, true)]
    [InlineData("* VANISHED 101", true, false)]
    [InlineData("* 4 EXISTS", true, false)]
    public Task Change_before_the_consent_counts(string news, bool hasRemovals, bool hasFlagChanges) => ImapTalk.PlaySelectedAsync(
        "IDLE",
        $"""
        C: A2 IDLE
        S: {news}
        S: +
        C: DONE
        S: A2 OK done
        """,
        async client =>
        {
            var result = await client.IdleAsync(Long, default);
            (result.End, result.HasArrivals, result.HasRemovals, result.HasFlagChanges).ShouldBe((IdleEnd.Changed, false, hasRemovals, hasFlagChanges));
        });

    [Fact]
    public Task Time_up_ends_idle_in_order() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        """
        C: A2 IDLE
        S: + idling
        C: DONE
        S: A2 OK done
        C: A3 NOOP
        S: A3 OK done
        """,
        async client =>
        {
            (await client.IdleAsync(TimeSpan.FromMilliseconds(20), default)).End.ShouldBe(IdleEnd.Expired);
            await client.NoopAsync(default);
        });

    [Fact]
    public async Task Cancellation_ends_idle_in_order()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi");
            await peer.ExpectAsync("A1 SELECT INBOX");
            await peer.SendAsync("A1 OK done");
            await peer.ExpectAsync("A2 IDLE");
            await peer.SendAsync("+ idling");
            await cancel.CancelAsync();
            await peer.ExpectAsync("DONE");
            await peer.SendAsync("A2 OK done");
            await peer.ExpectAsync("A3 NOOP");
            await peer.SendAsync("A3 OK done");
        });
        await using var client = await ImapClient.ConnectAsync(server.Endpoint(), new WireOptions(), null, default);
        await client.SelectAsync("INBOX", new SelectOptions(), default);

        (await client.IdleAsync(Long, cancel.Token)).End.ShouldBe(IdleEnd.Cancelled);
        (await client.IdleAsync(Long, cancel.Token)).End.ShouldBe(IdleEnd.Cancelled);

        await client.NoopAsync(default);
        await server.PlayedAsync();
    }

    [Fact]
    public Task Refused_idle_leaves_the_connection_usable() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        """
        C: A2 IDLE
        S: A2 BAD [CLIENTBUG] Unrecognised command
        C: A3 NOOP
        S: A3 OK done
        """,
        async client =>
        {
            (await Should.ThrowAsync<ImapException>(() => client.IdleAsync(Long, default))).ResponseCode.ShouldBe("CLIENTBUG");
            await client.NoopAsync(default);
        });

    [Fact]
    public Task Idle_that_the_server_ends_is_over() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        """
        C: A2 IDLE
        S: + idling
        S: A2 NO enough
        C: A3 NOOP
        S: A3 OK done
        """,
        async client =>
        {
            (await Should.ThrowAsync<ImapException>(() => client.IdleAsync(Long, default))).Fault.ShouldBe(ImapFault.No);
            await client.NoopAsync(default);
        });

    [Fact]
    public Task Bye_in_idle_is_told() => ImapTalk.PlaySelectedAsync(
        "IDLE",
        """
        C: A2 IDLE
        S: + idling
        S: * BYE Session invalidated - AccessTokenExpired
        """,
        async client =>
        {
            (await Should.ThrowAsync<ImapException>(() => client.IdleAsync(Long, default))).Fault.ShouldBe(ImapFault.Bye);
            client.IsUsable.ShouldBeFalse();
        });

    [Fact]
    public Task Without_idle_nothing_is_sent() => ImapTalk.PlaySelectedAsync(
        "",
        string.Empty,
        async client => (await Should.ThrowAsync<ImapException>(() => client.IdleAsync(Long, default))).Fault.ShouldBe(ImapFault.Protocol));

    [Fact]
    public async Task Server_that_does_not_answer_done_is_given_up()
    {
        await using var server = ScriptedServer.Dialogue(
            """
            S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi
            C: A1 SELECT INBOX
            S: A1 OK done
            C: A2 IDLE
            S: + idling
            C: DONE
            """);
        await using var client = await ImapClient.ConnectAsync(server.Endpoint(), new WireOptions { IdleTimeout = TimeSpan.FromMilliseconds(300) }, null, default);
        await client.SelectAsync("INBOX", new SelectOptions(), default);

        var e = await Should.ThrowAsync<WireException>(() => client.IdleAsync(TimeSpan.FromMilliseconds(20), default));

        e.Fault.ShouldBe(WireFault.Timeout);
        client.IsUsable.ShouldBeFalse();
    }
}
