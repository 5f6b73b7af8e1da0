using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>All pins.</summary>
internal static class ListPins
{
    [EndpointSummary("List pins")]
    [EndpointDescription("What people said for good: mail of this address or domain is of this customer.")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<Response> Handle(Input<PageRequest> input, PinStore pins)
    {
        var (found, total) = pins.List(input.Value.Offset, input.Value.Limit);
        return Envelope.Success(new Response(found, total, input.Value.Offset, input.Value.Limit));
    }

    public sealed record Response(IReadOnlyList<Pin> Pins, int Total, int Offset, int Limit);
}
