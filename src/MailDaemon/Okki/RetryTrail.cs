using MailDaemon.Api;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Tries a record again.</summary>
internal static class RetryTrail
{
    [EndpointSummary("Try a record again")]
    [EndpointDescription("One of which nothing was written: failed, unmatched, review or skipped. An uncertain one is looked for by itself and never written blindly; settle says what you found.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(404, 409)]
    public static async Task<Envelope<TrailView>> HandleAsync(Input<TrailRequest> input, Trails trails, CancellationToken ct) =>
        TrailAnswer.Of(await trails.RetryAsync(input.Value.Id, ct), wasThere: false);
}
