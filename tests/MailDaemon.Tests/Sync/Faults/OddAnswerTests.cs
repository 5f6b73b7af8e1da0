using System.Globalization;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>Servers that say what they should not, or what is not so.</summary>
public sealed class OddAnswerTests
{
    /// <summary>Said beside a command's own answer; none of it is true for long.</summary>
    private static readonly string[] lies =
    [
        "* VANISHED 1",
        "* VANISHED 1:4294967295",
        "* VANISHED 4294967295:1",
        "* VANISHED 777777,888888:999999",
        "* VANISHED 0",
        "* VANISHED",
        "* VANISHED (EARLIER) 1:4294967295",
        "* VANISHED (EARLIER) 3:1",
        "* VANISHED (EARLIER) 1:*",
        "* VANISHED (EARLIER) 99999999999",
        "* VANISHED (EARLIER)",
        "* VANISHED (LATER) x",
        "* VANISHED (EARLIER) " + string.Join(',', Enumerable.Range(0, 20_000).Select(n => (1_000_000 + (n * 3)).ToString(CultureInfo.InvariantCulture))),
        "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE",
        "* 0 EXPUNGE",
        "* 99999 EXPUNGE",
        "* 0 EXISTS",
        "* 1 EXISTS",
        "* 4294967295 EXISTS",
        "* 3 EXISTS\r\n* 2 EXISTS\r\n* 1 EXISTS\r\n* 0 EXISTS",
        "* 1 FETCH (FLAGS (\\Seen))",
        "* 9999 FETCH (UID 9999 FLAGS (\\Seen))",
        "* 9999 FETCH (UID 9999 FLAGS (\\Seen) RFC822.SIZE 10 BODY[HEADER] {15}\r\nSubject: ghost\r\n BODY[1] {5}\r\nghost)",
        "* 0 FETCH (UID 0 FLAGS ())",
        "* 3 FETCH (UID 3 MODSEQ (18446744073709551615))",
        "* 3 FETCH (UID 3",
        "* 3 FETCH",
        "* SEARCH 3 2 1 9999",
        "* SEARCH",
        "* ESEARCH UID ALL 9999",
        "* ESEARCH",
        "* FLAGS ()",
        "* OK [UNSEEN 99999] what",
        "* NO something is wrong",
        "* BAD something is worse",
        "* LIST () \"/\" \"Nowhere\"",
        "* STATUS \"INBOX\" (MESSAGES 0 UIDNEXT 1)",
        "this is no IMAP at all",
        "A1 OK answered before it was asked",
        "+ go ahead",
    ];

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.WithoutVanished)]
    [InlineData(ServerKind.Old)]
    public async Task Answers_out_of_order_are_put_in_order(ServerKind kind)
    {
        await using var server = await FaultyServer.StartAsync(kind);
        server.Faults.FetchBackwards.Arm(true);
        server.Fill(server.Inbox, 400);
        (await server.PassAsync()).ShouldBeNull();
        for (var i = 0; i < 10; i++)
        {
            server.Deliver();
        }

        server.Inbox.ChangeFlags([2, 5, 9], flags => flags.Add("\\Seen"));
        server.Inbox.Expunge([3, 4, 390]);
        (await server.PassAsync()).ShouldBeNull();

        server.Faults.FetchBackwards.Hits.ShouldBeGreaterThan(4);
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern, true)]
    [InlineData(ServerKind.Modern, false)]
    [InlineData(ServerKind.WithoutVanished, true)]
    [InlineData(ServerKind.Old, true)]
    [InlineData(ServerKind.Old, false)]
    public async Task Message_that_is_counted_and_not_given_is_had_as_soon_as_it_is_given(ServerKind kind, bool isNew)
    {
        await using var server = await FaultyServer.StartAsync(kind);
        server.Fill(server.Inbox, 5);
        server.Faults.Withhold.Arm(isNew ? 6u : 3u);
        await server.PassAsync();
        server.Deliver();
        server.Deliver();
        await server.PassAsync();

        server.Cache.List(new MessageQuery { Folder = "INBOX" }).Total.ShouldBe(6);
        await server.ShouldHealAsync();
    }

    [Fact]
    public async Task Message_that_is_never_given_is_looked_for_once_a_day()
    {
        await using var server = await FaultyServer.StartReadAsync();
        var counters = server.Engine.Servers.ImapCounters;
        server.Faults.Withhold.Arm(server.Deliver());
        for (var i = 0; i < 4; i++)
        {
            await server.PassAsync();
        }

        var (opened, fetched) = (counters.CountOf("EXAMINE"), counters.CountOf("FETCH"));
        await server.PassAsync();

        (counters.CountOf("EXAMINE"), counters.CountOf("FETCH")).ShouldBe((opened, fetched));
        server.Faults.Reset();
        server.Engine.Clock.Advance(TimeSpan.FromDays(1));
        await server.ShouldHealAsync();
    }

    [Theory]
    [InlineData(ServerKind.Modern)]
    [InlineData(ServerKind.WithoutVanished)]
    [InlineData(ServerKind.Old)]
    public async Task Nothing_a_server_says_besides_costs_a_message(ServerKind kind)
    {
        await using var server = await FaultyServer.StartReadAsync(kind, messages: 5);
        foreach (var lie in lies)
        {
            foreach (var command in (string[])["EXAMINE", "FETCH", "SEARCH"])
            {
                server.MakeAnew("First", messages: 3);
                var uid = server.Deliver();
                server.ToggleStar(2);
                server.Inbox.Expunge([uid - 2]);
                server.Faults.Inject.Arm(command, lie);

                await server.PassAsync();

                await server.ShouldHealAsync($"{lie[..Math.Min(60, lie.Length)]} at {command}");
                await server.RunRulesAsync();
            }
        }

        server.Faults.Inject.HitsOf("EXAMINE").ShouldBeGreaterThan(lies.Length);
    }
}
