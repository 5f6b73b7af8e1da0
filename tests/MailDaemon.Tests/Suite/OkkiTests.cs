using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>Mail of every provider in the CRM. Abstract: each provider has its own account.</summary>
public abstract class OkkiTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Fact]
    public async Task New_mail_of_a_customer_is_one_record_and_sent_mail_follows_when_asked()
    {
        var crm = account.Servers.Okki;
        var configured = await App.PutAsync("/api/okki/config", new { enabled = true, dryRun = false, baseUrl = crm.Url, clientId = OkkiServer.ClientId, clientSecret = OkkiServer.ClientSecret, syncSent = true });
        configured.Status.ShouldBe(200, configured.Text);
        var made = await App.PostAsync("/api/rules", new { name = "crm", matchAll = true, actions = new object[] { new { type = "okki_sync", value = "{\"remarkType\":110}" }, new { type = "star" } } });
        made.Status.ShouldBe(201, made.Text);

        await account.ReceiveAsync("新询价", from: "Anna Schmidt <anna.schmidt@nordlicht.example>");
        await account.ReceiveAsync("newsletter", from: "List <news@lightweekly.example>", fields: "List-Id: <weekly.lightweekly.example>\r\n");
        await Eventually.UntilAsync(async () => await RunsAsync() == "done skipped", "one is a record, the newsletter is none");
        await account.SyncAsync();

        var record = crm.Trails.ShouldHaveSingleItem();
        (record.Type, record.CompanyId).ShouldBe((110, 16696797001));
        record.Content.ShouldContain("新询价");
        var sent = await App.PostAsync($"/api/{account.Provider}/send", new { email = account.Email, toRecipients = new[] { new { address = "m.rossi@bellaluce.example" } }, subject = "Our answer", body = "Ciao" });
        sent.Status.ShouldBe(200, sent.Text);
        await account.SyncAsync();
        await Eventually.UntilAsync(() => crm.Trails.Count == 2, "so is the answer");
        (crm.Trails[1].Type, crm.Trails[1].CompanyId).ShouldBe((102, 16696797002));
        crm.Trails[1].Content.ShouldStartWith("【发出邮件】\n主题：Our answer\n");
    }

    private async Task<string> RunsAsync() => string.Join(' ', (await App.GetAsync("/api/rules/runs")).Result.All("runs")
        .Where(run => run.String("type") == "okki_sync").Select(run => run.String("status")).Order(StringComparer.Ordinal));
}
