using System.Text.Json;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Okki;

/// <summary>Customers that only the text of a mail names, asked for over HTTP.</summary>
public sealed class CompanyInTextTests : IAsyncLifetime
{
    private readonly SandboxApp sandbox = new(new Sandbox.SandboxOptions { Seed = true }, [("Okki:RequestsPerSecond", "1000")]);

    public async Task InitializeAsync()
    {
        await sandbox.InitializeAsync();
        var configured = await sandbox.App.PutAsync(
            "/api/okki/config", new { enabled = true, dryRun = true, baseUrl = sandbox.Servers.Okki.Url, clientId = OkkiServer.ClientId, clientSecret = OkkiServer.ClientSecret });
        configured.Status.ShouldBe(200, configured.Text);
        (await sandbox.App.PostAsync("/api/okki/customers/sync")).Status.ShouldBe(202);
        await Eventually.UntilAsync(
            async () => (await sandbox.App.GetAsync("/api/okki/customers/sync")).Result.GetProperty("customers").GetInt32() == OkkiSeed.Companies.Count, "the customers are here");
    }

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Theory]
    [InlineData("您好，我是华信电气有限公司的王强，想询价", "", 16696797004)]
    [InlineData("关于华信电气订单的问题", "", 16696797004)]
    [InlineData("", "这里是ひかり照明株式会社の田中です", 16696797005)]
    [InlineData("", "联系电气工程师", null)]
    public async Task Company_is_found_inside_a_run_of_chinese_text(string subject, string body, long? company)
    {
        var match = (await sandbox.App.PostAsync("/api/okki/match", new { email = "x1@gmail.com", subject, body })).Result;

        (match.ValueKind == JsonValueKind.Null ? null : (long?)match.GetProperty("companyId").GetInt64()).ShouldBe(company, match.GetRawText());
    }
}
