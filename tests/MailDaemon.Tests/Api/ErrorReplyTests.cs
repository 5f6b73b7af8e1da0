using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

public sealed class ErrorReplyTests(SampleApp sample) : IClassFixture<SampleApp>
{
    private DaemonApp App => sample.App;

    [Theory]
    [InlineData("InvalidInput", 400)]
    [InlineData("NotAuthorized", 401)]
    [InlineData("NotFound", 404)]
    [InlineData("Conflict", 409)]
    [InlineData("TooLarge", 413)]
    [InlineData("Refused", 502)]
    [InlineData("Unreachable", 503)]
    [InlineData("Timeout", 504)]
    public async Task Each_fault_has_its_status(string fault, int status)
    {
        var reply = await App.GetAsync($"/api/fail/{fault}");

        reply.Status.ShouldBe(status);
        reply.Text.ShouldBe("""{"code":0,"msg":"What went wrong","error":"stable_word"}""");
    }

    [Fact]
    public async Task Fault_of_ours_is_told_to_the_log_and_not_to_the_caller()
    {
        await using var app = await SampleRoutes.StartAsync();

        var reply = await app.GetAsync("/api/fail/unexpected");
        await app.GetAsync("/api/fail/NotFound");

        reply.Status.ShouldBe(500);
        reply.Text.ShouldBe("""{"code":0,"msg":"Something failed inside the daemon; its log says what","error":"internal_error"}""");
        var log = ReadLog(app);
        log.ShouldContain("canary-4711");
        log.ShouldNotContain("stable_word");
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/nowhere?email=me@example.com", 404, "not_found")]
    [InlineData("PATCH", "/ping", 405, "method_not_allowed")]
    [InlineData("HEAD", "/api/touch", 405, null)]
    public async Task Errors_of_the_framework_have_the_envelope(string method, string path, int status, string? error)
    {
        var reply = await App.SendAsync(method, path, null);

        reply.Status.ShouldBe(status);
        if (error is not null)
            reply.Error.ShouldBe(error);
    }

    [Fact]
    public async Task Success_has_the_envelope_and_chinese_stays_readable()
    {
        var touch = await App.PostAsync("/api/touch");
        var chinese = await App.GetAsync("/api/strict?q=%E6%8A%A5%E4%BB%B7%20%3C%2B%3E");

        touch.Text.ShouldBe("""{"code":1,"msg":"Success","result":null}""");
        chinese.Text.ShouldBe("""{"code":1,"msg":"Success","result":{"q":"报价 <+>"}}""");
        chinese.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
    }

    [Fact]
    public async Task Requests_are_logged_by_route_without_addresses()
    {
        await using var app = await SampleRoutes.StartAsync();

        await app.GetAsync("/api/sample/canary@example.com?name=canary-name");
        await app.GetAsync("/api/canary@example.com?q=canary-query");

        var log = ReadLog(app);
        log.ShouldContain("(no route)");
        log.ShouldNotContain("canary");
        log.ShouldNotContain("/api/sample/{email}", Case.Sensitive, "a read that went well and quickly is of the level Debug");
    }

    [Fact]
    public async Task Reads_that_went_well_are_logged_when_asked_for()
    {
        await using var app = await DaemonApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Serilog:MinimumLevel:Override:MailDaemon.Hosting.RequestLog"] = "Debug" });

        await app.GetAsync("/api/accounts");

        ReadLog(app).ShouldContain("/api/accounts");
    }

    private static string ReadLog(DaemonApp app)
    {
        using var reader = new StreamReader(new FileStream(Path.Combine(app.DataDirectory, "logs", "test.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
