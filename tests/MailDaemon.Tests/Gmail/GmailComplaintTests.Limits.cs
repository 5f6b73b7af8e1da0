using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <content>Long first passes, limits, lists that slip, and messages that Gmail does not give.</content>
public sealed partial class GmailComplaintTests
{
    private const string Get = "gmail.users.messages.get";

    /// <summary>Row 4: a first pass that is cut off goes on where it was, though the token of its page is no longer good.</summary>
    [Fact]
    public async Task First_pass_that_was_cut_off_goes_on_and_reads_nothing_twice()
    {
        var asked = 0;
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(320), trouble: server => server.Faults.Meanwhile.Arm(Get, _ =>
        {
            if (++asked == 130)
                server.GoAway();
        })));
        await Eventually.UntilAsync(async () => (await gmail.ListAsync()).Count == 150, "six parts of the first pass are there");
        await gmail.RestartAsync();
        Faults.Error.Arm("gmail.users.messages.list", new GmailError(400, "invalidArgument", "INVALID_ARGUMENT", "Invalid pageToken"), times: 1);
        gmail.Gmail.ComeBack();

        await gmail.SyncAsync();

        Faults.Error.HitsOf("gmail.users.messages.list").ShouldBe(1);
        (await gmail.ListAsync()).Count.ShouldBe(320);
        gmail.Gmail.Requests.Where(r => r is { Method: Get, Status: 200 }).GroupBy(r => r.Path).ShouldAllBe(same => same.Count() == 1);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 4: a server that takes no token at all does not make the first pass begin again and again.</summary>
    [Fact]
    public async Task Tokens_that_are_never_good_end_the_pass()
    {
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(220), trouble: server => server.Faults.DropBefore.Arm("gmail.users.getProfile", true)));
        var lists = 0;
        Faults.Meanwhile.Arm("gmail.users.messages.list", _ =>
        {
            if (++lists == 1)
                Faults.Error.Arm("gmail.users.messages.list", new GmailError(400, "invalidArgument", "INVALID_ARGUMENT", "Invalid pageToken"));
        });
        Faults.DropBefore.DisarmAll();

        var pass = await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");

        pass.Status.ShouldNotBe(200, pass.Text);
        gmail.CountOf("messages.list").ShouldBeLessThan(6);
        Faults.Error.DisarmAll();
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 5: both forms of "too many", with a time to wait and without.</summary>
    [Theory]
    [InlineData(429, "rateLimitExceeded", null)]
    [InlineData(403, "userRateLimitExceeded", null)]
    [InlineData(429, "userRateLimitExceeded", 1)]
    [InlineData(403, "rateLimitExceeded", 1)]
    public async Task Too_many_requests_are_waited_out(int status, string reason, int? retryAfter)
    {
        var error = new GmailError(status, reason, "RESOURCE_EXHAUSTED", "Too many.", retryAfter);
        Faults.Error.Arm("gmail.users.history.list", error, times: 2);
        Faults.Error.Arm("batch", error, times: 1);
        for (var i = 0; i < 5; i++)
            rules.Deliver($"storm {i}");

        await gmail.SyncAsync();

        var asked = gmail.Gmail.Requests.Where(r => r.Method == "gmail.users.history.list").Select(r => r.At).ToList();
        var least = TimeSpan.FromSeconds(retryAfter * 0.95 ?? 0.2);
        (asked[^1] - asked[^2]).ShouldBeGreaterThanOrEqualTo(least);
        (asked[^2] - asked[^3]).ShouldBeGreaterThanOrEqualTo(least);
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("storm 0", "storm 1", "storm 2", "storm 3", "storm 4");
    }

    /// <summary>Rows 6 and 7: parts are refused in a batch that is answered 200; they are asked for again, and the others are not.</summary>
    [Theory]
    [InlineData(429, "rateLimitExceeded")]
    [InlineData(403, "userRateLimitExceeded")]
    public async Task Parts_that_were_refused_are_asked_for_again_and_no_others(int status, string reason)
    {
        Faults.PartError.Arm(Get, new GmailError(status, reason, "RESOURCE_EXHAUSTED", "Too many concurrent requests for user."), times: 10);
        Faults.ShufflesBatch = true;
        var subjects = Enumerable.Range(0, 25).Select(i => $"part {i}").ToArray();
        foreach (var subject in subjects)
            rules.Deliver(subject);
        gmail.Gmail.ClearRequests();

        await gmail.SyncAsync();

        gmail.Gmail.Requests.Count(r => r is { Method: Get, Status: 200 }).ShouldBe(25);
        gmail.Gmail.Requests.Count(r => r.Method == Get && r.Status == status).ShouldBe(10);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync(subjects);
    }

    /// <summary>Rows 6 and 8: batches as large as Gmail takes them, few requests at a time, and progress that can be seen.</summary>
    [Fact]
    public async Task First_pass_asks_for_no_more_than_gmail_runs_at_once()
    {
        await AgainAsync(() => GmailApp.StartAsync(
            isSeeded: false,
            mailbox => mailbox.Fill(200),
            new GmailServerOptions { MaxBatchPartsAtOnce = 10 },
            server => server.Faults.Delay.Arm("gmail.users.messages.list", TimeSpan.FromMilliseconds(50))));
        var seen = new List<int>();
        await Eventually.UntilAsync(
            async () =>
            {
                if ((await StatusAsync()).GetProperty("progress") is { ValueKind: System.Text.Json.JsonValueKind.Object } progress)
                    seen.Add(progress.GetProperty("done").GetInt32());
                return (await gmail.ListAsync()).Count == 200;
            },
            "all are there");

        await gmail.SyncAsync();

        seen.Max().ShouldBeGreaterThan(0);
        gmail.Gmail.PeakRequests.ShouldBeLessThanOrEqualTo(4);
        gmail.Gmail.Requests.Count(r => r is { Method: Get, Status: 200 }).ShouldBe(200);
        gmail.Gmail.Requests.Count(r => r is { Method: Get, Status: 429 }).ShouldBeLessThan(60);
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Lists that leave messages out or name them twice from page to page: the first pass has all in the end.</summary>
    [Theory]
    [InlineData(7, 0)]
    [InlineData(0, 7)]
    public async Task First_pass_over_lists_that_slip_has_every_message_once(int skips, int repeats)
    {
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(320), trouble: server => Slip(server.Faults, skips, repeats, times: 2)));

        await gmail.SyncAsync();

        (await gmail.ListAsync()).Select(m => m.GetProperty("id").GetString()).ShouldBe(Mailbox.Messages.Select(m => m.Id), ignoreOrder: true);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Lists that slip while everything is compared: what they leave out is not taken for deleted, nor for moved.</summary>
    [Fact]
    public async Task Messages_that_a_list_leaves_out_are_not_taken_for_gone()
    {
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(620)));
        Mailbox.ForgetHistory();
        Slip(Faults, 9, 0, times: 2);

        var pass = await gmail.SyncAsync();

        Faults.ListSkips.Hits.ShouldBe(2);
        (pass.GetProperty("updated").GetInt32(), pass.GetProperty("removed").GetInt32()).ShouldBe((0, 0));
        (await gmail.ListAsync("inbox", "&offset=500")).Count.ShouldBe(120);
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>A message that Gmail fails at whenever it is asked for keeps nothing else waiting, and is told of.</summary>
    [Fact]
    public async Task Message_that_gmail_never_gives_is_set_aside_and_told_of()
    {
        var bad = rules.Deliver("bad");
        rules.Deliver("good");
        Faults.MessageError.Arm(bad.Id, GmailError.Backend);

        await gmail.SyncAsync();

        var folder = (await StatusAsync()).GetProperty("folders").EnumerateArray().ShouldHaveSingleItem();
        folder.GetProperty("refused")[0].GetProperty("id").GetString().ShouldBe(bad.Id);
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        Faults.MessageError.DisarmAll();
        await gmail.SyncAsync();
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("bad", "good");
    }

    private static void Slip(GmailFaults faults, int skips, int repeats, int times)
    {
        if (skips > 0)
            faults.ListSkips.Arm(skips, times);
        if (repeats > 0)
            faults.ListRepeats.Arm(repeats, times);
    }
}
