using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>What an agent does with mail of every provider. Abstract: each provider has its own account.</summary>
public abstract class AgentTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Fact]
    public async Task Agent_waits_takes_its_mail_and_has_done_what_it_asks_for()
    {
        var made = await App.PostAsync("/api/rules", new
        {
            name = "agents", conditions = new[] { new { field = "subject", @operator = "starts_with", value = "agent:" } }, actions = new[] { new { type = "agent_handle", value = "sales" } },
        });
        made.Status.ShouldBe(201, made.Text);
        var label = (await App.PostAsync("/api/labels", new { name = "询价" })).Result.String("id");
        var waiting = App.GetAsync("/api/agents/sales/tasks?wait=30");
        var item = await account.ReceiveAsync("agent: 询价 LED", "请报价 500 套", "Ann <ann@agents.test>");

        var task = (await waiting).Result.All("tasks").ShouldHaveSingleItem();
        (task.String("state"), task.String("trust"), task.GetProperty("message").String("text")!.TrimEnd()).ShouldBe(("leased", "untrusted_email", "请报价 500 套"));
        (await App.GetAsync("/api/agents/sales/tasks")).Result.All("tasks").ShouldBeEmpty("it is leased");
        var body = new
        {
            result = new { summary = "asks for 500" },
            actions = new object[] { new { type = "add_label", value = label }, new { type = "mark_as_read" }, new { type = "create_draft", value = "您好，\n附上报价。" }, new { type = "archive" } },
        };
        var path = $"/api/agents/tasks/{task.String("id")}/complete";
        var bearer = ("Authorization", $"Bearer {task.String("capabilityToken")}");
        var done = await App.PostAsync(path, body, bearer);
        var again = await App.PostAsync(path, body, bearer);

        (done.Status, done.Result.String("state")).ShouldBe((200, "done"), done.Text);
        done.Result.All("actions").Select(a => a.String("status")).ShouldBe(["done", "done", "done", "done"], done.Text);
        again.Result.GetRawText().ShouldBe(done.Result.GetRawText());
        var mail = await account.ReadAsync(item.Key());
        (mail.String("folder"), mail.Is("isRead")).ShouldBe(("archive", true));
        mail.Labels().ShouldContain(label);
        var server = account.OnServer(item);
        (server.Folder, server.IsRead).ShouldBe(("archive", true));
        account.ServerMails.Where(m => m.Folder == "drafts" && m.Text.Contains($"In-Reply-To: {item.String("internetMessageId")}", StringComparison.Ordinal)).ShouldHaveSingleItem();
        var draft = await App.GetAsync(account.ReadDraftPath(done.Result.All("actions")[2].String("effect")!));
        (draft.Status, draft.Result.String("folder")).ShouldBe((200, "drafts"), "no pass has run since");
        (await App.GetAsync($"/api/agents/tasks/{task.String("id")}")).Result.TryGetProperty("capabilityToken", out _).ShouldBeFalse();
        await account.ShouldBeVerifiedAsync();
    }
}
