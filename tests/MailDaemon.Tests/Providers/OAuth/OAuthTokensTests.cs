using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailDaemon.Tests.Providers.OAuth;

/// <summary>The access tokens of an account, with a token endpoint on loopback and the vault on disk.</summary>
public sealed class OAuthTokensTests : IAsyncLifetime
{
    private static readonly AccountKey Gina = new(ProviderKind.Gmail, "gina@gmail.test");

    private readonly TempDirectory _directory = new();
    private readonly ManualClock _clock = new();
    private readonly TokenEndpoint _endpoint = new();
    private SecretVault _vault = null!;

    public Task InitializeAsync()
    {
        _vault = new SecretVault(new DataPaths(_directory.Path), new OpenCipher());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _endpoint.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Token_of_the_sign_in_is_used_until_five_minutes_before_its_end()
    {
        var tokens = SignedIn();

        _clock.Advance(TimeSpan.FromMinutes(54));
        var before = await tokens.GetAccessTokenAsync(default);
        var asked = _endpoint.Forms.Count;
        _clock.Advance(TimeSpan.FromMinutes(2));
        var after = await tokens.GetAccessTokenAsync(default);

        (before, asked, after).ShouldBe(("access-0", 0, "access-1"));
        var form = _endpoint.Forms.ShouldHaveSingleItem();
        (form["grant_type"], form["refresh_token"], form["client_id"], form["client_secret"]).ShouldBe(("refresh_token", "refresh-0", "id-1", "secret-1"));
    }

    [Fact]
    public async Task Twenty_callers_make_one_request_and_one_of_them_may_leave()
    {
        var tokens = SignedIn();
        var gate = new TaskCompletionSource();
        _endpoint.Gate = gate.Task;
        _clock.Advance(TimeSpan.FromHours(2));
        using var leaving = new CancellationTokenSource();

        var left = tokens.GetAccessTokenAsync(leaving.Token);
        var callers = Enumerable.Range(0, 20).Select(_ => tokens.GetAccessTokenAsync(default)).ToList();
        await Eventually.UntilAsync(() => _endpoint.Forms.Count > 0, "nobody asked");
        await leaving.CancelAsync();
        gate.SetResult();

        (await Task.WhenAll(callers)).Distinct(StringComparer.Ordinal).ShouldBe(["access-1"]);
        await Should.ThrowAsync<OperationCanceledException>(() => left);
        _endpoint.Forms.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refused_token_is_replaced_once_for_all_who_had_it()
    {
        var tokens = SignedIn();

        var first = await tokens.RefreshAccessTokenAsync("access-0", default);
        var second = await tokens.RefreshAccessTokenAsync("access-0", default);

        (first, second, _endpoint.Forms.Count).ShouldBe(("access-1", "access-1", 1));
    }

    [Fact]
    public async Task Ended_consent_is_remembered_and_asks_no_more_even_after_a_restart()
    {
        _endpoint.Answer = _ => TokenEndpoint.Error(400, "invalid_grant");
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));

        var first = await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));
        var second = await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));
        var later = Tokens();

        (first.Fault, first.Code).ShouldBe((MailFault.NotAuthorized, "authorization_expired"));
        first.Message.ShouldStartWith("Authorization expired");
        first.Message.ShouldContain("/api/gmail/auth/initiate?loginHint=gina%40gmail.test");
        second.Code.ShouldBe("authorization_expired");
        later.Problem!.Code.ShouldBe("authorization_expired");
        _endpoint.Forms.Count.ShouldBe(1);
        _vault.Read(Gina, SecretVault.OAuthToken)!.Reveal().ShouldNotContain("refresh-0");
    }

    [Fact]
    public async Task New_consent_goes_on_where_the_old_one_had_ended()
    {
        _endpoint.Answer = _ => TokenEndpoint.Error(400, "invalid_grant");
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));
        await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));

        tokens.Replace(Given("access-9", "refresh-9"));

        tokens.Problem.ShouldBeNull();
        (await tokens.GetAccessTokenAsync(default)).ShouldBe("access-9");
    }

    [Fact]
    public async Task Late_refusal_of_the_old_consent_does_not_end_the_new_one()
    {
        _endpoint.Answer = _ => TokenEndpoint.Error(400, "invalid_grant");
        var gate = new TaskCompletionSource();
        _endpoint.Gate = gate.Task;
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));
        var waiting = tokens.GetAccessTokenAsync(default);
        await Eventually.UntilAsync(() => _endpoint.Forms.Count > 0, "nobody asked");

        tokens.Replace(Given("access-9", "refresh-9"));
        gate.SetResult();

        (await waiting).ShouldBe("access-9");
        tokens.Problem.ShouldBeNull();
        Tokens().Problem.ShouldBeNull();
    }

    public static TheoryData<int, string, string?, string> Troubles => new()
    {
        { 429, """{"error":"rate_limit_exceeded"}""", null, "server_unavailable" },
        { 429, "", null, "server_unavailable" },
        { 500, "<html>Internal Server Error</html>", null, "server_unavailable" },
        { 503, "null", null, "server_unavailable" },
        { 302, "", "http://127.0.0.1:9/elsewhere", "google_odd_answer" },
        { 200, "<html>Sign in to the hotel's network</html>", null, "google_refused" },
        { 200, "{}", null, "google_odd_answer" },
        { 200, "", null, "google_odd_answer" },
        { 200, "null", null, "google_odd_answer" },
        { 200, $"\"{new string('x', 300_000)}\"", null, "server_unreachable" },
        { 400, "[]", null, "google_refused" },
        { 400, "", null, "google_refused" },
        { 401, """{"error":"invalid_client"}""", null, "client_refused" },
        { 0, "", null, "server_unreachable" },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Trouble_at_the_token_endpoint_is_no_end_of_the_consent(int status, string body, string? location, string code)
    {
        _endpoint.Answer = n => n == 1 ? (status, body, location) : TokenEndpoint.Token($"access-{n}");
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));

        var failure = await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));
        var again = await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));
        var asked = _endpoint.Forms.Count;
        _clock.Advance(TimeSpan.FromSeconds(1));

        failure.Code.ShouldBe(code);
        failure.Fault.ShouldNotBe(MailFault.NotAuthorized);
        failure.ToString().ShouldNotContain("refresh-0");
        (again.Code, asked).ShouldBe((code, 1));
        tokens.Problem.ShouldBeNull();
        (await tokens.GetAccessTokenAsync(default)).ShouldBe("access-2");
    }

    [Fact]
    public async Task Token_that_is_still_good_is_used_while_the_endpoint_is_away()
    {
        _endpoint.Answer = _ => (503, "", null);
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromMinutes(57));

        var first = await tokens.GetAccessTokenAsync(default);
        var second = await tokens.GetAccessTokenAsync(default);

        (first, second, _endpoint.Forms.Count).ShouldBe(("access-0", "access-0", 1));
    }

    [Fact]
    public async Task Another_refresh_token_is_on_the_disk_before_the_access_token_is_used()
    {
        _endpoint.Answer = n => TokenEndpoint.Token($"access-{n}", refresh: $"refresh-{n}");
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));

        await tokens.GetAccessTokenAsync(default);
        var restarted = Tokens();
        _clock.Advance(TimeSpan.FromHours(2));
        await restarted.GetAccessTokenAsync(default);

        _endpoint.Forms.Select(form => form["refresh_token"]).ShouldBe(["refresh-0", "refresh-1"]);
    }

    [Fact]
    public async Task Token_that_cannot_be_stored_is_given_to_nobody_until_it_is()
    {
        _endpoint.Answer = n => TokenEndpoint.Token($"access-{n}", refresh: $"refresh-{n}");
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));
        var secrets = Path.Combine(_directory.Path, "secrets");
        Directory.Move(secrets, secrets + ".away");

        await Should.ThrowAsync<IOException>(() => tokens.GetAccessTokenAsync(default));
        await Should.ThrowAsync<IOException>(() => tokens.GetAccessTokenAsync(default));
        Directory.Move(secrets + ".away", secrets);
        var given = await tokens.GetAccessTokenAsync(default);

        (given, _endpoint.Forms.Count).ShouldBe(("access-1", 1));
        _vault.Read(Gina, SecretVault.OAuthToken)!.Reveal().ShouldContain("refresh-1");
    }

    [Fact]
    public async Task What_is_in_the_vault_but_cannot_be_read_needs_a_new_sign_in()
    {
        SignedIn();
        var file = Directory.GetFiles(Path.Combine(_directory.Path, "secrets"), "*.oauth-token.secret").ShouldHaveSingleItem();
        await File.WriteAllTextAsync(file, "not of this version");

        var failure = await Should.ThrowAsync<MailException>(() => Tokens().GetAccessTokenAsync(default));

        (failure.Fault, failure.Code).ShouldBe((MailFault.NotAuthorized, "not_authorized"));
        _endpoint.Forms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Consent_to_another_client_id_is_never_sent()
    {
        SignedIn();
        var tokens = Tokens(clientId: "id-2");
        _clock.Advance(TimeSpan.FromHours(2));

        var failure = await Should.ThrowAsync<MailException>(() => tokens.GetAccessTokenAsync(default));

        failure.Code.ShouldBe("authorization_expired");
        _endpoint.Forms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Removed_while_a_token_is_on_its_way_stays_removed()
    {
        var gate = new TaskCompletionSource();
        _endpoint.Gate = gate.Task;
        var tokens = SignedIn();
        _clock.Advance(TimeSpan.FromHours(2));
        var waiting = tokens.GetAccessTokenAsync(default);
        await Eventually.UntilAsync(() => _endpoint.Forms.Count > 0, "nobody asked");

        var removed = tokens.Remove();
        gate.SetResult();

        (await Should.ThrowAsync<MailException>(() => waiting)).Code.ShouldBe("not_authorized");
        removed!.Reveal().ShouldBe("refresh-0");
        _vault.Read(Gina, SecretVault.OAuthToken).ShouldBeNull();
    }

    private OAuthTokens SignedIn()
    {
        var tokens = Tokens();
        tokens.Replace(Given("access-0", "refresh-0"));
        return tokens;
    }

    /// <summary>As after a restart: what it knows it reads from the vault.</summary>
    private OAuthTokens Tokens(string clientId = "id-1") =>
        new(Gina, _vault, clientId, _endpoint.Google.RenewAsync, _clock, NullLogger<OAuthTokens>.Instance);

    private Consent Given(string access, string refresh) => Consent.Of(new SignedInMailbox(
        ProviderKind.Gmail, Gina.Email, "id-1", new TokenGrant(new Secret(access), TimeSpan.FromHours(1), new Secret(refresh), ["https://mail.google.com/"]), _clock.GetUtcNow()));

    /// <summary>Encrypts nothing: what is tested here is not the cipher.</summary>
    private sealed class OpenCipher : ISecretCipher
    {
        public byte[] Protect(string purpose, byte[] plain) => [.. plain];

        public bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain)
        {
            plain = [.. cipher];
            return true;
        }
    }
}
