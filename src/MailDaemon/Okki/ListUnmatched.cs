using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Records of which a person has to say whose they are.</summary>
internal static class ListUnmatched
{
    [EndpointSummary("List what no customer was found for")]
    [EndpointDescription("unmatched: nobody is like it; review: it is not certain enough, match says who it may be. The newest first.")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<Response> Handle(Input<PageRequest> input, TrailStore trails)
    {
        var (found, total) = trails.List(["unmatched", "review"], input.Value.Offset, input.Value.Limit);
        return Envelope.Success(new Response([.. found.Select(TrailView.Of)], total, input.Value.Offset, input.Value.Limit));
    }

    public sealed record Response(IReadOnlyList<TrailView> Unmatched, int Total, int Offset, int Limit);
}
