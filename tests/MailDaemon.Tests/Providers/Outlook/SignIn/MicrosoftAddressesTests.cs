using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

/// <summary>Where MSAL's requests go, whatever it was told.</summary>
public sealed class MicrosoftAddressesTests
{
    [Theory]
    [InlineData("https://login.microsoftonline.com", "common", "https://login.microsoftonline.com/common/", "https://login.microsoftonline.com/common/oauth2/v2.0/token")]
    [InlineData("https://login.microsoftonline.us/", "firm.example", "https://login.microsoftonline.us/firm.example/", "https://login.microsoftonline.us/common/oauth2/v2.0/token")]
    [InlineData("http://127.0.0.1:5151", "common", "https://127.0.0.1:5151/common/", "http://127.0.0.1:5151/common/oauth2/v2.0/token")]
    [InlineData("http://localhost:80", "a/../b", "https://localhost:80/a%2F..%2Fb/", "http://localhost/common/oauth2/v2.0/token")]
    public void Msal_is_told_https_and_the_configured_address_is_asked(string configured, string tenant, string told, string asked)
    {
        var addresses = Addresses(configured, tenant);

        var real = addresses.Real(new Uri(new Uri(addresses.Authority), "/common/oauth2/v2.0/token"));

        (addresses.Authority, real.AbsoluteUri).ShouldBe((told, asked));
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com", "https://evil.example/common/oauth2/v2.0/token", "protocol_error")]
    [InlineData("https://login.microsoftonline.com", "https://login.microsoftonline.com:444/token", "protocol_error")]
    [InlineData("https://login.microsoftonline.com", "http://login.microsoftonline.com/token", "protocol_error")]
    [InlineData("http://127.0.0.1:5151", "http://127.0.0.1:5151/token", "protocol_error")]
    [InlineData("http://192.168.1.7:5151", "https://192.168.1.7:5151/token", "server_not_allowed")]
    public void Any_other_address_is_refused(string configured, string made, string code) =>
        Should.Throw<MailException>(() => Addresses(configured, "common").Real(new Uri(made))).Code.ShouldBe(code);

    private static MicrosoftAddresses Addresses(string authority, string tenant) => new(new OutlookOptions { Authority = authority, Tenant = tenant });
}
