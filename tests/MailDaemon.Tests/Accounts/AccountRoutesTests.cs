using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Accounts;

public sealed class AccountRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Account = "/api/accounts/imap/lina@sandbox.test";

    private DaemonApp App => sandbox.App;

    [Fact]
    public async Task List_shows_the_account_and_how_it_stands()
    {
        var reply = await App.GetAsync("/api/accounts");

        reply.Status.ShouldBe(200);
        reply.Envelope.GetProperty("code").GetInt32().ShouldBe(1);
        reply.Msg.ShouldBe("Success");
        var account = reply.Result.EnumerateArray().ShouldHaveSingleItem();
        account.GetProperty("provider").GetString().ShouldBe("imap");
        account.GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        account.GetProperty("status").GetString().ShouldBe("connected");
        account.GetProperty("smtpStatus").GetString().ShouldBe("verified");
        account.GetProperty("lastSyncTime").GetString()!.ShouldEndWith("Z");
        account.GetProperty("unreadCount").GetInt32().ShouldBe(sandbox.User.Inbox.Messages.Count(m => !m.Flags.Contains("\\Seen")));
        account.TryGetProperty("settings", out _).ShouldBeFalse();
        account.TryGetProperty("error", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task List_with_settings_shows_servers_and_no_secret()
    {
        var reply = await App.GetAsync("/api/accounts-with-settings");

        reply.Status.ShouldBe(200);
        var account = reply.Result.EnumerateArray().ShouldHaveSingleItem();
        account.GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        account.GetProperty("settings").GetProperty("imap").GetRawText().ShouldBe(
            $$"""{"host":"127.0.0.1","port":{{sandbox.Servers.ImapPort}},"secure":true,"security":"tls"}""");
        reply.Text.ShouldNotContain("password", Case.Insensitive);
    }

    [Theory]
    [InlineData("a/b@sandbox.test")]
    [InlineData("../etc@sandbox.test")]
    public async Task Address_that_no_route_could_name_is_refused(string email)
    {
        var reply = await App.PostAsync("/api/imap/accounts", new { email, password = "x", imap = sandbox.Imap, smtp = sandbox.Smtp });

        reply.ShouldBeRefused(400, "invalid_email");
        reply.Msg!.ShouldContain("slash");
    }

    [Fact]
    public async Task Chinese_stands_in_replies_as_it_is()
    {
        (await App.PutAsync($"{Account}/displayName", new { displayName = "李娜 \u00e9 <Sales> & Co." })).Status.ShouldBe(200);

        (await App.GetAsync("/api/accounts")).Text.ShouldContain("\"displayName\":\"李娜 é <Sales> & Co.\"");
    }

    [Fact]
    public async Task Display_name_is_set_cleared_and_checked()
    {
        var set = await App.PutAsync($"{Account}/displayName", new { displayName = "Na" });
        set.Status.ShouldBe(200);
        set.Result.GetRawText().ShouldBe("""{"email":"lina@sandbox.test","displayName":"Na"}""");

        (await App.PutAsync($"{Account}/displayName", new { displayName = "" })).Result.GetProperty("displayName").GetString().ShouldBe("");

        var missing = await App.PutAsync($"{Account}/displayName", new { });
        missing.ShouldBeRefused(400, "missing_parameter");
        missing.Msg.ShouldBe("Missing displayName parameter");

        (await App.PutAsync($"{Account}/displayName", new { displayName = "a\r\nBcc: x@y.example" })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PutAsync($"{Account}/displayName", new { displayName = "a\u0000b" })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PutAsync($"{Account}/displayName", new { displayName = "a\u0085b" })).ShouldBeRefused(400, "invalid_parameter");
        (await App.PutAsync($"{Account}/displayName", new { displayName = new string('a', 257) })).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task Settings_change_in_part_and_stay_otherwise()
    {
        var changed = await App.PutAsync($"{Account}/settings", new { signature = "-- \nLi Na\n李娜", notify = false });
        changed.Status.ShouldBe(200, changed.Text);

        var settings = (await App.GetAsync($"{Account}/settings")).Result;
        settings.GetRawText().ShouldBe(changed.Result.GetRawText());
        settings.GetProperty("signature").GetString().ShouldBe("-- \nLi Na\n李娜");
        settings.GetProperty("notify").GetBoolean().ShouldBeFalse();
        settings.GetProperty("syncInterval").GetInt32().ShouldBe(86_400);
        settings.GetProperty("syncDays").GetInt32().ShouldBe(0);
        settings.GetProperty("folders").GetArrayLength().ShouldBe(0);
        settings.GetProperty("imap").GetProperty("host").GetString().ShouldBe("127.0.0.1");
        settings.GetProperty("smtp").GetProperty("port").GetInt32().ShouldBe(sandbox.Servers.SmtpPort);
    }

    [Theory]
    [InlineData("""{"syncInterval":4}""", "invalid_settings")]
    [InlineData("""{"syncInterval":86401}""", "invalid_settings")]
    [InlineData("""{"syncInterval":-1}""", "invalid_settings")]
    [InlineData("""{"syncInterval":"30s"}""", "invalid_parameter")]
    [InlineData("""{"syncInterval":1.5}""", "invalid_parameter")]
    [InlineData("""{"syncDays":-1}""", "invalid_settings")]
    [InlineData("""{"syncDays":36501}""", "invalid_settings")]
    [InlineData("""{"folders":["a\r\nb"]}""", "invalid_parameter")]
    [InlineData("""{"folders":[""]}""", "invalid_settings")]
    [InlineData("""{"folders":"INBOX"}""", "invalid_parameter")]
    [InlineData("""{"folders":[null]}""", "invalid_parameter")]
    [InlineData("""{"agentPolicy":7}""", "invalid_settings")]
    [InlineData("""{"notify":"maybe"}""", "invalid_parameter")]
    [InlineData("""{"imap":{"host":"","port":993}}""", "invalid_parameter")]
    [InlineData("""{"imap":{"host":"imap.example.com"}}""", "invalid_parameter")]
    [InlineData("""{"imap":{"host":"imap.example.com","port":0}}""", "invalid_parameter")]
    [InlineData("""{"imap":{"host":"imap.example.com","port":993,"security":"ssl"}}""", "invalid_parameter")]
    [InlineData("""{"imap":{"host":"imap example","port":993}}""", "invalid_server")]
    [InlineData("""{"imap":{"host":"http://imap.example.com","port":993}}""", "invalid_server")]
    [InlineData("""{"smtp":{"host":"a/../b","port":465}}""", "invalid_server")]
    [InlineData("""{"username":""}""", "invalid_parameter")]
    [InlineData("""{"username":"a\nb"}""", "invalid_parameter")]
    [InlineData("""{"password":""}""", "invalid_parameter")]
    [InlineData("""{"notify":true,"notify":false}""", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("{", "invalid_json")]
    public async Task Bad_settings_are_refused_and_nothing_changes(string body, string error)
    {
        var before = (await App.GetAsync($"{Account}/settings")).Text;

        var reply = await App.PutAsync($"{Account}/settings", body);

        reply.ShouldBeRefused(400, error);
        (await App.GetAsync($"{Account}/settings")).Text.ShouldBe(before);
    }

    [Theory]
    [InlineData("GET", "/settings")]
    [InlineData("PUT", "/settings")]
    [InlineData("PUT", "/displayName")]
    [InlineData("DELETE", "")]
    public async Task Unknown_account_and_provider_are_not_found(string method, string route)
    {
        var body = method == "PUT" ? new { displayName = "x" } : null;

        (await App.SendAsync(method, $"/api/accounts/imap/nobody@sandbox.test{route}", body)).ShouldBeRefused(404, "account_not_found");
        (await App.SendAsync(method, $"/api/accounts/gmail/lina@sandbox.test{route}", body)).ShouldBeRefused(404, "account_not_found");
        (await App.SendAsync(method, $"/api/accounts/yahoo/lina@sandbox.test{route}", body)).ShouldBeRefused(404, "unknown_provider");
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%2e%2e%2f%2e%2e")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("..%5c..%5cx")]
    [InlineData("C:%5cx@y")]
    [InlineData("lina@sandbox.test%0d%0aX:%20y")]
    [InlineData("%25 %3f%23")]
    public async Task Address_never_becomes_a_path(string email)
    {
        foreach (var (method, route) in new[] { ("GET", "/settings"), ("DELETE", "") })
        {
            var reply = await App.SendAsync(method, $"/api/accounts/imap/{email}{route}", null);

            reply.Status.ShouldBeOneOf(400, 404);
            reply.Envelope.GetProperty("code").GetInt32().ShouldBe(0);
        }

        (await App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Address_in_another_case_is_the_same_account()
    {
        (await App.GetAsync("/api/accounts/IMAP/LINA@Sandbox.Test/settings")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Address_in_path_and_body_must_agree()
    {
        var same = await App.PutAsync($"{Account}/displayName", new { displayName = "x", email = "lina@sandbox.test", provider = "imap" });
        var other = await App.PutAsync($"{Account}/displayName", new { displayName = "y", email = "other@sandbox.test" });

        same.Status.ShouldBe(200, same.Text);
        other.ShouldBeRefused(400, "conflicting_parameter");
        (await App.GetAsync("/api/accounts")).Result[0].GetProperty("displayName").GetString().ShouldBe("x");
    }

    [Fact]
    public async Task Empty_daemon_has_an_empty_list()
    {
        await using var app = await DaemonApp.StartAsync();

        (await app.GetAsync("/api/accounts")).Text.ShouldBe("""{"code":1,"msg":"Success","result":[]}""");
        (await app.GetAsync("/api/accounts-with-settings")).Text.ShouldBe("""{"code":1,"msg":"Success","result":[]}""");
        (await app.GetAsync("/api/polling/status")).Text.ShouldBe("""{"code":1,"msg":"Success","result":[]}""");
    }
}
