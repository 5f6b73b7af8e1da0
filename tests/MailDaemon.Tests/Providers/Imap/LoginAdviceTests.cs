using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class LoginAdviceTests
{
    [Theory]
    [InlineData("qq", "authorization code (授权码)")]
    [InlineData("163", "authorization code (授权码)")]
    [InlineData("yahoo", "app password")]
    [InlineData("outlook", "POST /api/outlook/auth/initiate")]
    [InlineData(null, "Check the address, the user name and the password")]
    [InlineData("no-such-service", "Check the address, the user name and the password")]
    public void Advice_names_what_the_service_wants(string? preset, string expected)
    {
        LoginAdvice.For(preset).ShouldContain(expected);
    }

    [Fact]
    public void Advice_names_the_service_and_its_page()
    {
        var advice = LoginAdvice.For("qq");

        advice.ShouldStartWith("QQ");
        advice.ShouldContain(" See https://");
    }
}
