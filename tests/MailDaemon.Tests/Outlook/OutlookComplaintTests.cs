using System.Text.Json;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>
/// What people complain of in other clients of Microsoft Graph, each with its row of the list of complaints. Over HTTP, against the sandbox's
/// Outlook: in the end the cache has what Outlook has, and rules ran once on what is new.
/// </summary>
public sealed partial class OutlookComplaintTests : IAsyncLifetime
{
    private const string Delta = "me.mailFolder.messages.delta";
    private const string Get = "me.message.get";
    private const string Send = "me.message.send";

    private OutlookApp outlook = null!;
    private OutlookRuns rules = null!;

    /// <summary>More than a mailbox has of its own: enough for a fault of each of them.</summary>
    private static int Folders => 50;

    private GraphMailbox Mailbox => outlook.Mailbox;

    private GraphFaults Faults => outlook.Graph.Faults;

    public async Task InitializeAsync() => await BeginAsync(await OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(30)));

    public async Task DisposeAsync() => await outlook.DisposeAsync();

    /// <summary>Row 10: the server has forgotten what the links of all folders stand for.</summary>
    [Theory]
    [InlineData(410, "SyncStateNotFound")]
    [InlineData(410, "resyncRequired")]
    [InlineData(400, "ErrorInvalidSyncStateData")]
    [InlineData(404, "ErrorItemNotFound")]
    public async Task Lost_links_are_put_right_and_no_rule_runs_twice(int status, string code)
    {
        rules.Deliver("before");
        await outlook.SyncAsync();
        var keys = await KeysAsync();
        var messages = Mailbox.Messages().Skip(1).ToList();
        Mailbox.SetFlag(messages[0].Id);
        Mailbox.Move(messages[1].Id, "archive");
        Mailbox.Delete(messages[2].Id);
        Mailbox.DeleteForGood(messages[3].Id);
        Mailbox.SetCategories(messages[4].Id, "Orders");
        rules.Deliver("while away");
        Faults.DeltaLinkGone.Arm(new GraphError(status, code, "Gone."), times: Folders);
        outlook.Graph.ClearRequests();

        var pass = await outlook.SyncAsync();

        Faults.DeltaLinkGone.Hits.ShouldBeGreaterThan(1);
        outlook.Graph.Requests.Count(r => r.Operation == Delta && !r.Path.Contains("token=", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(Faults.DeltaLinkGone.Hits - 1);
        (pass.GetProperty("added").GetInt32(), pass.GetProperty("removed").GetInt32()).ShouldBe((1, 1));
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        Faults.DeltaLinkGone.Disarm();
        await outlook.ShouldBeVerifiedAsync();
        ShouldStay(keys, await KeysAsync());
        await rules.ShouldBeAsync("before", "while away");
    }

    /// <summary>Row 10: the server forgets all at once, links on the way too.</summary>
    [Fact]
    public async Task Sync_state_that_is_forgotten_in_a_walk_begins_it_again()
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(260), trouble: _ => { }));
        var pages = 0;
        Faults.Meanwhile.Arm(Delta, mailbox =>
        {
            if (++pages == 9)
                mailbox.ForgetSyncState();
        });

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        (await outlook.ListAsync("inbox")).Count.ShouldBe(260);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 10: a nextLink is gone in the middle of a first walk, and of a later one.</summary>
    [Theory]
    [InlineData(410, "SyncStateNotFound", true)]
    [InlineData(400, "ErrorInvalidSyncStateData", true)]
    [InlineData(410, "SyncStateNotFound", false)]
    public async Task Lost_link_in_the_middle_of_a_walk_begins_it_again(int status, string code, bool isFirst)
    {
        var error = new GraphError(status, code, "Gone.");
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(140), trouble: isFirst ? server => server.Faults.NextLinkGone.Arm(error, times: 1) : null));
        if (!isFirst)
        {
            Faults.DeltaLinkGone.Arm(GraphError.SyncStateNotFound, times: Folders);
            Faults.NextLinkGone.Arm(error, times: 1);
            rules.Deliver("while away");
        }

        await outlook.SyncAsync();

        Faults.NextLinkGone.Hits.ShouldBe(1);
        Faults.DeltaLinkGone.Disarm();
        (await outlook.ListAsync("inbox")).Count.ShouldBe(isFirst ? 140 : 141);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync(isFirst ? [] : ["while away"]);
    }

    /// <summary>Rows 2 and 10: links that are never good for anything are reported, and the folder is not read for ever.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Links_that_are_lost_again_and_again_are_reported_and_mended_once_they_are_good(bool isNextLink)
    {
        await AgainAsync(() => OutlookApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(60)));
        rules.Deliver("unseen");
        Faults.DeltaLinkGone.Arm(GraphError.SyncStateNotFound);
        if (isNextLink)
            Faults.NextLinkGone.Arm(GraphError.SyncStateNotFound);
        for (var i = 0; i < 5; i++)
            await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");
        var asked = outlook.CountOf(Delta);

        await outlook.App.PostAsync($"/api/sync?provider=outlook&email={outlook.Email}");
        var status = await StatusAsync();

        (outlook.CountOf(Delta) - asked).ShouldBeLessThanOrEqualTo(2 * Folders);
        status.GetRawText().ShouldContain("gives no changes");
        Faults.DeltaLinkGone.Disarm();
        Faults.NextLinkGone.Disarm();
        await outlook.SyncAsync();
        (await StatusAsync()).GetRawText().ShouldNotContain("gives no changes");
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("unseen");
    }

    /// <summary>Row 11: a message that was moved away and back between two passes is told as gone only, and stays.</summary>
    [Fact]
    public async Task Message_that_was_moved_away_and_back_is_not_lost()
    {
        Faults.LosesReturnedMessages = true;
        var message = Mailbox.Messages()[5];
        Mailbox.Move(message.Id, "archive");
        Mailbox.SetFlag(message.Id);
        Mailbox.Move(message.Id, "inbox");

        var pass = await outlook.SyncAsync();

        pass.GetProperty("removed").GetInt32().ShouldBe(0);
        (await ItemAsync(message.Id)).GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>Row 11: what a delta never told of is found when the numbers are compared.</summary>
    [Fact]
    public async Task Message_that_no_delta_told_of_is_found_by_the_count()
    {
        Faults.LosesReturnedMessages = true;
        var message = rules.Deliver("returned");
        Mailbox.Move(message.Id, "archive");
        Mailbox.Move(message.Id, "inbox");
        await outlook.SyncAsync();
        (await outlook.ListAsync("inbox")).Count.ShouldBe(30);
        outlook.Clock.Advance(TimeSpan.FromMinutes(16));

        var pass = await outlook.SyncAsync();

        pass.GetProperty("added").GetInt32().ShouldBe(1);
        (await outlook.ListAsync("inbox")).Count.ShouldBe(31);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("returned");
    }

    /// <summary>Row 12: an immutable id changes all the same. The key stays, and rules do not run again.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("archive")]
    [InlineData("deleteditems")]
    public async Task Message_whose_immutable_id_changes_keeps_its_key(string? folder)
    {
        var old = Mailbox.Messages()[7];
        var fresh = rules.Deliver("fresh");
        await outlook.SyncAsync();
        await rules.ShouldBeAsync("fresh");
        var keys = await KeysAsync();
        foreach (var message in new[] { old, fresh })
        {
            var changed = Mailbox.ChangeImmutableId(message.Id);
            if (folder is not null)
                Mailbox.Move(changed.Id, folder);
        }

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        ShouldStay(keys, await KeysAsync());
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("fresh");
    }

    /// <summary>Row 14: the server tells of a message, and does not have it yet when it is asked for.</summary>
    [Fact]
    public async Task Message_that_is_told_before_it_is_there_comes()
    {
        var message = rules.Deliver("early bird");
        Faults.MessageError.Arm(message.Id, GraphError.ItemNotFound, times: 1);

        await outlook.SyncAsync();
        await outlook.SyncAsync();

        Faults.MessageError.HitsOf(message.Id).ShouldBe(1);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("early bird");
    }

    /// <summary>Rows 15 and 18: nobody is told of anything, and no delta begins with "latest": passes find all that there is.</summary>
    [Fact]
    public async Task Passes_need_no_notifications_and_no_latest_token()
    {
        var subjects = Enumerable.Range(0, 40).Select(i => $"one of many {i}").ToArray();
        foreach (var subject in subjects)
            rules.Deliver(subject);

        (await outlook.SyncAsync()).GetProperty("added").GetInt32().ShouldBe(40);

        outlook.Graph.Requests.ShouldNotContain(request => request.Path.Contains("latest", StringComparison.OrdinalIgnoreCase) || request.Path.Contains("subscriptions", StringComparison.OrdinalIgnoreCase));
        outlook.CountOf("me.messages.delta").ShouldBe(0);
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync(subjects);
    }

    /// <summary>Row 21: old changes are told again.</summary>
    [Fact]
    public async Task Changes_that_are_told_again_change_nothing_and_run_no_rule_again()
    {
        rules.Deliver("once");
        await rules.ShouldBeAsync("once");
        Mailbox.SetFlag(Mailbox.Messages()[9].Id);
        Faults.DeltaRepeats.Arm(25, times: 3);

        var pass = await outlook.SyncAsync();

        Faults.DeltaRepeats.Hits.ShouldBeGreaterThan(0);
        (pass.GetProperty("added").GetInt32(), pass.GetProperty("updated").GetInt32(), pass.GetProperty("removed").GetInt32()).ShouldBe((0, 1, 0));
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("once");
    }

    private static void ShouldStay(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now)
    {
        foreach (var (messageId, key) in now.Where(one => before.ContainsKey(one.Key)))
            key.ShouldBe(before[messageId]);
    }

    private async Task BeginAsync(OutlookApp app)
    {
        outlook = app;
        rules = await OutlookRuns.BeginAsync(app);
    }

    private async Task AgainAsync(Func<Task<OutlookApp>> start)
    {
        await outlook.DisposeAsync();
        await BeginAsync(await start());
    }

    /// <summary>The daemon's keys of all messages, by Message-ID.</summary>
    private async Task<IReadOnlyDictionary<string, string>> KeysAsync() =>
        (await outlook.ListAsync()).ToDictionary(item => item.GetProperty("internetMessageId").GetString()!, item => item.GetProperty("key").GetString()!, StringComparer.Ordinal);

    private async Task<JsonElement> ItemAsync(string id)
    {
        var item = await outlook.App.GetAsync($"/api/outlook/messages/{Uri.EscapeDataString(id)}?email={outlook.Email}");
        item.Status.ShouldBe(200, item.Text);
        return item.Result;
    }

    private Task<Reply> PostAsync(string id, string action, object? body = null) => outlook.App.PostAsync($"/api/outlook/messages/{Uri.EscapeDataString(id)}/{action}?email={outlook.Email}", body);

    private async Task<JsonElement> StatusAsync()
    {
        var status = await outlook.App.GetAsync($"/api/sync-status?provider=outlook&email={outlook.Email}");
        status.Status.ShouldBe(200, status.Text);
        return status.Result;
    }

    private async Task SettingsAsync(object settings)
    {
        var changed = await outlook.App.PutAsync($"/api/accounts/outlook/{outlook.Email}/settings", settings);
        changed.Status.ShouldBe(200, changed.Text);
    }
}
