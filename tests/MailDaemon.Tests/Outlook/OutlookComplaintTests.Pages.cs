using System.Collections.Concurrent;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <content>Pages of delta queries that are odd, walks that are cut off, and mail that arrives in the middle of them.</content>
public sealed partial class OutlookComplaintTests
{
    /// <summary>Row 21: a page and its link come twice, and so do messages within a page.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_and_messages_that_come_twice_are_there_once(bool isFirst)
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(isFirst ? 180 : 20), trouble: server =>
        {
            server.Faults.DeltaReplaysPage.Arm(true, times: 2);
            server.Faults.DuplicatesItems.Arm(7, times: 3);
        }));
        await outlook.SyncAsync();
        var subjects = isFirst ? [] : Enumerable.Range(0, 60).Select(i => $"new {i}").ToArray();
        foreach (var subject in subjects)
            rules.Deliver(subject);
        Faults.DuplicatesItems.Arm(7, times: 3);

        await outlook.SyncAsync();

        (await outlook.ListAsync("inbox")).Count.ShouldBe(isFirst ? 180 : 80);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync(subjects);
    }

    /// <summary>Row 3: pages with a nextLink and without messages, in a first walk and after it.</summary>
    [Fact]
    public async Task Empty_pages_are_not_the_end()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(60), trouble: server => server.Faults.EmptyPage.Arm(true, times: 4)));
        await outlook.SyncAsync();
        (await outlook.ListAsync("inbox")).Count.ShouldBe(60);
        rules.Deliver("behind an empty page");
        Mailbox.SetFlag(Mailbox.Messages()[^1].Id);
        Faults.EmptyPage.Arm(true, times: 3);

        await outlook.SyncAsync();

        Faults.EmptyPage.Hits.ShouldBe(7);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("behind an empty page");
    }

    /// <summary>Row 3: a server that has nothing but empty pages does not keep the pass for ever.</summary>
    [Fact]
    public async Task Empty_pages_without_end_end_the_pass()
    {
        rules.Deliver("hidden");
        Faults.EmptyPage.Arm(true);
        outlook.Graph.ClearRequests();

        var pass = await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");

        (pass.Status != 200 || (await StatusAsync()).GetProperty("folders").GetArrayLength() > 0).ShouldBeTrue(pass.Text);
        outlook.CountOf(Delta).ShouldBeLessThan(500);
        Faults.EmptyPage.Disarm();
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("hidden");
    }

    /// <summary>A link that leads to another server: nothing is asked there, so that no token leaves, and the folder is read anew.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Link_to_another_server_is_not_followed(bool isNextLink)
    {
        var seen = new ConcurrentQueue<string>();
        await using var foreign = new HttpListening((call, _) =>
        {
            seen.Enqueue(call.Path);
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(404, "{}"u8.ToArray()));
        });
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(isNextLink ? 60 : 20), trouble: server => server.Faults.ForeignLink.Arm(foreign.Url, times: isNextLink ? 3 : 12)));

        await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");
        Faults.ForeignLink.Disarm();
        await outlook.SyncAsync();
        rules.Deliver("later");
        await outlook.SyncAsync();

        Faults.ForeignLink.Hits.ShouldBeGreaterThan(0);
        seen.ShouldBeEmpty();
        (await outlook.ListAsync("inbox")).Count.ShouldBe(isNextLink ? 61 : 21);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("later");
    }

    /// <summary>A page that sends elsewhere is not followed either.</summary>
    [Fact]
    public async Task Redirect_of_a_link_is_not_followed()
    {
        var seen = new ConcurrentQueue<string>();
        await using var foreign = new HttpListening((call, _) =>
        {
            seen.Enqueue(call.Path);
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(404, "{}"u8.ToArray()));
        });
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(60), trouble: server => server.Faults.Redirect.Arm(Delta, foreign.Url + "/v1.0/me", times: 2)));

        await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");
        Faults.Redirect.DisarmAll();
        await outlook.SyncAsync();

        seen.ShouldBeEmpty();
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 8: a first pass that was cut off goes on at the page where it was, in the next life of the daemon too.</summary>
    [Fact]
    public async Task First_pass_that_was_cut_off_goes_on_where_it_was()
    {
        var pages = 0;
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(420), trouble: server => server.Faults.Meanwhile.Arm(Delta, _ =>
        {
            if (Interlocked.Increment(ref pages) == 6)
                server.GoAway();
        })));
        await Eventually.UntilAsync(async () => (await outlook.ListAsync()).Count >= 175, "the first pages are there");
        await outlook.RestartAsync();
        var before = (await outlook.ListAsync()).Count;
        outlook.Graph.ClearRequests();
        outlook.Graph.ComeBack();

        await outlook.SyncAsync();

        before.ShouldBeLessThan(420);
        (await outlook.ListAsync()).Count.ShouldBe(420);
        outlook.Graph.Requests.Count(r => r.Operation == Delta && r.Path.Contains(Inbox, StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(((420 - before) / 50) + 2);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 8: a first pass is cut off after each of its pages, one after the other, and ends all the same.</summary>
    [Fact]
    public async Task First_pass_that_is_cut_off_again_and_again_ends()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(220), trouble: HoldFirstPass));
        for (var life = 0; life < 4; life++)
        {
            var pages = 0;
            Faults.Meanwhile.Arm(Delta, _ =>
            {
                if (Interlocked.Increment(ref pages) == 3)
                    outlook.Graph.GoAway();
            });
            Faults.Error.DisarmAll();
            outlook.Graph.ComeBack();
            _ = outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}").ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await Eventually.UntilAsync(() => pages >= 3, "some pages were read");
            await outlook.RestartAsync();
        }

        Faults.Meanwhile.DisarmAll();
        outlook.Graph.ComeBack();
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(220);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>The place of a first walk is lost while the daemon is down: it begins again, and what came since it began is new.</summary>
    [Fact]
    public async Task First_walk_that_was_lost_in_a_crash_begins_again_and_knows_what_is_new()
    {
        var pages = 0;
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(220), trouble: server => server.Faults.Meanwhile.Arm(Delta, _ =>
        {
            if (Interlocked.Increment(ref pages) == 4)
                server.GoAway();
        })));
        await Eventually.UntilAsync(async () => pages >= 4 && (await outlook.ListAsync()).Count >= 25, "the first page is there");
        await outlook.RestartAsync();
        outlook.Clock.Advance(TimeSpan.FromHours(2));
        rules.Deliver("while down");
        Mailbox.ForgetSyncState();
        outlook.Graph.ComeBack();

        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(221);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("while down");
    }

    /// <summary>A first pass takes for old what was there before it, and not what arrives while it reads.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task Mail_that_arrives_in_the_first_pass_is_new(int request)
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(120), trouble: HoldFirstPass));
        var asked = 0;
        Faults.Meanwhile.Arm(Delta, mailbox =>
        {
            if (Interlocked.Increment(ref asked) != request)
                return;
            mailbox.Deliver(OutlookRuns.Mail("meanwhile"));
            mailbox.Deliver(OutlookRuns.Mail("filed meanwhile"), "archive");
        });
        Faults.Error.DisarmAll();

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(122);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("meanwhile", "filed meanwhile");
    }

    /// <summary>Messages move, change and go while the first pass reads.</summary>
    [Fact]
    public async Task What_happens_while_the_first_pass_reads_is_not_lost()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(160), trouble: HoldFirstPass));
        var messages = Mailbox.Messages();
        var asked = 0;
        Faults.Meanwhile.Arm(Delta, mailbox =>
        {
            var at = Interlocked.Increment(ref asked);
            if (at > 6)
                return;
            mailbox.Move(messages[at].Id, "archive");
            mailbox.Move(messages[^at].Id, "archive");
            mailbox.SetFlag(messages[at + 10].Id);
            mailbox.DeleteForGood(messages[at + 20].Id);
            mailbox.Delete(messages[^(at + 20)].Id);
        });
        Faults.Error.DisarmAll();

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(154);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>A delta with a filter ends after 5,000 messages (here 40): the rest comes all the same.</summary>
    [Fact]
    public async Task First_pass_of_more_messages_than_a_filtered_delta_gives_has_all()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(130), new GraphServerOptions { MaxFilteredDelta = 40 }, settings: [("Sync:Days", "7")]));

        await outlook.SyncAsync();

        (await outlook.ListAsync()).Count.ShouldBe(130);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>The first pass fails at once, until the fault is disarmed.</summary>
    private static void HoldFirstPass(GraphServer server) => server.Faults.Error.Arm("me.mailFolders.delta", GraphError.AccessDenied);

    private string Inbox => Uri.EscapeDataString(Mailbox.Folder("inbox").Id);
}
