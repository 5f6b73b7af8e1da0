using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Providers.Outlook.SignIn;

/// <summary>
/// Where the identity platform is. MSAL takes https only: it is told https where the configured one is http on this machine, and what it sends
/// goes to the configured one. Pure.
/// </summary>
internal sealed class MicrosoftAddresses
{
    private readonly ConfiguredServer configured;
    private readonly ConfiguredServer told;

    public MicrosoftAddresses(OutlookOptions options)
    {
        configured = new ConfiguredServer(new Uri(options.Authority), "Microsoft's sign-in service", "Outlook:Authority");
        told = configured with { BaseUrl = new UriBuilder(configured.BaseUrl) { Scheme = Uri.UriSchemeHttps, Port = configured.BaseUrl.Port }.Uri };
        Authority = $"{told.BaseUrl.GetLeftPart(UriPartial.Authority)}/{Uri.EscapeDataString(options.Tenant)}/";
    }

    /// <summary>As MSAL is told it.</summary>
    public string Authority { get; }

    /// <summary>The configured address of one that MSAL made.</summary>
    /// <exception cref="MailException"><c>protocol_error</c>: it is another server's; <c>server_not_allowed</c>: anybody could read along.</exception>
    public Uri Real(Uri made)
    {
        told.Require(made);
        var real = new UriBuilder(made) { Scheme = configured.BaseUrl.Scheme, Port = configured.BaseUrl.Port }.Uri;
        configured.Require(real);
        return real;
    }
}
