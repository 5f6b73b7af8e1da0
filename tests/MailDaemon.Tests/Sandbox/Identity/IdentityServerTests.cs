using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Sandboxes.Gmail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sandboxes.Identity;

/// <summary>Signing in at the sandbox's Microsoft as a browser and a client do, and what becomes of the tokens.</summary>
public sealed class IdentityServerTests : IAsyncLifetime
{
    private IdentityFixture identity = null!;

    public async Task InitializeAsync() => identity = await IdentityFixture.StartAsync();

    public async Task DisposeAsync() => await identity.DisposeAsync();

    [Fact]
    public async Task Sign_in_gives_tokens_that_say_who_it_is()
    {
        var page = await identity.Browser.GetStringAsync(identity.AuthorizeUrl(more: "&login_hint=" + IdentityFixture.Walter.Address));
        page.ShouldContain($"value=\"{IdentityFixture.Walter.Address}\" checked");
        var back = await identity.SignInAsync(identity.AuthorizeUrl(more: "&login_hint=" + IdentityFixture.Walter.Address));
        var (status, tokens) = await identity.ExchangeAsync(back["code"]);

        (status, back["state"]).ShouldBe((200, "a&b"));
        tokens.Text("scope").ShouldBe("https://graph.microsoft.com/Mail.ReadWrite openid profile");
        tokens.GetProperty("expires_in").GetInt32().ShouldBe(3600);
        identity.Server.FindUser(tokens.Text("access_token")!).ShouldBe(IdentityFixture.Walter.Address);
        var claims = await ClaimsAsync(tokens.Text("id_token")!);
        (claims.Text("preferred_username"), claims.Text("email"), claims.Text("tid"), claims.Text("ver")).ShouldBe(
            (IdentityFixture.Walter.UserName, IdentityFixture.Walter.Address, IdentityUser.WorkTenant, "2.0"));
        var info = JsonDocument.Parse(Base64Url.DecodeFromChars(tokens.Text("client_info"))).RootElement;
        (info.Text("uid"), info.Text("utid")).ShouldBe((claims.Text("oid"), IdentityUser.WorkTenant));
        Guid.TryParse(info.Text("uid"), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Code_is_good_once_and_only_with_its_verifier()
    {
        var first = (await identity.SignInAsync(identity.AuthorizeUrl()))["code"];
        (await ErrorAsync(identity.ExchangeAsync(first, "common", ("code_verifier", new string('x', 43))))).ShouldBe((400, "invalid_grant", 501481));
        (await ErrorAsync(identity.ExchangeAsync(first))).ShouldBe((400, "invalid_grant", 70008));

        var second = (await identity.SignInAsync(identity.AuthorizeUrl()))["code"];
        (await ErrorAsync(identity.ExchangeAsync(second, "common", ("redirect_uri", "http://localhost:1")))).ShouldBe((400, "invalid_client", 500112));
    }

    [Fact]
    public async Task Cancel_comes_back_as_access_denied() => (await identity.SignInAsync(identity.AuthorizeUrl(), button: "cancel"))["error"].ShouldBe("access_denied");

    [Theory]
    [InlineData("redirect_uri", "http://127.0.0.1:5555", "AADSTS50011")]
    [InlineData("redirect_uri", "http://localhost:5555/authorize/", "AADSTS50011")]
    [InlineData("redirect_uri", "https://evil.example/", "AADSTS50011")]
    [InlineData("client_id", "unknown", "AADSTS700016")]
    public async Task Bad_address_or_client_is_told_to_the_user_and_not_to_the_address(string name, string value, string error)
    {
        var reply = await identity.Browser.GetAsync(identity.AuthorizeUrl(other: (name, value)));

        (reply.StatusCode, reply.Headers.Location).ShouldBe((HttpStatusCode.BadRequest, null));
        (await reply.Content.ReadAsStringAsync()).ShouldContain(error);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("scope", "Mail.Steal", "invalid_scope")]
    [InlineData("prompt", "none", "login_required")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    public async Task Other_mistakes_come_back_to_the_client(string name, string? value, string error)
    {
        var reply = await identity.Browser.GetAsync(identity.AuthorizeUrl(other: (name, value)));

        IdentityFixture.Fields(reply.Headers.Location!)["error"].ShouldBe(error);
    }

    [Theory]
    [InlineData("organizations", true)]
    [InlineData("consumers", false)]
    [InlineData(IdentityUser.WorkTenant, true)]
    public async Task Account_of_the_other_kind_stays_on_the_page(string tenant, bool isPersonal)
    {
        var user = isPersonal ? IdentityFixture.Olivia : IdentityFixture.Walter;
        var page = await identity.Browser.GetStringAsync(identity.AuthorizeUrl(tenant));

        var refused = await ConsentForm.PostAsync(identity.Browser, page, identity.Server.Url, "allow", user.Address);
        var other = await ConsentForm.SubmitAsync(identity.Browser, page, identity.Server.Url, "allow", (isPersonal ? IdentityFixture.Walter : IdentityFixture.Olivia).Address);
        var refresh = await ErrorAsync(identity.RefreshAsync(identity.Server.Grant(user.Address), tenant));

        ((int)refused.StatusCode, (await refused.Content.ReadAsStringAsync()).Contains("AADSTS50020", StringComparison.Ordinal)).ShouldBe((400, true));
        IdentityFixture.Fields(other).ShouldContainKey("code");
        refresh.ShouldBe((400, "invalid_grant", 50020));
    }

    [Fact]
    public async Task Refresh_gives_another_token_and_the_old_one_stays_good()
    {
        var first = identity.Server.Grant(IdentityFixture.Olivia.Address);

        var second = (await identity.RefreshAsync(first)).Body.Text("refresh_token")!;

        second.ShouldNotBe(first);
        (await identity.RefreshAsync(first)).Status.ShouldBe(200);
        (await identity.RefreshAsync(second, IdentityUser.PersonalTenant)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Strict_server_takes_a_refresh_token_once()
    {
        await using var strict = await IdentityFixture.StartAsync(new IdentityServerOptions { EndsUsedRefreshTokens = true });
        var first = strict.Server.Grant(IdentityFixture.Olivia.Address);
        await strict.RefreshAsync(first);

        (await ErrorAsync(strict.RefreshAsync(first))).ShouldBe((400, "invalid_grant", 9002313));
    }

    [Fact]
    public async Task Expired_and_revoked_tokens_are_refused()
    {
        var refresh = identity.Server.Grant(IdentityFixture.Olivia.Address);
        var access = (await identity.RefreshAsync(refresh)).Body.Text("access_token")!;

        var before = identity.Server.FindUser(access);
        identity.Clock.Advance(TimeSpan.FromHours(1));
        var after = identity.Server.FindUser(access);
        identity.Server.Revoke(IdentityFixture.Olivia.Address);

        (before, after).ShouldBe((IdentityFixture.Olivia.Address, null));
        (await ErrorAsync(identity.RefreshAsync(refresh))).ShouldBe((400, "invalid_grant", 50173));
    }

    [Fact]
    public async Task Device_waits_for_its_user_and_gets_tokens_once()
    {
        var device = (await identity.PostAsync("/common/oauth2/v2.0/devicecode", ("scope", IdentityFixture.Scope))).Body;
        var pending = await ErrorAsync(DeviceTokenAsync(device));
        var early = await ErrorAsync(DeviceTokenAsync(device));
        var page = await identity.Browser.GetStringAsync($"{device.Text("verification_uri")}?user_code={device.Text("user_code")}");
        var signedIn = await ConsentForm.PostAsync(identity.Browser, page, identity.Server.Url, "allow");
        identity.Clock.Advance(TimeSpan.FromSeconds(5));
        var given = await DeviceTokenAsync(device);

        (device.GetProperty("interval").GetInt32(), device.GetProperty("expires_in").GetInt32()).ShouldBe((5, 900));
        device.Text("message")!.ShouldContain(device.Text("user_code")!);
        (pending, early).ShouldBe(((400, "authorization_pending", 70016), (400, "slow_down", 0)));
        ((int)signedIn.StatusCode, given.Status).ShouldBe((200, 200));
        identity.Server.FindUser(given.Body.Text("access_token")!).ShouldBe(IdentityFixture.Olivia.Address);
        (await ErrorAsync(DeviceTokenAsync(device))).ShouldBe((400, "bad_verification_code", 70013));
    }

    [Fact]
    public async Task Device_that_is_declined_or_too_late_is_told_so()
    {
        var declined = (await identity.PostAsync("/common/oauth2/v2.0/devicecode", ("scope", IdentityFixture.Scope))).Body;
        var late = (await identity.PostAsync("/common/oauth2/v2.0/devicecode", ("scope", IdentityFixture.Scope))).Body;
        var page = await identity.Browser.GetStringAsync($"{declined.Text("verification_uri")}?user_code={declined.Text("user_code")}");
        await ConsentForm.PostAsync(identity.Browser, page, identity.Server.Url, "cancel");
        var no = await ErrorAsync(DeviceTokenAsync(declined));
        identity.Clock.Advance(TimeSpan.FromMinutes(15));

        no.ShouldBe((400, "authorization_declined", 70018));
        (await ErrorAsync(DeviceTokenAsync(late))).ShouldBe((400, "expired_token", 70019));
        identity.Server.ApproveDevice(late.Text("user_code")!, IdentityFixture.Olivia.Address).ShouldBeFalse();
    }

    [Fact]
    public async Task Metadata_leads_to_the_endpoints_and_the_tenant_must_be_known()
    {
        var configuration = await identity.GetAsync("/common/v2.0/.well-known/openid-configuration");
        var instances = await identity.GetAsync("/common/discovery/instance?api-version=1.1&authorization_endpoint=x");
        var unknown = await ErrorAsync(identity.RefreshAsync("x", "11111111-2222-3333-4444-555555555555"));

        configuration.Text("token_endpoint").ShouldBe(identity.Server.Url + "/common/oauth2/v2.0/token");
        configuration.Text("issuer").ShouldBe(identity.Server.Url + "/{tenantid}/v2.0");
        instances.Text("tenant_discovery_endpoint").ShouldBe(identity.Server.Url + "/common/v2.0/.well-known/openid-configuration");
        unknown.ShouldBe((400, "invalid_request", 90002));
    }

    [Fact]
    public async Task Endpoints_fail_as_they_are_told_and_the_log_has_no_secrets()
    {
        var refresh = identity.Server.Grant(IdentityFixture.Olivia.Address);
        identity.Server.Faults.Error.Arm("token", IdentityError.TooManyRequests with { RetryAfter = 7 }, times: 1);
        using var form = new FormUrlEncodedContent([new("client_id", IdentityServer.ClientId)]);
        using var limited = await identity.Browser.PostAsync(identity.Server.Url + "/common/oauth2/v2.0/token", form);
        identity.Server.Faults.DropAfter.Arm("token", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => identity.RefreshAsync(refresh));
        var again = await identity.RefreshAsync(refresh);

        ((int)limited.StatusCode, limited.Headers.RetryAfter!.Delta).ShouldBe((429, TimeSpan.FromSeconds(7)));
        again.Status.ShouldBe(200);
        identity.Server.Requests.Select(r => (r.Endpoint, r.Status, r.Error)).ShouldBe([("token", 429, "temporarily_unavailable"), ("token", 0, null), ("token", 200, null)]);
        identity.Server.Requests.ShouldAllBe(r => !r.ToString().Contains(refresh, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Consent_without_a_browser_is_the_same_as_with_one()
    {
        var back = identity.Server.Consent(new Uri(identity.AuthorizeUrl()), IdentityFixture.Olivia.Address);

        (await identity.ExchangeAsync(IdentityFixture.Fields(back)["code"])).Status.ShouldBe(200);
        Should.Throw<ArgumentException>(() => identity.Server.Consent(new Uri(identity.AuthorizeUrl(other: ("client_id", "x"))), IdentityFixture.Olivia.Address));
    }

    private Task<(int Status, JsonElement Body)> DeviceTokenAsync(JsonElement device) =>
        identity.TokenAsync("common", ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.Text("device_code")!));

    private static async Task<(int Status, string? Error, int Number)> ErrorAsync(Task<(int Status, JsonElement Body)> reply)
    {
        var (status, body) = await reply;
        return (status, body.Text("error"), body.GetProperty("error_codes")[0].GetInt32());
    }

    /// <summary>The claims of an id token whose signature is of a published key.</summary>
    private async Task<JsonElement> ClaimsAsync(string token)
    {
        var key = (await identity.GetAsync("/common/discovery/v2.0/keys")).GetProperty("keys")[0];
        using var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(key.Text("n")), Exponent = Base64Url.DecodeFromChars(key.Text("e")) });
        var parts = token.Split('.');
        rsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        return JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
    }
}
