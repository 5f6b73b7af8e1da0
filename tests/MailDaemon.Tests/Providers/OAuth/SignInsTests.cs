using System.Net;
using System.Net.Sockets;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailDaemon.Tests.Providers.OAuth;

/// <summary>Sign-ins that wait for a browser: what their listener on loopback hears and answers, once and for ten minutes.</summary>
public sealed class SignInsTests : IAsyncLifetime
{
    private static readonly AccountKey Gina = new(ProviderKind.Gmail, "gina@gmail.test");

    private readonly ManualClock _clock = new();
    private readonly List<string> _codes = [];
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private SignIns _signIns = null!;
    private Task _gate = Task.CompletedTask;
    private string _redirect = "";

    public Task InitializeAsync()
    {
        _signIns = new SignIns(LoopbackPeers.All, _clock, NullLogger<SignIns>.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _signIns.DisposeAsync();
        _browser.Dispose();
    }

    [Fact]
    public async Task Redirect_with_state_and_code_brings_the_account_and_closes_the_listener()
    {
        var link = await BeginAsync();
        var pending = _signIns.Get(ProviderKind.Gmail, link.State);

        var page = await _browser.GetAsync($"{_redirect}?state={link.State}&code=4%2Fabc&scope=x");
        var text = await page.Content.ReadAsStringAsync();
        var done = _signIns.Get(ProviderKind.Gmail, link.State);

        pending.IsPending.ShouldBeTrue();
        (link.ExpiresAt - _clock.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(10));
        link.State.Length.ShouldBe(64);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("gina@gmail.test is connected");
        text.ShouldNotContain("4/abc");
        text.ShouldNotContain("<script");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        _codes.ShouldBe(["4/abc"]);
        (done.Account, done.Failure).ShouldBe((Gina, null));
        await Should.ThrowAsync<HttpRequestException>(() => _browser.GetAsync($"{_redirect}?state={link.State}&code=again"));
    }

    [Fact]
    public async Task State_is_good_once_even_while_the_first_is_still_under_way()
    {
        var gate = new TaskCompletionSource();
        _gate = gate.Task;
        var link = await BeginAsync();
        var first = _browser.GetAsync($"{_redirect}?state={link.State}&code=one");
        await Eventually.UntilAsync(() => _codes.Count == 1, "nobody took the code");

        var second = await _browser.GetAsync($"{_redirect}?state={link.State}&code=two");
        gate.SetResult();

        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await first).StatusCode.ShouldBe(HttpStatusCode.OK);
        _codes.ShouldBe(["one"]);
    }

    [Theory]
    [InlineData("GET", "/authorize/?state=wrong&code=x", null, 400)]
    [InlineData("GET", "/authorize/?code=x", null, 400)]
    [InlineData("GET", "/authorize/?state={state}&state={state}&code=x", null, 400)]
    [InlineData("GET", "/authorize/?state={state}&code=x", "rebound.example", 421)]
    [InlineData("GET", "/authorize/?state={state}&code=x", "localhost:{port}", 421)]
    [InlineData("GET", "/?state={state}&code=x", null, 404)]
    [InlineData("GET", "/favicon.ico", null, 404)]
    [InlineData("POST", "/authorize/?state={state}&code=x", null, 405)]
    public async Task What_is_no_redirect_of_this_sign_in_changes_nothing(string method, string target, string? host, int status)
    {
        var link = await BeginAsync();
        var uri = new Uri(_redirect);
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(uri, target.Replace("{state}", link.State, StringComparison.Ordinal)));
        request.Headers.Host = host?.Replace("{port}", uri.Port.ToString(), StringComparison.Ordinal);

        var answer = await _browser.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain(link.State);
        _signIns.Get(ProviderKind.Gmail, link.State).IsPending.ShouldBeTrue();
        _codes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("no http at all\r\n\r\n")]
    [InlineData("GET /authorize/ HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET http://127.0.0.1/authorize/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET /authorize/?%zz=%&&=&state HTTP/1.1\r\n\r\n")]
    public async Task Odd_bytes_are_answered_with_a_refusal(string sent)
    {
        await BeginAsync();

        (await SendRawAsync(Encoding.Latin1.GetBytes(sent))).ShouldStartWith("HTTP/1.1 4");
    }

    [Fact]
    public async Task Head_without_end_is_not_read_beyond_its_limit()
    {
        await BeginAsync();

        var answer = await SendRawAsync([.. "GET /authorize/ HTTP/1.1\r\n"u8, .. Encoding.ASCII.GetBytes(new string('a', RedirectRequest.MaxBytes))]);

        (answer == "" || answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal)).ShouldBeTrue(answer);
    }

    [Fact]
    public async Task Idle_connections_do_not_keep_the_browser_out_for_good()
    {
        var link = await BeginAsync();
        var idle = new List<TcpClient>();
        for (var i = 0; i < 12; i++)
        {
            idle.Add(new TcpClient());
            await idle[^1].ConnectAsync(IPAddress.Loopback, new Uri(_redirect).Port);
        }

        idle.ForEach(client => client.Dispose());

        await Eventually.UntilAsync(
            async () =>
            {
                try
                {
                    return (await _browser.GetAsync($"{_redirect}?state={link.State}&code=x")).StatusCode == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the listener heard nobody any more");
    }

    [Theory]
    [InlineData("error=access_denied", "sign_in_cancelled", 403, "not allowed")]
    [InlineData("error=admin_policy_enforced", "consent_refused", 502, "admin_policy_enforced")]
    [InlineData("error=%3Cscript%3Ealert(1)%3C/script%3E", "consent_refused", 502, "an unknown error")]
    [InlineData("nothing=else", "consent_refused", 502, "no code")]
    public async Task Redirect_without_consent_ends_the_sign_in_in_plain_words(string query, string code, int status, string words)
    {
        var link = await BeginAsync();

        var page = await _browser.GetAsync($"{_redirect}?state={link.State}&{query}");

        ((int)page.StatusCode).ShouldBe(status);
        (await page.Content.ReadAsStringAsync()).ShouldContain(words);
        _signIns.Get(ProviderKind.Gmail, link.State).Failure!.Code.ShouldBe(code);
        _codes.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_ten_minutes_it_is_expired_and_five_later_nobody_listens()
    {
        var link = await BeginAsync();

        _clock.Advance(TimeSpan.FromMinutes(9.9));
        var before = _signIns.Get(ProviderKind.Gmail, link.State).IsPending;
        _clock.Advance(TimeSpan.FromMinutes(0.1));
        var page = await _browser.GetAsync($"{_redirect}?state={link.State}&code=late");
        _clock.Advance(TimeSpan.FromMinutes(5));

        before.ShouldBeTrue();
        page.StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await page.Content.ReadAsStringAsync()).ShouldContain("longer than 10 minutes");
        _signIns.Get(ProviderKind.Gmail, link.State).Failure!.Code.ShouldBe("sign_in_expired");
        _codes.ShouldBeEmpty();
        await Should.ThrowAsync<HttpRequestException>(() => _browser.GetAsync($"{_redirect}?state={link.State}&code=late"));
        _clock.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Of_nine_that_wait_the_oldest_is_ended_and_its_listener_closed()
    {
        var oldest = await BeginAsync();
        var oldestRedirect = _redirect;
        SignInLink youngest = oldest;
        for (var i = 0; i < 8; i++)
            youngest = await BeginAsync();

        _signIns.Get(ProviderKind.Gmail, oldest.State).Failure!.Code.ShouldBe("sign_in_ended");
        _signIns.Get(ProviderKind.Gmail, youngest.State).IsPending.ShouldBeTrue();
        await Should.ThrowAsync<HttpRequestException>(() => _browser.GetAsync(oldestRedirect));
    }

    [Fact]
    public async Task Only_the_last_sixty_four_are_remembered()
    {
        var first = await BeginAsync();
        for (var i = 0; i < 64; i++)
            await BeginAsync();

        Should.Throw<MailException>(() => _signIns.Get(ProviderKind.Gmail, first.State)).Code.ShouldBe("sign_in_not_found");
        Should.Throw<MailException>(() => _signIns.Get(ProviderKind.Outlook, first.State)).Code.ShouldBe("sign_in_not_found");
    }

    [Fact]
    public async Task Removed_account_takes_the_sign_ins_for_it_along()
    {
        var hers = await BeginAsync("GINA@gmail.test");
        var hersRedirect = _redirect;
        var others = await BeginAsync("other@gmail.test");

        await _signIns.EndAsync(Gina);

        _signIns.Get(ProviderKind.Gmail, hers.State).Failure!.Code.ShouldBe("sign_in_ended");
        _signIns.Get(ProviderKind.Gmail, others.State).IsPending.ShouldBeTrue();
        await Should.ThrowAsync<HttpRequestException>(() => _browser.GetAsync(hersRedirect));
    }

    [Fact]
    public async Task Stopping_ends_what_is_under_way()
    {
        _gate = Task.Delay(Timeout.Infinite);
        var link = await BeginAsync();
        var waiting = _browser.GetAsync($"{_redirect}?state={link.State}&code=one");
        await Eventually.UntilAsync(() => _codes.Count == 1, "nobody took the code");

        await _signIns.DisposeAsync();

        _signIns.Get(ProviderKind.Gmail, link.State).Failure!.Code.ShouldBe("sign_in_ended");
        await waiting.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private Task<SignInLink> BeginAsync(string? hint = null) => _signIns.BeginAsync(ProviderKind.Gmail, hint, RedirectForm.Address, (redirect, state, _) =>
    {
        _redirect = redirect;
        return Task.FromResult(new SignInAttempt(new Uri("https://accounts.test/auth?state=" + state), async (code, ct) =>
        {
            _codes.Add(code);
            await _gate.WaitAsync(ct);
            return Gina;
        }));
    });

    private async Task<string> SendRawAsync(byte[] sent)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_redirect).Port);
        try
        {
            await client.GetStream().WriteAsync(sent);
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // Closed with bytes unread.
            return "";
        }
    }
}
