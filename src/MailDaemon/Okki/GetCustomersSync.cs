using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>How far the mirror is.</summary>
internal static class GetCustomersSync
{
    [EndpointSummary("Show how far the mirror of the customers is")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<MirrorView> Handle(CustomerMirror mirror, CustomerStore customers) => Envelope.Success(MirrorView.Of(mirror, customers));
}
