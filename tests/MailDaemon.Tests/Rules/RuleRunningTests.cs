using System.Text;
using System.Text.Json;
using MailDaemon.Tests.EndToEnd;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Rules;

/// <summary>Rules on new mail of a real Dovecot, their effects seen by another client.</summary>
[Collection(MailPeers.Collection)]
public sealed class RuleRunningTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    private MailApi Api => daemon.SendingApi;

    [PeerTheory(Peer.Dovecot)]
    [InlineData("mark_as_read", "", "", "INBOX", "\\Seen")]
    [InlineData("mark_as_unread", "", "\\Seen", "INBOX", "")]
    [InlineData("star", "", "", "INBOX", "\\Flagged")]
    [InlineData("unstar", "", "\\Flagged", "INBOX", "")]
    [InlineData("archive", "", "", "Archive", "")]
    [InlineData("delete", "", "", "Trash", "")]
    [InlineData("mark_as_spam", "", "", "Junk", "")]
    [InlineData("move_to_folder", "项目", "", "项目", "")]
    public async Task Action_is_done_on_the_server(string type, string value, string flags, string folder, string left)
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1, "项目");
        await peers.Dovecot.SeedAsync(user, 1, "Archive");
        await Api.AddAsync(user);
        await RuleAsync(user, "new mail", [new { type, value }]);
        var before = (await peers.Dovecot.MessagesAsync(user, folder)).Count;
        await AppendAsync(user, "INBOX", "new mail", flags: flags);

        await Api.SyncAsync(user);
        await Eventually.UntilAsync(
            async () =>
            {
                var there = await peers.Dovecot.MessagesAsync(user, folder);
                return there.Count == before + 1 && there[^1].Flags == left;
            },
            $"{type} is done");

        if (folder != "INBOX")
            (await peers.Dovecot.MessagesAsync(user, "INBOX")).ShouldBeEmpty();
    }

    [PeerFact]
    public async Task Labels_of_a_rule_are_keywords_and_a_rule_that_stops_ends_the_list()
    {
        var user = peers.NewUser();
        await Api.AddAsync(user);
        var label = await LabelAsync(user, "客户");
        var other = await LabelAsync(user, "other");
        await RuleAsync(user, "contract", [new { type = "add_label", value = label }, new { type = "add_label", value = other }, new { type = "remove_label", value = other }], priority: 1, stops: true);
        await RuleAsync(user, "contract", [new { type = "delete" }], priority: 2);
        await AppendAsync(user, "INBOX", "contract 42");
        await Api.SyncAsync(user);

        await Eventually.UntilAsync(async () => (await peers.Dovecot.MessagesAsync(user, "INBOX")).Any(m => m.Flags.Contains("&W6JiNw-", StringComparison.Ordinal) && !m.Flags.Contains("other", StringComparison.Ordinal)), "it is labelled");
        await Task.Delay(200);
        (await peers.Dovecot.MessagesAsync(user, "Trash")).ShouldBeEmpty("the second rule never saw it");
    }

    [PeerFact]
    public async Task New_mail_is_handled_as_soon_as_the_server_tells_of_it_and_in_any_folder_by_the_next_pass()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 1, "Projects");
        var settings = MailApi.Settings(peers.Dovecot);
        settings["Sync:Idle"] = "true";
        await using var app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, peers.Dovecot);
        await api.AddAsync(user);
        await RuleAsync(user, "order", [new { type = "star" }], api: api);

        // The daemon may not listen yet: what comes before it does is found by a pass.
        await AppendAsync(user, "INBOX", "order 1");
        await Eventually.UntilAsync(async () => (await peers.Dovecot.MessagesAsync(user, "INBOX")).Any(m => m.Flags == "\\Flagged"), "it is starred without being asked for");
        await AppendAsync(user, "Projects", "order 2");
        await api.SyncAsync(user);
        await Eventually.UntilAsync(async () => (await peers.Dovecot.MessagesAsync(user, "Projects")).Any(m => m.Flags == "\\Flagged"), "so is the other");
    }

    [PeerFact]
    public async Task Mail_that_was_there_that_came_before_the_rule_or_is_thrown_away_is_left_alone()
    {
        var user = peers.NewUser();
        await AppendAsync(user, "INBOX", "report old");
        await Api.AddAsync(user);
        await AppendAsync(user, "INBOX", "report before the rule");
        await Api.SyncAsync(user);
        await RuleAsync(user, "report", [new { type = "star" }]);
        await AppendAsync(user, "Trash", "report in trash");
        await AppendAsync(user, "Junk", "report in spam");
        await AppendAsync(user, "Drafts", "report in drafts");
        await AppendAsync(user, "Sent", "report in sent");
        await AppendAsync(user, "INBOX", "report new");
        await Api.SyncAsync(user);

        await Eventually.UntilAsync(async () => (await Api.ListAsync(user)).Any(m => m.IsStarred), "the new one is starred");
        await Api.SyncAsync(user);
        (await Api.ListAsync(user)).Where(m => m.IsStarred).Select(m => m.Subject).ShouldBe(["report new"]);
    }

    [PeerFact]
    public async Task Nothing_runs_again_when_the_server_renumbers_or_the_cache_is_made_anew()
    {
        var user = peers.NewUser();
        await using var directory = new TempDirectory();
        var data = directory.Sub("data");
        string rule;
        await using (var app = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot), dataDirectory: data))
        {
            var api = new MailApi(app.Client, peers.Dovecot);
            await api.AddAsync(user);
            rule = await RuleAsync(user, "order", [new { type = "agent_handle", value = "sales" }], api: api);
            await AppendAsync(user, "INBOX", "order 1");
            await api.SyncAsync(user);
            await Eventually.UntilAsync(async () => await RunsAsync(api, rule) == 1, "it ran");
            await peers.Dovecot.DoveadmAsync("mailbox", "update", "-u", user.Address, "--uid-validity", "77", "INBOX");
            await api.SyncAsync(user);
        }

        Directory.Delete(Path.Combine(data, "imap"), recursive: true);
        await using var anew = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot), dataDirectory: data);
        var again = new MailApi(anew.Client, peers.Dovecot);
        await again.SyncAsync(user);
        await AppendAsync(user, "INBOX", "order 2");
        await again.SyncAsync(user);
        await Eventually.UntilAsync(async () => await RunsAsync(again, rule) == 2, "the new one ran");

        (await again.GetAsync("/api/agents/tasks?agentId=sales")).Result.GetProperty("tasks").EnumerateArray()
            .Select(task => task.GetProperty("message").GetProperty("subject").GetString()).ShouldBe(["order 2", "order 1"]);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Two_that_answer_each_other_by_machine_exchange_one_answer()
    {
        var (ann, bob) = (peers.NewUser(), peers.NewUser());
        await using var other = await DaemonApp.StartAsync(settings: MailApi.Settings(peers.Dovecot));
        var theirs = new MailApi(other.Client, peers.Dovecot, peers.Postfix);
        await Api.AddAsync(ann);
        await theirs.AddAsync(bob);
        await RuleAsync(ann, null, [new { type = "auto_reply", value = "Dear {{from.name}}, your “{{subject}}” has come. 谢谢" }]);
        await RuleAsync(bob, null, [new { type = "auto_reply", value = "I am away." }], api: theirs);

        for (var i = 1; i <= 2; i++)
        {
            (await theirs.PostAsync("/api/imap/send", new { email = bob.Address, toRecipients = new[] { new { address = ann.Address } }, subject = $"询价 {i}", body = "?" })).Status.ShouldBe(200);
            await PassUntilAsync(Api, ann, i);
        }

        await PassUntilAsync(theirs, bob, 1);
        for (var i = 0; i < 3; i++)
        {
            await Api.SyncAsync(ann);
            await theirs.SyncAsync(bob);
            await Task.Delay(300);
        }

        var answer = await theirs.SingleAsync(bob, "inbox");
        answer.Subject.ShouldBe("Auto: 询价 1");
        var detail = await theirs.DetailAsync(answer.Key);
        detail.GetProperty("text").GetString()!.ShouldContain("your “询价 1” has come. 谢谢");
        detail.GetProperty("headers").GetProperty("autoSubmitted").GetString().ShouldBe("auto-replied");
        (await Api.ListAsync(ann, "inbox")).Count.ShouldBe(2, "nobody answered the answer");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Mail_is_sent_on_with_its_attachment_and_not_in_circles()
    {
        var (user, target) = (peers.NewUser(), peers.NewUser());
        await Api.AddAsync(user);
        var rule = await RuleAsync(user, "报价", [new { type = "forward_to", value = target.Address }]);
        await AppendAsync(user, "INBOX", "报价单", attachment: "价格,1\r\n");
        await AppendAsync(user, "INBOX", "报价 again", fields: $"X-Loop: {user.Address}\r\n");
        await Api.SyncAsync(user);
        await Eventually.UntilAsync(async () => await RunsAsync(Api, rule) == 2, "both were looked at");

        await Eventually.UntilAsync(async () => (await peers.Dovecot.MessagesAsync(target, "INBOX")).Count == 1, "one arrived");
        var raw = await peers.Curl(target).FetchAsync(peers.Dovecot.ImapsPort, "INBOX", 1);
        raw.ShouldContain($"X-Loop: {user.Address}");
        raw.ShouldContain("Auto-Submitted: auto-generated");
        raw.ShouldContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("价格,1\r\n")));
        var runs = (await Api.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("runs").EnumerateArray().ToDictionary(r => r.GetProperty("subject").GetString()!, r => r);
        (runs["报价单"].GetProperty("status").GetString(), runs["报价 again"].GetProperty("error").GetString()).ShouldBe(("done", "not_forwarded"));
    }

    private static async Task PassUntilAsync(MailApi api, MailUser user, int total) => await Eventually.UntilAsync(
        async () =>
        {
            await api.SyncAsync(user);
            return await api.TotalAsync(user, "inbox") >= total;
        },
        $"{total} are in the inbox");

    private static async Task<int> RunsAsync(MailApi api, string rule) =>
        (await api.GetAsync($"/api/rules/{rule}/runs")).Result.GetProperty("runs").EnumerateArray().Count(run => run.GetProperty("status").GetString() != "planned");

    private async Task<string> RuleAsync(MailUser user, string? subject, object[] actions, int priority = 1, bool stops = false, MailApi? api = null)
    {
        object[] conditions = subject is null ? [] : [new { field = "subject", @operator = "contains", value = subject }];
        var made = await (api ?? Api).PostAsync(
            "/api/rules", new { name = subject ?? "all", provider = "imap", email = user.Address, conditions, matchAll = subject is null, actions, priority, stopOnMatch = stops });
        made.Status.ShouldBe(201, made.Text);
        return made.Result.GetProperty("id").GetString()!;
    }

    private async Task<string> LabelAsync(MailUser user, string name) =>
        (await Api.PostAsync("/api/labels", new { name, provider = "imap", email = user.Address })).Result.GetProperty("id").GetString()!;

    private async Task AppendAsync(MailUser user, string folder, string subject, string flags = "", string fields = "", string? attachment = null)
    {
        await using var wire = await peers.Dovecot.ConnectAsync(user);
        var id = Guid.NewGuid().ToString("n");
        var encoded = $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=";
        var head = $"From: Ann <ann@rules.test>\r\nTo: {user.Address}\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nSubject: {encoded}\r\nMessage-ID: <{id}@rules.test>\r\n{fields}MIME-Version: 1.0\r\n";
        var text = attachment is null
            ? $"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n文本\r\n"
            : $"{head}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\ntext\r\n--x\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(attachment))}\r\n--x--\r\n";
        await wire.AppendAsync(folder, [new ImapAppend(Encoding.UTF8.GetBytes(text), flags)], CancellationToken.None);
    }
}
