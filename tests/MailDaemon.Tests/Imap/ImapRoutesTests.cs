using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Imap;

/// <summary>Adding and trying accounts; each test has a daemon without accounts.</summary>
public sealed class ImapRoutesTests : IAsyncLifetime
{
    private SandboxApp sandbox = null!;

    private DaemonApp App => sandbox.App;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartEmptyAsync(new SandboxOptions { Seed = false });

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Presets_are_listed_with_their_servers()
    {
        var reply = await App.GetAsync("/api/imap/presets");

        reply.Status.ShouldBe(200);
        var qq = reply.Result.EnumerateArray().Single(p => p.GetProperty("id").GetString() == "qq");
        qq.GetProperty("domains").EnumerateArray().Select(d => d.GetString()).ShouldContain("qq.com");
        qq.GetProperty("imap").GetRawText().ShouldBe("""{"host":"imap.qq.com","port":993,"secure":true,"security":"tls"}""");
        qq.GetProperty("smtp").GetProperty("host").GetString().ShouldBe("smtp.qq.com");
        qq.GetProperty("secretKind").GetString().ShouldBe("authorization_code");
        qq.GetProperty("helpUrl").GetString()!.ShouldStartWith("https://");
        reply.Result.EnumerateArray().Single(p => p.GetProperty("id").GetString() == "outlook").GetProperty("secretKind").GetString().ShouldBe("oauth");
    }

    [Fact]
    public async Task Good_login_is_reported_and_nothing_kept()
    {
        var reply = await App.PostAsync("/api/imap/test", sandbox.Login("sandbox"));

        reply.Status.ShouldBe(200);
        var imap = reply.Result.GetProperty("imap");
        imap.GetProperty("success").GetBoolean().ShouldBeTrue();
        imap.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        imap.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()).ShouldContain("QRESYNC");
        reply.Result.GetProperty("smtp").GetProperty("success").GetBoolean().ShouldBeTrue();
        (await App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(0);
        Directory.Exists(Path.Combine(App.DataDirectory, "imap")).ShouldBeFalse();
        Directory.GetFiles(Path.Combine(App.DataDirectory, "secrets"), "*.secret").ShouldBeEmpty();
    }

    [Fact]
    public async Task Wrong_password_at_qq_is_answered_with_what_to_do()
    {
        var reply = await App.PostAsync("/api/imap/test", new { email = "1234567@qq.com", password = "wrong", imap = sandbox.Imap, smtp = sandbox.Smtp });

        reply.Status.ShouldBe(200);
        foreach (var server in new[] { "imap", "smtp" })
        {
            var result = reply.Result.GetProperty(server);
            result.GetProperty("success").GetBoolean().ShouldBeFalse();
            result.GetProperty("errorCode").GetString().ShouldBe("auth_failed");
            result.GetProperty("error").GetString()!.ShouldContain("authorization code (授权码)");
        }
    }

    [Theory]
    [InlineData("me@outlook.com")]
    [InlineData("me@HOTMAIL.com")]
    public async Task Address_that_takes_no_password_is_sent_to_oauth(string email)
    {
        var test = await App.PostAsync("/api/imap/test", new { email, password = "x" });

        test.Status.ShouldBe(200);
        test.Result.GetProperty("imap").GetProperty("errorCode").GetString().ShouldBe("oauth_only");
        test.Result.GetProperty("imap").GetProperty("error").GetString()!.ShouldContain("POST /api/outlook/auth/initiate");
        (await App.PostAsync("/api/imap/accounts", new { email, password = "x" })).ShouldBeRefused(400, "oauth_only");
    }

    [Fact]
    public async Task Servers_that_fail_are_reported_with_200()
    {
        var closed = new { host = "127.0.0.1", port = 1, secure = true };
        var unreachable = await App.PostAsync("/api/imap/test", new { email = "lina@sandbox.test", password = "sandbox", imap = closed, smtp = sandbox.Smtp });
        unreachable.Status.ShouldBe(200);
        unreachable.Result.GetProperty("imap").GetProperty("errorCode").GetString().ShouldBe("server_unreachable");
        unreachable.Result.GetProperty("smtp").GetProperty("success").GetBoolean().ShouldBeTrue();

        var metadata = new { host = "169.254.169.254", port = 993, secure = true };
        var refused = await App.PostAsync("/api/imap/test", new { email = "lina@sandbox.test", password = "sandbox", imap = metadata, smtp = metadata });
        refused.Status.ShouldBe(200);
        refused.Result.GetProperty("imap").GetProperty("errorCode").GetString().ShouldBe("server_not_allowed");
        refused.Result.GetProperty("smtp").GetProperty("errorCode").GetString().ShouldBe("server_not_allowed");
    }

    [Fact]
    public async Task Loopback_is_refused_unless_the_settings_allow_it()
    {
        await using var strict = await SandboxApp.StartEmptyAsync(new SandboxOptions { Seed = false }, ("Imap:AllowPrivateHosts", "false"));

        var reply = await strict.App.PostAsync("/api/imap/accounts", strict.Login("sandbox"));

        reply.ShouldBeRefused(400, "server_not_allowed");
        strict.Servers.ImapCounters.Connections.ShouldBe(0);
        strict.Servers.SmtpCounters.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Certificate_of_an_unknown_authority_is_refused()
    {
        await using var strict = await SandboxApp.StartEmptyAsync(new SandboxOptions { Seed = false }, ("Imap:TrustedCertificates", null));

        var reply = await strict.App.PostAsync("/api/imap/accounts", strict.Login("sandbox"));

        reply.ShouldBeRefused(502, "certificate_untrusted");
        strict.Servers.ImapCounters.CountOf("LOGIN").ShouldBe(0);
        strict.Servers.ImapCounters.CountOf("AUTHENTICATE").ShouldBe(0);
    }

    [Fact]
    public async Task Added_account_is_told_and_syncs_by_itself()
    {
        var reply = await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"));

        reply.Status.ShouldBe(201, reply.Text);
        reply.Result.GetProperty("email").GetString().ShouldBe("lina@sandbox.test");
        reply.Result.GetProperty("smtpStatus").GetString().ShouldBe("verified");
        reply.Result.GetProperty("smtp").GetProperty("success").GetBoolean().ShouldBeTrue();
        reply.Text.ShouldNotContain("password", Case.Insensitive);
        await sandbox.SyncAsync();
        (await App.GetAsync("/api/imap/folders?email=lina@sandbox.test")).Result.GetArrayLength().ShouldBe(6);
    }

    [Fact]
    public async Task Same_address_twice_is_a_conflict_whatever_its_case()
    {
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).Status.ShouldBe(201);
        var logins = sandbox.Servers.ImapCounters.RefusedLogins;

        var again = await App.PostAsync("/api/imap/accounts", new { email = "LINA@sandbox.test", password = "wrong", imap = sandbox.Imap, smtp = sandbox.Smtp });

        again.ShouldBeRefused(409, "account_exists");
        sandbox.Servers.ImapCounters.RefusedLogins.ShouldBe(logins);
    }

    [Fact]
    public async Task Of_many_who_add_the_same_account_at_once_one_succeeds()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))));

        replies.Count(r => r.Status == 201).ShouldBe(1);
        replies.Where(r => r.Status != 201).ShouldAllBe(r => r.Status == 409 && r.Error == "account_exists");
        await sandbox.SyncAsync();
    }

    [Theory]
    [InlineData("lina+tag@sandbox.test")]
    [InlineData("o'neil@sandbox.test")]
    [InlineData("\"odd\"@sandbox.test")]
    [InlineData("李娜@sandbox.test")]
    [InlineData("con@sandbox.test")]
    public async Task Unusual_address_is_an_account_like_any_other(string email)
    {
        var login = new { email, username = "lina@sandbox.test", password = "sandbox", imap = sandbox.Imap, smtp = sandbox.Smtp };
        var tested = await App.PostAsync("/api/imap/test", login);
        tested.Result.GetProperty("imap").GetProperty("success").GetBoolean().ShouldBeTrue(tested.Text);

        var added = await App.PostAsync("/api/imap/accounts", login);
        added.Status.ShouldBe(201, added.Text);
        (await App.PostAsync($"/api/sync?provider=imap&email={Uri.EscapeDataString(email)}")).Status.ShouldBe(200);
        (await App.GetAsync($"/api/imap/messages?email={Uri.EscapeDataString(email)}")).Status.ShouldBe(200);
        (await App.GetAsync($"/api/accounts/imap/{Uri.EscapeDataString(email)}/settings")).Status.ShouldBe(200);
        Directory.GetDirectories(Path.Combine(App.DataDirectory, "imap")).Length.ShouldBe(1);
        (await App.DeleteAsync($"/api/accounts/imap/{Uri.EscapeDataString(email)}")).Status.ShouldBe(200);
        Directory.GetDirectories(Path.Combine(App.DataDirectory, "imap")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Failures_of_the_server_have_their_status()
    {
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("wrong"))).ShouldBeRefused(400, "auth_failed");
        (await App.PostAsync("/api/imap/accounts", new { email = "lina@sandbox.test", password = "sandbox", imap = new { host = "127.0.0.1", port = 1 }, smtp = sandbox.Smtp }))
            .ShouldBeRefused(503, "server_unreachable");
        sandbox.Servers.ImapFaults.RefuseLogin.Arm(LoginRefusal.Temporary, times: 1);
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).ShouldBeRefused(503, "server_unavailable");
        sandbox.Servers.ImapFaults.Goodbye.Arm("too busy", times: 1);
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).ShouldBeRefused(503, "server_unavailable");
        sandbox.Servers.ImapFaults.CutBeforeReply.Arm("AUTHENTICATE", true, times: 1);
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).ShouldBeRefused(502, "connection_lost");
        (await App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(0);
        Directory.GetFiles(Path.Combine(App.DataDirectory, "secrets"), "*.secret").ShouldBeEmpty();
    }

    [Fact]
    public async Task Account_whose_smtp_refuses_is_added_for_receiving_only_when_allowed()
    {
        sandbox.Servers.SmtpFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword);
        (await App.PostAsync("/api/imap/accounts", sandbox.Login("sandbox"))).ShouldBeRefused(400, "smtp_verification_failed");

        var added = await App.PostAsync("/api/imap/accounts?allowUnverifiedSmtp=true", sandbox.Login("sandbox"));
        added.Status.ShouldBe(201, added.Text);
        added.Result.GetProperty("smtpStatus").GetString().ShouldBe("unverified");
        added.Result.GetProperty("smtp").GetProperty("errorCode").GetString().ShouldBe("auth_failed");

        var mail = new { email = "lina@sandbox.test", toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = "x", body = "y" };
        (await App.PostAsync("/api/imap/send", mail)).ShouldBeRefused(409, "smtp_unverified");

        var still = await App.PostAsync("/api/imap/accounts/verify-smtp", new { email = "lina@sandbox.test" });
        still.Status.ShouldBe(200);
        still.Result.GetProperty("smtpStatus").GetString().ShouldBe("unverified");

        sandbox.Servers.SmtpFaults.Reset();
        var verified = await App.PostAsync("/api/imap/accounts/verify-smtp", new { email = "Lina@sandbox.test" });
        verified.Result.GetProperty("smtpStatus").GetString().ShouldBe("verified");
        (await App.PostAsync("/api/imap/send", mail)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Verify_needs_an_account()
    {
        var missing = await App.PostAsync("/api/imap/accounts/verify-smtp");
        missing.ShouldBeRefused(400, "missing_parameter");
        missing.Msg.ShouldBe("Missing email parameter");

        var unknown = await App.PostAsync("/api/imap/accounts/verify-smtp", new { email = "nobody@sandbox.test" });
        unknown.ShouldBeRefused(401, "account_not_configured");
        unknown.Msg.ShouldBe("Account not configured");
    }

    [Theory]
    [InlineData("""{}""", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("""{"email":"  "}""", 400, "missing_parameter", "Missing email parameter")]
    [InlineData("""{"email":"a@b.example"}""", 400, "missing_parameter", "Missing password parameter")]
    [InlineData("""{"email":"a@b.example","password":""}""", 400, "missing_parameter", "Missing password parameter")]
    [InlineData("""{"email":7,"password":"x"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"nobody","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"@b.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@b..example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@b c.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"\"a b\"@c.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a b@c.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@../../etc","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"Me <a@b.example>","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a@b.example,c@d.example","password":"x"}""", 400, "invalid_email", null)]
    [InlineData("""{"email":"a\r\nb@c.example","password":"x"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"a@b.example","password":"x\r\ny"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"a@b.example","password":"x","username":"a\u0000"}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"a@b.example","password":"x","imap":{"host":"imap.b.example","port":70000}}""", 400, "invalid_parameter", null)]
    [InlineData("""{"email":"a@b.example","password":"x","imap":{"host":"-x","port":993},"smtp":{"host":"b.example","port":465}}""", 400, "invalid_server", null)]
    [InlineData("""{"email":"a@b.example","password":"x","imap":"imap.b.example:993"}""", 400, "invalid_parameter", null)]
    public async Task Bad_input_is_refused_alike_by_test_and_add(string body, int status, string error, string? message)
    {
        foreach (var route in new[] { "/api/imap/test", "/api/imap/accounts" })
        {
            var reply = await App.PostAsync(route, body);

            reply.ShouldBeRefused(status, error);
            if (message is not null)
                reply.Msg.ShouldBe(message);
        }

        sandbox.Servers.ImapCounters.Connections.ShouldBe(0);
    }
}
