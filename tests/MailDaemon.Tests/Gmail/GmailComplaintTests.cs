using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>
/// What people complain of in other clients of the Gmail API, each with its row of the list of complaints. Over HTTP, against the sandbox's
/// Gmail: in the end the cache has what Gmail has, and rules ran once on what is new.
/// </summary>
public sealed partial class GmailComplaintTests : IAsyncLifetime
{
    private GmailApp gmail = null!;
    private GmailRuns rules = null!;

    private static GmailError NotNow { get; } = new(400, "invalidArgument", "INVALID_ARGUMENT", "Not now.");

    private GmailMailbox Mailbox => gmail.Mailbox;

    private GmailFaults Faults => gmail.Gmail.Faults;

    public async Task InitializeAsync() => await BeginAsync(await GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(30)));

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    /// <summary>Rows 1 and 12: a history that is gone is no dead account; ids and labels are held against the cache.</summary>
    [Fact]
    public async Task Lost_history_is_put_right_by_ids_and_labels_and_no_rule_runs_twice()
    {
        rules.Deliver("before");
        await gmail.SyncAsync();
        var messages = Mailbox.Messages.Skip(1).ToList();
        var label = Mailbox.CreateLabel("Orders");
        Mailbox.Star(messages[0].Id);
        Mailbox.Archive(messages[1].Id);
        Mailbox.Trash(messages[2].Id);
        Mailbox.Delete(messages[3].Id);
        Mailbox.Modify(messages[4].Id, [label.Id], ["UNREAD"]);
        rules.Deliver("while away");
        Mailbox.ForgetHistory();

        var pass = await gmail.SyncAsync();

        pass.GetProperty("added").GetInt32().ShouldBe(1);
        pass.GetProperty("removed").GetInt32().ShouldBe(1);
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("before", "while away");
    }

    /// <summary>Row 4: a first pass takes for old what was there before it, and not what arrives while it lists.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(220)]
    public async Task Mail_that_arrives_as_the_first_pass_begins_to_list_is_new(int before)
    {
        await AgainAsync(() => GmailApp.StartAsync(isSeeded: false, mailbox => mailbox.Fill(before), trouble: server => server.Faults.DropBefore.Arm("gmail.users.getProfile", true)));
        Faults.Meanwhile.Arm("gmail.users.messages.list", mailbox => mailbox.Deliver(GmailRuns.Mail("meanwhile")), times: 1);
        Faults.DropBefore.DisarmAll();

        await gmail.SyncAsync();

        (await gmail.ListAsync()).Count.ShouldBe(before + 1);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("meanwhile");
    }

    /// <summary>Row 2: the new point of the history is taken before everything is compared, so that what happens meanwhile is in it.</summary>
    [Fact]
    public async Task What_happens_while_everything_is_compared_is_not_lost()
    {
        var messages = Mailbox.Messages;
        Mailbox.ForgetHistory();
        Faults.Meanwhile.Arm(
            "gmail.users.labels.list",
            mailbox =>
            {
                mailbox.Star(messages[0].Id);
                mailbox.Archive(messages[1].Id);
                mailbox.Delete(messages[2].Id);
                mailbox.Deliver(GmailRuns.Mail("meanwhile"));
            },
            times: 1);

        await gmail.SyncAsync();

        Faults.Meanwhile.HitsOf("gmail.users.labels.list").ShouldBe(1);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("meanwhile");
    }

    /// <summary>Row 2: a history that is lost again and again is reported, and everything is not compared for ever.</summary>
    [Fact]
    public async Task History_that_is_lost_again_and_again_is_reported_and_mended_once_it_is_back()
    {
        Faults.HistoryIsTooOld.Arm(true);
        rules.Deliver("unseen");
        await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");
        var compared = gmail.CountOf("messages.list");

        await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");
        await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");
        var status = await StatusAsync();

        (status.GetProperty("status").GetString(), status.GetProperty("errorCode").GetString()).ShouldBe(("error", "history_lost"));
        gmail.CountOf("messages.list").ShouldBe(compared);
        Faults.HistoryIsTooOld.Disarm();
        await gmail.SyncAsync();
        (await StatusAsync()).GetProperty("status").GetString().ShouldBe("idle");
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("unseen");
    }

    /// <summary>Row 1: what is missing is new however long the comparing was held up.</summary>
    [Fact]
    public async Task Rules_run_on_what_the_lost_history_had_though_the_comparing_was_cut_off()
    {
        rules.Deliver("early");
        Mailbox.ForgetHistory();
        gmail.Clock.Advance(TimeSpan.FromMinutes(20));
        Faults.Error.Arm("gmail.users.messages.list", NotNow, times: 1);
        var cut = await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");
        cut.Status.ShouldNotBe(200, cut.Text);
        rules.Deliver("later");
        Faults.Error.Arm("gmail.users.messages.list", NotNow, times: 1);
        (await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}")).Status.ShouldNotBe(200);

        await gmail.SyncAsync();

        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("early", "later");
    }

    /// <summary>Row 3: a page of the history with a token and without changes.</summary>
    [Fact]
    public async Task Empty_page_of_the_history_is_not_its_end()
    {
        rules.Deliver("behind an empty page");
        Mailbox.Star(Mailbox.Messages[^1].Id);
        Faults.EmptyHistoryPage.Arm(true, times: 3);

        await gmail.SyncAsync();

        Faults.EmptyHistoryPage.Hits.ShouldBe(3);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("behind an empty page");
    }

    /// <summary>Row 3: a server that has nothing but empty pages does not keep the pass for ever.</summary>
    [Fact]
    public async Task Empty_pages_without_end_end_the_pass()
    {
        rules.Deliver("hidden");
        Faults.EmptyHistoryPage.Arm(true);

        var pass = await gmail.App.PostAsync($"/api/sync?provider=gmail&email={gmail.Email}");

        pass.Status.ShouldBe(502, pass.Text);
        Faults.EmptyHistoryPage.Disarm();
        await rules.ShouldBeAsync("hidden");
    }

    /// <summary>Row 14: Gmail tells of a message before it has it.</summary>
    [Fact]
    public async Task Message_that_is_told_before_it_is_there_comes_with_the_next_pass()
    {
        var message = rules.Deliver("early bird");
        Faults.MessageError.Arm(message.Id, new GmailError(404, "notFound", "NOT_FOUND", "Requested entity was not found."), times: 1);
        (await gmail.SyncAsync()).GetProperty("added").GetInt32().ShouldBe(0);

        (await gmail.SyncAsync()).GetProperty("added").GetInt32().ShouldBe(1);

        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await gmail.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync("early bird");
    }

    /// <summary>Row 20: the history lags behind what was done here, which wins until it is confirmed.</summary>
    [Fact]
    public async Task What_was_done_here_wins_over_a_history_that_does_not_know_it_yet()
    {
        var message = Mailbox.Messages.First(m => m.LabelIds.Contains("UNREAD"));
        Mailbox.MarkRead(message.Id);
        Mailbox.Star(message.Id);
        (await PostAsync(message.Id, "unread")).Status.ShouldBe(200);
        (await PostAsync(message.Id, "unstar")).Status.ShouldBe(200);
        Faults.HistoryLags.Arm(1, times: 1);

        await gmail.SyncAsync();

        Faults.HistoryLags.Hits.ShouldBe(1);
        var item = (await gmail.App.GetAsync($"/api/gmail/messages/{message.Id}?email={gmail.Email}")).Result;
        (item.GetProperty("isRead").GetBoolean(), item.GetProperty("isStarred").GetBoolean()).ShouldBe((false, false));
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 20: what was deleted here does not come back, whatever the history still tells of it.</summary>
    [Fact]
    public async Task Deleted_mail_does_not_reappear()
    {
        var message = Mailbox.Messages[0];
        Mailbox.Star(message.Id);
        (await gmail.App.DeleteAsync($"/api/gmail/messages/{message.Id}?email={gmail.Email}")).Status.ShouldBe(200);
        (await gmail.App.DeleteAsync($"/api/gmail/messages/{message.Id}?email={gmail.Email}")).Status.ShouldBe(200);
        Faults.HistoryLags.Arm(2, times: 1);

        await gmail.SyncAsync();

        (await gmail.ListAsync()).ShouldNotContain(m => m.GetProperty("id").GetString() == message.Id);
        await gmail.SyncAsync();
        (await StatusAsync()).GetProperty("folders").GetArrayLength().ShouldBe(0);
        await gmail.ShouldBeVerifiedAsync();
    }

    /// <summary>Row 21: old changes are told again.</summary>
    [Fact]
    public async Task History_that_is_told_again_changes_nothing_and_runs_no_rule_again()
    {
        rules.Deliver("once");
        var gone = rules.Deliver("gone");
        Mailbox.Star(Mailbox.Messages[^1].Id);
        await rules.ShouldBeAsync("once", "gone");
        Mailbox.Delete(gone.Id);
        await gmail.SyncAsync();
        Faults.HistoryRepeats.Arm(1_000, times: 3);
        gmail.Gmail.ClearRequests();

        var pass = await gmail.SyncAsync();

        (pass.GetProperty("added").GetInt32(), pass.GetProperty("updated").GetInt32(), pass.GetProperty("removed").GetInt32()).ShouldBe((0, 0, 0));
        Faults.HistoryRepeats.Hits.ShouldBe(1);
        gmail.Gmail.Requests.ShouldHaveSingleItem().Method.ShouldBe("gmail.users.history.list");
        await rules.ShouldBeAsync("once", "gone");
        await gmail.ShouldBeVerifiedAsync();
    }

    private async Task BeginAsync(GmailApp app)
    {
        gmail = app;
        rules = await GmailRuns.BeginAsync(app);
    }

    private async Task AgainAsync(Func<Task<GmailApp>> start)
    {
        await gmail.DisposeAsync();
        await BeginAsync(await start());
    }

    private Task<Reply> PostAsync(string id, string action) => gmail.App.PostAsync($"/api/gmail/messages/{id}/{action}?email={gmail.Email}");

    private async Task<JsonElement> StatusAsync()
    {
        var status = await gmail.App.GetAsync($"/api/sync-status?provider=gmail&email={gmail.Email}");
        status.Status.ShouldBe(200, status.Text);
        return status.Result;
    }

    /// <summary>What another client does over the API.</summary>
    private async Task<JsonElement> ElsewhereAsync(string path, object? body = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, $"{gmail.Gmail.Url}/gmail/v1/users/me/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", gmail.Gmail.AccessToken(gmail.Email));
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement;
    }
}
