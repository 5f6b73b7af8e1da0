using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>What a caller sends and nobody reads is refused by name before anything is done; <see cref="InputTests"/> has the mechanism.</summary>
public sealed class UnreadInputTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"x","text":"hello"}""", "text", "did you mean body?")]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"subject":"x","html":"<p>hello</p>"}""", "html", "did you mean body?")]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test","displayName":"Tom"}],"body":"x"}""", "toRecipients[0].displayName", "known here: address, name")]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"body":"x","isHtml":true}""", "isHtml", "did you mean contentType?")]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"body":"x","idempotencyKey":"1"}""", "idempotencyKey", "it goes into the header Idempotency-Key")]
    [InlineData("/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test"}],"body":"x","attachments":[{"fileName":"a.txt","content":"YQ=="}]}""", "attachments[0].fileName", "did you mean filename?")]
    [InlineData("/api/imap/drafts", """{"email":"lina@sandbox.test","to":[{"address":"tom@sandbox.test","nmae":"Tom"}],"body":"x"}""", "to[0].nmae", "did you mean name?")]
    public async Task Mail_with_a_field_that_nobody_reads_is_not_sent_or_kept(string path, string body, string field, string advice)
    {
        var accepted = sandbox.Servers.Accepted.Count;
        var drafts = sandbox.User.Find("Drafts")!.Messages.Count;

        var reply = await App.PostAsync(path, body);

        reply.ShouldBeRefused(400, "unknown_parameter");
        reply.Msg.ShouldBe($"Unknown parameter {field}: {advice}");
        (sandbox.Servers.Accepted.Count, sandbox.User.Find("Drafts")!.Messages.Count).ShouldBe((accepted, drafts));
    }

    [Fact]
    public async Task Misspelt_dry_run_does_not_run()
    {
        var rule = await App.PostAsync("/api/rules", new { name = "star all", matchAll = true, actions = new[] { new { type = "star" } } });
        var id = rule.Result.GetProperty("id").GetString();

        foreach (var body in (string[])["""{"dryrun":true}""", """{"DryRun":true}""", """{"dry_run":true}"""])
        {
            var reply = await App.PostAsync($"/api/rules/{id}/apply", body);

            reply.ShouldBeRefused(400, "unknown_parameter");
            reply.Msg!.ShouldEndWith("did you mean dryRun?");
        }

        (await App.GetAsync($"/api/rules/{id}/apply")).ShouldBeRefused(404, "rule_not_applied");
    }

    [Theory]
    [InlineData("""{"name":"x","Provider":"imap","email":"lina@sandbox.test","matchAll":true,"actions":[{"type":"star"}]}""", "Provider", "did you mean provider?")]
    [InlineData("""{"name":"x","matchAll":true,"actions":[{"type":"agent_handle","value":"sales","allowedactions":[]}]}""", "actions[0].allowedactions", "did you mean allowedActions?")]
    [InlineData("""{"name":"x","conditions":[{"field":"subject","operator":"contains","value":"x","caseSensitive":true}],"actions":[{"type":"star"}]}""", "conditions[0].caseSensitive", "known here: field, operator, value")]
    public async Task Rule_with_a_field_that_nobody_reads_is_not_made(string body, string field, string advice)
    {
        var before = (await App.GetAsync("/api/rules")).Result.GetArrayLength();

        var reply = await App.PostAsync("/api/rules", body);

        reply.ShouldBeRefused(400, "unknown_parameter");
        reply.Msg.ShouldBe($"Unknown parameter {field}: {advice}");
        (await App.GetAsync("/api/rules")).Result.GetArrayLength().ShouldBe(before);
    }

    [Theory]
    [InlineData("/api/messages?unreadOnly=true", "isUnread")]
    [InlineData("/api/imap/messages?email=lina@sandbox.test&IsUnread=true", "isUnread")]
    [InlineData("/api/search?hasAtachment=true", "hasAttachment")]
    [InlineData("/api/labels?Provider=imap", "provider")]
    [InlineData("/api/outbox?state=failed", "status")]
    [InlineData("/api/accounts-with-settings?email=lina@sandbox.test", null)]
    [InlineData("/health?verbose=1", null)]
    public async Task Unknown_query_name_is_refused_on_each_route(string path, string? nearest)
    {
        var reply = await App.GetAsync(path);

        reply.ShouldBeRefused(400, "unknown_parameter");
        reply.Msg!.ShouldEndWith(nearest is null ? "nothing is taken here" : $"did you mean {nearest}?");
    }

    [Fact]
    public async Task Provider_of_the_path_may_be_repeated_and_not_contradicted()
    {
        (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test&provider=imap")).Status.ShouldBe(200);
        (await App.PostAsync("/api/imap/messages/fetch?email=lina@sandbox.test", new { provider = "IMAP", limit = 1 })).Status.ShouldBe(200);
        (await App.GetAsync("/api/imap/messages?email=lina@sandbox.test&provider=gmail")).ShouldBeRefused(400, "conflicting_parameter");
        (await App.PostAsync("/api/imap/messages/fetch?email=lina@sandbox.test", new { provider = new[] { 1 } })).ShouldBeRefused(400, "conflicting_parameter");
    }

    [Theory]
    [InlineData("query=quotation&skip=0&pageSize=3&hasAttachments=false")]
    [InlineData("q=quotation&offset=0&limit=3&hasAttachment=false")]
    public async Task Synonyms_mean_what_the_names_mean(string query)
    {
        var reply = await App.GetAsync($"/api/search?{query}");

        reply.Status.ShouldBe(200, reply.Text);
        (reply.Result.GetProperty("offset").GetInt32(), reply.Result.GetProperty("limit").GetInt32()).ShouldBe((0, 3));
    }

    [Theory]
    [InlineData("PUT", "/api/accounts/imap/lina@sandbox.test/settings", """{"imap":{"host":null,"port":993}}""", "imap.host is missing")]
    [InlineData("POST", "/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[{"address":null}],"body":"x"}""", "toRecipients[0].address is missing")]
    [InlineData("POST", "/api/imap/send", """{"email":"lina@sandbox.test","toRecipients":[null],"body":"x"}""", "toRecipients[0] must not be null")]
    [InlineData("POST", "/api/rules", """{"name":"x","actions":[{"type":null}]}""", "actions[0].type is missing")]
    [InlineData("POST", "/api/rules", """{"name":"x","conditions":[{"field":"subject","operator":null,"value":"x"}],"actions":[{"type":"star"}]}""", "conditions[0].operator is missing")]
    [InlineData("POST", "/api/okki/trails/quotation", """{"companyId":1,"quotationNo":"q","products":[{"name":null}]}""", "products[0].name is missing")]
    public async Task Null_of_a_required_member_is_named(string method, string path, string body, string msg)
    {
        var reply = await App.SendAsync(method, path, body);

        reply.ShouldBeRefused(400, "invalid_parameter");
        reply.Msg.ShouldBe(msg);
    }

    [Fact]
    public async Task Null_of_an_optional_member_is_as_left_out()
    {
        var sent = await App.PostAsync("/api/imap/send", """
            {"email":"lina@sandbox.test","toRecipients":[{"address":"tom@sandbox.test","name":null}],"ccRecipients":null,"subject":null,"body":"hello","contentType":null,
             "attachments":[{"filename":"a.txt","content":"YQ==","contentType":null,"contentId":null,"isInline":null,"path":null}],"sendAt":null}
            """);
        var rule = await App.PostAsync("/api/rules", """
            {"name":"nulls","description":null,"conditions":[{"field":"has_attachment","operator":"is_true","value":null}],"conditionLogic":null,"priority":null,
             "actions":[{"type":"star","value":null,"days":null,"allowedActions":null}]}
            """);

        sent.Status.ShouldBe(200, sent.Text);
        rule.Status.ShouldBe(201, rule.Text);
        rule.Result.GetProperty("conditions")[0].GetProperty("value").GetString().ShouldBe("");
        (await App.DeleteAsync($"/api/rules/{rule.Result.GetProperty("id").GetString()}")).Status.ShouldBe(200);
    }
}
