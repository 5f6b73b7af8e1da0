using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Says whose a record is.</summary>
internal static class AssignCustomer
{
    [EndpointSummary("Say whose a record is")]
    [EndpointDescription("It is then written, and so are the others that wait for a person and are of the same address, with pin domain of the same domain: alsoAssigned says how many. pin says whether mail of the address, or of the whole domain, is this customer's from now on.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(404, 409, 502, 503, 504)]
    public static async Task<Envelope<TrailView>> HandleAsync(
        Input<Request> input, Trails trails, TrailStore store, PinStore pins, CustomerDirectory directory, OkkiSettings settings, CancellationToken ct)
    {
        var request = input.Value;
        var trail = store.Get(request.Id);
        trail.RequireUnwritten();
        var company = await directory.GetAsync(request.CompanyId, ct);
        var other = trail.Source.Counterparties is [var first, ..] ? first.Address : null;
        var pin = request.Pin == "none" ? null : await pins.PutAsync(Pattern(other, request.Pin), company.CompanyId, company.Name, settings.Current.PublicDomains, ct);
        var assigned = await trails.AssignAsync(request.Id, company.CompanyId, company.Name, ct);
        var others = other is null ? 0 : await trails.AssignWaitingAsync(
            address => pin?.Covers(address) ?? address.Equals(other, StringComparison.OrdinalIgnoreCase), company.CompanyId, company.Name, ct);
        return TrailAnswer.Of(assigned, wasThere: false, alsoAssigned: others);
    }

    private static string Pattern(string? address, string pin) => address is null
        ? throw MailException.InvalidInput("invalid_parameter", "The record names no address that could be pinned; pin takes none here.")
        : pin == "address" ? address : address[(address.LastIndexOf('@') + 1)..];

    public sealed record Request : TrailRequest
    {
        [Example("16696797001"), Required]
        public required long CompanyId { get; init; }

        [Description("none; address: mail of this address is this customer's from now on; domain: mail of its whole domain is"), AllowedValues("none", "address", "domain"), Example("address")]
        public string Pin { get; init; } = "none";
    }
}
