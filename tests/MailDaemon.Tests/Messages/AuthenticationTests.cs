using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Messages;

/// <summary>Who really sent a mail, as the account's own server says it.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private const string Genuine = "Authentication-Results: mx.own.test; spf=pass smtp.mailfrom=partner.test; dkim=pass header.d=partner.test; dmarc=pass header.from=partner.test\r\n";
    private const string Failed = "Authentication-Results: mx.own.test; spf=softfail smtp.mailfrom=evil.test;\r\n dkim=none; dmarc=fail (p=reject; dis=none) header.from=bank.test\r\n";
    private const string Forged = "Authentication-Results: mx.own.test; spf=pass; dkim=pass header.d=bank.test; dmarc=pass header.from=bank.test\r\n";

    private readonly SandboxApp sandbox = new(new SandboxOptions { Seed = false }, []);
    private int mails;

    public Task InitializeAsync() => sandbox.InitializeAsync();

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Word_of_the_server_that_is_constantly_topmost_counts_and_a_forged_one_below_does_not()
    {
        await DeliverAsync("first", Genuine);
        (await AuthenticationAsync("first")).ShouldBe(null, "nobody knows the server yet");
        await DeliverAsync("second", Genuine);
        await DeliverAsync("third", Genuine);
        await DeliverAsync("forged", Failed + "Received: from evil.test by mx.own.test\r\n" + Forged);
        await DeliverAsync("stranger", "Authentication-Results: mx.evil.test; dmarc=pass\r\n");

        (await AuthenticationAsync("first")).ShouldBe("pass pass pass mx.own.test");
        (await AuthenticationAsync("forged")).ShouldBe("softfail none fail mx.own.test");
        (await AuthenticationAsync("stranger")).ShouldBe(null);
        var key = (await sandbox.FindAsync("forged")).GetProperty("key").GetString();
        Show((await sandbox.App.GetAsync($"/api/imap/messages/{key}")).Result).ShouldBe("softfail none fail mx.own.test");
    }

    [Fact]
    public async Task Each_of_several_fields_of_the_own_server_is_read_and_those_below_a_received_are_not()
    {
        const string Received = "Received: from partner.test by mx.own.test\r\n";
        await SetAsync("mx.own.test");
        await DeliverAsync("apart", "Authentication-Results: mx.own.test; dmarc=fail header.from=bank.test\r\nAuthentication-Results: mx.own.test; dkim=none\r\nAuthentication-Results: MX.own.test.; spf=pass; dmarc=pass\r\n" + Received);
        await DeliverAsync("between", "Authentication-Results: mx.own.test; spf=pass\r\nAuthentication-Results: mx.evil.test; dkim=pass\r\nAuthentication-Results: mx.own.test; dmarc=fail\r\n" + Received);
        await DeliverAsync("forged", "Authentication-Results: mx.own.test; spf=pass\r\n" + Received + Forged);
        await DeliverAsync("below", Received + "Authentication-Results: mx.own.test; spf=softfail\r\n" + Forged);

        (await AuthenticationAsync("apart")).ShouldBe("pass none fail mx.own.test");
        (await AuthenticationAsync("between")).ShouldBe("pass  fail mx.own.test");
        (await AuthenticationAsync("forged")).ShouldBe("pass   mx.own.test");
        (await AuthenticationAsync("below")).ShouldBe("softfail   mx.own.test");
    }

    [Fact]
    public async Task Server_can_be_set_and_taken_back()
    {
        await DeliverAsync("one", Genuine);
        await SetAsync("MX.own.test");
        (await AuthenticationAsync("one")).ShouldBe("pass pass pass mx.own.test");
        await SetAsync("mx.other.test");
        (await AuthenticationAsync("one")).ShouldBe(null);
        await SetAsync("");
        (await AuthenticationAsync("one")).ShouldBe(null, "one mail teaches nothing");
        (await sandbox.App.PutAsync($"/api/accounts/imap/{sandbox.Email}/settings", new { authservId = "mx own" })).Error.ShouldBe("invalid_settings");
    }

    [Fact]
    public async Task Rules_and_agents_see_the_word_of_the_own_server_alone()
    {
        await SetAsync("mx.own.test");
        await RuleAsync("dmarc", new { field = "dmarc", @operator = "not_equals", value = "pass" }, new { type = "agent_handle", value = "guard" });
        await RuleAsync("header", new { field = "header:authentication-results", @operator = "contains", value = "dmarc=pass" }, new { type = "star" });
        await DeliverAsync("forged", Failed + Forged);
        await DeliverAsync("unsigned", "Authentication-Results: mx.evil.test; dmarc=pass\r\n");
        await DeliverAsync("genuine", Genuine + Failed);

        var tasks = new List<JsonElement>();
        for (var asked = 0; tasks.Count < 2 && asked < 4; asked++)
            tasks.AddRange((await sandbox.App.GetAsync("/api/agents/guard/tasks?wait=10&limit=2")).Result.GetProperty("tasks").EnumerateArray());
        tasks.Select(task => task.GetProperty("message")).Select(message => (message.GetProperty("subject").GetString(), Show(message))).ShouldBe([("forged", "softfail none fail mx.own.test"), ("unsigned", null)]);
        await Eventually.UntilAsync(async () => (await sandbox.FindAsync("genuine")).GetProperty("isStarred").GetBoolean(), "the genuine one is starred");
        (await sandbox.FindAsync("forged")).GetProperty("isStarred").GetBoolean().ShouldBeFalse();
        (await sandbox.FindAsync("unsigned")).GetProperty("isStarred").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("mx.a.test; spf=pass smtp.mailfrom=b.test; dkim=fail; dmarc=none", "mx.a.test pass fail none")]
    [InlineData("mx.a.test 1; none", "mx.a.test   ")]
    [InlineData("\"mx.a.test\"; DMARC=Pass", "mx.a.test   pass")]
    [InlineData("mx.a.test (comment; dmarc=pass); dmarc=fail", "mx.a.test   fail")]
    [InlineData("mx.a.test; spf=fail reason=\"x; dmarc=pass\"; dmarc=fail", "mx.a.test fail  fail")]
    [InlineData("mx.a.test; dkim=fail header.d=x; dkim = pass header.d=y; dmarc=temperror", "mx.a.test  pass temperror")]
    [InlineData("mx.a.test; spf=pass smtp.helo=x; spf=fail smtp.mailfrom=y", "mx.a.test fail  ")]
    [InlineData("spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=b.test; dkim=none; dmarc=bestguesspass action=none", " pass none bestguesspass")]
    [InlineData("", "   ")]
    [InlineData(";;;", "   ")]
    [InlineData("mx.a.test; dmarc=\u0000; (((", "mx.a.test   ")]
    public void Field_is_read(string value, string expected)
    {
        var read = AuthenticationResults.Read([("authentication-results", () => value)]).ShouldHaveSingleItem();

        $"{read.Server} {read.Spf} {read.Dkim} {read.Dmarc}".ShouldBe(expected);
        AuthenticationResults.Unpack(AuthenticationResults.Pack([read])).ShouldBe([read]);
    }

    [Fact]
    public void Server_is_learned_from_what_is_constant_and_not_from_what_anybody_can_send()
    {
        static IReadOnlyList<AuthenticationResult> Mail(string server, int hops = 0) => [new AuthenticationResult(hops, server, null, null, "pass")];
        static IEnumerable<IReadOnlyList<AuthenticationResult>> Times(int count, IReadOnlyList<AuthenticationResult> mail) => Enumerable.Repeat(mail, count);

        AuthenticationResults.Learn([]).ShouldBeNull();
        AuthenticationResults.Learn([.. Times(2, Mail("mx"))]).ShouldBeNull();
        AuthenticationResults.Learn([.. Times(3, Mail("mx"))]).ShouldBe("mx");
        AuthenticationResults.Learn([.. Times(19, Mail("mx", hops: 1))]).ShouldBeNull("a forged one would stand below a Received, too");
        AuthenticationResults.Learn([.. Times(20, Mail("mx", hops: 1))]).ShouldBe("mx");
        AuthenticationResults.Learn([.. Times(20, Mail("mx")), .. Times(10, Mail("other"))]).ShouldBeNull("it is not constant");
        AuthenticationResults.Learn([.. Times(20, Mail("evil", hops: 1)), .. Times(25, [])]).ShouldBeNull("most mail has none");
    }

    private static string? Show(JsonElement message) => message.GetProperty("authentication") is { ValueKind: JsonValueKind.Object } found
        ? $"{found.GetProperty("spf").GetString()} {found.GetProperty("dkim").GetString()} {found.GetProperty("dmarc").GetString()} {found.GetProperty("server").GetString()}"
        : null;

    private async Task<string?> AuthenticationAsync(string subject) => Show(await sandbox.FindAsync(subject));

    private async Task SetAsync(string authservId)
    {
        var put = await sandbox.App.PutAsync($"/api/accounts/imap/{sandbox.Email}/settings", new { authservId });
        put.Status.ShouldBe(200, put.Text);
    }

    private async Task RuleAsync(string name, object condition, object action)
    {
        var made = await sandbox.App.PostAsync("/api/rules", new { name, conditions = new[] { condition }, actions = new[] { action } });
        made.Status.ShouldBe(201, made.Text);
    }

    private async Task DeliverAsync(string subject, string fields)
    {
        sandbox.User.Inbox.Append(Encoding.UTF8.GetBytes(
            $"{fields}From: Bank <service@bank.test>\r\nTo: {sandbox.Email}\r\nSubject: {subject}\r\nMessage-ID: <auth{++mails}@bank.test>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\n\r\ntext\r\n"));
        await sandbox.SyncAsync();
    }
}
