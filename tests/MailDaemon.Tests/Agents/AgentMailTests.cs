using System.Text;
using System.Text.Json;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Agents;

/// <summary>What agents send: within the rule, RFC 3834, the account's policy and the limits. Each test has an agent of its own on one daemon.</summary>
public sealed class AgentMailTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new(
        new SandboxOptions { Seed = false }, [("AutomaticMail:RulePerHour", "1000"), ("AutomaticMail:AccountPerHour", "1000"), ("AutomaticMail:AgentPerHour", "3")]);

    private int mails;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Reply_goes_to_from_and_says_that_a_machine_sent_it()
    {
        await RuleAsync("one", "reply");
        var task = await TakeAsync("one", "From: Boss <boss@agents.test>\r\nReply-To: <leak@evil.test>\r\n");

        var message = task.GetProperty("message");
        (message.GetProperty("replyTo")[0].GetProperty("address").GetString(), message.GetProperty("replyToDiffers").GetBoolean()).ShouldBe(("leak@evil.test", true));
        var item = await sandbox.FindAsync("one 1");
        (item.GetProperty("replyTo")[0].GetProperty("address").GetString(), item.GetProperty("replyToDiffers").GetBoolean()).ShouldBe(("leak@evil.test", true));
        (await sandbox.App.GetAsync($"/api/imap/messages/{item.GetProperty("key").GetString()}")).Result.GetProperty("replyToDiffers").GetBoolean().ShouldBeTrue();
        var done = await CompleteAsync(task, Reply());
        done.Status.ShouldBe(200, done.Text);
        done.Result.GetProperty("actions")[0].GetProperty("to")[0].GetString().ShouldBe("boss@agents.test");

        var sent = await SentAsync("Re: one 1");
        sent.Recipients.ShouldBe(["boss@agents.test"]);
        Text(sent).ShouldContain("Auto-Submitted: auto-replied");
        Text(sent).ShouldNotContain("evil.test");
    }

    [Fact]
    public async Task Rule_may_allow_reply_to_and_a_draft_obeys_the_same_word()
    {
        await RuleAsync("plain", "draft");
        await RuleAsync("open", "reply", "draft", "reply_to");
        const string Fields = "From: Boss <boss@agents.test>\r\nReply-To: Office <office@agents.test>\r\n";
        var (plain, open) = (await TakeAsync("plain", Fields), await TakeAsync("open", Fields));

        (await CompleteAsync(plain, new { actions = new[] { new { type = "create_draft", value = "draft" } } })).Status.ShouldBe(200);
        (await CompleteAsync(open, new { actions = new[] { new { type = "create_draft", value = "draft" }, new { type = "reply", value = "answer" } } })).Status.ShouldBe(200);

        (await SentAsync("Re: open 2")).Recipients.ShouldBe(["office@agents.test"]);
        var drafts = sandbox.User.Find("Drafts")!.Messages.Select(draft => Encoding.UTF8.GetString(draft.Raw.Span)).ToList();
        drafts.Count(draft => draft.Contains("To: Boss <boss@agents.test>", StringComparison.Ordinal)).ShouldBe(1);
        drafts.Count(draft => draft.Contains("To: Office <office@agents.test>", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("html")]
    public async Task Draft_of_an_agent_is_listed_before_any_pass(string contentType)
    {
        await RuleAsync("lists", "draft");
        var task = await TakeAsync("lists");
        await TakeAsync("lists"); // a newer message, which is none of the draft's

        (await CompleteAsync(task, new { actions = new[] { new { type = "create_draft", value = "<p>draft</p>", contentType } } })).Status.ShouldBe(200);

        foreach (var path in new[] { $"/api/imap/drafts?email={sandbox.Email}", "/api/messages?folder=drafts", $"/api/imap/messages?email={sandbox.Email}&folder=drafts" })
            (await sandbox.App.GetAsync(path)).Result.GetProperty("messages").EnumerateArray().Select(item => item.GetProperty("subject").GetString()).ShouldContain("Re: lists 1", path);
    }

    [Theory]
    [InlineData("Reply-To: lina@sandbox.test\r\n", "own_address", 409)]
    [InlineData("Reply-To: Lina+loop@Sandbox.Test\r\n", "own_address", 409)]
    [InlineData("Reply-To: friend@agents.test, LINA@sandbox.test\r\n", "own_address", 409)]
    [InlineData("List-Id: <news.agents.test>\r\n", "not_answered", 409)]
    [InlineData("Auto-Submitted: auto-replied\r\n", "not_answered", 409)]
    [InlineData("Precedence: bulk\r\n", "not_answered", 409)]
    [InlineData("Return-Path: <>\r\n", "not_answered", 409)]
    [InlineData("From: Shop <no_reply@agents.test>\r\n", "not_answered", 409)]
    [InlineData("MANY", "too_many_recipients", 400)]
    public async Task Mail_that_no_machine_answers_is_refused_before_anything_is_done(string fields, string error, int status)
    {
        if (fields == "MANY")
            fields = $"Reply-To: {string.Join(",\r\n ", Enumerable.Range(1, 300).Select(i => $"victim{i}@evil.test"))}\r\n";
        await RuleAsync("no", "reply", "reply_to", "mark");
        var task = await TakeAsync("no", fields.StartsWith("From:", StringComparison.Ordinal) ? fields : "From: Ann <ann@agents.test>\r\n" + fields);

        var refused = await CompleteAsync(task, new { actions = new object[] { new { type = "star" }, new { type = "reply", value = "x" } } });

        (refused.Status, refused.Error).ShouldBe((status, error), refused.Text);
        sandbox.Servers.Accepted.ShouldBeEmpty();
        (await sandbox.FindAsync("no 1")).GetProperty("isStarred").GetBoolean().ShouldBeFalse();
        (await CompleteAsync(task, new { actions = new[] { new { type = "star" } } })).Status.ShouldBe(200, "the lease goes on");
    }

    [Fact]
    public async Task Task_has_one_reply_and_forwards_keep_to_few_strangers()
    {
        await RuleAsync("few", "reply", "forward");
        var task = await TakeAsync("few");

        (await CompleteAsync(task, new { actions = new[] { new { type = "reply", value = "1" }, new { type = "reply", value = "2" } } })).Error.ShouldBe("invalid_action");
        (await CompleteAsync(task, Forward(sandbox.Email))).Error.ShouldBe("own_address");
        (await CompleteAsync(task, Forward("a@x.test, b@x.test, c@x.test, d@x.test, e@x.test, f@x.test"))).Error.ShouldBe("too_many_recipients");
        sandbox.Servers.Accepted.ShouldBeEmpty();
        (await CompleteAsync(task, Forward("tom@sandbox.test"))).Status.ShouldBe(200);
        Text(await SentAsync("Fwd: few 1")).ShouldContain("Auto-Submitted: auto-generated");
    }

    [Theory]
    [InlineData("""{"type":"reply","value":"Use <b> & <i>"}""", "Use <b> & <i>", null)]
    [InlineData("""{"type":"reply","value":"<p>x</p>","contentType":"text"}""", "<p>x</p>", null)]
    [InlineData("""{"type":"reply","value":"<p>one <b>two</b></p>","contentType":"html"}""", "one two", "<p>one <b>two</b></p>")]
    [InlineData("""{"type":"reply","value":"one\ntwo","contentType":"text/html"}""", "one\ntwo", "one<br>\ntwo")]
    [InlineData("""{"type":"create_draft","value":"<p>x</p>"}""", "<p>x</p>", null)]
    [InlineData("""{"type":"create_draft","value":"<p>x</p>","contentType":"html"}""", "x", "<p>x</p>")]
    public async Task Answer_goes_out_as_what_the_agent_says_it_is(string action, string text, string? html)
    {
        await RuleAsync("typed", "reply", "draft");
        var done = await CompleteAsync(await TakeAsync("typed"), $$"""{"actions":[{{action}}]}""");
        done.Status.ShouldBe(200, done.Text);
        done.Result.GetProperty("actions")[0].GetProperty("contentType").GetString().ShouldBe(html is null ? "text" : "html");

        var raw = action.Contains("create_draft", StringComparison.Ordinal) ? sandbox.User.Find("Drafts")!.Messages.ShouldHaveSingleItem().Raw : (await SentAsync("Re: typed 1")).Raw;
        var mail = MimeParser.Parse(raw);
        mail.TextBody?.ReplaceLineEndings("\n").TrimEnd('\n').ShouldBe(text);
        mail.HtmlBody?.ReplaceLineEndings("\n").TrimEnd('\n').ShouldBe(html);
    }

    [Theory]
    [InlineData("""{"type":"reply","value":"x","contentType":"markdown"}""")]
    [InlineData("""{"type":"create_draft","value":"x","contentType":""}""")]
    [InlineData("""{"type":"star","contentType":"html"}""")]
    public async Task Type_that_is_none_is_refused_and_named(string action)
    {
        await RuleAsync("untyped", "reply", "draft", "mark");
        var refused = await CompleteAsync(await TakeAsync("untyped"), $$"""{"actions":[{{action}}]}""");

        (refused.Status, refused.Error).ShouldBe((400, "invalid_action"), refused.Text);
        refused.Msg!.ShouldContain("actions[0].contentType");
    }

    [Fact]
    public async Task Agent_over_its_hourly_limit_is_told_so_and_the_task_stays_its_own()
    {
        await RuleAsync("busy", "reply");
        for (var i = 0; i < 3; i++)
            (await CompleteAsync(await TakeAsync("busy"), Reply())).Status.ShouldBe(200);
        var task = await TakeAsync("busy");

        var refused = await CompleteAsync(task, Reply());

        (refused.Status, refused.Error).ShouldBe((429, "limit"), refused.Text);
        refused.Msg!.ShouldContain("AutomaticMail:AgentPerHour");
        int.Parse(refused.Headers["retry-after"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(3_000, 3_600, "the first of the three was sent a moment ago");
        (await CompleteAsync(task, new { result = "three are enough" })).Status.ShouldBe(200);
        await Eventually.UntilAsync(() => sandbox.Servers.Accepted.Count == 3, "three went out");
    }

    [Fact]
    public async Task Account_policy_is_stricter_than_the_rule()
    {
        await RuleAsync("policy", "reply", "forward");
        var task = await TakeAsync("policy", "From: Boss <boss@agents.test>\r\nReply-To: leak@evil.test\r\n");

        foreach (var (policy, action, error) in new (object, object, string)[]
        {
            (new { send = "deny" }, Reply(), "policy_denied"),
            (new { send = "hold" }, Reply(), "approval_required"),
            (new { forward = "deny" }, Forward("tom@sandbox.test"), "policy_denied"),
            (new { replyToDiffers = "hold" }, Reply(), "approval_required"),
            (new { maxRecipients = 1 }, Forward("tom@sandbox.test, ann@agents.test"), "too_many_recipients"),
            (new { perHour = 0 }, Reply(), "limit"),
            (new { perDay = 0 }, Reply(), "limit"),
        })
        {
            await PolicyAsync(policy);
            var refused = await CompleteAsync(task, action);
            refused.Error.ShouldBe(error, JsonSerializer.Serialize(policy));
            refused.Headers.GetValueOrDefault("retry-after").ShouldBe(JsonSerializer.Serialize(policy) switch { """{"perHour":0}""" => "3600", """{"perDay":0}""" => "86400", _ => null });
        }

        sandbox.Servers.Accepted.ShouldBeEmpty();
        await PolicyAsync(new { send = "allow", forward = "deny", perHour = 1 });
        (await CompleteAsync(task, Reply())).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"allow":["reply"]}""", "agentPolicy.allow")]
    [InlineData("""{"send":"maybe"}""", "agentPolicy.send")]
    [InlineData("""{"send":true}""", "agentPolicy.send")]
    [InlineData("""{"Send":"deny"}""", "agentPolicy.Send")]
    [InlineData("""{"maxRecipients":0}""", "agentPolicy.maxRecipients")]
    [InlineData("""{"perHour":"20"}""", "agentPolicy.perHour")]
    [InlineData("""{"perDay":1.5}""", "agentPolicy.perDay")]
    public async Task Policy_of_another_form_is_refused_and_its_part_named(string policy, string part)
    {
        var refused = await sandbox.App.PutAsync($"/api/accounts/imap/{sandbox.Email}/settings", $$"""{"agentPolicy":{{policy}}}""");

        (refused.Status, refused.Error).ShouldBe((400, "invalid_settings"), refused.Text);
        refused.Envelope.GetProperty("details").TryGetProperty(part, out _).ShouldBeTrue(refused.Text);
    }

    [Fact]
    public async Task Change_of_the_rule_revokes_what_it_allowed()
    {
        var rule = await RuleAsync("revoked", "mark", "archive");
        var task = await TakeAsync("revoked");
        object star = new { actions = new[] { new { type = "star" } } };
        foreach (var change in new object[]
        {
            new { actions = new[] { new { type = "agent_handle", value = "revoked", allowedActions = new[] { "archive" } } } },
            new { actions = new[] { new { type = "agent_handle", value = "another", allowedActions = new[] { "mark" } } } },
            new { actions = new[] { new { type = "mark_as_read" } } },
        })
        {
            (await sandbox.App.PutAsync($"/api/rules/{rule}", change)).Status.ShouldBe(200);
            (await CompleteAsync(task, star)).Error.ShouldBe("capability_refused", JsonSerializer.Serialize(change));
        }

        // More than the task was made with is not allowed later either.
        (await sandbox.App.PutAsync($"/api/rules/{rule}", new { actions = new[] { new { type = "agent_handle", value = "revoked", allowedActions = new[] { "mark", "delete" } } } })).Status.ShouldBe(200);
        (await CompleteAsync(task, new { actions = new[] { new { type = "delete" } } })).Error.ShouldBe("capability_refused");
        (await sandbox.App.PostAsync($"/api/rules/{rule}/toggle", new { enabled = false })).Status.ShouldBe(200);
        (await CompleteAsync(task, star)).Error.ShouldBe("capability_refused");
        (await sandbox.App.PostAsync($"/api/rules/{rule}/toggle", new { enabled = true })).Status.ShouldBe(200);
        (await CompleteAsync(task, star)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Tasks_of_a_rule_that_is_off_wait_and_those_of_a_deleted_one_are_cancelled()
    {
        var rule = await RuleAsync("gone", "mark");
        var held = await TakeAsync("gone");
        await DeliverAsync("gone");
        await Eventually.UntilAsync(async () => (await sandbox.App.GetAsync("/api/agents/tasks?agentId=gone&state=queued")).Result.GetProperty("total").GetInt32() == 1, "one waits");

        await sandbox.App.PostAsync($"/api/rules/{rule}/toggle", new { enabled = false });
        (await sandbox.App.PostAsync("/api/agents/gone/tasks/lease")).Result.GetProperty("tasks").GetArrayLength().ShouldBe(0);
        (await sandbox.App.DeleteAsync($"/api/rules/{rule}")).Status.ShouldBe(200);

        (await sandbox.App.GetAsync("/api/agents/tasks?agentId=gone&state=cancelled")).Result.GetProperty("total").GetInt32().ShouldBe(2);
        (await CompleteAsync(held, new { actions = new[] { new { type = "star" } } })).Error.ShouldBe("capability_refused");
    }

    [Fact]
    public async Task Task_is_leased_by_post_cancelled_by_delete_and_its_result_may_have_lines()
    {
        await RuleAsync("life", "mark");
        await DeliverAsync("life");
        await DeliverAsync("life");
        var tasks = new List<JsonElement>();
        while (tasks.Count < 2)
            tasks.AddRange((await sandbox.App.PostAsync("/api/agents/life/tasks/lease", new { wait = 30, limit = 2 })).Result.GetProperty("tasks").EnumerateArray());

        var done = await CompleteAsync(tasks[0], new { result = new { summary = "one\ntwo\r\n\tthree", list = new[] { "a\nb" } } });
        (done.Status, done.Result.GetProperty("result").GetProperty("list")[0].GetString()).ShouldBe((200, "a\nb"), done.Text);
        var path = $"/api/agents/tasks/{tasks[1].GetProperty("id").GetString()}";
        (await sandbox.App.DeleteAsync(path)).Result.GetProperty("state").GetString().ShouldBe("cancelled");
        (await CompleteAsync(tasks[1], new { })).Error.ShouldBe("capability_refused");
        (await sandbox.App.DeleteAsync(path)).Error.ShouldBe("task_state");
        (await sandbox.App.DeleteAsync($"/api/agents/tasks/{tasks[0].GetProperty("id").GetString()}")).Error.ShouldBe("task_state");
        (await sandbox.App.DeleteAsync("/api/agents/tasks/t_none")).Error.ShouldBe("task_not_found");
    }

    private static object Reply() => new { actions = new[] { new { type = "reply", value = "Thank you." } } };

    private static object Forward(string to) => new { actions = new[] { new { type = "forward_to", value = to } } };

    private static string Text(Sandbox.Smtp.AcceptedMail mail) => Encoding.UTF8.GetString(mail.Raw.Span);

    private async Task<Sandbox.Smtp.AcceptedMail> SentAsync(string subject)
    {
        Sandbox.Smtp.AcceptedMail? Find() => sandbox.Servers.Accepted.FirstOrDefault(mail => Text(mail).Contains($"Subject: {subject}\r\n", StringComparison.Ordinal));
        await Eventually.UntilAsync(() => Find() is not null, $"{subject} went out");
        return Find()!;
    }

    private Task<Support.Reply> CompleteAsync(JsonElement task, object body) => sandbox.App.PostAsync(
        $"/api/agents/tasks/{task.GetProperty("id").GetString()}/complete", body, ("Authorization", $"Bearer {task.GetProperty("capabilityToken").GetString()}"));

    private async Task PolicyAsync(object agentPolicy)
    {
        var put = await sandbox.App.PutAsync($"/api/accounts/imap/{sandbox.Email}/settings", new { agentPolicy });
        put.Status.ShouldBe(200, put.Text);
    }

    private async Task<JsonElement> TakeAsync(string agent, string fields = "From: Ann <ann@agents.test>\r\n")
    {
        await DeliverAsync(agent, fields);
        var taken = await sandbox.App.GetAsync($"/api/agents/{agent}/tasks?wait=30");
        taken.Status.ShouldBe(200, taken.Text);
        return taken.Result.GetProperty("tasks").EnumerateArray().ShouldHaveSingleItem();
    }

    private async Task DeliverAsync(string agent, string fields = "From: Ann <ann@agents.test>\r\n")
    {
        var number = ++mails;
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"{fields}To: {sandbox.Email}\r\nSubject: {agent} {number}\r\nMessage-ID: <{agent}{number}@agents.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();
    }

    private async Task<string> RuleAsync(string agent, params string[] allowed)
    {
        var made = await sandbox.App.PostAsync("/api/rules", new
        {
            name = agent,
            conditions = new[] { new { field = "subject", @operator = "starts_with", value = agent } },
            actions = new[] { new { type = "agent_handle", value = agent, allowedActions = allowed } },
        });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }
}
