using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// A client that knows nothing but the contract of the API (its later names too): every route that is not Gmail's or Outlook's own is called
/// once, and does what it says, over a real Dovecot and Postfix. A route that is not called here fails the test.
/// </summary>
[Collection(MailPeers.Collection)]
public sealed partial class SpecVocabularyTests(MailPeers peers)
{
    private readonly List<(string Method, string Path)> _called = [];
    private DaemonApp _app = null!;

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Each_route_does_what_the_contract_says()
    {
        var (user, other) = (peers.NewUser(), peers.NewUser());
        await peers.Dovecot.SeedAsync(user, 20);
        await using var crm = new OkkiServer(TimeProvider.System);
        crm.Add(OkkiSeed.Companies);
        var settings = MailApi.Settings(peers.Dovecot);
        settings["Okki:RequestsPerSecond"] = "1000";
        await using var app = _app = await DaemonApp.StartAsync(settings: settings);
        var api = new MailApi(app.Client, peers.Dovecot, peers.Postfix);

        await AccountsAsync(api, user, other);
        await MessagesAsync(user);
        await ConversationsAsync(user);
        await SendingAsync(user, other);
        await DraftsAsync(user, other);
        await AttachmentsAsync(user);
        await LabelsAsync(user);
        await FoldersAsync(user);
        await QueuesAsync(user);
        await RulesAsync(user);
        await CrmAsync(user, crm);
        await RemovalAsync(other);

        var missed = (await AllRoutes.ReadAsync(app))
            .Where(route => !route.Template.StartsWith("/api/outlook/", StringComparison.Ordinal) && !route.Template.StartsWith("/api/gmail/", StringComparison.Ordinal))
            .Where(route => !_called.Exists(call => call.Method == route.Method && Fits(route.Template, call.Path)))
            .Select(route => $"{route.Method} {route.Template}");
        missed.ShouldBeEmpty("each route is called here");
    }

    private async Task AccountsAsync(MailApi api, MailUser user, MailUser other)
    {
        (await CallAsync("GET", "/ping")).GetProperty("status").GetString().ShouldBe("ok");
        (await CallAsync("GET", "/api/imap/presets")).EnumerateArray().ShouldAllBe(p => Has(p, "id", "name", "domains", "imap", "smtp", "secretKind", "helpUrl", "notes"));
        var tried = await CallAsync("POST", "/api/imap/test", api.Account(user));
        Has(tried.GetProperty("imap"), "success", "error", "capabilities").ShouldBeTrue();
        Has(await CallAsync("POST", "/api/imap/accounts", api.Account(user), 201), "email", "smtpStatus", "smtp").ShouldBeTrue();
        await CallAsync("POST", "/api/imap/accounts", api.Account(other), 201);
        (await CallAsync("POST", "/api/imap/accounts/verify-smtp", new { email = user.Address })).GetProperty("smtpStatus").GetString().ShouldBe("verified");
        Has(await CallAsync("POST", $"/api/sync?provider=imap&email={user.Address}"), "added", "updated", "removed", "durationMs").ShouldBeTrue();
        (await CallAsync("GET", "/api/accounts")).EnumerateArray().ShouldAllBe(a => Has(a, "provider", "email", "displayName", "status", "lastSyncTime", "unreadCount", "smtpStatus"));
        (await CallAsync("GET", "/api/accounts-with-settings")).EnumerateArray().ShouldAllBe(a => Has(a, "settings", "status"));
        var settings = $"/api/accounts/imap/{user.Address}/settings";
        Has(await CallAsync("GET", settings), "displayName", "syncInterval", "notify", "signature", "syncDays", "folders", "agentPolicy").ShouldBeTrue();
        await CallAsync("PUT", settings, new { syncInterval = 600 });
        (await CallAsync("GET", settings)).GetProperty("syncInterval").GetInt32().ShouldBe(600);
        await CallAsync("PUT", $"/api/accounts/imap/{user.Address}/displayName", new { displayName = "Wei" });
        Has(await CallAsync("GET", $"/api/sync-status?provider=imap&email={user.Address}"), "status", "lastSyncTime", "nextPoll").ShouldBeTrue();
        await CallAsync("GET", "/api/polling/status");
        (await CallAsync("GET", $"/api/sync/verify?provider=imap&email={user.Address}")).GetProperty("differences").GetArrayLength().ShouldBe(0);
        (await RawAsync("GET", "/health")).Status.ShouldBe(200);
        (await RawAsync("GET", "/metrics")).Text.ShouldContain("maildaemon_");
    }

    private async Task MessagesAsync(MailUser user)
    {
        var list = await CallAsync("GET", $"/api/imap/messages?email={user.Address.ToUpperInvariant()}&folder=inbox&limit=20");
        (list.GetProperty("total").GetInt32(), list.GetProperty("offset").GetInt32(), list.GetProperty("limit").GetInt32()).ShouldBe((20, 0, 20));
        foreach (var item in list.GetProperty("messages").EnumerateArray())
        {
            ShouldBeItem(item);
            (item.GetProperty("folder").GetString(), item.GetProperty("folderPath").GetString(), item.GetProperty("id").GetString()).ShouldBe(("inbox", "INBOX", $"imap:{item.GetProperty("uid").GetInt64()}"));
        }

        (await CallAsync("GET", "/api/messages?provider=imap&isUnread=true")).GetProperty("messages").EnumerateArray().ShouldAllBe(m => !m.GetProperty("isRead").GetBoolean());
        Has(await CallAsync("POST", $"/api/imap/messages/fetch?email={user.Address}&folder=inbox&limit=5"), "messages", "pagination").ShouldBeTrue();
        var key = list.GetProperty("messages")[0].GetProperty("key").GetString();
        var detail = await CallAsync("GET", $"/api/imap/messages/{key}?bodyFormat=markdown&bodyMaxLength=40&stripQuotes=true");
        ShouldBeItem(detail);
        Has(detail, "body", "text", "cc", "ccRecipients", "bcc", "replyTo", "headers", "attachments").ShouldBeTrue();
        Has(detail.GetProperty("headers"), "inReplyTo", "references", "listId", "autoSubmitted").ShouldBeTrue();
        foreach (var (action, field, value) in ((string, string, bool)[])[("read", "isRead", true), ("unread", "isRead", false), ("star", "isStarred", true), ("unstar", "isStarred", false)])
            (await CallAsync("POST", $"/api/imap/messages/{key}/{action}")).GetProperty(field).GetBoolean().ShouldBe(value);
        foreach (var (action, folder) in ((string, string)[])[("spam", "spam"), ("not-spam", "inbox"), ("archive", "archive")])
        {
            var moved = await CallAsync("POST", $"/api/imap/messages/{key}/{action}");
            (moved.GetProperty("key").GetString(), moved.GetProperty("folder").GetString()).ShouldBe((key, folder));
            moved.GetProperty("id").GetString()!.ShouldStartWith("imap:");
        }

        (await CallAsync("POST", $"/api/imap/messages/{key}/move", new { folder = "inbox" })).GetProperty("folder").GetString().ShouldBe("inbox");
        var deleted = await CallAsync("DELETE", $"/api/imap/messages/{key}");
        (Has(deleted, "id", "folder", "permanent"), deleted.GetProperty("permanent").GetBoolean()).ShouldBe((true, false));
        (await CallAsync("DELETE", $"/api/imap/messages/{key}")).GetProperty("permanent").GetBoolean().ShouldBeTrue();
        var keys = list.GetProperty("messages").EnumerateArray().Skip(1).Take(3).Select(m => m.GetProperty("key").GetString()).ToList();
        (await CallAsync("POST", "/api/imap/messages/batch", new { email = user.Address, keys, action = "read" })).GetProperty("results").GetArrayLength().ShouldBe(3);
    }

    private async Task RulesAsync(MailUser user)
    {
        // For this mail alone: what was sent before may still come in.
        var list = await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=inbox&limit=20");
        var first = list.GetProperty("messages").EnumerateArray().First(m => !m.GetProperty("hasAttachments").GetBoolean());
        var mail = first.GetProperty("id").GetString();
        var conditions = new object[] { new { field = "has_attachment", @operator = "is_false" }, new { field = "subject", @operator = "equals", value = first.GetProperty("subject").GetString() } };
        var made = await CallAsync(
            "POST",
            "/api/rules",
            new { name = "样品", provider = "imap", email = user.Address, conditions, actions = new object[] { new { type = "star" }, new { type = "agent_handle", value = "spec" } } },
            201);
        Has(made, "id", "name", "description", "provider", "email", "enabled", "conditions", "conditionLogic", "actions", "priority", "stopOnMatch").ShouldBeTrue();
        var rule = $"/api/rules/{made.GetProperty("id").GetString()}";
        (await CallAsync("GET", $"/api/rules?provider=imap&email={user.Address}")).GetArrayLength().ShouldBe(1);
        (await CallAsync("PUT", rule, new { priority = 3 })).GetProperty("priority").GetInt32().ShouldBe(3);
        (await CallAsync("POST", rule + "/toggle")).GetProperty("enabled").GetBoolean().ShouldBeFalse();
        (await CallAsync("POST", rule + "/toggle")).GetProperty("enabled").GetBoolean().ShouldBeTrue();
        (await CallAsync("GET", rule)).GetProperty("version").GetInt32().ShouldBe(1);
        var named = new { provider = "imap", email = user.Address, mailId = mail };
        var tested = await CallAsync("POST", rule + "/test", named);
        (tested.GetProperty("matched").GetBoolean(), tested.GetProperty("actions").GetArrayLength()).ShouldBe((true, 2));
        Has(tested.GetProperty("conditions")[0], "field", "operator", "value", "matched", "actual").ShouldBeTrue();
        var executed = (await CallAsync("POST", "/api/rules/execute", named)).GetProperty("matched").EnumerateArray().ShouldHaveSingleItem();
        Has(executed, "ruleId", "name", "actions").ShouldBeTrue();
        executed.GetProperty("actions").EnumerateArray().ShouldAllBe(a => Has(a, "type", "status"));
        (await CallAsync("GET", rule + "/runs")).GetProperty("total").GetInt32().ShouldBe(2);
        (await CallAsync("GET", "/api/rules/runs")).GetProperty("runs").GetArrayLength().ShouldBe(2);
        await CallAsync("POST", rule + "/apply", new { dryRun = true, folder = "inbox" }, 202);
        await MailApi.UntilAsync(async () => await CallAsync("GET", rule + "/apply"), progress => progress.GetProperty("status").GetString() == "done");
        await AgentsAsync();
        (await CallAsync("DELETE", rule)).GetProperty("deleted").GetBoolean().ShouldBeTrue();
    }

    private async Task CrmAsync(MailUser user, OkkiServer crm)
    {
        var config = await CallAsync("PUT", "/api/okki/config", new { enabled = true, dryRun = false, baseUrl = crm.Url, clientId = OkkiServer.ClientId, clientSecret = OkkiServer.ClientSecret });
        (Has(config, "enabled", "dryRun", "baseUrl", "clientId"), Has(config, "clientSecret")).ShouldBe((true, false));
        await CallAsync("GET", "/api/okki/config");
        await CallAsync("POST", "/api/okki/test");
        var match = await CallAsync("POST", "/api/okki/match", new { email = "new@nordlicht.example", subject = "x", body = "y" });
        (Has(match, "companyId", "name", "evidence", "candidates"), match.GetProperty("matchType").GetString(), match.GetProperty("confidence").GetDouble()).ShouldBe((true, "domain", 0.95));
        var mail = new { uid = "u1", from = "anna.schmidt@nordlicht.example", to = user.Address, subject = "x", date = "2026-03-24T01:56:00Z", body = "y", direction = "in", attachments = new[] { new { filename = "a.pdf" } } };
        (await CallAsync("POST", "/api/okki/trails/email", mail)).GetProperty("success").GetBoolean().ShouldBeTrue();
        var again = await CallAsync("POST", "/api/okki/trails/email", mail);
        (again.GetProperty("success").GetBoolean(), again.GetProperty("reason").GetString(), again.GetProperty("trailId").GetInt64()).ShouldBe((false, "duplicate", crm.Trails[0].Id));
        var quotation = new { companyId = 16696797007, quotationNo = "Q1", date = "2026-03-24", products = new[] { new { name = "cable", quantity = 2, unit_price = 1.5 } }, totalAmount = "USD 3.00", validUntil = "2026-04-24" };
        (await CallAsync("POST", "/api/okki/trails/quotation", quotation)).GetProperty("success").GetBoolean().ShouldBeTrue();
        crm.Trails.Select(trail => trail.Type).ShouldBe([102, 101]);

        var list = (await CallAsync("GET", $"/api/imap/messages?email={user.Address}&limit=100")).GetProperty("messages").EnumerateArray()
            .First(m => !m.GetProperty("from").GetProperty("address").GetString()!.EndsWith(user.Address[user.Address.IndexOf('@', StringComparison.Ordinal)..], StringComparison.Ordinal));
        var synced = await CallAsync("POST", "/api/okki/sync", new { provider = "imap", email = user.Address, mailId = list.GetProperty("id").GetString(), folder = list.GetProperty("folderPath").GetString() });
        synced.GetProperty("state").GetString().ShouldBe("unmatched");
        var id = synced.GetProperty("id").GetString();
        (await CallAsync("GET", "/api/okki/trails?state=unmatched")).GetProperty("trails")[0].GetProperty("id").GetString().ShouldBe(id);
        await CallAsync("GET", $"/api/okki/trails/{id}");
        await CallAsync("POST", $"/api/okki/trails/{id}/retry");
        (await CallAsync("GET", "/api/okki/unmatched")).GetProperty("unmatched")[0].GetProperty("id").GetString().ShouldBe(id);
        (await CallAsync("POST", $"/api/okki/unmatched/{id}/assign", new { companyId = 16696797001, pin = "address" })).GetProperty("success").GetBoolean().ShouldBeTrue();
        var pin = (await CallAsync("GET", "/api/okki/pins")).GetProperty("pins")[0].GetProperty("pattern").GetString();
        await CallAsync("DELETE", $"/api/okki/pins?pattern={pin}");
        await CallAsync("POST", "/api/okki/pins", new { pattern = "pinned.example", companyId = 16696797001 }, 201);
        await CallAsync("POST", "/api/okki/customers/sync", status: 202);
        await MailApi.UntilAsync(async () => await CallAsync("GET", "/api/okki/customers/sync"), mirror => mirror.GetProperty("customers").GetInt32() == OkkiSeed.Companies.Count);
        (await CallAsync("GET", "/api/okki/customers?q=nordl")).GetProperty("customers")[0].GetProperty("companyId").GetInt64().ShouldBe(16696797001);
        await CallAsync("POST", "/api/okki/backfill", new { provider = "imap", email = user.Address, since = "2026-01-01T00:00:00Z", dryRun = true }, 202);
        await MailApi.UntilAsync(async () => await CallAsync("GET", $"/api/okki/backfill?provider=imap&email={user.Address}"), state => state.GetProperty("state").GetString() == "done");

        crm.Faults.DropAfter.Arm("/v1/dynamic/trail/push", true, times: 1);
        var lost = await CallAsync("POST", "/api/okki/trails/email", mail with { uid = "u2" }, 202);
        lost.GetProperty("state").GetString().ShouldBe("uncertain");
        var settled = await CallAsync("POST", $"/api/okki/trails/{lost.GetProperty("id").GetString()}/settle", new { written = true, trailId = crm.Trails[^1].Id });
        (settled.GetProperty("state").GetString(), settled.GetProperty("trailId").GetInt64()).ShouldBe(("synced", crm.Trails[^1].Id));
    }

    private async Task AgentsAsync()
    {
        var task = (await CallAsync("GET", "/api/agents/spec/tasks?wait=5")).GetProperty("tasks")[0];
        Has(task, "id", "agentId", "state", "message", "trust", "allowedActions", "capabilityToken", "createdAt", "attempts").ShouldBeTrue();
        task.GetProperty("trust").GetString().ShouldBe("untrusted_email");
        Has(task.GetProperty("message"), "key", "subject", "from", "text", "attachments").ShouldBeTrue();
        var path = $"/api/agents/tasks/{task.GetProperty("id").GetString()}";
        await CallAsync("POST", path + "/extend", new { lease = 600 }, 200, Token(task));
        (await CallAsync("POST", path + "/fail", new { error = "busy", retry = false }, 200, Token(task))).GetProperty("state").GetString().ShouldBe("dead");
        (await CallAsync("GET", "/api/agents/tasks?state=dead")).GetProperty("total").GetInt32().ShouldBe(1);
        await CallAsync("POST", path + "/requeue");
        var again = (await CallAsync("POST", "/api/agents/spec/tasks/lease", new { wait = 5 })).GetProperty("tasks")[0];
        (await CallAsync("POST", path + "/complete", new { result = new { summary = "x" }, actions = new[] { new { type = "mark_as_read" } } }, 200, Token(again))).GetProperty("state").GetString().ShouldBe("done");
        (await CallAsync("GET", path)).GetProperty("result").GetProperty("summary").GetString().ShouldBe("x");
        (await RawAsync("DELETE", path)).Error.ShouldBe("task_state");

        static (string, string) Token(JsonElement of) => ("Authorization", $"Bearer {of.GetProperty("capabilityToken").GetString()}");
    }

    private async Task ConversationsAsync(MailUser user)
    {
        var threads = await CallAsync("GET", $"/api/imap/threads?email={user.Address}");
        var id = threads.GetProperty("threads")[0].GetProperty("threadId").GetString();
        (await CallAsync("GET", $"/api/threads/{id}?bodyFormat=text")).GetProperty("messages").EnumerateArray().ShouldAllBe(m => Has(m, "body"));
        await MailApi.UntilAsync(
            async () => await CallAsync("GET", $"/api/imap/search?email={user.Address}&q=样品&isUnread=false&limit=200"),
            page => page.GetProperty("messages").EnumerateArray().Any() && page.GetProperty("messages").EnumerateArray().All(m => Has(m, "highlights")));
        (await CallAsync("GET", "/api/search?q=样品&sort=relevance&remote=true")).GetProperty("remote").GetProperty("errors").GetArrayLength().ShouldBe(0);
        var unknown = await RawAsync("GET", "/api/search?q=x&order=new");
        (unknown.Status, unknown.Msg!.Contains("order", StringComparison.Ordinal)).ShouldBe((400, true), unknown.Text);
    }

    private async Task SendingAsync(MailUser user, MailUser other)
    {
        object mail = new { email = user.Address, toRecipients = new[] { new { name = "Other", address = other.Address } }, subject = "报价", body = "<b>Hello</b>", contentType = "html" };
        var sent = await CallAsync("POST", "/api/imap/send", mail, headers: ("Idempotency-Key", "spec-1"));
        sent.GetProperty("status").GetString().ShouldBe("sent");
        Has(sent, "id", "messageId").ShouldBeTrue();
        (await CallAsync("POST", "/api/imap/send", mail, headers: ("Idempotency-Key", "spec-1"))).GetProperty("messageId").GetString().ShouldBe(sent.GetProperty("messageId").GetString());
        var arrived = await ArrivedAsync(other, "报价");
        await CallAsync("POST", "/api/imap/reply", new { email = other.Address, uid = arrived.GetProperty("uid").GetInt64(), folder = "INBOX", body = "好的", contentType = "text", replyAll = true });
        var answer = await ArrivedAsync(user, "Re: 报价");
        answer.GetProperty("threadId").GetString().ShouldBe((await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=sent")).GetProperty("messages")[0].GetProperty("threadId").GetString());
        await CallAsync("POST", "/api/imap/forward", new { key = answer.GetProperty("key").GetString(), toRecipients = new[] { new { address = other.Address } }, body = "FYI", contentType = "text" });
        (await ArrivedAsync(other, "Fwd: Re: 报价")).GetProperty("from").GetProperty("address").GetString().ShouldBe(user.Address);
    }

    private async Task DraftsAsync(MailUser user, MailUser other)
    {
        var made = await CallAsync("POST", "/api/imap/drafts", new { email = user.Address, to = $"Other <{other.Address}>", cc = "", subject = "draft one", body = "first", contentType = "text" }, 201);
        var id = made.GetProperty("id").GetString()!;
        (await CallAsync("GET", $"/api/imap/drafts?email={user.Address}")).GetProperty("messages").EnumerateArray().ShouldContain(d => d.GetProperty("id").GetString() == id);
        var changed = await CallAsync("PUT", $"/api/imap/drafts/{id.Split(':')[1]}", new { email = user.Address, toRecipients = new[] { new { address = other.Address } }, subject = "draft two", body = "second" });
        id = changed.GetProperty("id").GetString()!;
        (await CallAsync("GET", $"/api/imap/drafts/{id}?email={user.Address}")).GetProperty("subject").GetString().ShouldBe("draft two");
        (await CallAsync("POST", $"/api/imap/drafts/{id}/send?email={user.Address}")).GetProperty("status").GetString().ShouldBe("sent");
        await ArrivedAsync(other, "draft two");
        id = (await CallAsync("POST", "/api/imap/drafts", new { email = user.Address, subject = "thrown away", body = "x" }, 201)).GetProperty("id").GetString()!;
        await CallAsync("DELETE", $"/api/imap/drafts/{id}?email={user.Address}");
        (await CallAsync("GET", $"/api/imap/drafts?email={user.Address}")).GetProperty("messages").GetArrayLength().ShouldBe(0);
    }

    private async Task AttachmentsAsync(MailUser user)
    {
        var key = (await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=inbox&limit=50")).GetProperty("messages").EnumerateArray()
            .First(m => m.GetProperty("hasAttachments").GetBoolean()).GetProperty("key").GetString();
        var attachment = (await CallAsync("GET", $"/api/imap/messages/{key}")).GetProperty("attachments")[0];
        Has(attachment, "id", "filename", "mimeType", "contentType", "size", "isInline", "contentId").ShouldBeTrue();
        attachment.GetProperty("id").GetString().ShouldBe("0");
        var whole = await CallAsync("POST", "/api/imap/attachment", new { messageId = key, partId = "0" });
        whole.GetProperty("data").GetBytesFromBase64().LongLength.ShouldBe(whole.GetProperty("size").GetInt64());
        (await RawAsync("GET", $"/api/attachments?key={key}&attachmentId=0")).Headers["Content-Disposition"].ShouldStartWith("attachment");
        Has(await CallAsync("POST", "/api/attachments/save", new { key, attachmentId = "0" }, 201), "path", "size", "sha256").ShouldBeTrue();
    }

    private async Task LabelsAsync(MailUser user)
    {
        var label = await CallAsync("POST", "/api/labels", new { name = "全部", color = "#12ab34" }, 201);
        Has(label, "id", "name", "color", "type", "provider", "email", "visible", "order", "unreadCount").ShouldBeTrue();
        label.GetProperty("type").GetString().ShouldBe("global");
        var id = label.GetProperty("id").GetString();
        var key = (await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=inbox&limit=1")).GetProperty("messages")[0].GetProperty("key").GetString();
        var mail = $"/api/mails/imap/{user.Address}/labels?mailId={key}";
        await CallAsync("POST", mail, new { labelId = id });
        (await CallAsync("GET", $"/api/labels/{id}/mails?expand=true")).GetProperty("messages").EnumerateArray().ShouldHaveSingleItem().GetProperty("key").GetString().ShouldBe(key);
        (await CallAsync("GET", $"/api/messages?label={id}")).GetProperty("total").GetInt32().ShouldBe(1);
        await CallAsync("PUT", mail, new { labelIds = new[] { id } });
        await CallAsync("GET", mail);
        await CallAsync("DELETE", $"{mail}&labelId={id}");
        (await CallAsync("PUT", $"/api/labels/{id}", new { name = "所有" })).GetProperty("name").GetString().ShouldBe("所有");
        await CallAsync("GET", $"/api/labels/{id}");
        await CallAsync("DELETE", $"/api/labels/{id}");
        (await CallAsync("GET", "/api/labels")).EnumerateArray().ShouldNotContain(l => l.GetProperty("id").GetString() == id);
    }

    private async Task FoldersAsync(MailUser user)
    {
        (await CallAsync("GET", $"/api/imap/folders?email={user.Address}")).EnumerateArray().ShouldAllBe(f => Has(f, "name", "path", "specialUse", "flags", "folder", "unread", "total"));
        var path = (await CallAsync("POST", "/api/imap/folders", new { email = user.Address, name = "客户" }, 201)).GetProperty("path").GetString()!;
        path = (await CallAsync("PUT", $"/api/imap/folders?email={user.Address}&path={Uri.EscapeDataString(path)}", new { name = "老客户" })).GetProperty("path").GetString()!;
        await CallAsync("DELETE", $"/api/imap/folders?email={user.Address}&path={Uri.EscapeDataString(path)}");
    }

    private async Task QueuesAsync(MailUser user)
    {
        var later = await CallAsync("POST", "/api/imap/send", new { email = user.Address, toRecipients = new[] { new { address = user.Address } }, subject = "later", body = "x", sendAt = "2099-01-01T00:00:00Z" }, 202);
        var id = later.GetProperty("outboxId").GetString();
        var outbox = await CallAsync("GET", "/api/outbox");
        outbox.GetProperty("items").EnumerateArray().ShouldAllBe(i => Has(i, "id", "kind", "provider", "email", "status", "attempts", "nextAttemptAt", "lastError", "messageId", "createdAt"));
        outbox.GetProperty("total").GetInt32().ShouldBe(outbox.GetProperty("items").GetArrayLength());
        await CallAsync("GET", $"/api/outbox/{id}");
        (await CallAsync("POST", $"/api/outbox/{id}/retry")).GetProperty("status").GetString().ShouldBe("sent");
        var waiting = (await CallAsync("POST", "/api/imap/send", new { email = user.Address, toRecipients = new[] { new { address = user.Address } }, subject = "never", body = "x", sendAt = "2099-01-01T00:00:00Z" }, 202)).GetProperty("outboxId").GetString();
        await CallAsync("DELETE", $"/api/outbox/{waiting}");

        var key = (await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=inbox&limit=1")).GetProperty("messages")[0].GetProperty("key").GetString();
        (await RawAsync("POST", "/api/offline/queue", new { provider = "imap", keys = new[] { key }, action = "star" })).Envelope.GetProperty("queued").GetBoolean().ShouldBeTrue();
        Has(await CallAsync("GET", "/api/offline/queue"), "operations", "pending", "failed").ShouldBeTrue();
        await CallAsync("POST", "/api/offline/process");
        (await MailApi.UntilAsync(() => CallAsync("GET", "/api/offline/status"), s => s.GetProperty("pending").GetInt32() == 0)).GetProperty("online").GetBoolean().ShouldBeTrue();
        (await CallAsync("GET", $"/api/imap/messages/{key}")).GetProperty("isStarred").GetBoolean().ShouldBeTrue();
        (await CallAsync("DELETE", "/api/offline/queue")).GetProperty("removed").GetInt32().ShouldBe(0);
        (await CallAsync("DELETE", "/api/offline/failed")).GetProperty("removed").GetInt32().ShouldBe(0);
        (await RawAsync("DELETE", "/api/offline/queue/c_nothere")).Status.ShouldBe(404);
        (await RawAsync("GET", "/api/events?follow=false")).Text.ShouldContain("retry:");
    }

    private async Task RemovalAsync(MailUser other)
    {
        await CallAsync("DELETE", $"/api/accounts/imap/{other.Address}?keepCache=true");
        (await CallAsync("GET", "/api/accounts")).GetArrayLength().ShouldBe(1);
    }

    /// <summary>The newest message of the inbox, once it has this subject.</summary>
    private async Task<JsonElement> ArrivedAsync(MailUser user, string subject)
    {
        var list = await MailApi.UntilAsync(
            async () =>
            {
                await CallAsync("POST", $"/api/sync?provider=imap&email={user.Address}");
                return await CallAsync("GET", $"/api/imap/messages?email={user.Address}&folder=inbox&limit=20");
            },
            page => page.GetProperty("messages").EnumerateArray().Any(m => m.GetProperty("subject").GetString() == subject));
        return list.GetProperty("messages").EnumerateArray().First(m => m.GetProperty("subject").GetString() == subject);
    }

    private static void ShouldBeItem(JsonElement item)
    {
        Has(
            item, "id", "key", "provider", "email", "subject", "from", "to", "toRecipients", "date", "receivedDateTime", "sentDateTime", "snippet", "bodyPreview", "isRead",
            "isStarred", "hasAttachments", "folder", "folderPath", "uid", "labels", "threadId", "internetMessageId", "size").ShouldBeTrue(item.ToString());
        JsonElement.DeepEquals(item.GetProperty("to"), item.GetProperty("toRecipients")).ShouldBeTrue();
        item.GetProperty("date").GetString().ShouldBe(item.GetProperty("receivedDateTime").GetString());
        item.GetProperty("date").GetString()!.ShouldEndWith("Z");
        item.GetProperty("snippet").GetString().ShouldBe(item.GetProperty("bodyPreview").GetString());
    }

    private static bool Has(JsonElement item, params string[] fields) => fields.All(field => item.TryGetProperty(field, out _));

    private async Task<JsonElement> CallAsync(string method, string path, object? body = null, int status = 200, params (string Name, string Value)[] headers)
    {
        var reply = await RawAsync(method, path, body, headers);
        reply.Status.ShouldBe(status, $"{method} {path}: {reply.Text}");
        (reply.Envelope.GetProperty("code").GetInt32(), reply.Envelope.GetProperty("msg").GetString()).ShouldBe((1, "Success"));
        return reply.Result;
    }

    private Task<Reply> RawAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        _called.Add((method, path.Split('?')[0]));
        return _app.SendAsync(method, path, body, headers);
    }

    private static bool Fits(string template, string path) => Regex.IsMatch(path, $"^{Parameter().Replace(template, "[^/]+")}$");

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
