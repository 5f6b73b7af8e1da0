using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Pins an address or a domain to a customer.</summary>
internal static class CreatePin
{
    [EndpointSummary("Pin an address or a domain to a customer")]
    [EndpointDescription("Replaces the pin of the same pattern. A domain of a mail provider cannot be pinned.")]
    [Tags("OKKI")]
    [Replies(201)]
    [Fails(404, 409, 502, 503, 504)]
    public static async Task<Envelope<Pin>> HandleAsync(Input<Request> input, PinStore pins, CustomerDirectory directory, OkkiSettings settings, CancellationToken ct)
    {
        var company = await directory.GetAsync(input.Value.CompanyId, ct);
        return Envelope.Created(await pins.PutAsync(input.Value.Pattern, company.CompanyId, company.Name, settings.Current.PublicDomains, ct));
    }

    public sealed record Request
    {
        [Description("An address or a domain"), StringLength(320, MinimumLength = 1), Example("nordlicht.example"), Required]
        public required string Pattern { get; init; }

        [Example("16696797001"), Required]
        public required long CompanyId { get; init; }
    }
}
