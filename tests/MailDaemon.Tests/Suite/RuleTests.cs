using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Agents;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Rules on new mail of every provider. Abstract: each provider has its own account.</summary>
public abstract class RuleTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Theory]
    [InlineData("mark_as_read", "", "inbox", true, false)]
    [InlineData("star", "", "inbox", false, true)]
    [InlineData("archive", "", "archive", false, false)]
    [InlineData("mark_as_spam", "", "spam", false, false)]
    [InlineData("move_to_folder", "archive", "archive", false, false)]
    [InlineData("delete", "", "trash", false, false)]
    public async Task Action_is_done_on_the_server(string type, string value, string folder, bool isRead, bool isStarred)
    {
        var rule = await RuleAsync($"act {type}", new { type, value });
        var item = await account.ReceiveAsync($"act {type}");

        await DoneAsync(rule, 1);

        var server = account.OnServer(item);
        (server.Folder, server.IsRead, server.IsStarred).ShouldBe((folder, isRead, isStarred));
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Label_is_given_once_and_to_new_mail_alone()
    {
        var label = (await App.PostAsync("/api/labels", new { name = "客户", provider = account.Provider, email = account.Email })).Result;
        var old = await account.ReceiveAsync("label me: old");
        var rule = await RuleAsync("label me:", new { type = "add_label", value = label.String("id") });
        var fresh = await account.ReceiveAsync("label me: new");
        await DoneAsync(rule, 1);
        account.OnServer(fresh).Labels.ShouldBe([label.String("native")!]);
        account.OnServer(old).Labels.ShouldBeEmpty();

        (await App.DeleteAsync($"/api/mails/{account.Provider}/{account.Email}/labels?mailId={fresh.Key()}&labelId={label.String("id")}")).Status.ShouldBe(200);
        await account.SyncAsync();
        await account.ReceiveAsync("label me: another");
        await DoneAsync(rule, 2);

        account.OnServer(fresh).Labels.ShouldBeEmpty();
    }

    [Fact]
    public async Task Mail_of_the_first_pass_is_left_alone()
    {
        var rule = await RuleAsync("Request for quotation", new { type = "star" });
        var starred = account.ServerMails.Count(mail => mail.IsStarred);

        await account.ReceiveAsync("Request for quotation: fresh");
        await DoneAsync(rule, 1);

        account.ServerMails.Count(mail => mail.IsStarred).ShouldBe(starred + 1);
    }

    [Fact]
    public async Task Sender_is_answered_once()
    {
        var rule = await RuleAsync("answer me", new { type = "auto_reply", value = "您好，we are away." });
        var first = await account.ReceiveAsync("answer me", from: "Ann <ann@rules.test>");
        await Eventually.UntilAsync(() => Answers().Count == 1, "the answer is out");
        await account.ReceiveAsync("answer me again", from: "Ann <ann@rules.test>");
        await DoneAsync(rule, 2);

        var answer = Encoding.UTF8.GetString(Answers().ShouldHaveSingleItem().Raw.Span);
        answer.ShouldContain($"In-Reply-To: {first.String("internetMessageId")}\r\n");
        answer.ShouldContain("Auto-Submitted: auto-replied");

        IReadOnlyList<Sandbox.Smtp.AcceptedMail> Answers() => [.. account.Sent.Where(mail => mail.Recipients.Contains("ann@rules.test"))];
    }

    [Fact]
    public async Task Webhook_is_called_once()
    {
        await using var endpoint = new HookEndpoint();
        var rule = await RuleAsync("call out", new { type = "webhook", value = endpoint.Url + "/in" });
        var item = await account.ReceiveAsync("call out: 报价");
        await Eventually.UntilAsync(() => endpoint.Calls.Count == 1, "it is called");
        await DoneAsync(rule, 1);
        await account.SyncAsync();
        await account.ReceiveAsync("call out: next");
        await Eventually.UntilAsync(() => endpoint.Calls.Count >= 2, "it is called for the next");

        var told = endpoint.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("message")).ToList();
        told.Select(message => message.String("subject")).ShouldBe(["call out: 报价", "call out: next"]);
        (told[0].Key(), told[0].String("provider")).ShouldBe((item.Key(), account.Provider));
        endpoint.Calls[0].Headers.Keys.ShouldContain("X-MailDaemon-Signature", StringComparer.OrdinalIgnoreCase);
    }

    private async Task<string> RuleAsync(string subject, object action)
    {
        var made = await App.PostAsync("/api/rules", new
        {
            name = subject, provider = account.Provider, email = account.Email,
            conditions = new[] { new { field = "subject", @operator = "starts_with", value = subject } }, actions = new[] { action },
        });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.String("id")!;
    }

    /// <summary>Waits until the rule ran so often and nothing of it is still to do.</summary>
    private Task DoneAsync(string rule, int runs) => Eventually.UntilAsync(
        async () => (await App.GetAsync($"/api/rules/{rule}/runs")).Result.All("runs") is var all && all.Count == runs && all.All(run => run.String("status") is "done" or "skipped"),
        $"the rule ran {runs} times");
}
