using System.Text;
using MailDaemon.Protocols.Sasl;

namespace MailDaemon.Protocols.Tests.Sasl;

public sealed class SaslMechanismTests
{
    private static readonly SaslCredential Password = SaslCredential.ForPassword("tim", "tanstaaftanstaaf");
    private static readonly SaslCredential Token = SaslCredential.ForAccessToken("someuser@example.com", "vF9dft4qmT");

    [Theory]
    [InlineData("LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER", "SCRAM-SHA-256", "OAUTHBEARER")]
    [InlineData("XOAUTH2 LOGIN PLAIN SCRAM-SHA-1", "SCRAM-SHA-1", "XOAUTH2")]
    [InlineData("login plain xoauth2", "PLAIN", "XOAUTH2")]
    [InlineData("LOGIN GSSAPI", "LOGIN", null)]
    [InlineData("DIGEST-MD5 CRAM-MD5 NTLM", null, null)]
    [InlineData("", null, null)]
    public void Strongest_offer_for_the_kind_of_secret_is_chosen(string offered, string? forPassword, string? forToken)
    {
        var names = offered.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Chosen(names, Password).ShouldBe(forPassword);
        Chosen(names, Token).ShouldBe(forToken);
    }

    [Fact]
    public void Refused_choice_says_what_the_server_offers()
    {
        Should.Throw<SaslException>(() => SaslMechanism.Choose(["XOAUTH2"], Password)).Message
            .ShouldBe("The server offers only XOAUTH2, which does not work with a password");
        Should.Throw<SaslException>(() => SaslMechanism.Choose([], Token)).Message
            .ShouldBe("The server offers no authentication, which does not work with an access token");
    }

    [Fact]
    public void Only_scram_keeps_its_secret()
    {
        SaslMechanism.Choose(["SCRAM-SHA-256"], Password).SendsSecretInClear.ShouldBeFalse();
        SaslMechanism.Choose(["PLAIN"], Password).SendsSecretInClear.ShouldBeTrue();
        SaslMechanism.Choose(["XOAUTH2"], Token).SendsSecretInClear.ShouldBeTrue();
    }

    [Fact]
    public void Plain_is_the_example_of_rfc_4616()
    {
        Text(new SaslPlain(Password).InitialResponse()).ShouldBe("\0tim\0tanstaaftanstaaf");
    }

    [Fact]
    public void Plain_without_initial_response_answers_the_empty_challenge_and_no_other()
    {
        var plain = new SaslPlain(Password);

        Text(plain.Respond([])).ShouldBe("\0tim\0tanstaaftanstaaf");
        Should.Throw<SaslException>(() => plain.Respond([]));
    }

    [Fact]
    public void Plain_is_utf8()
    {
        Convert.ToBase64String(new SaslPlain(SaslCredential.ForPassword("张三", "пароль")).InitialResponse()).ShouldBe("AOW8oOS4iQDQv9Cw0YDQvtC70Yw=");
    }

    [Fact]
    public void Login_answers_two_prompts()
    {
        var login = new SaslLogin(Password);

        login.HasInitialResponse.ShouldBeFalse();
        Text(login.Respond("Username:"u8)).ShouldBe("tim");
        Text(login.Respond("Password:"u8)).ShouldBe("tanstaaftanstaaf");
        Should.Throw<SaslException>(() => login.Respond("Mother's maiden name:"u8));
    }

    [Fact]
    public void Xoauth2_is_the_example_of_google_and_answers_an_error_with_nothing()
    {
        var xoauth2 = new SaslXOAuth2(Token);

        Convert.ToBase64String(xoauth2.InitialResponse()).ShouldBe("dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB2RjlkZnQ0cW1UAQE=");
        xoauth2.Respond("""{"status":"401","schemes":"bearer"}"""u8).ShouldBeEmpty();
        xoauth2.ServerError.ShouldBe("""{"status":"401","schemes":"bearer"}""");
        Should.Throw<SaslException>(() => xoauth2.Respond("{}"u8));
    }

    [Fact]
    public void Oauthbearer_is_as_in_rfc_7628_and_answers_an_error_with_one_byte()
    {
        var bearer = new SaslOAuthBearer(SaslCredential.ForAccessToken("a=b,c@example.com", "vF9dft4qmT"));

        Text(bearer.InitialResponse()).ShouldBe("n,a=a=3Db=2Cc@example.com,\u0001auth=Bearer vF9dft4qmT\u0001\u0001");
        bearer.Respond("""{"status":"invalid_token"}"""u8).ShouldBe([1]);
        bearer.ServerError.ShouldBe("""{"status":"invalid_token"}""");
        Should.Throw<SaslException>(() => bearer.Respond("{}"u8));
    }

    [Fact]
    public void Error_of_the_server_is_bounded_and_clean()
    {
        var xoauth2 = new SaslXOAuth2(Token);
        xoauth2.InitialResponse();
        xoauth2.Respond(Encoding.ASCII.GetBytes("{\r\n\0" + new string('x', 10_000)));

        xoauth2.ServerError!.Length.ShouldBe(500);
        xoauth2.ServerError.ShouldStartWith("{   xxx");
    }

    [Fact]
    public void Endless_challenge_is_refused()
    {
        Should.Throw<SaslException>(() => new SaslLogin(Password).Respond(new byte[70_000]));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("x", "")]
    [InlineData("a\0b", "x")]
    [InlineData("x", "a\0b")]
    [InlineData("a\u0001auth=Bearer other", "x")]
    [InlineData("x", "a\r\nRSET")]
    public void Credential_with_controls_or_without_content_cannot_be_made(string username, string secret)
    {
        Should.Throw<ArgumentException>(() => SaslCredential.ForPassword(username, secret));
        Should.Throw<ArgumentException>(() => SaslCredential.ForAccessToken(username, secret));
    }

    [Fact]
    public void Credential_does_not_show_its_secret()
    {
        Password.ToString().ShouldBe("tim (Password, ***)");
        $"{Token}".ShouldBe("someuser@example.com (AccessToken, ***)");
        typeof(SaslCredential).GetProperties().Select(p => p.Name).ShouldBe(["Username", "Kind"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("bad line: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm", "bad line: AUTH PLAIN ***")]
    [InlineData("bad password dGFuc3RhYWZ0YW5zdGFhZg== of tim", "bad password *** of tim")]
    [InlineData("BAD LOGIN TIM TANSTAAFTANSTAAF", "BAD LOGIN TIM ***")]
    [InlineData("nothing here", "nothing here")]
    public void Secret_is_taken_out_of_a_text_in_every_form_it_was_sent_in(string text, string redacted)
    {
        Password.RedactIn(text).ShouldBe(redacted);
    }

    [Fact]
    public void Token_is_taken_out_of_a_text_in_every_form_it_was_sent_in()
    {
        foreach (var mechanism in new SaslMechanism[] { new SaslXOAuth2(Token), new SaslOAuthBearer(Token) })
        {
            Token.RedactIn($"500 [{Convert.ToBase64String(mechanism.InitialResponse())}] [vF9dft4qmT]").ShouldBe("500 [***] [***]");
        }
    }

    private static string? Chosen(string[] offered, SaslCredential credential)
    {
        try
        {
            return SaslMechanism.Choose(offered, credential).Name;
        }
        catch (SaslException)
        {
            return null;
        }
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
