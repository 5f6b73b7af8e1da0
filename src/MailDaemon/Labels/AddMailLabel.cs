using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;

namespace MailDaemon.Labels;

/// <summary>Gives a message a label.</summary>
internal static class AddMailLabel
{
    [EndpointSummary("Give a message a label")]
    [Tags("Labels")]
    [Replies(200, 202)]
    [Fails(401, 404, 409, 502, 503, 504)]
    public static async Task<Envelope<IReadOnlyList<LabelAnswer>>> HandleAsync(Input<Request> input, MessageLookup lookup, MailLabels labels, CancellationToken ct)
    {
        var message = input.Value.Find(lookup);
        var isQueued = await labels.SetOneAsync(message, [input.Value.LabelId], [], ct);
        return Envelope.Done<IReadOnlyList<LabelAnswer>>([.. labels.Of(message.Anew()).Select(label => LabelAnswer.Of(label, labels))], isQueued);
    }

    public sealed record Request : MailRequest
    {
        [Description("The label's id"), NotCalled("label", "labelIds"), Example("l_5d41402abc4b2a76"), Required]
        public required string LabelId { get; init; }
    }
}
