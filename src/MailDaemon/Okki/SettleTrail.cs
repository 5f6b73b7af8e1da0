using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Says whether an uncertain record is in the CRM.</summary>
internal static class SettleTrail
{
    [EndpointSummary("Say whether an uncertain record is in the CRM")]
    [EndpointDescription("For one that the daemon cannot look up itself, as with mode cli: look in the CRM, then say what stands there. When it is not written it is written now.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(404, 409)]
    public static async Task<Envelope<TrailView>> HandleAsync(Input<Request> input, Trails trails, CancellationToken ct) =>
        TrailAnswer.Of(await trails.SettleAsync(input.Value.Id, input.Value.Written, input.Value.TrailId, ct), wasThere: false);

    public sealed record Request : TrailRequest
    {
        [Description("Whether it stands there"), Example("true"), Required]
        public required bool Written { get; init; }

        [Description("The CRM's id of it, where you know it"), Example("88050591907961")]
        public long? TrailId { get; init; }
    }
}
