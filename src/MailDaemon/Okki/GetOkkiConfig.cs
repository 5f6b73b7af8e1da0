using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>How the CRM is used.</summary>
internal static class GetOkkiConfig
{
    [EndpointSummary("Show how the CRM is used")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<OkkiConfigView> Handle(OkkiSettings settings) => Envelope.Success(OkkiConfigView.Of(settings));
}
