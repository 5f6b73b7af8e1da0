using System.Net;
using System.Text;
using MailDaemon.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace MailDaemon.Tests.Hosting;

/// <summary>The guard from outside, over real TLS.</summary>
public sealed class GuardTests(SampleApp sample) : IClassFixture<SampleApp>
{
    private DaemonApp App => sample.App;

    private string Own => $"127.0.0.1:{App.Port}";

    [Fact]
    public async Task Own_call_works_in_both_versions()
    {
        (await App.GetAsync("/ping")).Status.ShouldBe(200);
        (await RawHttp.SendAsync(App, $"GET /ping HTTP/1.1\nHost: {Own}")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("LOCALHOST:{port}")]
    [InlineData("localhost:{port}")]
    [InlineData("[::1]:{port}")]
    public async Task Own_names_are_served(string host)
    {
        host = host.Replace("{port}", $"{App.Port}", StringComparison.Ordinal);

        (await RawHttp.SendAsync(App, $"GET /ping HTTP/1.1\nHost: {host}")).Status.ShouldBe(200);
        (await App.GetAsync("/ping", ("Host", host))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("evil.example:{port}")]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1.nip.io:{port}")]
    [InlineData("localhost.evil.com:{port}")]
    [InlineData("localhost.:{port}")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0:{port}")]
    [InlineData("127.1:{port}")]
    [InlineData("2130706433:{port}")]
    [InlineData("[::ffff:127.0.0.1]:{port}")]
    public async Task Other_host_is_refused_in_both_versions(string host)
    {
        host = host.Replace("{port}", $"{App.Port}", StringComparison.Ordinal);

        var one = await RawHttp.SendAsync(App, $"GET /ping HTTP/1.1\nHost: {host}");
        var two = await App.GetAsync("/ping", ("Host", host));

        one.ShouldBeRefused(403, "host_not_allowed");
        two.ShouldBeRefused(403, "host_not_allowed");
    }

    [Theory]
    [InlineData("Host:")]
    [InlineData("Host: localhost:{port}\nHost: evil.example")]
    [InlineData("X: y")]
    public async Task Empty_doubled_or_missing_host_is_refused(string header)
    {
        var reply = await RawHttp.SendAsync(App, $"GET /ping HTTP/1.1\n{header.Replace("{port}", $"{App.Port}", StringComparison.Ordinal)}");

        reply.Status.ShouldBeOneOf(400, 403);
    }

    [Fact]
    public async Task Absolute_target_of_another_host_is_refused()
    {
        var reply = await RawHttp.SendAsync(App, $"GET https://evil.example:{App.Port}/ping HTTP/1.1\nHost: {Own}");

        reply.Status.ShouldBeOneOf(400, 403);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:{port}")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://127.0.0.1")]
    [InlineData("https://evil.example:{port}")]
    [InlineData("https://127.0.0.1:{port}.evil.example")]
    [InlineData("")]
    public async Task Other_origin_is_refused(string origin)
    {
        origin = origin.Replace("{port}", $"{App.Port}", StringComparison.Ordinal);

        var get = await RawHttp.SendAsync(App, $"GET /ping HTTP/1.1\nHost: {Own}\nOrigin: {origin}");
        var post = await RawHttp.SendAsync(App, $"POST /api/touch HTTP/1.1\nHost: {Own}\nOrigin: {origin}\nContent-Length: 0");

        get.ShouldBeRefused(403, "origin_not_allowed");
        post.ShouldBeRefused(403, "origin_not_allowed");
    }

    [Fact]
    public async Task Own_origin_works()
    {
        var reply = await App.PostAsync("/api/move", new { target = "a" }, ("Origin", $"https://{Own}"), ("Sec-Fetch-Site", "same-origin"));

        reply.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Allowed_origin_works_and_null_never()
    {
        await using var app = await SampleRoutes.StartAsync(Setting("Guard:AllowedOrigins:0", "app://desire"));

        (await app.PostAsync("/api/touch", null, ("Origin", "app://desire"))).Status.ShouldBe(200);
        (await app.PostAsync("/api/touch", null, ("Origin", "null"))).ShouldBeRefused(403, "origin_not_allowed");
        (await app.PostAsync("/api/touch", null, ("Origin", "app://desire.evil"))).ShouldBeRefused(403, "origin_not_allowed");
    }

    [Fact]
    public async Task Allowed_app_calls_from_another_site_and_reads_what_it_gets()
    {
        await using var app = await SampleRoutes.StartAsync(Setting("Guard:AllowedOrigins:0", "app://desire"));
        (string, string)[] electron = [("Origin", "app://desire"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors")];

        var preflight = await app.SendAsync("OPTIONS", "/api/move", null, [.. electron, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")]);
        var done = await app.PostAsync("/api/move", new { target = "a" }, electron);
        var refused = await app.PostAsync("/api/move", "[]", electron);

        preflight.Status.ShouldBe(204);
        preflight.Headers["access-control-allow-methods"].ShouldContain("DELETE");
        preflight.Headers["access-control-allow-headers"].ShouldContain("Idempotency-Key");
        done.Status.ShouldBe(200, done.Text);
        refused.Status.ShouldBe(400, refused.Text);
        foreach (var reply in new[] { preflight, done, refused })
        {
            reply.Headers["access-control-allow-origin"].ShouldBe("app://desire");
            reply.Headers.Keys.ShouldNotContain("access-control-allow-credentials");
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("app://desire.evil")]
    public async Task Others_get_no_cors_headers_where_an_app_is_allowed(string origin)
    {
        await using var app = await SampleRoutes.StartAsync(Setting("Guard:AllowedOrigins:0", "app://desire"));
        (string, string)[] headers = [("Origin", origin), ("Sec-Fetch-Site", "cross-site"), ("Access-Control-Request-Method", "POST")];

        var preflight = await app.SendAsync("OPTIONS", "/api/move", null, headers);
        var siteAlone = await app.GetAsync("/ping", ("Sec-Fetch-Site", "cross-site"));

        preflight.ShouldBeRefused(403, "origin_not_allowed");
        siteAlone.ShouldBeRefused(403, "cross_site");
        preflight.Headers.Keys.Concat(siteAlone.Headers.Keys).ShouldNotContain(h => h.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase));
    }

    [IPv6Fact]
    public async Task Both_loopback_addresses_are_listened_on()
    {
        using var client = App.NewClient(HttpVersion.Version11);

        var text = await client.GetStringAsync(new Uri($"https://[::1]:{App.Port}/ping"));

        text.ShouldContain("\"ok\"");
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("unheard-of")]
    public async Task Request_from_a_page_of_another_site_is_refused(string site)
    {
        (await App.GetAsync("/ping", ("Sec-Fetch-Site", site))).ShouldBeRefused(403, "cross_site");
        (await App.PostAsync("/api/touch", null, ("Sec-Fetch-Site", site))).ShouldBeRefused(403, "cross_site");
    }

    [Fact]
    public async Task Link_from_elsewhere_opens_a_page_and_never_the_api()
    {
        (string, string)[] link = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        (string, string)[] frame = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")];

        (await App.GetAsync("/swagger/index.html", link)).Status.ShouldBe(200);
        (await App.GetAsync("/swagger/index.html", frame)).ShouldBeRefused(403, "cross_site");
        (await App.GetAsync("/api/strict", link)).ShouldBeRefused(403, "cross_site");
        (await App.GetAsync("/ping", link)).ShouldBeRefused(403, "cross_site");
        (await App.PostAsync("/swagger", null, link)).ShouldBeRefused(403, "cross_site");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/plain; x=application/json")]
    [InlineData("application/json, text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    public async Task Other_content_type_is_refused(string type)
    {
        var reply = await RawHttp.SendAsync(App, $"POST /api/move HTTP/1.1\nHost: {Own}\nContent-Type: {type}\nContent-Length: 2", "{}");

        reply.ShouldBeRefused(415, "json_only");
    }

    [Fact]
    public async Task Body_without_a_type_is_refused_with_and_without_a_length()
    {
        (await RawHttp.SendAsync(App, $"POST /api/move HTTP/1.1\nHost: {Own}\nContent-Length: 2", "{}")).ShouldBeRefused(415, "json_only");
        (await RawHttp.SendAsync(App, $"POST /api/move HTTP/1.1\nHost: {Own}\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n")).ShouldBeRefused(415, "json_only");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=\"UTF-8\"")]
    public async Task Json_is_accepted(string type)
    {
        var reply = await RawHttp.SendAsync(App, $"POST /api/move HTTP/1.1\nHost: {Own}\nContent-Type: {type}\nContent-Length: 2", "{}");

        reply.Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/ping")]
    [InlineData("/api/touch")]
    [InlineData("/nowhere")]
    public async Task Preflight_is_refused_without_cors_headers(string path)
    {
        var reply = await App.SendAsync("OPTIONS", path, null, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));

        reply.ShouldBeRefused(403, "cors_not_supported");
        reply.Headers.Keys.ShouldNotContain(h => h.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Announced_body_over_the_limit_is_refused_at_once()
    {
        var reply = await RawHttp.SendAsync(App, $"POST /api/move HTTP/1.1\nHost: {Own}\nContent-Type: application/json\nContent-Length: 25000001");

        reply.ShouldBeRefused(413, "too_large");
    }

    [Theory]
    [InlineData("/api/strict", 25_000_100)]
    [InlineData("/api/send", 50_000_100)]
    public async Task Body_over_the_limit_is_refused_while_it_is_read(string path, int bytes)
    {
        using var request = Chunked(path == "/api/strict" ? "/api/move" : path, bytes);

        var reply = await DaemonApp.SendAsync(App.Client, request);

        reply.ShouldBeRefused(413, "too_large");
    }

    [Fact]
    public async Task Send_takes_more_than_other_routes()
    {
        using var request = Chunked("/api/send", 30_000_000);

        var reply = await DaemonApp.SendAsync(App.Client, request);

        reply.Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/api/imap/send", 50_000_000)]
    [InlineData("/api/gmail/reply", 50_000_000)]
    [InlineData("/api/outlook/message/reply", 50_000_000)]
    [InlineData("/api/imap/forward", 50_000_000)]
    [InlineData("/api/imap/drafts/7", 50_000_000)]
    [InlineData("/api/imap/accounts", 25_000_000)]
    [InlineData("/api/sender", 25_000_000)]
    [InlineData("", 25_000_000)]
    public void Routes_that_carry_attachments_take_50_mb(string path, long bytes)
    {
        MailDaemon.Hosting.GuardChecks.BodyLimit(path).ShouldBe(bytes);
    }

    [OtherUserFact]
    public async Task Connection_of_another_user_is_closed_before_it_says_anything()
    {
        (await OtherUser.CurlAsync(new Uri(App.Address, "/ping"))).ShouldBe(" 000");
        (await OtherUser.CurlAsync(new Uri($"https://[::1]:{App.Port}/ping"))).ShouldBe(" 000");
    }

    [OtherUserFact]
    public async Task Thousand_connections_of_another_user_keep_nobody_out()
    {
        using var others = OtherUser.Connect(App.Port, connections: 1_100);
        (await others.StandardOutput.ReadLineAsync()).ShouldBe("connected");
        using var client = App.NewClient(HttpVersion.Version11);
        client.Timeout = TimeSpan.FromSeconds(8);

        for (var i = 0; i < 3; i++)
        {
            using var reply = await client.GetAsync(new Uri("/ping", UriKind.Relative));
            reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        others.Kill(entireProcessTree: true);
        await others.WaitForExitAsync();
    }

    [Fact]
    public async Task Token_is_needed_where_the_settings_say_so()
    {
        await using var app = await SampleRoutes.StartAsync(Setting("Guard:RequireToken", "true"));

        File.Exists(Path.Combine(app.DataDirectory, "api-token")).ShouldBeTrue("it is there before the first call");
        (await app.GetAsync("/ping")).ShouldBeRefused(403, "token_required");
        (await app.GetAsync("/ping", ("Authorization", "Bearer wrong"))).ShouldBeRefused(403, "token_required");
        var file = Path.Combine(app.DataDirectory, "api-token");
        var token = (await File.ReadAllTextAsync(file)).Trim();
        token.Length.ShouldBe(43);
        (await app.GetAsync("/ping", ("Authorization", $"Bearer {token}"))).Status.ShouldBe(200);
        (await app.GetAsync("/swagger/index.html")).Status.ShouldBe(200);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Too_many_requests_at_once_are_refused_and_the_next_one_is_served()
    {
        var release = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        await using var app = await DaemonApp.StartAsync(
            map: a => a.MapGet("/api/wait", async () =>
            {
                entered.SetResult();
                await release.Task;
                return MailDaemon.Api.Envelope.Success();
            }),
            settings: Setting("Guard:MaxRequests", "1"));

        var first = app.GetAsync("/api/wait");
        await entered.Task;
        var refused = await app.GetAsync("/ping");
        refused.ShouldBeRefused(429, "too_many_requests");
        refused.Headers["retry-after"].ShouldBe("1");
        release.SetResult();
        (await first).Status.ShouldBe(200);
        (await app.GetAsync("/ping")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("GET", "/ping", null)]
    [InlineData("GET", "/nowhere", null)]
    [InlineData("GET", "/api/fail/unexpected", null)]
    [InlineData("GET", "/api/fail/NotFound", null)]
    [InlineData("OPTIONS", "/ping", null)]
    [InlineData("GET", "/openapi.json", null)]
    [InlineData("GET", "/swagger/index.html", "'self'")]
    [InlineData("POST", "/api/sample/x", null)]
    public async Task Every_reply_has_the_headers(string method, string path, string? policy)
    {
        var reply = await App.SendAsync(method, path, null);

        reply.Headers["x-content-type-options"].ShouldBe("nosniff");
        reply.Headers["cache-control"].ShouldBe("no-store");
        reply.Headers["referrer-policy"].ShouldBe("no-referrer");
        reply.Headers["x-frame-options"].ShouldBe("DENY");
        reply.Headers["cross-origin-resource-policy"].ShouldBe("same-origin");
        reply.Headers["content-security-policy"].ShouldStartWith($"default-src {policy ?? "'none'"};");
        reply.Headers.Keys.ShouldNotContain("strict-transport-security");
        reply.Headers.Keys.ShouldNotContain("server");
    }

    private static Dictionary<string, string?> Setting(string key, string value) => new(StringComparer.Ordinal) { [key] = value };

    private HttpRequestMessage Chunked(string path, int bytes)
    {
        var body = Encoding.ASCII.GetBytes($$"""{"q":"{{new string('a', bytes - 8)}}"}""");
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new StreamContent(new UnknownLengthStream(body));
        request.Content.Headers.Add("Content-Type", "application/json");
        return request;
    }

    private sealed class UnknownLengthStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
