using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Tries the CRM out.</summary>
internal static class TestOkki
{
    [EndpointSummary("Try the CRM out")]
    [EndpointDescription("Asks it for something small; writes nothing.")]
    [Tags("OKKI")]
    [Fails(409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(CustomerDirectory directory, CancellationToken ct) => Envelope.Success(new Response(true, await directory.TestAsync(ct)));

    public sealed record Response(bool Ok, [property: Description("Customers it has; null with mode cli"), Example("1280")] int? Customers);
}
