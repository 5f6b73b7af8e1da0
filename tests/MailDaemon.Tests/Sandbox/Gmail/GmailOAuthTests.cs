using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>Signing in as a browser and a client do, and what becomes of the tokens.</summary>
public sealed partial class GmailOAuthTests : IAsyncLifetime
{
    private const string Redirect = "http://127.0.0.1:5555/callback";
    private const string Modify = "https://www.googleapis.com/auth/gmail.modify";
    private const string ReadOnly = "https://www.googleapis.com/auth/gmail.readonly";

    private static readonly SandboxUser Other = new("other@gmail.sandbox.test", "sandbox", "Other");

    private readonly string verifier = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly HttpClient browser = new(new HttpClientHandler { AllowAutoRedirect = false });
    private GmailFixture gmail = null!;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync(new GmailServerOptions { Users = [SandboxUser.Gina, Other] });

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await gmail.DisposeAsync();
    }

    [Fact]
    public async Task Sign_in_gives_tokens_that_read_mail_and_say_who_it_is()
    {
        var page = await PageAsync("openid email " + Modify, "&state=a%26b&login_hint=other@gmail.sandbox.test");
        Regex.Matches(page, "name=\"account\" value=\"(?<who>[^\"]+)\" checked").Single().Groups["who"].Value.ShouldBe(Other.Address);
        var back = await SubmitAsync(page);
        back["state"].ShouldBe("a&b");

        var tokens = await TokenAsync(back["code"]);
        tokens.Text("scope")!.Split(' ').Order(StringComparer.Ordinal).ShouldBe([Modify, "https://www.googleapis.com/auth/userinfo.email", "openid"]);
        tokens.GetProperty("expires_in").GetInt32().ShouldBe(3599);
        var claims = JsonDocument.Parse(GmailFixture.FromRaw(tokens.Text("id_token")!.Split('.')[1])).RootElement;
        claims.Text("email").ShouldBe(Other.Address);
        (await ProfileAsync(tokens.Text("access_token")!)).ShouldBe(HttpStatusCode.OK);
        using var who = new HttpRequestMessage(HttpMethod.Get, gmail.Gmail.UserInfoUrl);
        who.Headers.Authorization = new("Bearer", tokens.Text("access_token"));
        (await GmailFixture.SuccessAsync(await browser.SendAsync(who))).Text("email").ShouldBe(Other.Address);

        var again = await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", tokens.Text("refresh_token")!));
        again.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        (await ProfileAsync(again.Text("access_token")!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Code_is_good_once_and_only_with_its_verifier()
    {
        var code = (await SubmitAsync(await PageAsync(Modify)))["code"];
        (await TokenErrorAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", new string('x', 43)))).ShouldBe((400, "invalid_grant"));

        code = (await SubmitAsync(await PageAsync(Modify)))["code"];
        await TokenAsync(code);
        (await TokenErrorAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier))).ShouldBe((400, "invalid_grant"));
    }

    [Fact]
    public async Task Cancel_comes_back_as_access_denied() =>
        (await SubmitAsync(await PageAsync(Modify), action: "cancel")).ShouldBe(new Dictionary<string, string> { ["error"] = "access_denied" }, ignoreOrder: true);

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", "http://192.168.1.7:5555/callback")]
    [InlineData("client_id", "unknown")]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("response_type", "token")]
    public async Task Bad_request_is_told_to_the_user_and_not_to_the_address(string name, string value)
    {
        var reply = await browser.GetAsync(AuthorizeUrl(Modify, name: name, value: value));
        reply.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        reply.Headers.Location.ShouldBeNull();
    }

    [Fact]
    public async Task Box_left_empty_is_a_scope_not_granted()
    {
        gmail.Gmail.Faults.WithheldScopes = [Modify];
        var back = await SubmitAsync(await PageAsync($"{ReadOnly} {Modify}"));
        back["scope"].ShouldBe(ReadOnly);
        var token = (await TokenAsync(back["code"])).Text("access_token")!;

        gmail.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        (await ProfileAsync(token)).ShouldBe(HttpStatusCode.OK);
        var refused = await gmail.TryAsync(HttpMethod.Post, "labels", """{"name":"a"}""");
        (await GmailFixture.ErrorAsync(refused)).ShouldBe((403, "insufficientPermissions"));
        refused.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_scope");
    }

    [Fact]
    public async Task Another_mailbox_can_consent_than_the_one_hinted_at()
    {
        gmail.Gmail.Faults.ConsentsAs = Other.Address;
        var tokens = await TokenAsync((await SubmitAsync(await PageAsync("email " + Modify, "&login_hint=gina@gmail.sandbox.test")))["code"]);
        gmail.Http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.Text("access_token"));
        (await gmail.GetAsync("profile")).Text("emailAddress").ShouldBe(Other.Address);
    }

    [Fact]
    public async Task Expired_and_revoked_tokens_are_refused()
    {
        var refresh = gmail.Gmail.Grant(gmail.Address);
        var access = (await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh))).Text("access_token")!;
        (await ProfileAsync(access)).ShouldBe(HttpStatusCode.OK);
        gmail.Clock.Advance(TimeSpan.FromSeconds(3599));
        (await ProfileAsync(access)).ShouldBe(HttpStatusCode.Unauthorized);

        access = (await TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh))).Text("access_token")!;
        (await RevokeAsync(refresh)).ShouldBe(HttpStatusCode.OK);
        (await RevokeAsync(refresh)).ShouldBe(HttpStatusCode.BadRequest);
        (await ProfileAsync(access)).ShouldBe(HttpStatusCode.Unauthorized);
        (await TokenErrorAsync(("grant_type", "refresh_token"), ("refresh_token", refresh))).ShouldBe((400, "invalid_grant"));
    }

    [Fact]
    public async Task Token_endpoint_fails_as_it_is_told()
    {
        var refresh = ("refresh_token", gmail.Gmail.Grant(gmail.Address));
        gmail.Gmail.Faults.Error.Arm("oauth.token", GmailError.Unavailable, times: 1);
        (await TokenErrorAsync(("grant_type", "refresh_token"), refresh)).ShouldBe((503, "internal_failure"));
        gmail.Gmail.Faults.DropBefore.Arm("oauth.token", true, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => SendTokenAsync(("grant_type", "refresh_token"), refresh));
        await TokenAsync(("grant_type", "refresh_token"), refresh);
        (await TokenErrorAsync(("grant_type", "password"))).ShouldBe((400, "unsupported_grant_type"));
        (await TokenErrorAsync(("client_secret", "wrong"), ("grant_type", "refresh_token"), refresh)).ShouldBe((401, "invalid_client"));
    }

    [Fact]
    public async Task No_token_is_in_the_log()
    {
        var token = gmail.Gmail.AccessToken(gmail.Address);
        await browser.GetAsync($"{gmail.Gmail.Url}/gmail/v1/users/me/profile?access_token={token}&fields=historyId");
        gmail.Gmail.Requests[^1].Path.ShouldBe("/gmail/v1/users/me/profile?fields=historyId");
        gmail.Gmail.Requests[^1].Status.ShouldBe(200);
    }

    private async Task<HttpStatusCode> ProfileAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gmail.Gmail.Url + "/gmail/v1/users/me/profile");
        request.Headers.Authorization = new("Bearer", accessToken);
        return (await browser.SendAsync(request)).StatusCode;
    }

    private async Task<HttpStatusCode> RevokeAsync(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        return (await browser.PostAsync(gmail.Gmail.RevokeUrl, form)).StatusCode;
    }

    private string AuthorizeUrl(string scope, string more = "", string name = "", string value = "")
    {
        var fields = new Dictionary<string, string>
        {
            ["client_id"] = GmailServer.ClientId,
            ["redirect_uri"] = Redirect,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["code_challenge"] = GmailFixture.Raw(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (name.Length > 0)
            fields[name] = value;
        return $"{gmail.Gmail.AuthUrl}?{string.Join('&', fields.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"))}{more}";
    }

    private async Task<string> PageAsync(string scope, string more = "")
    {
        var reply = await browser.GetAsync(AuthorizeUrl(scope, more));
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await reply.Content.ReadAsStringAsync();
    }

    /// <summary>Sends the form as it stands, and reads what comes back to the client's address.</summary>
    private async Task<Dictionary<string, string>> SubmitAsync(string page, string action = "allow")
    {
        var fields = Inputs().Matches(page)
            .Where(input => input.Groups["type"].Value == "hidden" || input.Groups["checked"].Success)
            .Select(input => KeyValuePair.Create(input.Groups["name"].Value, WebUtility.HtmlDecode(input.Groups["value"].Value)))
            .Append(KeyValuePair.Create("action", action));
        var target = Regex.Match(page, "<form method=\"post\" action=\"(?<to>[^\"]+)\"").Groups["to"].Value;
        using var form = new FormUrlEncodedContent(fields);
        var reply = await browser.PostAsync(gmail.Gmail.Url + target, form);
        reply.StatusCode.ShouldBe(HttpStatusCode.Found);
        reply.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe(Redirect);
        return reply.Headers.Location.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
    }

    private Task<JsonElement> TokenAsync(string code) =>
        TokenAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier));

    private async Task<JsonElement> TokenAsync(params (string Name, string Value)[] fields) => await GmailFixture.SuccessAsync(await SendTokenAsync(fields));

    private async Task<(int Status, string? Error)> TokenErrorAsync(params (string Name, string Value)[] fields)
    {
        var reply = await SendTokenAsync(fields);
        return ((int)reply.StatusCode, JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.Text("error"));
    }

    private async Task<HttpResponseMessage> SendTokenAsync(params (string Name, string Value)[] fields)
    {
        var client = new Dictionary<string, string> { ["client_id"] = GmailServer.ClientId, ["client_secret"] = GmailServer.ClientSecret };
        foreach (var (name, value) in fields)
            client[name] = value;
        using var form = new FormUrlEncodedContent(client);
        return await browser.PostAsync(gmail.Gmail.TokenUrl, form);
    }

    [GeneratedRegex("<input type=\"(?<type>\\w+)\" name=\"(?<name>\\w+)\" value=\"(?<value>[^\"]*)\"(?<checked> checked)?")]
    private static partial Regex Inputs();
}
