using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>One record.</summary>
internal static class GetTrail
{
    [EndpointSummary("Show a record")]
    [Tags("OKKI")]
    [Fails(404)]
    public static Envelope<TrailView> Handle(Input<TrailRequest> input, TrailStore trails) => Envelope.Success(TrailView.Of(trails.Get(input.Value.Id)));
}
