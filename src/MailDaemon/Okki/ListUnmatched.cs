using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
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
    public static Envelope<Response> Handle(Input<Request> input, TrailStore trails)
    {
        var (found, total) = trails.List(["unmatched", "review"], input.Value.Offset, input.Value.Limit);
        return Envelope.Success(new Response([.. found.Select(TrailView.Of)], total, input.Value.Offset, input.Value.Limit));
    }

    public sealed record Request
    {
        [Description("Rows to leave out"), Range(0, int.MaxValue)]
        public int Offset { get; init; }

        [Description("Rows to list"), Range(1, 500)]
        public int Limit { get; init; } = 50;
    }

    public sealed record Response(IReadOnlyList<TrailView> Unmatched, int Total, int Offset, int Limit);
}
