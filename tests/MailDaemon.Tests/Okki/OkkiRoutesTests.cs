using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Okki;

/// <summary>The CRM over HTTP, on the stand-in servers; the four results of the user's own trial first.</summary>
public sealed class OkkiRoutesTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox;
    private int mails;

    public OkkiRoutesTests() => sandbox = new SandboxApp(new Sandbox.SandboxOptions(), [("Okki:RequestsPerSecond", "1000")]);

    private OkkiServer Crm => sandbox.Servers.Okki;

    public async Task InitializeAsync()
    {
        await sandbox.InitializeAsync();
        var configured = await sandbox.App.SendAsync(
            "PUT", "/api/okki/config", new { enabled = true, dryRun = false, baseUrl = Crm.Url, clientId = OkkiServer.ClientId, clientSecret = OkkiServer.ClientSecret });
        configured.Status.ShouldBe(200, configured.Text);
    }

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Mail_becomes_a_trail_102_quotation_one_of_101_public_domain_is_listed_and_the_same_is_a_duplicate()
    {
        var mail = new { uid = "smtp-1", from = sandbox.Email, to = "service@tkscable.com", subject = "Offer", date = "2026-03-24T01:56:00Z", body = "Please find our offer.", direction = "out", attachments = new[] { new { filename = "offer.pdf" } } };
        var first = await sandbox.App.PostAsync("/api/okki/trails/email", mail);
        var quotation = await sandbox.App.PostAsync("/api/okki/trails/quotation", new
        {
            customerEmail = "service@tkscable.com", quotationNo = "QT-E2E-002", date = "2026-03-24", products = new[] { new { name = "NYM-J", quantity = 1000, unit_price = 9.73 } }, totalAmount = "USD 9730.00", validUntil = "2026-04-24",
        });
        var nobody = await sandbox.App.PostAsync("/api/okki/trails/email", new { uid = "smtp-2", from = "test@gmail.com", to = sandbox.Email, subject = "hi" });
        var again = await sandbox.App.PostAsync("/api/okki/trails/email", mail);

        (first.Status, first.Result.GetProperty("success").GetBoolean(), first.Result.GetProperty("match").GetProperty("matchType").GetString()).ShouldBe((200, true, "contact"), first.Text);
        quotation.Result.GetProperty("success").GetBoolean().ShouldBeTrue(quotation.Text);
        Crm.Trails.Select(trail => (trail.Type, trail.CompanyId)).ShouldBe([(102, 16696797007), (101, 16696797007)]);
        Crm.Trails[1].Content.ShouldContain("QT-E2E-002");
        (nobody.Result.GetProperty("success").GetBoolean(), nobody.Result.GetProperty("state").GetString()).ShouldBe((false, "unmatched"));
        (await File.ReadAllTextAsync(Path.Combine(sandbox.App.DataDirectory, "okki-unmatched.log"))).ShouldContain("test@gmail.com");
        (again.Result.GetProperty("success").GetBoolean(), again.Result.GetProperty("reason").GetString(), again.Result.GetProperty("trailId").GetInt64()).ShouldBe((false, "duplicate", Crm.Trails[0].Id));
        Crm.Trails.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Mail_in_the_cache_is_synced_by_its_key_and_old_mail_by_a_backfill()
    {
        var mail = (await sandbox.App.GetAsync($"/api/imap/messages?email={sandbox.Email}&limit=500")).Result.GetProperty("messages").EnumerateArray().First(m => m.GetProperty("from").GetProperty("address").GetString() is "anna.schmidt@nordlicht.example");
        var synced = await sandbox.App.PostAsync("/api/okki/sync", new { key = mail.GetProperty("key").GetString() });
        (synced.Result.GetProperty("success").GetBoolean(), synced.Result.GetProperty("uid").GetString()).ShouldBe((true, "msgid:" + mail.GetProperty("internetMessageId").GetString()!.Trim('<', '>')), synced.Text);

        var dry = await BackfillAsync(dryRun: true);
        Crm.Trails.Count.ShouldBe(1);
        var wet = await BackfillAsync(dryRun: false);
        await Eventually.UntilAsync(async () => (await sandbox.App.GetAsync("/api/okki/trails?state=pending")).Result.GetProperty("total").GetInt32() == 0, "all are worked on");
        var again = await BackfillAsync(dryRun: false);

        (dry.GetProperty("queued").GetInt32(), dry.GetProperty("known").GetInt32()).ShouldBe((wet.GetProperty("queued").GetInt32(), 1));
        wet.GetProperty("queued").GetInt32().ShouldBeGreaterThan(5);
        again.GetProperty("queued").GetInt32().ShouldBe(0);
        Crm.Trails.Select(trail => trail.Content.Split('\n')[^1]).Distinct().Count().ShouldBe(Crm.Trails.Count);
    }

    [Fact]
    public async Task Who_is_not_matched_is_assigned_and_pinned()
    {
        var nobody = (await sandbox.App.PostAsync("/api/okki/trails/email", new { uid = "1", from = "Kai <kai@gmail.com>", to = sandbox.Email })).Result.GetProperty("id").GetString();
        (await sandbox.App.GetAsync("/api/okki/unmatched")).Result.GetProperty("unmatched").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(nobody);
        (await sandbox.App.PostAsync($"/api/okki/unmatched/{nobody}/assign", new { companyId = 5 })).Error.ShouldBe("customer_not_found");
        (await sandbox.App.PostAsync($"/api/okki/unmatched/{nobody}/assign", new { companyId = 16696797001, pin = "domain" })).Error.ShouldBe("public_domain");
        var assigned = await sandbox.App.PostAsync($"/api/okki/unmatched/{nobody}/assign", new { companyId = 16696797001, pin = "address" });

        (assigned.Result.GetProperty("success").GetBoolean(), assigned.Result.GetProperty("companyName").GetString()).ShouldBe((true, "Nordlicht Leuchten GmbH"), assigned.Text);
        var match = (await sandbox.App.PostAsync("/api/okki/match", new { email = "KAI@gmail.com" })).Result;
        (match.GetProperty("matchType").GetString(), match.GetProperty("confidence").GetDouble()).ShouldBe(("pinned", 1));
        (await sandbox.App.GetAsync("/api/okki/pins")).Result.GetProperty("pins")[0].GetProperty("pattern").GetString().ShouldBe("kai@gmail.com");
        (await sandbox.App.SendAsync("DELETE", "/api/okki/pins?pattern=kai@gmail.com", null)).Status.ShouldBe(200);
        (await sandbox.App.SendAsync("DELETE", "/api/okki/pins?pattern=kai@gmail.com", null)).Error.ShouldBe("pin_not_found");
        (await sandbox.App.PostAsync("/api/okki/match", new { email = "KAI@gmail.com" })).Result.ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Word_for_one_mail_settles_the_others_of_its_address_that_wait()
    {
        foreach (var (uid, from) in new[] { ("1", "Kai <kai@gmail.com>"), ("2", "KAI@gmail.com"), ("3", "eva@gmail.com"), ("4", "kai@gmail.com"), ("5", "a@newfirm.example"), ("6", "b@sales.newfirm.example") })
            (await sandbox.App.PostAsync("/api/okki/trails/email", new { uid, from, to = sandbox.Email, subject = uid })).Result.GetProperty("state").GetString().ShouldBe("unmatched");

        var assigned = await AssignAsync("1", 16696797001, "none");
        (assigned.GetProperty("success").GetBoolean(), assigned.GetProperty("alsoAssigned").GetInt32()).ShouldBe((true, 2));
        await Eventually.UntilAsync(() => Crm.Trails.Count == 3, "the others of the address are written");
        (await AssignAsync("5", 16696797002, "domain")).GetProperty("alsoAssigned").GetInt32().ShouldBe(1);
        await Eventually.UntilAsync(() => Crm.Trails.Count == 5, "so are those of the domain");
        var pinned = await sandbox.App.PostAsync("/api/okki/pins", new { pattern = "eva@gmail.com", companyId = 16696797003 });
        pinned.Result.GetProperty("alsoAssigned").GetInt32().ShouldBe(1, pinned.Text);
        await Eventually.UntilAsync(() => Crm.Trails.Count == 6, "a pin settles what it covers");

        Crm.Trails.Select(trail => trail.CompanyId).ShouldBe([16696797001, 16696797001, 16696797001, 16696797002, 16696797002, 16696797003]);
        (await sandbox.App.GetAsync("/api/okki/unmatched")).Result.GetProperty("total").GetInt32().ShouldBe(0);

        async Task<JsonElement> AssignAsync(string uid, long companyId, string pin)
        {
            var id = (await sandbox.App.GetAsync("/api/okki/unmatched")).Result.GetProperty("unmatched").EnumerateArray().First(trail => trail.GetProperty("uid").GetString() == uid).GetProperty("id").GetString();
            var reply = await sandbox.App.PostAsync($"/api/okki/unmatched/{id}/assign", new { companyId, pin });
            reply.Status.ShouldBe(200, reply.Text);
            return reply.Result;
        }
    }

    [Fact]
    public async Task Word_for_one_doubtful_mail_settles_the_others_of_its_address()
    {
        await sandbox.App.PostAsync("/api/okki/customers/sync");
        await Eventually.UntilAsync(async () => (await sandbox.App.GetAsync("/api/okki/customers/sync")).Result.GetProperty("customers").GetInt32() == OkkiSeed.Companies.Count, "the customers are here");
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { autoWriteMin = 0.99 });
        var ids = new List<string>();
        foreach (var uid in new[] { "1", "2" })
        {
            var doubtful = await sandbox.App.PostAsync("/api/okki/trails/email", new { uid, from = "m.rossi@bellaluce.example", to = sandbox.Email, subject = uid });
            doubtful.Result.GetProperty("state").GetString().ShouldBe("review", doubtful.Text);
            ids.Add(doubtful.Result.GetProperty("id").GetString()!);
        }

        var assigned = await sandbox.App.PostAsync($"/api/okki/unmatched/{ids[1]}/assign", new { companyId = 16696797002, pin = "none" });

        assigned.Result.GetProperty("alsoAssigned").GetInt32().ShouldBe(1, assigned.Text);
        await Eventually.UntilAsync(() => Crm.Trails.Count == 2, "both are written");
        Crm.Trails.ShouldAllBe(trail => trail.CompanyId == 16696797002);
    }

    [Fact]
    public async Task Mirror_outlives_a_wrong_id_and_a_wrong_secret()
    {
        await ReadAsync();
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { clientId = "wrong" });
        (await ReadAsync()).GetProperty("error").GetString().ShouldBe("okki_unauthorized");
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { clientId = OkkiServer.ClientId, clientSecret = "wrong" });
        Crm.ExpireTokens();
        var refused = await ReadAsync();

        (refused.GetProperty("error").GetString(), refused.GetProperty("customers").GetInt32()).ShouldBe(("okki_unauthorized", OkkiSeed.Companies.Count));
        (await sandbox.App.GetAsync("/api/okki/customers?q=Nordlicht")).Result.GetProperty("total").GetInt32().ShouldBe(1);

        async Task<JsonElement> ReadAsync()
        {
            (await sandbox.App.PostAsync("/api/okki/customers/sync?all=true")).Status.ShouldBe(202);
            var state = default(JsonElement);
            await Eventually.UntilAsync(async () => (state = (await sandbox.App.GetAsync("/api/okki/customers/sync")).Result).GetProperty("status").GetString() != "running", "it is over");
            return state;
        }
    }

    [Fact]
    public async Task Mail_of_machines_and_to_machines_becomes_no_record()
    {
        await sandbox.App.PostAsync("/api/rules", new { name = "crm", matchAll = true, actions = new object[] { new { type = "okki_sync" } } });
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { syncSent = true });
        Deliver("Anna <anna.schmidt@nordlicht.example>", "newsletter", "List-Unsubscribe: <https://nordlicht.example/u>\r\n");
        Deliver("Anna <anna.schmidt@nordlicht.example>", "bulk", "Precedence: bulk\r\n");
        Deliver("Anna <anna.schmidt@nordlicht.example>", "away", "Auto-Submitted: auto-replied (vacation)\r\n");
        Deliver("Nordlicht <no-reply@nordlicht.example>", "order state");
        Deliver("Nordlicht <noreply+7@nordlicht.example>", "order state 2", "Reply-To: anna.schmidt@nordlicht.example\r\n");
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => await RunsAsync("okki_sync") == "skipped skipped skipped skipped skipped", "none is a record");
        var sent = await sandbox.App.PostAsync("/api/imap/send", new { email = sandbox.Email, toRecipients = new[] { new { address = "no-reply@nordlicht.example" } }, subject = "to nobody", body = "x" });
        sent.Status.ShouldBe(200, sent.Text);
        Deliver("Anna <anna.schmidt@nordlicht.example>", "a person");
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(() => Crm.Trails.Count > 0, "a person's mail is");

        Crm.Trails.ShouldHaveSingleItem().Content.ShouldContain("a person");
        (await sandbox.App.GetAsync("/api/okki/trails")).Result.GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Secrets_are_never_shown_and_do_not_go_to_another_address()
    {
        var moved = await sandbox.App.SendAsync("PUT", "/api/okki/config", new { baseUrl = "https://thief.example" });
        moved.Error.ShouldBe("invalid_parameter");
        (await sandbox.App.SendAsync("PUT", "/api/okki/config", new { baseUrl = "http://thief.example", clientSecret = "x" })).Error.ShouldBe("invalid_parameter", "clear text");
        (await sandbox.App.SendAsync("PUT", "/api/okki/config", new { autoWriteMin = 2 })).Status.ShouldBe(400);
        var config = await sandbox.App.GetAsync("/api/okki/config");
        (config.Result.GetProperty("hasClientSecret").GetBoolean(), config.Result.GetProperty("baseUrl").GetString(), config.Result.GetProperty("missing").ValueKind).ShouldBe((true, Crm.Url, JsonValueKind.Null));
        config.Text.ShouldNotContain(OkkiServer.ClientSecret);
        (await sandbox.App.PostAsync("/api/okki/test")).Result.GetProperty("customers").GetInt32().ShouldBe(OkkiSeed.Companies.Count);
        foreach (var file in Directory.EnumerateFiles(sandbox.App.DataDirectory, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            Encoding.Latin1.GetString(await ReadAsync(file)).Contains(OkkiServer.ClientSecret, StringComparison.Ordinal).ShouldBeFalse(file);
    }

    [Fact]
    public async Task Crm_that_is_away_delays_nothing_else_and_what_waits_is_seen()
    {
        Crm.Faults.DropBefore.Arm("*", true);
        await sandbox.App.PostAsync("/api/rules", new { name = "crm", matchAll = true, actions = new object[] { new { type = "okki_sync" }, new { type = "star" } } });
        Deliver("Anna <anna.schmidt@nordlicht.example>", "waits");
        await sandbox.SyncAsync();
        await Eventually.UntilAsync(async () => (await sandbox.FindAsync("waits")).GetProperty("isStarred").GetBoolean(), "the rest of the rule is done");

        var listed = (await sandbox.App.GetAsync("/api/okki/trails?state=pending")).Result;
        listed.GetProperty("trails")[0].GetProperty("subject").GetString().ShouldBe("waits");
        listed.GetProperty("counts").GetProperty("pending").GetInt32().ShouldBe(1);
        (await RunsAsync("okki_sync")).ShouldBe("queued");
        Crm.Faults.Reset();
        await Eventually.UntilAsync(() => Crm.Trails.Count == 1, "it goes on by itself");
    }

    [Fact]
    public async Task Without_a_crm_all_say_so()
    {
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { enabled = false });
        foreach (var (path, body) in new (string, object?)[]
        {
            ("/api/okki/test", null), ("/api/okki/match", new { email = "a@b.com" }), ("/api/okki/trails/email", new { uid = "1", from = "a@b.com", to = "c@d.com" }), ("/api/okki/customers/sync", null),
            ("/api/okki/backfill", new { provider = "imap", email = sandbox.Email }),
        })
            (await sandbox.App.PostAsync(path, body)).Error.ShouldBe("okki_not_configured", path);
        (await sandbox.App.PostAsync("/api/rules", new { name = "x", matchAll = true, actions = new[] { new { type = "okki_sync", value = "{\"remarkType\":1}" } } })).Error.ShouldBe("invalid_rule");
    }

    [ChromiumFact]
    public async Task Page_lists_what_nobody_matches_and_a_click_assigns_it()
    {
        await sandbox.App.PostAsync("/api/okki/customers/sync");
        await Eventually.UntilAsync(async () => (await sandbox.App.GetAsync("/api/okki/customers/sync")).Result.GetProperty("customers").GetInt32() == OkkiSeed.Companies.Count, "the customers are here");
        await sandbox.App.SendAsync("PUT", "/api/okki/config", new { autoWriteMin = 0.99 });
        await sandbox.App.PostAsync("/api/okki/trails/email", new { uid = "1", from = "Kai <kai@gmail.com>", to = sandbox.Email, subject = "<img src=x onerror=\"document.title='broken'\">" });
        await sandbox.App.PostAsync("/api/okki/trails/email", new { uid = "2", from = "m.rossi@bellaluce.example", to = sandbox.Email, subject = "review me" });
        await using var browser = await Browser.OpenAsync();
        var page = browser.Page;
        await page.GotoAsync(sandbox.App.Address.AbsoluteUri);

        var review = page.Locator("#unmatched tr", new() { HasTextString = "review me" });
        await review.Locator("button", new() { HasTextString = "Bella Luce" }).ClickAsync();
        await Eventually.UntilAsync(() => Crm.Trails.Any(trail => trail.CompanyId == 16696797002), "a click assigns");
        var nobody = page.Locator("#unmatched tr", new() { HasTextString = "kai@gmail.com" });
        await nobody.Locator("input").PressSequentiallyAsync("nordl");
        await nobody.Locator("button", new() { HasTextString = "Nordlicht" }).ClickAsync();
        await Eventually.UntilAsync(() => Crm.Trails.Any(trail => trail.CompanyId == 16696797001), "so does one after a look");

        (await page.TitleAsync()).ShouldBe("MailDaemon");
        (await page.Locator("main img").CountAsync()).ShouldBe(0);
        browser.Complaints.ShouldBeEmpty();
    }

    private async Task<JsonElement> BackfillAsync(bool dryRun)
    {
        (await sandbox.App.PostAsync("/api/okki/backfill", new { provider = "imap", email = sandbox.Email, dryRun })).Status.ShouldBe(202);
        var state = default(JsonElement);
        await Eventually.UntilAsync(async () => (state = (await sandbox.App.GetAsync($"/api/okki/backfill?provider=imap&email={sandbox.Email}")).Result).GetProperty("state").GetString() != "running", "it is over");
        state.GetProperty("state").GetString().ShouldBe("done", state.GetRawText());
        return state;
    }

    private async Task<string> RunsAsync(string type) => string.Join(' ', (await sandbox.App.GetAsync("/api/rules/runs")).Result.GetProperty("runs").EnumerateArray()
        .Where(run => run.GetProperty("type").GetString() == type).Select(run => run.GetProperty("status").GetString()).Order(StringComparer.Ordinal));

    private void Deliver(string from, string subject, string fields = "") => sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
        $"From: {from}\r\nTo: {sandbox.Email}\r\nSubject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\n{fields}Message-ID: <okki{++mails}@okki.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
