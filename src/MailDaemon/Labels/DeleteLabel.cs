using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>Deletes a label.</summary>
internal static class DeleteLabel
{
    [EndpointSummary("Delete a label")]
    [EndpointDescription("Takes it from all messages that have it, on the server too. System labels: 409.")]
    [Tags("Labels")]
    [Fails(404, 409, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<LabelRequest> input, MailLabels labels, CancellationToken ct) =>
        Envelope.Success(new Response((await labels.DeleteAsync(input.Value.LabelId, ct)).Id, true));

    public sealed record Response([property: Example("l_5d41402abc4b2a76")] string Id, bool Deleted);
}
