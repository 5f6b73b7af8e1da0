using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <content>Row 13: drafts that get another id when they are sent, and answers that are lost.</content>
public sealed partial class OutlookComplaintTests
{
    /// <summary>A draft that another client sends is one mail in Sent and no draft, under whatever id.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Draft_that_another_client_sends_moves_to_sent_and_runs_no_rule(bool changesId)
    {
        Faults.SendingChangesId = changesId;
        await DraftAsync();
        var draft = Mailbox.Messages("drafts").ShouldHaveSingleItem();
        await outlook.SyncAsync();
        await SendElsewhereAsync(draft.Id);

        await outlook.SyncAsync();

        (await outlook.ListAsync("drafts")).ShouldBeEmpty();
        (await outlook.ListAsync("sent")).ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("Offer");
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    /// <summary>A draft whose sending was not answered is found in Sent by its Message-ID, and not sent again.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Draft_whose_answer_was_lost_is_found_in_sent(bool changesId)
    {
        Faults.SendingChangesId = changesId;
        var draft = await DraftAsync();
        Faults.DropAfter.Arm(Send, true, times: 1);

        var sent = await outlook.App.PostAsync($"/api/outlook/drafts/{Uri.EscapeDataString(draft)}/send?email={outlook.Email}");

        sent.Status.ShouldBeInRange(200, 202, sent.Text);
        await SentOnceAsync();
    }

    /// <summary>The same for a mail that was no draft before.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Mail_whose_answer_was_lost_goes_out_once(bool isSent, bool changesId)
    {
        Faults.SendingChangesId = changesId;
        (isSent ? Faults.DropAfter : Faults.DropBefore).Arm(Send, true, times: 1);

        await SendAsync();

        await SentOnceAsync();
    }

    /// <summary>The answer is lost and the mail waits in the Outbox of the server: it is not sent again, and called sent when it is in Sent.</summary>
    [Fact]
    public async Task Mail_that_waits_in_the_outbox_is_settled_when_it_is_in_sent()
    {
        (Faults.HoldsOutbox, Faults.SendingChangesId) = (true, true);
        Faults.DropAfter.Arm(Send, true, times: 1);
        await SendAsync();
        outlook.Servers.Accepted.ShouldBeEmpty();

        outlook.Graph.DeliverOutbox();

        await SentOnceAsync();
    }

    /// <summary>The draft's creation is not answered: another is made and sent, and the first is tidied away.</summary>
    [Fact]
    public async Task Draft_whose_creation_was_not_answered_is_tidied_away()
    {
        Faults.DropAfter.Arm("me.createMessage", true, times: 1);

        await SendAsync();

        await SentOnceAsync();
    }

    private async Task<string> DraftAsync()
    {
        var made = await outlook.App.PostAsync("/api/outlook/drafts", new { email = outlook.Email, to = "tom@sandbox.test", subject = "Offer", body = "text" });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }

    private Task<Reply> SendAsync() =>
        outlook.App.PostAsync("/api/outlook/send", new { email = outlook.Email, to = "tom@sandbox.test", subject = "Offer", body = "text" }, ("Idempotency-Key", "offer"));

    /// <summary>One mail went out, the outbox says so, and it lies in Sent and nowhere else.</summary>
    private async Task SentOnceAsync()
    {
        await Eventually.UntilAsync(async () => (await OutboxAsync()).GetProperty("status").GetString() is "sent" or "uncertain", "it is settled", TimeSpan.FromSeconds(90));
        if ((await OutboxAsync()) is var item && item.GetProperty("status").GetString() == "uncertain")
        {
            var again = await outlook.App.PostAsync($"/api/outbox/{item.GetProperty("id").GetString()}/retry");
            again.Result.GetProperty("status").GetString().ShouldBe("sent", again.Text);
        }

        await outlook.SyncAsync();
        outlook.Servers.Accepted.Count.ShouldBe(1);
        Mailbox.Messages("drafts").ShouldBeEmpty();
        Mailbox.Messages("sentitems").ShouldHaveSingleItem();
        (await outlook.ListAsync("drafts")).ShouldBeEmpty();
        (await outlook.ListAsync("sent")).ShouldHaveSingleItem().GetProperty("subject").GetString().ShouldBe("Offer");
        await outlook.ShouldBeVerifiedAsync();
        await rules.ShouldBeAsync();
    }

    private async Task<JsonElement> OutboxAsync()
    {
        var outbox = await outlook.App.GetAsync("/api/outbox");
        outbox.Status.ShouldBe(200, outbox.Text);
        return outbox.Result.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
    }

    private async Task SendElsewhereAsync(string draft)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{outlook.Graph.BaseUrl}/me/messages/{Uri.EscapeDataString(draft)}/send") { Content = new StringContent("", Encoding.UTF8) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", outlook.Graph.AccessToken(outlook.Email));
        request.Headers.TryAddWithoutValidation("Prefer", "IdType=\"ImmutableId\"");
        using var response = await client.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}
