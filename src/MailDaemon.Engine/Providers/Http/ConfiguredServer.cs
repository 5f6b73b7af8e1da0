using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Providers.Http;

/// <summary>The server that the configuration names, and no other, gets tokens and mail. Pure.</summary>
/// <param name="Service">As people call it: Gmail, Outlook.</param>
/// <param name="Setting">Where the address is configured.</param>
internal sealed record ConfiguredServer(Uri BaseUrl, string Service, string Setting)
{
    /// <exception cref="MailException"><c>protocol_error</c>: the address is another server's; <c>server_not_allowed</c>: anybody could read along.</exception>
    public void Require(Uri? address)
    {
        if (BaseUrl.Scheme != Uri.UriSchemeHttps && !AddressPolicy.IsThisMachine(BaseUrl.Host))
            throw MailException.Conflict("server_not_allowed", $"{Setting} is http, which is for servers on this machine only. Make it https.");
        if (!Has(address))
            throw new MailException(MailFault.Refused, "protocol_error", $"{Service} named an address that is not at {BaseUrl.Authority}. Nothing was sent there. Check {Setting}.");
    }

    public bool Has(Uri? address) =>
        address is { IsAbsoluteUri: true } && Uri.Compare(address, BaseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
