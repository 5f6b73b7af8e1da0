using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Rules;

public sealed class RuleRoutesTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new();

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Rule_lives_as_the_seed_describes_it()
    {
        var label = await LabelAsync();
        var made = await sandbox.App.PostAsync("/api/rules", new
        {
            name = "规则名",
            description = "说明",
            provider = "imap",
            email = sandbox.Email,
            enabled = true,
            conditions = new object[] { new { field = "from", @operator = "contains", value = "nordlicht" }, new { field = "subject", @operator = "regex", value = "inquiry|询价" } },
            conditionLogic = "and",
            actions = new object[] { new { type = "add_label", value = label }, new { type = "mark_as_read" } },
            priority = 1,
            stopOnMatch = false,
        });
        made.Status.ShouldBe(201, made.Text);
        var id = made.Result.GetProperty("id").GetString()!;

        var listed = await sandbox.App.GetAsync($"/api/rules?provider=imap&email={sandbox.Email}");
        listed.Result.EnumerateArray().ShouldHaveSingleItem().GetRawText().ShouldBe(made.Result.GetRawText());
        (await sandbox.App.GetAsync($"/api/rules/{id}")).Result.GetRawText().ShouldBe(made.Result.GetRawText());
        made.Result.GetProperty("conditions")[1].GetProperty("operator").GetString().ShouldBe("matches_regex");

        var renamed = await sandbox.App.PutAsync($"/api/rules/{id}", new { name = "other", priority = 5 });
        (renamed.Result.GetProperty("version").GetInt32(), renamed.Result.GetProperty("name").GetString()).ShouldBe((1, "other"));
        var changed = await sandbox.App.PutAsync($"/api/rules/{id}", new { conditionLogic = "or" });
        (changed.Result.GetProperty("version").GetInt32(), changed.Result.GetProperty("conditionLogic").GetString()).ShouldBe((2, "or"));
        (await sandbox.App.PutAsync($"/api/rules/{id}", new { allAccounts = true, provider = "imap", email = sandbox.Email })).Error.ShouldBe("invalid_parameter");
        (await sandbox.App.PutAsync($"/api/rules/{id}", new { allAccounts = true, actions = new[] { new { type = "mark_as_read" } } })).Result.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        (await sandbox.App.PostAsync($"/api/rules/{id}/toggle")).Result.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        (await sandbox.App.PostAsync($"/api/rules/{id}/toggle", new { enabled = false })).Result.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        (await sandbox.App.DeleteAsync($"/api/rules/{id}")).Status.ShouldBe(200);
        (await sandbox.App.GetAsync($"/api/rules/{id}")).Error.ShouldBe("rule_not_found");
        (await sandbox.App.DeleteAsync($"/api/rules/{id}")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"name":"x","conditions":[{"field":"frm","operator":"contains","value":"a"}],"actions":[{"type":"star"}]}""", "conditions[0].field")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"contains","value":"a"},{"field":"size","operator":"contains","value":"1"}],"actions":[{"type":"star"}]}""", "conditions[1].operator")]
    [InlineData("""{"name":"x","conditions":[{"field":"size","operator":"less_than","value":"big"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"contains"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"has_attachment","operator":"equals","value":"maybe"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"regex","value":"(a)\\1"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"regex","value":"(?<=a)b"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"regex","value":"(a{1000}){1000}"}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"regex","value":"("}],"actions":[{"type":"star"}]}""", "conditions[0].value")]
    [InlineData("""{"name":"x","conditions":[{"field":"header:bad name","operator":"equals","value":"a"}],"actions":[{"type":"star"}]}""", "conditions[0].field")]
    [InlineData("""{"name":"x","actions":[{"type":"star"}]}""", "conditions")]
    [InlineData("""{"name":"x","matchAll":true,"conditions":[{"field":"subject","operator":"contains","value":"a"}],"actions":[{"type":"star"}]}""", "matchAll")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[]}""", "actions")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"explode"}]}""", "actions[0].type")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"star"},{"type":"add_label"}]}""", "actions[1].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"add_label","value":"l_none"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"forward_to","value":"nobody"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"http://example.com/x"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"https://u:p@example.com/x"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"file:///etc/passwd"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"https://169.254.169.254/latest"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"https://[::ffff:169.254.169.254]/"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"http://loopback:8080/"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"webhook","value":"http://0.0.0.0:8080/"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"agent_handle","value":"../x"}]}""", "actions[0].value")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"agent_handle","value":"a","allowedActions":["everything"]}]}""", "actions[0].allowedActions")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"star","allowedActions":["label"]}]}""", "actions[0].allowedActions")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"auto_reply","value":"hi","days":0}]}""", "actions[0].days")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"auto_reply","value":"hi","contentType":"markdown"}]}""", "actions[0].contentType")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"auto_reply","value":"hi","contentType":""}]}""", "actions[0].contentType")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"star"},{"type":"star","contentType":"text"}]}""", "actions[1].contentType")]
    public async Task Wrong_part_of_a_rule_is_named(string body, string part)
    {
        var refused = await sandbox.App.PostAsync("/api/rules", body);

        (refused.Status, refused.Error).ShouldBe((400, "invalid_rule"), refused.Text);
        refused.Envelope.GetProperty("details").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(part);
        (await sandbox.App.GetAsync("/api/rules")).Result.GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"name":"x","provider":"imap","matchAll":true,"actions":[{"type":"star"}]}""", 400, "missing_parameter")]
    [InlineData("""{"name":"x","provider":"imap","email":"nobody@sandbox.test","matchAll":true,"actions":[{"type":"star"}]}""", 401, "account_not_configured")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"star"}],"conditionLogic":"xor"}""", 400, "invalid_parameter")]
    [InlineData("""{"matchAll":true,"actions":[{"type":"star"}]}""", 400, "missing_parameter")]
    [InlineData("""{"name":"x\u0007","matchAll":true,"actions":[{"type":"star"}]}""", 400, "invalid_parameter")]
    public async Task Wrong_request_is_refused(string body, int status, string error)
    {
        var refused = await sandbox.App.PostAsync("/api/rules", body);

        (refused.Status, refused.Error).ShouldBe((status, error), refused.Text);
    }

    [Fact]
    public async Task Test_explains_itself_and_does_nothing()
    {
        var rule = await RuleAsync(
            new object[] { new { field = "subject", @operator = "contains", value = "询价" }, new { field = "header:Subject", @operator = "contains", value = "轨道" } },
            new object[] { new { type = "delete" } });
        var message = await sandbox.FindAsync("询价：轨道射灯 30W 500套");
        var id = message.GetProperty("id").GetString();

        var tested = await sandbox.App.PostAsync($"/api/rules/{rule}/test", new { provider = "imap", email = sandbox.Email, mailId = id, folder = message.GetProperty("folderPath").GetString() });

        tested.Result.GetRawText().ShouldBe(
            """{"matched":true,"conditions":[{"field":"subject","operator":"contains","value":"询价","matched":true,"actual":"询价:轨道射灯 30W 500套"},{"field":"header:Subject","operator":"contains","value":"轨道","matched":true,"actual":"询价:轨道射灯 30W 500套"}],"actions":[{"type":"delete","value":""}]}""");
        (await sandbox.FindAsync("询价：轨道射灯 30W 500套")).GetRawText().ShouldBe(message.GetRawText());
        (await sandbox.App.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("total").GetInt32().ShouldBe(0);
        (await sandbox.App.PostAsync($"/api/rules/{rule}/test", new { mailId = "m_none" })).Error.ShouldBe("message_not_found");
        (await sandbox.App.PostAsync("/api/rules/r_none/test", new { mailId = message.GetProperty("key").GetString() })).Error.ShouldBe("rule_not_found");
    }

    [Fact]
    public async Task Execute_runs_what_matches_in_order_once()
    {
        var label = await LabelAsync();
        await RuleAsync([new { field = "subject", @operator = "contains", value = "轨道" }], [new { type = "add_label", value = label }, new { type = "okki_sync" }], priority: 2);
        await RuleAsync([new { field = "subject", @operator = "contains", value = "轨道" }], [new { type = "star" }, new { type = "move_to_folder", value = "项目/报价" }], priority: 1, stop: false);
        await RuleAsync([new { field = "subject", @operator = "contains", value = "invoice" }], [new { type = "delete" }], priority: 0);
        var message = await sandbox.FindAsync("询价：轨道射灯 30W 500套");
        var body = new { mailId = message.GetProperty("key").GetString() };

        var executed = await sandbox.App.PostAsync("/api/rules/execute", body);
        var again = await sandbox.App.PostAsync("/api/rules/execute", body);

        var matched = executed.Result.GetProperty("matched").EnumerateArray().ToList();
        matched.SelectMany(m => m.GetProperty("actions").EnumerateArray()).Select(a => (a.GetProperty("type").GetString(), a.GetProperty("status").GetString())).ShouldBe(
            [("star", "done"), ("move_to_folder", "done"), ("add_label", "done"), ("okki_sync", "failed")]);
        matched[1].GetProperty("actions")[1].GetProperty("error").GetString().ShouldBe("okki_not_configured");
        again.Result.GetRawText().ShouldBe(executed.Result.GetRawText());
        var after = await sandbox.FindAsync("询价：轨道射灯 30W 500套");
        (after.GetProperty("folderPath").GetString(), after.GetProperty("isStarred").GetBoolean(), after.GetProperty("labels").EnumerateArray().Any(l => l.GetString() == label)).ShouldBe(("项目/报价", true, true));
        sandbox.User.Find("项目/报价")!.Messages.ShouldContain(m => m.Flags.Contains("\\Flagged"));
    }

    [Fact]
    public async Task Rule_is_applied_to_old_mail_with_a_dry_run_first_and_once()
    {
        var rule = await RuleAsync([new { field = "subject", @operator = "contains", value = "询价" }], [new { type = "star" }]);

        var dry = await ApplyAsync(rule, new { dryRun = true });
        (await sandbox.App.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("total").GetInt32().ShouldBe(0);
        var wet = await ApplyAsync(rule, new { folder = "inbox" });
        var runs = (await sandbox.App.GetAsync($"/api/rules/{rule}/runs")).Result;
        await ApplyAsync(rule, new { });

        dry.GetProperty("matched").GetInt32().ShouldBeGreaterThan(0);
        dry.GetProperty("samples")[0].GetProperty("subject").GetString()!.ShouldContain("询价");
        (wet.GetProperty("done").GetInt32(), wet.GetProperty("total").GetInt32()).ShouldBe((30, 30));
        runs.GetProperty("total").GetInt32().ShouldBe(wet.GetProperty("matched").GetInt32());
        (await sandbox.App.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("total").GetInt32().ShouldBe(dry.GetProperty("matched").GetInt32());
        var fresh = await RuleAsync([new { field = "subject", @operator = "contains", value = "x" }], [new { type = "star" }]);
        (await sandbox.App.GetAsync($"/api/rules/{fresh}/apply")).Error.ShouldBe("rule_not_applied");
    }

    private async Task<JsonElement> ApplyAsync(string rule, object body)
    {
        (await sandbox.App.PostAsync($"/api/rules/{rule}/apply", body)).Status.ShouldBe(202);
        var progress = default(JsonElement);
        await Eventually.UntilAsync(
            async () => (progress = (await sandbox.App.GetAsync($"/api/rules/{rule}/apply")).Result).GetProperty("status").GetString() != "running", "it is applied");
        progress.GetProperty("status").GetString().ShouldBe("done", progress.GetRawText());
        return progress;
    }

    private async Task<string> RuleAsync(object[] conditions, object[] actions, int priority = 1, bool stop = false)
    {
        var made = await sandbox.App.PostAsync("/api/rules", new { name = "r", provider = "imap", email = sandbox.Email, conditions, actions, priority, stopOnMatch = stop });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }

    private async Task<string> LabelAsync() =>
        (await sandbox.App.PostAsync("/api/labels", new { name = "客户", provider = "imap", email = sandbox.Email })).Result.GetProperty("id").GetString()!;
}
