using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Pins an address or a domain to a customer.</summary>
internal static class CreatePin
{
    [EndpointSummary("Pin an address or a domain to a customer")]
    [EndpointDescription("Replaces the pin of the same pattern. What waits for a person and is covered by it is assigned: alsoAssigned says how many. A domain of a mail provider cannot be pinned.")]
    [Tags("OKKI")]
    [Replies(201)]
    [Fails(404, 409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(
        Input<Request> input, PinStore pins, Trails trails, CustomerDirectory directory, OkkiSettings settings, CancellationToken ct)
    {
        var company = await directory.GetAsync(input.Value.CompanyId, ct);
        var pin = await pins.PutAsync(input.Value.Pattern, company.CompanyId, company.Name, settings.Current.PublicDomains, ct);
        return Envelope.Created(new Response(pin.Pattern, pin.CompanyId, pin.CompanyName, pin.CreatedAt, await trails.AssignWaitingAsync(pin.Covers, company.CompanyId, company.Name, ct)));
    }

    public sealed record Response(
        [property: Example("nordlicht.example")] string Pattern,
        [property: Example("16696797001")] long CompanyId,
        [property: Example("Nordlicht Leuchten GmbH")] string CompanyName,
        DateTimeOffset CreatedAt,
        [property: Description("Records that waited for a person and are assigned by it"), Example("2")] int AlsoAssigned);

    public sealed record Request
    {
        [Description("An address or a domain"), StringLength(320, MinimumLength = 1), Example("nordlicht.example"), Required]
        public required string Pattern { get; init; }

        [Example("16696797001"), Required]
        public required long CompanyId { get; init; }
    }
}
