using System.Net;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

/// <summary>Questions for the token of a device code, by a clock of the test.</summary>
public sealed class DevicePollsTests : IDisposable
{
    private const string Token = "https://login.test/common/oauth2/v2.0/token";

    private readonly ManualClock clock = new();
    private readonly Microsoft server = new() { Otherwise = _ => Answer(400, """{"error":"authorization_pending"}""") };
    private readonly HttpMessageInvoker polls;

    public DevicePollsTests() => polls = new HttpMessageInvoker(new DevicePolls(server, clock));

    public void Dispose()
    {
        polls.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Slow_down_is_not_yet_and_each_further_question_waits_five_seconds_longer()
    {
        server.Answers(Answer(400, """{"error":"slow_down"}""")).Answers(Answer(400, """{"error":"slow_down"}"""));

        var first = await AskAsync();
        var second = AskAsync();
        var before = server.Seen.Count;
        clock.Advance(TimeSpan.FromSeconds(5));
        await second;
        var third = AskAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        var between = server.Seen.Count;
        clock.Advance(TimeSpan.FromSeconds(1));
        var last = await third;

        (first, before, between, last).ShouldBe(("authorization_pending", 1, 2, "authorization_pending"));
    }

    [Theory]
    [InlineData(MailFault.Unreachable, "server_unreachable")]
    [InlineData(MailFault.Timeout, "server_timeout")]
    [InlineData(MailFault.Refused, "connection_lost")]
    [InlineData(MailFault.Unreachable, "server_unavailable")]
    public async Task Failure_that_may_pass_is_not_yet(MailFault fault, string code)
    {
        server.Fails(new MailException(fault, code, "x") { RetryAfter = TimeSpan.FromSeconds(2) });

        var first = await AskAsync();
        var second = AskAsync();
        var before = server.Seen.Count;
        clock.Advance(TimeSpan.FromSeconds(2));

        (first, before, await second).ShouldBe(("authorization_pending", 1, "authorization_pending"));
    }

    [Fact]
    public async Task Wait_is_a_minute_at_most()
    {
        server.Fails(new MailException(MailFault.Unreachable, "server_unavailable", "x") { RetryAfter = TimeSpan.FromHours(1) });
        await AskAsync();

        var next = AskAsync();
        clock.Advance(TimeSpan.FromMinutes(1));

        (await next).ShouldBe("authorization_pending");
    }

    [Theory]
    [InlineData("""{"error":"authorization_declined"}""", "authorization_declined")]
    [InlineData("""{"error":"expired_token"}""", "expired_token")]
    [InlineData("<html>", "<html>")]
    [InlineData("[]", "[]")]
    [InlineData("""{"error":7}""", """{"error":7}""")]
    public async Task Any_other_answer_is_passed_on(string body, string passed)
    {
        server.Answers(Answer(400, body));

        (await AskAsync()).ShouldBe(passed);
    }

    [Fact]
    public async Task Failure_that_does_not_pass_is_told()
    {
        server.Fails(new MailException(MailFault.Refused, "tls_failed", "x"));

        (await Should.ThrowAsync<MailException>(AskAsync)).Code.ShouldBe("tls_failed");
    }

    [Fact]
    public async Task Request_for_the_code_itself_fails_at_once()
    {
        server.Fails(new MailException(MailFault.Unreachable, "server_unavailable", "x"));

        await Should.ThrowAsync<MailException>(() => AskAsync("https://login.test/common/oauth2/v2.0/devicecode"));
    }

    private async Task<string> AskAsync() => await AskAsync(Token);

    /// <returns>The word of the error, or the body where there is none.</returns>
    private async Task<string> AskAsync(string url)
    {
        using var answer = await polls.SendAsync(new HttpRequestMessage(HttpMethod.Post, url), CancellationToken.None);
        var body = await answer.Content.ReadAsStringAsync();
        return body.Contains("\"error\":\"", StringComparison.Ordinal) ? body.Split('"')[3] : body;
    }

    private static HttpResponseMessage Answer(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private sealed class Microsoft : ScriptedServer<Microsoft>;
}
