using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>All records.</summary>
internal static class ListTrails
{
    [EndpointSummary("List records")]
    [EndpointDescription("The newest first, whether they are in the CRM or not.")]
    [Tags("OKKI")]
    [Fails]
    public static Envelope<Response> Handle(Input<Request> input, TrailStore trails)
    {
        var request = input.Value;
        var (found, total) = trails.List(request.State is null ? [] : [request.State], request.Offset, request.Limit);
        return Envelope.Success(new Response([.. found.Select(TrailView.Of)], total, request.Offset, request.Limit, trails.Counts()));
    }

    public sealed record Request : PageRequest
    {
        [Description("Only those that stand so"), AllowedValues("pending", "matched", "posting", "synced", "failed", "uncertain", "unmatched", "review", "skipped", "duplicate", null), Example("uncertain")]
        public string? State { get; init; }
    }

    public sealed record Response(IReadOnlyList<TrailView> Trails, int Total, int Offset, int Limit, [property: Description("All of them by state")] IReadOnlyDictionary<string, int> Counts);
}
